"""Compiled libraries write to standard error themselves, whatever becomes of what they found wrong."""

import faulthandler
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

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
