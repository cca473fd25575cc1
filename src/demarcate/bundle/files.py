"""Model files on disk: written whole or not at all, and read with care."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from demarcate.bundle.refusal import refused
from demarcate.bundle.unnamed import write_unnamed
from demarcate.errors import BundleError

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
    BundleError
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
    BundleError
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


def unwritable(path: str | os.PathLike[str], error: Exception) -> BundleError:
    """What is said when the system, or a library that writes, refuses.

    Examples
    --------
    >>> print(unwritable("p.csv", OSError(28, "No space left on device")))
    A file is written to a folder that takes it: 'p.csv' could not be written (No space left on device). Make room ...
    """
    reason = getattr(error, "strerror", None) or str(error)
    found = f"'{path}' could not be written ({reason})"
    return refused(WRITE_RULE, found, "Make room or choose another folder, and try again")


def check_writable(path: str | os.PathLike[str]) -> None:
    """Refuse a file that could not be written, before the work whose result it is to hold.

    Raises
    ------
    BundleError
        If the folder is missing or takes no files, or there is a folder of that name.

    Examples
    --------
    >>> check_writable("no-such-folder/model.safetensors")
    Traceback (most recent call last):
    demarcate.errors.BundleError: A file is written to a folder that takes it: 'no-such-folder' is not a folder. ...
    """
    target = Path(os.path.realpath(path))
    remedy = "Choose another folder or name"
    if target.is_dir():
        raise refused(WRITE_RULE, f"'{path}' is a folder", remedy)
    if not target.parent.is_dir():
        raise refused(WRITE_RULE, f"'{Path(path).parent}' is not a folder", remedy)
    if not os.access(target.parent, os.W_OK):
        raise refused(WRITE_RULE, f"'{Path(path).parent}' is read-only", remedy)


def read_bytes(path: str | os.PathLike[str], max_size: int) -> bytes:
    """Read a whole file of at most `max_size` bytes.

    Parameters
    ----------
    path
        The file.
    max_size
        The most bytes it may have; checked before anything is read.

    Raises
    ------
    BundleError
        If there is no such file, it is a folder or a device, it is too large, or the system refuses.

    Examples
    --------
    >>> read_bytes("no-such-model.safetensors", 100)
    Traceback (most recent call last):
    demarcate.errors.BundleError: A model is read from a file: 'no-such-model.safetensors' could not be read ...
    """
    rule, remedy = "A model is read from a file", "Check the path and its permissions"
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise refused(rule, f"'{path}' is {kind}", "Give the path of a file that demarcate saved")
        if status.st_size > max_size:
            raise refused(
                f"A model file has at most {max_size} bytes",
                f"'{path}' has {status.st_size}",
                "Give the path of a file that demarcate saved",
            )
        with Path(path).open("rb") as file:
            data = file.read(status.st_size + 1)
    except OSError as error:
        raise refused(rule, f"'{path}' could not be read ({_reason(error)})", remedy) from error
    if len(data) != status.st_size:
        raise refused("A model file stands still while it is read", f"'{path}' changed its size", "Read it again")
    return data


def _mode_of_existing(target: Path) -> int | None:
    """Return the permissions of the file about to be replaced, None if there is none."""
    try:
        status = target.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise refused("What is saved is written to a file", f"'{target}' is {kind}", "Choose another path")
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


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
