"""One process at a time: a lock that the system releases however a process ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def locked(path: Path, taken: Exception) -> Iterator[IO[bytes]]:
    """Hold a file's lock; the file is made where it is not there, and stays.

    Parameters
    ----------
    path
        The file.
    taken
        What is raised if another process holds it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, locked(Path(folder) / "lock", RuntimeError("it is taken")):
    ...     with locked(Path(folder) / "lock", RuntimeError("it is taken")):
    ...         pass
    Traceback (most recent call last):
    RuntimeError: it is taken
    """
    with path.open("a+b") as lock:
        try:
            _lock(lock.fileno())
        except OSError as error:
            raise taken from error
        yield lock


def _lock(descriptor: int) -> None:
    try:
        import fcntl
    except ModuleNotFoundError:
        import msvcrt  # Windows

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
