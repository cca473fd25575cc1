"""From bytes to text, and from text to lines."""

import codecs
import re
from collections.abc import Iterator

from demarcate.datasets.reading.content import Content
from demarcate.errors import InputError, Problem, SettingError

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_LINE_END = re.compile(r"\r\n?|\n")


def decode(content: Content, encoding: str | None) -> str:
    r"""The text of a content, without its byte order mark.

    Parameters
    ----------
    content
        The bytes.
    encoding
        A name that Python knows; None means UTF-8, or UTF-16 where the content starts with its byte order mark.

    Raises
    ------
    InputError
        If bytes are not text in that encoding, or there are NUL characters, which no text file holds.
    SettingError
        If Python knows no such text encoding.

    Examples
    --------
    >>> decode(Content("heart.csv", ".csv", "\ufeffage,sex".encode("utf-8")), None)
    'age,sex'
    """
    chosen = encoding or _encoding_by_mark(content.data)
    try:
        text = content.data.decode(chosen)
        if encoding:
            text.encode()  # some of Python's encodings give lone surrogates, which are no text
    except UnicodeDecodeError as error:
        if len(error.object) != len(content.data):  # a codec for names and the like, which takes text apart first
            raise _no_encoding(encoding) from None
        raise InputError([_undecodable(content, error, chosen)]) from None
    except UnicodeEncodeError as error:
        place = f"'{content.name}' line {_line_number(error.object[: error.start])}"
        raise InputError([Problem(f"A table is {chosen} text", f"{place} holds half a character", _remedy())]) from None
    except (LookupError, ValueError):
        raise _no_encoding(encoding) from None
    text = text.removeprefix("\ufeff")
    nul = text.find("\0")
    if nul >= 0:
        found = f"'{content.name}' line {_line_number(text[:nul])} has one"
        remedy = "Check that the file is a text file; UTF-16 without a byte order mark needs encoding='utf-16-le'"
        raise InputError([Problem("A text file has no NUL characters", found, remedy)])
    return text


def lines(text: str) -> Iterator[str]:
    r"""The lines of a text with their ends, which are ``\n``, ``\r\n`` or ``\r`` and nothing else.

    Examples
    --------
    >>> list(lines("a\rb\u2028c\r\n\nd"))
    ['a\r', 'b\u2028c\r\n', '\n', 'd']
    """
    return (match[0] for match in _LINE.finditer(text))


def _encoding_by_mark(data: bytes) -> str:
    return "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8"


def _no_encoding(encoding: str | None) -> SettingError:
    return SettingError(f"encoding is the name of a text encoding, such as utf-8 or latin-1: got {encoding!r}")


def _line_number(before: str) -> int:
    return sum(1 for _ in _LINE_END.finditer(before)) + 1


def _undecodable(content: Content, error: UnicodeDecodeError, encoding: str) -> Problem:
    line = _line_number(content.data[: error.start].decode(encoding, errors="replace"))
    found = f"'{content.name}' line {line}, byte {error.start} of the file is 0x{content.data[error.start]:02X}"
    return Problem(f"A table is {encoding} text", found, _remedy())


def _remedy() -> str:
    return "Give the encoding it was written in, for example encoding='latin-1' (--encoding latin-1)"
