"""How the program ends, as far as commands do not say it themselves: exit codes, and what an interrupt is called."""

import contextlib
import os
import signal
import sys

from demarcate import signals

EXIT_REFUSED = 1
EXIT_USAGE = 2
EXIT_BROKEN_PIPE = 141
"""As shells count them: 128 and the number of the signal, SIGPIPE."""

_CALLED = {"SIGINT": "Interrupted", "SIGTERM": "Terminated", "SIGHUP": "Hung up"}


def exit_code() -> int:
    """The exit code of a command that a signal ended: 128 and its number.

    Examples
    --------
    >>> exit_code()
    130
    """
    return 128 + (signals.received() or signal.SIGINT)


def told(text: str) -> str:
    """How it is told that a signal ended a command.

    Examples
    --------
    >>> told("nothing was written.")
    'Interrupted: nothing was written.'
    """
    return f"{_CALLED[signal.Signals(signals.received() or signal.SIGINT).name]}: {text}"


def leave(_number: int) -> None:
    """End the program at once, where there is nothing to undo."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            os.write(sys.stderr.fileno(), told("nothing was written.\n").encode())
    os._exit(exit_code())


def silence_stdout() -> None:
    """Let go of whoever read our output: Python must not complain of it when it closes the stream."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def end(error: OSError | SystemExit) -> int | str | None:
    """The exit code of help and version, which have no guard, where they could not be printed; else what it was."""
    refused = error if isinstance(error, OSError) else error.__context__
    if isinstance(refused, BrokenPipeError):
        silence_stdout()
        return EXIT_BROKEN_PIPE
    if isinstance(error, SystemExit):
        return error.code
    silence_stdout()
    with contextlib.suppress(OSError):
        sys.stderr.write(f"Error: the system refused ({error.strerror or error}).\n")
    return EXIT_REFUSED
