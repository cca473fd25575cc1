"""Files written whole or not at all."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from demarcate.errors import OutputError, Problem

WRITE_RULE = "A file is written to a folder that takes it"


def write_atomically(path: str | os.PathLike[str], data: bytes, verify: Callable[[Path], None] | None = None) -> None:
    """Write a file so that whoever opens it finds the old content or the new, never part of either.

    The bytes go to a new file in the same folder, are flushed to the disk and verified, and only then take the old
    file's name. Whatever goes wrong, an interrupt included, the old file stays as it was and the new one is removed; on
    Linux it has no name before, so that nothing is left even if the process is killed.

    Parameters
    ----------
    path
        The file to write. A link is followed. An existing file's permissions are kept; a new one has the usual ones.
    data
        The content.
    verify
        Called with the path of the new file before it takes its name; raises what it likes if the file is not good.

    Raises
    ------
    OutputError
        If the system refuses: a full disk, a folder that is missing or read-only.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(Path(folder) / "model.bin", b"weights")
    ...     (Path(folder) / "model.bin").read_bytes()
    b'weights'
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode_of_existing(target)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
        if not write_unnamed(target, temporary, data, mode, verify):
            _write_named(target, temporary, data, mode, verify)
    except OSError as error:
        raise unwritable(path, error) from error
    _flush_folder(target.parent)


def replace_atomically(path: str | os.PathLike[str], finished: Path) -> None:
    """Give a file that is finished, in the same folder or one in it, another name, for good.

    Parameters
    ----------
    path
        The name; a link is followed, and an existing file is replaced, its permissions kept.
    finished
        The file; its content is flushed to the disk first.

    Raises
    ------
    OutputError
        If the system refuses.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "part").write_bytes(b"weights")
    ...     replace_atomically(Path(folder) / "model.bin", Path(folder) / "part")
    ...     (Path(folder) / "model.bin").read_bytes()
    b'weights'
    """
    try:
        target = Path(os.path.realpath(path))
        mode = _mode_of_existing(target)
        with finished.open("r+b") as file:
            os.fsync(file.fileno())
        if mode is not None:
            finished.chmod(mode)
        finished.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    _flush_folder(target.parent)


def unwritable(path: str | os.PathLike[str], error: Exception) -> OutputError:
    """What is said when the system, or a library that writes, refuses.

    Examples
    --------
    >>> print(unwritable("p.csv", OSError(28, "No space left on device")))
    A file is written to a folder that takes it: 'p.csv' could not be written (No space left on device). Make room ...
    """
    reason = getattr(error, "strerror", None) or str(error)
    found = f"'{path}' could not be written ({reason})"
    return _refused(WRITE_RULE, found, "Make room or choose another folder, and try again")


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a file that could not be written, before the work whose result it is to hold.

    Raises
    ------
    OutputError
        If the folder is missing or takes no files, or there is a folder of that name.

    Examples
    --------
    >>> check_writable("no-such-folder/model.safetensors")
    Traceback (most recent call last):
    demarcate.errors.OutputError: A file is written to a folder that takes it: 'no-such-folder' is not a folder. ...
    """
    target = Path(os.path.realpath(path))
    remedy = "Choose another folder or name"
    if target.is_dir():
        raise _refused(WRITE_RULE, f"'{path}' is a folder", remedy)
    if not target.parent.is_dir():
        raise _refused(WRITE_RULE, f"'{Path(path).parent}' is not a folder", remedy)
    if not os.access(target.parent, os.W_OK):
        raise _refused(WRITE_RULE, f"'{Path(path).parent}' is read-only", remedy)


def _refused(rule: str, found: str, remedy: str) -> OutputError:
    return OutputError(str(Problem(rule, found, remedy)))


def _mode_of_existing(target: Path) -> int | None:
    """Return the permissions of the file about to be replaced, None if there is none."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise _refused("What is saved is written to a file", f"'{target}' is {kind}", "Choose another path")
    return stat.S_IMODE(status.st_mode)


def _write_named(
    target: Path, temporary: Path, data: bytes, mode: int | None, verify: Callable[[Path], None] | None
) -> None:
    try:
        _write_durably(temporary, data, 0o666 if mode is None else 0o600)
        if verify is not None:
            verify(temporary)
        if mode is not None:
            temporary.chmod(mode)
        temporary.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _write_durably(path: Path, data: bytes, mode: int) -> None:
    # The mode is given at creation: what only its owner may read is never readable by others, even for a moment.
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    # The new name survives a power cut only once the folder is on disk too. Windows has no such call, some file systems
    # refuse it, and the file is complete and in place by now: nothing is left to undo.
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_unnamed(
    target: Path, temporary: Path, data: bytes, mode: int | None, verify: Callable[[Path], None] | None
) -> bool:
    """Write a file without a name, which then takes the target's; False if that cannot be done here.

    A name that is free is taken at once. A file that is there already can only be replaced by one that has a name, so
    for the moment between two calls of the system the new one is called as ``temporary`` says.

    Parameters
    ----------
    target, temporary
        Two names in one folder.
    data
        The content.
    mode
        Permissions; None for those that new files have.
    verify
        Called with a path to the new file before it has a name.

    Raises
    ------
    OSError
        If the system refuses the content: a full disk.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     target = Path(folder) / "model.bin"
    ...     written = write_unnamed(target, Path(folder) / "model.tmp", b"weights", None, None)
    ...     written == target.exists()
    True
    """
    try:
        descriptor = os.open(target.parent, os.O_TMPFILE | os.O_RDWR, 0o666 if mode is None else 0o600)
    except (AttributeError, OSError):
        # Linux alone knows such files, and not on every file system. Whatever else is wrong is told when it is tried
        # with a name.
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
        return (mode is None and _named(unnamed, target, descriptor)) or _replaced(
            unnamed, temporary, target, descriptor
        )


def _replaced(unnamed: Path, temporary: Path, target: Path, descriptor: int) -> bool:
    try:
        if not _named(unnamed, temporary, descriptor):
            return False
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def _named(unnamed: Path, name: Path, descriptor: int) -> bool:
    """Give the file a name, if that is possible and no file has it."""
    try:
        # A descriptor given as the folder makes Python follow the link that the unnamed path is, to the file itself.
        os.link(unnamed, name, src_dir_fd=descriptor, follow_symlinks=True)
    except OSError:
        return False
    return True
