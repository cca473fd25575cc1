"""A lock between processes, which the system releases however a process ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def locked(path: Path, error: Exception) -> Iterator[IO[bytes]]:
    """Hold the lock of a file, created where missing and kept; raise ``error`` if another process holds it."""
    with path.open("a+b") as file:
        try:
            _lock(file.fileno())
        except OSError as cause:
            raise error from cause
        yield file


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ModuleNotFoundError:
        import msvcrt  # Windows

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
