"""Files without a name: room on a disk that is free again when the program ends, however it ends."""

import os
import shutil
import tempfile
from io import FileIO
from pathlib import Path
from threading import Lock

from demarcate.errors import InputError, Problem
from demarcate.formatting import sized


def scratch_folder(out: str | os.PathLike[str] | None) -> Path:
    """Where files without a name go: beside what is to be written, else where temporary files do (``TMPDIR``).

    Examples
    --------
    >>> scratch_folder("models/heart.safetensors").name
    'models'
    """
    return Path(tempfile.gettempdir()) if out is None else Path(os.path.realpath(out)).parent


def scratch_file(folder: Path, n_bytes: int, what: str) -> FileIO:
    """A file of no name in a folder, empty; what is written to it is gone once it is closed or its process ends.

    Parameters
    ----------
    folder
        Where.
    n_bytes
        What is going to be written to it.
    what
        What that is, in words.

    Raises
    ------
    InputError
        If the folder takes no files, or its disk has not so much room.

    Examples
    --------
    >>> with scratch_file(scratch_folder(None), 4, "four bytes") as file:
    ...     file.write(b"rows"), file.seek(0), file.read()
    (4, 0, b'rows')
    """
    try:
        free = shutil.disk_usage(folder).free
        if free < n_bytes:
            found = f"{what} are {sized(n_bytes)}, and '{folder}' has {sized(free)} left"
            raise _no_room(found)
        # It loses its name as soon as it is open, so that not even a killed process leaves it behind.
        return tempfile.TemporaryFile(buffering=0, dir=folder)
    except OSError as error:
        raise _no_room(f"'{folder}' takes no file ({error.strerror or error})") from error


def write_all(file: FileIO, data: memoryview) -> None:
    """Write bytes where a file stands, all of them: a disk that fills up takes a part first.

    Raises
    ------
    InputError
        If the disk is full, or the system refuses otherwise.

    Examples
    --------
    >>> with scratch_file(scratch_folder(None), 4, "four bytes") as file:
    ...     write_all(file, memoryview(b"rows"))
    ...     file.tell()
    4
    """
    try:
        while data:
            data = data[file.write(data) :]
    except OSError as error:
        raise _no_room(f"after {sized(file.tell())} the system refused ({error.strerror or error})") from error


def read_into(file: FileIO, room: memoryview, start: int) -> None:
    """Fill some memory with the bytes of a file from a place on; threads may do so at once.

    Raises
    ------
    OSError
        If the file ends before.

    Examples
    --------
    >>> with scratch_file(scratch_folder(None), 4, "four bytes") as file:
    ...     write_all(file, memoryview(b"rows"))
    ...     found = bytearray(2)
    ...     read_into(file, memoryview(found), 2)
    >>> found
    bytearray(b'ws')
    """
    while room:
        n_read = _read_some(file, room, start)
        if not n_read:
            raise OSError(f"a temporary file ends at byte {start:,}")
        room, start = room[n_read:], start + n_read


_STANDING = Lock()


def _read_some(file: FileIO, room: memoryview, start: int) -> int:
    if hasattr(os, "preadv"):
        return os.preadv(file.fileno(), [room], start)
    # Windows reads where the file stands, which is one place for all threads.
    with _STANDING:
        file.seek(start)
        return file.readinto(room) or 0


def _no_room(found: str) -> InputError:
    remedy = "Make room, or use another disk: that of --out, or without it that of TMPDIR"
    return InputError([Problem("A table larger than memory takes room on a disk", found, remedy)])
