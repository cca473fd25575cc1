"""Where a table comes from: a path, standard input, a web address or an open file."""

import contextlib
import difflib
import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from demarcate.errors import InputError, Problem, SettingError
from demarcate.io.tables.content import read_blocks, table_suffix
from demarcate.io.tables.download import download

BUILT_IN_NAMES = ("heart", "blobs", "circles", "moons")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True, eq=False)
class Source:
    """A path or an open file, with its name in messages and the extension that tells its format."""

    name: str
    suffix: str
    file: IO[bytes] | None = None
    path: str | None = None
    is_rereadable: bool = False

    def blocks(self) -> Iterator[bytes]:
        """Read the bytes in blocks."""
        try:
            if self.file is not None:
                yield from read_blocks(_BinaryFile(self.file))
            elif self.path is not None:
                with Path(self.path).open("rb") as file:
                    yield from read_blocks(file)
        except OSError as error:
            raise _unreadable(self.name, error.strerror or str(error)) from None


class _BinaryFile:
    """A file that must give bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        if not isinstance(data, bytes):
            raise SettingError(f"source is a file opened for reading bytes (mode 'rb'): its read() gave {_shown(data)}")
        return data


def find_source(source: str | os.PathLike[str] | IO[bytes], timeout: float) -> Source:
    """Find the source that a user names, as for `read_table`, and read nothing yet but the answer of a web server."""
    if isinstance(source, str) and source:
        if source == "-":
            return _stdin()
        scheme = _SCHEME.match(source)
        return _at_address(source, scheme[1].lower(), timeout) if scheme else _at_path(source)
    if isinstance(source, os.PathLike):
        return _at_path(os.fsdecode(source))
    if not isinstance(source, str) and hasattr(source, "read"):
        name = getattr(source, "name", None)
        if not isinstance(name, str):
            return Source("the file object", "", file=source)
        return Source(name, table_suffix(name), file=source)
    raise SettingError(
        f"source must be a path, '-', an http(s) address or a file opened for reading bytes, got {_shown(source)}"
    )


def _shown(source: object) -> str:
    return repr(source) if isinstance(source, str) else type(source).__name__


def _stdin() -> Source:
    if sys.stdin is None:  # a windowed program on Windows has none
        fact = "'-' is standard input, and this program was started without one"
        raise InputError([Problem(fact, "Give a path instead")])
    return Source("standard input", "", file=sys.stdin.buffer)


def _at_address(address: str, scheme: str, timeout: float) -> Source:
    if scheme not in ("http", "https"):
        fact = f"'{address}' starts with {scheme}://, not http:// or https://"
        raise InputError([Problem(fact, "Download the file and give its path")])
    data = io.BytesIO(download(address, timeout))
    return Source(address, table_suffix(unquote(urlsplit(address).path)), file=data)


def _at_path(text: str) -> Source:
    path = Path(text)
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise InputError([_not_found(path, text)]) from None
    except OSError as error:
        raise _unreadable(text, error.strerror or str(error)) from None
    except ValueError as error:  # a path with a NUL character
        raise _unreadable(text, str(error)) from None
    if stat.S_ISDIR(mode):
        raise InputError([Problem(f"'{text}' is a folder", "Give the path of one file in it")])
    if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
        raise _unreadable(text, "it is a device, not a file")
    return Source(text, table_suffix(text), path=text, is_rereadable=stat.S_ISREG(mode))


def _not_found(path: Path, text: str) -> Problem:
    built_in = f"a built-in data set by its name: {', '.join(BUILT_IN_NAMES)}"
    if not path.parent.is_dir():
        return Problem(f"There is no folder '{path.parent}'", f"Give the path of a file, or {built_in}")
    names: dict[str, str] = {}
    with contextlib.suppress(OSError):
        names = {entry.name.lower(): entry.name for entry in path.parent.iterdir()}
    close = [names[name] for name in difflib.get_close_matches(path.name.lower(), names)]
    suggestion = " or ".join(f"'{path.with_name(name)}'" for name in close) or "the path of a file"
    return Problem(f"There is no file '{text}'", f"Give {suggestion}, or {built_in}")


def _unreadable(name: str, reason: str) -> InputError:
    return InputError([Problem(f"'{name}' could not be read ({reason})", "Check the file and its permissions")])
