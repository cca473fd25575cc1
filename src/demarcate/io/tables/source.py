"""Where a table comes from: a path, standard input, an address or an open file."""

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
from demarcate.io.tables.content import blocks_of, suffix_of
from demarcate.io.tables.download import download

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True, eq=False)
class Source:
    """Where bytes come from, and how messages call it.

    Attributes
    ----------
    name
        The path or address as the user gave it.
    suffix
        The lower-case extension with its dot, or an empty string; ``.gz`` does not count.
    file
        An open file that can be read once, or None.
    path
        A path, or None.
    again
        Whether it can be read as often as wanted, at any place.
    """

    name: str
    suffix: str
    file: IO[bytes] | None = None
    path: str | None = None
    again: bool = False

    def blocks(self) -> Iterator[bytes]:
        """The bytes in blocks.

        Raises
        ------
        InputError
            If they cannot be read.
        SettingError
            If the file gives text.
        """
        try:
            if self.file is not None:
                yield from blocks_of(_OfBytes(self.file))
            elif self.path is not None:
                with Path(self.path).open("rb") as file:
                    yield from blocks_of(file)
        except OSError as error:
            raise _unreadable(self.name, error.strerror or str(error)) from None


class _OfBytes:
    """A file that must give bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        data = self._file.read(size)
        if not isinstance(data, bytes):
            raise SettingError(f"source is a file opened for reading bytes (mode 'rb'): its read() gave {_shown(data)}")
        return data


def locate(source: str | os.PathLike[str] | IO[bytes], timeout: float) -> Source:
    """Find a source, and read nothing but what a server sends.

    Parameters
    ----------
    source
        A path; ``-`` for standard input; an address that starts with ``http://`` or ``https://``; or a file
        opened for reading bytes, which is read from where it stands and left open.
    timeout
        Seconds that a server may stay silent.

    Raises
    ------
    InputError
        If there is no such source.
    SettingError
        If the source is none of these.
    """
    if isinstance(source, str) and source:
        if source == "-":
            return _stdin()
        scheme = _SCHEME.match(source)
        return _at_address(source, scheme[1].lower(), timeout) if scheme else _at_path(source)
    if isinstance(source, os.PathLike):
        return _at_path(os.fsdecode(source))
    if not isinstance(source, str) and hasattr(source, "read"):
        called = getattr(source, "name", None)
        return (
            Source(called, suffix_of(called), file=source)
            if isinstance(called, str)
            else Source("the file object", "", file=source)
        )
    raise SettingError(
        f"source is a path, '-', an http(s) address or a file opened for reading bytes: got {_shown(source)}"
    )


def _shown(source: object) -> str:
    return repr(source) if isinstance(source, str) else type(source).__name__


def _stdin() -> Source:
    if sys.stdin is None:  # a windowed program on Windows has none
        found = "this program was started without one"
        raise InputError([Problem("'-' reads standard input", found, "Give a path instead")])
    return Source("standard input", "", file=sys.stdin.buffer)


def _at_address(address: str, scheme: str, timeout: float) -> Source:
    if scheme not in ("http", "https"):
        found = f"'{address}' starts with {scheme}://"
        remedy = "Download the file and give its path"
        raise InputError([Problem("An address starts with http:// or https://", found, remedy)])
    data = io.BytesIO(download(address, timeout))
    return Source(address, suffix_of(unquote(urlsplit(address).path)), file=data)


def _at_path(text: str) -> Source:
    path = Path(text)
    try:
        kind = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise InputError([_not_found(path, text)]) from None
    except OSError as error:
        raise _unreadable(text, error.strerror or str(error)) from None
    except ValueError as error:  # a path with a NUL character
        raise _unreadable(text, str(error)) from None
    if stat.S_ISDIR(kind):
        found = f"'{text}' is a folder"
        raise InputError([Problem("A table is read from a file", found, "Give the path of one file in it")])
    if stat.S_ISCHR(kind) or stat.S_ISBLK(kind):
        raise _unreadable(text, "it is a device, not a file")
    return Source(text, suffix_of(text), path=text, again=stat.S_ISREG(kind))


def _not_found(path: Path, text: str) -> Problem:
    rule = "A table is read from a file that exists"
    built_in = f"a built-in data set by its name: {', '.join(BUILT_IN_NAMES)}"
    if not path.parent.is_dir():
        return Problem(rule, f"there is no folder '{path.parent}'", f"Give the path of a file, or {built_in}")
    names: dict[str, str] = {}
    with contextlib.suppress(OSError):
        names = {entry.name.lower(): entry.name for entry in path.parent.iterdir()}
    close = [names[name] for name in difflib.get_close_matches(path.name.lower(), names)]
    meant = " or ".join(f"'{path.with_name(name)}'" for name in close) or "the path of a file"
    return Problem(rule, f"there is no file '{text}'", f"Give {meant}, or {built_in}")


def _unreadable(name: str, reason: str) -> InputError:
    return InputError(
        [Problem("A table can be read", f"'{name}' could not be read ({reason})", "Check the file and its permissions")]
    )


BUILT_IN_NAMES = ("heart", "blobs", "circles", "moons")
