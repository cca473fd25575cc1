"""How the program ends, as far as commands do not say it themselves: exit codes, and what an interrupt is called."""

import contextlib
import faulthandler
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from demarcate.io import signals

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
    return 128 + (signals.received_signal() or signal.SIGINT)


def told(text: str) -> str:
    """How it is told that a signal ended a command.

    Examples
    --------
    >>> told("nothing was written.")
    'Interrupted: nothing was written.'
    """
    return f"{_CALLED[signal.Signals(signals.received_signal() or signal.SIGINT).name]}: {text}"


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


STDERR = 2


def open_standard_streams() -> None:
    """Open what the program was started without: its number would go to a file of ours, and with it what is printed.

    Examples
    --------
    >>> open_standard_streams()
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        pass
    os.close(descriptor)


@contextmanager
def silent_natives() -> Iterator[None]:
    """Let only Python write to standard error: polars prints a page of its insides for a damaged file it then refuses.

    The descriptor is the whole process's, so this is for a program, not for a library. If a library brings the process
    down, where it was is written.

    Examples
    --------
    >>> with silent_natives():
    ...     _ = os.write(2, b"thread 'main' panicked at src/lib.rs:1")
    """
    kept, before = os.dup(STDERR), sys.stderr
    try:
        if _is_stderr(before):
            before.flush()
            sys.stderr = io.TextIOWrapper(
                io.FileIO(kept, "wb", closefd=False),
                encoding=before.encoding,
                errors=before.errors,
                write_through=True,
            )
        with _told_when_all_is_lost(kept):
            _become(os.open(os.devnull, os.O_WRONLY))
            yield
    finally:
        sys.stderr = before
        _become(kept)


def _become(descriptor: int) -> None:
    """Make a descriptor standard error, and give up its own number."""
    os.dup2(descriptor, STDERR)
    os.close(descriptor)


def _is_stderr(stream: object) -> bool:
    try:
        return isinstance(stream, io.TextIOWrapper) and stream.fileno() == STDERR
    except (OSError, ValueError):
        return False


@contextmanager
def _told_when_all_is_lost(descriptor: int) -> Iterator[None]:
    if faulthandler.is_enabled():
        yield
        return
    faulthandler.enable(descriptor, all_threads=False)
    try:
        yield
    finally:
        faulthandler.disable()
