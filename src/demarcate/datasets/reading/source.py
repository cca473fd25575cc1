"""Where a table comes from: a path, standard input, an address or an open file."""

import contextlib
import difflib
import os
import re
import sys
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from demarcate.datasets.names import BUILT_IN_NAMES
from demarcate.datasets.reading.content import Content, suffix_of
from demarcate.datasets.reading.download import download
from demarcate.errors import InputError, Problem, SettingError

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


def fetch(source: str | os.PathLike[str] | IO[bytes], timeout: float) -> Content:
    """Read a source to its end.

    Parameters
    ----------
    source
        A path; ``-`` for standard input; an address that starts with ``http://`` or ``https://``; or a file
        opened for reading bytes, which is read from where it stands and left open.
    timeout
        Seconds that a server may stay silent.

    Returns
    -------
    Content
        The bytes, at least one.

    Raises
    ------
    InputError
        If the source cannot be read or is empty.
    SettingError
        If the source is none of these.
    """
    content = _fetch(source, timeout)
    if not content.data:
        raise InputError(
            [Problem("A table has a header and rows", f"'{content.name}' is empty", "Give a file with rows in it")]
        )
    return content


def _fetch(source: str | os.PathLike[str] | IO[bytes], timeout: float) -> Content:
    if isinstance(source, str) and source:
        if source == "-":
            return _from_stdin()
        scheme = _SCHEME.match(source)
        return _from_address(source, scheme[1].lower(), timeout) if scheme else _from_path(source)
    if isinstance(source, os.PathLike):
        return _from_path(os.fsdecode(source))
    if not isinstance(source, str) and hasattr(source, "read"):
        return _from_file(source)
    raise SettingError(
        f"source is a path, '-', an http(s) address or a file opened for reading bytes: got {_shown(source)}"
    )


def _shown(source: object) -> str:
    return repr(source) if isinstance(source, str) else type(source).__name__


def _from_stdin() -> Content:
    if sys.stdin is None:  # a windowed program on Windows has none
        found = "this program was started without one"
        raise InputError([Problem("'-' reads standard input", found, "Give a path instead")])
    return _from_file(sys.stdin.buffer, name="standard input")


def _from_file(file: IO[bytes], name: str | None = None) -> Content:
    called = getattr(file, "name", None)
    label = name or (called if isinstance(called, str) else "the file object")
    try:
        data = file.read()
    except OSError as error:
        raise _unreadable(label, error.strerror or str(error)) from None
    if not isinstance(data, bytes):
        raise SettingError(f"source is a file opened for reading bytes (mode 'rb'): its read() gave {_shown(data)}")
    return Content(label, suffix_of(called) if isinstance(called, str) else "", data)


def _from_address(address: str, scheme: str, timeout: float) -> Content:
    if scheme not in ("http", "https"):
        found = f"'{address}' starts with {scheme}://"
        remedy = "Download the file and give its path"
        raise InputError([Problem("An address starts with http:// or https://", found, remedy)])
    data = download(address, timeout)
    return Content(address, suffix_of(unquote(urlsplit(address).path)), data)


def _from_path(text: str) -> Content:
    path = Path(text)
    try:
        if path.is_char_device() or path.is_block_device():
            raise _unreadable(text, "it is a device, not a file")
        data = None if path.is_dir() else path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise InputError([_not_found(path, text)]) from None
    except OSError as error:
        raise _unreadable(text, error.strerror or str(error)) from None
    except ValueError as error:  # a path with a NUL character
        raise _unreadable(text, str(error)) from None
    if data is None:
        found = f"'{text}' is a folder"
        raise InputError([Problem("A table is read from a file", found, "Give the path of one file in it")])
    return Content(text, suffix_of(text), data)


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
