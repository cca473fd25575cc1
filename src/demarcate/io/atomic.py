"""Files written whole or not at all."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from demarcate.errors import OutputError, Problem

Verify = Callable[[Path], None]
"""Checks a new file, given by its path, before it takes its name; raises whatever it likes."""


def write_atomically(path: str | os.PathLike[str], data: bytes, verify: Verify | None = None) -> None:
    """Write a file so that a reader finds the old content or the new one, never a mix of both.

    The bytes go to a new file in the same folder, are flushed to the disk and verified, and only then take the old
    file's name and permissions. A link is followed. After a failure, an interrupt included, the old file is unchanged
    and the new one is gone; on Linux it has no name until then, so that even a killed process leaves nothing behind.
    """
    with _replacing(path) as (target, mode):
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
        if not _write_unnamed(target, temporary, data, mode, verify):
            _write_named(target, temporary, data, mode, verify)


def replace_atomically(path: str | os.PathLike[str], finished: Path) -> None:
    """Flush a finished file to the disk and move it to a path of the same file system, over an existing file."""
    with _replacing(path) as (target, mode):
        with finished.open("r+b") as file:
            os.fsync(file.fileno())
        if mode is not None:
            finished.chmod(mode)
        finished.replace(target)


def unwritable(path: str | os.PathLike[str], error: Exception) -> OutputError:
    """Return the error for a file that the system, or a library that writes, refused."""
    reason = getattr(error, "strerror", None) or str(error)
    return _refusal(f"'{path}' could not be written ({reason})", "Make room or choose another folder, and try again")


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a path that cannot be written, before the work whose result it is for."""
    target, folder = Path(os.path.realpath(path)), Path(path).parent
    remedy = "Choose another folder or name"
    if target.is_dir():
        raise _refusal(f"'{path}' is a folder, not a file", remedy)
    if not target.parent.is_dir():
        raise _refusal(f"'{folder}' is not a folder", remedy)
    if not os.access(target.parent, os.W_OK):
        raise _refusal(f"'{folder}' is read-only", remedy)


def _refusal(fact: str, remedy: str) -> OutputError:
    return OutputError(str(Problem(fact, remedy)))


@contextlib.contextmanager
def _replacing(path: str | os.PathLike[str]) -> Iterator[tuple[Path, int | None]]:
    """Give the file that a path leads to and its permissions, None for a new file; flush its folder in the end."""
    try:
        target = Path(os.path.realpath(path))
        yield target, _permissions(target)
    except OSError as error:
        raise unwritable(path, error) from error
    _flush_folder(target.parent)


def _permissions(target: Path) -> int | None:
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise _refusal(f"'{target}' cannot be replaced: it is {kind}", "Choose another path")
    return stat.S_IMODE(status.st_mode)


def _write_unnamed(target: Path, temporary: Path, data: bytes, mode: int | None, verify: Verify | None) -> bool:
    """Write a file that has no name until it is whole; return False where the system cannot.

    A free name is taken directly. Only a file with a name can replace another one: for the moment between two system
    calls the new file then has the temporary name.
    """
    try:
        descriptor = os.open(target.parent, os.O_TMPFILE | os.O_RDWR, _creation_mode(mode))
    except (AttributeError, OSError):
        # Only Linux has such files, and not on every file system. Any other fault shows when a named file is tried.
        return False
    with os.fdopen(descriptor, "w+b") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
        unnamed = Path(f"/proc/self/fd/{descriptor}")
        if verify is not None:
            verify(unnamed)
        if mode is not None:
            os.fchmod(descriptor, mode)
        elif _link(unnamed, target, descriptor):
            return True
        try:
            is_linked = _link(unnamed, temporary, descriptor)
            if is_linked:
                temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        return is_linked


def _link(unnamed: Path, name: Path, descriptor: int) -> bool:
    """Give an unnamed file a name that no other file has; return False where that fails."""
    try:
        # A descriptor given as the folder makes Python follow the link that the unnamed path is, to the file itself.
        os.link(unnamed, name, src_dir_fd=descriptor, follow_symlinks=True)
    except OSError:
        return False
    return True


def _write_named(target: Path, temporary: Path, data: bytes, mode: int | None, verify: Verify | None) -> None:
    try:
        with open(temporary, "xb", opener=lambda name, flags: os.open(name, flags, _creation_mode(mode))) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if verify is not None:
            verify(temporary)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _creation_mode(mode: int | None) -> int:
    # Set at creation: a file for its owner alone is at no moment readable by others.
    return 0o666 if mode is None else 0o600


def _flush_folder(folder: Path) -> None:
    # The new name survives a power cut only once the folder is on the disk too. Windows has no such call and some file
    # systems refuse it; the file is complete and in place by now, so that nothing needs to be undone.
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
