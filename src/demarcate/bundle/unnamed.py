"""Files that have no name until they are whole, where the system has such: whatever ends the process, none is left."""

import os
from collections.abc import Callable
from pathlib import Path


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
