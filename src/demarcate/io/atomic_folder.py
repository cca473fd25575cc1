"""Folders written whole or not at all."""

import os
import secrets
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from demarcate.errors import OutputError, Problem
from demarcate.formatting import listed
from demarcate.io.atomic import unwritable

_SEEN_FILES = 3


def write_folder(
    path: str | os.PathLike[str], files: Mapping[str, bytes], verify: Callable[[Path], None] | None = None
) -> None:
    """Write a new folder with these files by name, verified before it takes its name.

    The files go to a folder beside it, are flushed to the disk, and the folder is renamed. After a failure, an
    interrupt included, nothing is left. A folder that has files is refused.
    """
    target = Path(os.path.realpath(path))
    check_free(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        temporary.mkdir()
        for name, data in files.items():
            with (temporary / name).open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if verify is not None:
            verify(temporary)
        temporary.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_free(path: str | os.PathLike[str]) -> None:
    """Refuse a path that cannot become a new folder, before the work whose result it is for.

    A folder with files is never replaced, whatever they are: they may have been changed since.
    """
    target = Path(os.path.realpath(path))
    remedy = "Choose another name, or remove it"
    if target.is_dir():
        names = sorted(each.name for each in target.iterdir())
        if names:
            raise _refusal(f"'{path}' is a folder with files: {listed(names, _SEEN_FILES)}", remedy)
    elif target.exists():
        raise _refusal(f"'{path}' is a file, not a folder", remedy)
    elif not target.parent.is_dir():
        raise _refusal(f"'{Path(path).parent}' is not a folder", "Choose another folder or name")
    elif not os.access(target.parent, os.W_OK):
        raise _refusal(f"'{Path(path).parent}' is read-only", "Choose another folder or name")


def _refusal(fact: str, remedy: str) -> OutputError:
    return OutputError(str(Problem(fact, remedy)))
