"""The process around a command: exit codes, standard streams, and the output of compiled libraries."""

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
"""As shells count it: 128 and the number of the signal, SIGPIPE."""
STDERR = 2

_SIGNAL_WORDS = {"SIGINT": "Interrupted", "SIGTERM": "Terminated", "SIGHUP": "Hung up"}


def signal_exit_code() -> int:
    """Return the exit code of a command that a signal ended: 128 and the signal's number."""
    return 128 + (signals.received_signal() or signal.SIGINT)


def signal_message(text: str) -> str:
    """Return the message about a command that a signal ended."""
    return f"{_SIGNAL_WORDS[signal.Signals(signals.received_signal() or signal.SIGINT).name]}: {text}"


def exit_at_once(_number: int) -> None:
    """End the program where there is nothing to undo."""
    with contextlib.suppress(OSError, ValueError):
        if sys.stderr is not None:
            os.write(sys.stderr.fileno(), signal_message("nothing was written.\n").encode())
    os._exit(signal_exit_code())


def end_without_cleanup(code: int) -> None:
    """End the program where its files are closed: the interpreter takes a second to take torch apart."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            if stream is not None:
                stream.flush()
    os._exit(code)


def silence_stdout() -> None:
    """Redirect standard output to nowhere once its reader has left: Python must not complain when it closes it."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def exit_code_of(error: OSError | SystemExit) -> int | str | None:
    """Return the exit code of help and version, which handle no errors, where they could not be printed."""
    refused = error if isinstance(error, OSError) else error.__context__
    if isinstance(refused, BrokenPipeError):
        silence_stdout()
        return EXIT_BROKEN_PIPE
    if isinstance(error, SystemExit):
        return error.code
    silence_stdout()
    with contextlib.suppress(OSError):
        sys.stderr.write(f"Error: The system refused ({error.strerror or error}).\n")
    return EXIT_REFUSED


def open_standard_streams() -> None:
    """Open the streams that the program was started without: a file of ours must not get the number of one."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        pass
    os.close(descriptor)


@contextmanager
def silent_libraries() -> Iterator[None]:
    """Let only Python write to standard error: polars prints a page of its insides for a damaged file it then refuses.

    The descriptor belongs to the whole process: this is for a program, not for a library. A crash is still reported.
    """
    original, stream = os.dup(STDERR), sys.stderr
    try:
        if _is_stderr(stream):
            stream.flush()
            sys.stderr = io.TextIOWrapper(
                io.FileIO(original, "wb", closefd=False),
                encoding=stream.encoding,
                errors=stream.errors,
                write_through=True,
            )
        with _fault_handler(original):
            _redirect_stderr(os.open(os.devnull, os.O_WRONLY))
            yield
    finally:
        sys.stderr = stream
        _redirect_stderr(original)


def _redirect_stderr(descriptor: int) -> None:
    """Make a descriptor standard error, and close its own number."""
    os.dup2(descriptor, STDERR)
    os.close(descriptor)


def _is_stderr(stream: object) -> bool:
    try:
        return isinstance(stream, io.TextIOWrapper) and stream.fileno() == STDERR
    except (OSError, ValueError):
        return False


@contextmanager
def _fault_handler(descriptor: int) -> Iterator[None]:
    if faulthandler.is_enabled():
        yield
        return
    faulthandler.enable(descriptor, all_threads=False)
    try:
        yield
    finally:
        faulthandler.disable()
