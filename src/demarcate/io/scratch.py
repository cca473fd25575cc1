"""Scratch files without a name: their space on the disk is free again when the program ends, however it ends."""

import os
import shutil
import tempfile
from io import FileIO
from pathlib import Path
from threading import Lock

from demarcate.errors import InputError, Problem
from demarcate.formatting import sized

_SEEK_LOCK = Lock()


def scratch_folder(out: str | os.PathLike[str] | None) -> Path:
    """Return the folder for scratch files: that of the output file, or without one that of temporary files."""
    return Path(tempfile.gettempdir()) if out is None else Path(os.path.realpath(out)).parent


def scratch_file(folder: Path, n_bytes: int, content: str) -> FileIO:
    """Open an empty file without a name for this many bytes; ``content`` names them in the error if they do not fit."""
    try:
        n_free = shutil.disk_usage(folder).free
        if n_free < n_bytes:
            raise _no_room(f"{content} are {sized(n_bytes)}, and '{folder}' has {sized(n_free)} left")
        # It loses its name as soon as it is open, so that not even a killed process leaves it behind.
        return tempfile.TemporaryFile(buffering=0, dir=folder)
    except OSError as error:
        raise _no_room(f"No scratch file can be created in '{folder}' ({error.strerror or error})") from error


def write_all(file: FileIO, data: memoryview) -> None:
    """Write all bytes at the file's position: a disk that fills up takes only a part of them at first."""
    try:
        while data:
            data = data[file.write(data) :]
    except OSError as error:
        fact = f"A scratch file could not be written beyond {sized(file.tell())} ({error.strerror or error})"
        raise _no_room(fact) from error


def read_into(file: FileIO, buffer: memoryview, start: int) -> None:
    """Fill a buffer with the file's bytes from ``start`` on; several threads may read at once."""
    while buffer:
        n_read = _read_some(file, buffer, start)
        if not n_read:
            raise OSError(f"a temporary file ends at byte {start:,}")
        buffer, start = buffer[n_read:], start + n_read


def _read_some(file: FileIO, buffer: memoryview, start: int) -> int:
    if hasattr(os, "preadv"):
        return os.preadv(file.fileno(), [buffer], start)
    # Windows reads at the file's position, which all threads share.
    with _SEEK_LOCK:
        file.seek(start)
        return file.readinto(buffer) or 0


def _no_room(fact: str) -> InputError:
    return InputError([Problem(fact, "Make room, or use another disk: that of --out, or without it that of TMPDIR")])
