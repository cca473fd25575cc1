"""From bytes to text, and from text to lines."""

import codecs
import re
from collections.abc import Iterable, Iterator

from demarcate.errors import InputError, Problem, SettingError
from demarcate.io.tables.content import Content

_LINE = re.compile(r"[^\r\n]*+(?:\r\n?|\n)|[^\r\n]++")
_NOT_FOR_TABLES = ("idna", "punycode", "undefined")
"""Codecs for names and the like, which take a text apart before they read it."""


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
    return "".join(decoded([content.data], content.name, encoding))


def decoded(blocks: Iterable[bytes], name: str, encoding: str | None) -> Iterator[str]:
    r"""The same block by block, whatever the blocks.

    Parameters
    ----------
    blocks
        The bytes, in order; the first holds two at least if there are so many.
    name
        How messages call them.
    encoding
        As for `decode`.

    Examples
    --------
    >>> list(decoded([b"gr\xc3", b"\xb6\xc3\x9fe"], "sizes.csv", None))
    ['gr', 'öße']
    """
    text: _Text | None = None
    for block in blocks:
        text = text or _Text(name, encoding, block)
        yield from text.more(block)
    if text:
        yield from text.more(b"", final=True)


class _Text:
    """A decoder, and what messages need to know of the text before."""

    def __init__(self, name: str, encoding: str | None, first: bytes) -> None:
        has_mark = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._name, self._encoding = name, encoding or ("utf-16" if has_mark else "utf-8")
        self._decoder = _decoder(self._encoding)
        self._n_bytes, self._n_line_ends, self._last = 0, 0, ""

    def more(self, block: bytes, *, final: bool = False) -> Iterator[str]:
        """The text of the next bytes, if it is one."""
        try:
            text = self._decoder.decode(block, final)
            text.encode()  # some of Python's encodings give lone surrogates, which are no text
        except UnicodeDecodeError as error:
            raise InputError([self._undecodable(error, len(block))]) from None
        except UnicodeEncodeError as error:
            place = f"'{self._name}' line {self._line(error.object[: error.start])}"
            rule = f"A table is {self._encoding} text"
            raise InputError([Problem(rule, f"{place} holds half a character", _remedy())]) from None
        self._n_bytes += len(block)
        if not self._last:
            text = text.removeprefix("\ufeff")
        if not text:
            return
        nul = text.find("\0")
        if nul >= 0:
            found = f"'{self._name}' line {self._line(text[:nul])} has one"
            without_mark = "UTF-16 without a byte order mark needs encoding='utf-16-le' (--encoding utf-16-le)"
            remedy = f"Check that the file is a text file; {without_mark}"
            raise InputError([Problem("A text file has no NUL characters", found, remedy)])
        self._n_line_ends += _line_ends(self._last, text)
        self._last = text[-1]
        yield text

    def _line(self, text: str) -> int:
        """The line that is reached after more text."""
        return self._n_line_ends + _line_ends(self._last, text) + 1

    def _undecodable(self, error: UnicodeDecodeError, n_block: int) -> Problem:
        # What the decoder held back of earlier blocks comes before this one's bytes.
        n_before = self._n_bytes - (len(error.object) - n_block)
        before = codecs.decode(error.object[: error.start], error.encoding, "replace")
        place = f"'{self._name}' line {self._line(before)}, byte {n_before + error.start} of the file"
        found = f"{place} is 0x{error.object[error.start]:02X}"
        return Problem(f"A table is {self._encoding} text", found, _remedy())


def lines(blocks: Iterable[str]) -> Iterator[str]:
    r"""The lines of a text with their ends, which are ``\n``, ``\r\n`` or ``\r`` and nothing else.

    Parameters
    ----------
    blocks
        The text in pieces; a line may lie in several of them.

    Examples
    --------
    >>> list(lines(["a\rb\u2028c\r", "\n\nd"]))
    ['a\r', 'b\u2028c\r\n', '\n', 'd']
    """
    held: list[str] = []
    for block in blocks:
        if not any(end in block for end in "\r\n") and not (held and held[-1].endswith("\r")):
            held.append(block)
            continue
        found = _LINE.findall("".join([*held, block]))
        # The last one may go on in the next block: even a line end may, between its two characters.
        held = [] if found[-1].endswith("\n") else [found.pop()]
        yield from found
    if held:
        yield from _LINE.findall("".join(held))


def _decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        "a".encode(encoding)  # refuses a codec that is not for text
        known = codecs.lookup(encoding).name not in _NOT_FOR_TABLES
        decoder = codecs.getincrementaldecoder(encoding)("strict") if known else None
    except (LookupError, ValueError):
        decoder = None
    if decoder is None:
        raise SettingError(f"encoding is the name of a text encoding, such as utf-8 or latin-1: got {encoding!r}")
    return decoder


def _line_ends(before: str, text: str) -> int:
    """How many line ends there are in a text; the second half of one that ended the text before is none."""
    n_ends = text.count("\n") + text.count("\r") - text.count("\r\n")
    return n_ends - (before == "\r" and text.startswith("\n"))


def _remedy() -> str:
    return "Give the encoding it was written in, for example encoding='latin-1' (--encoding latin-1)"
