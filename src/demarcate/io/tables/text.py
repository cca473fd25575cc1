"""Bytes decoded to text."""

import codecs
from collections.abc import Iterable, Iterator

from demarcate.errors import InputError, Problem, SettingError
from demarcate.formatting import counted, quoted
from demarcate.io.tables.encodings import guess_encoding, n_broken

_NOT_FOR_TABLES = ("idna", "punycode", "undefined")
"""Codecs for names and the like, which take a text apart before they read it."""
_FEW = 10
"""Bytes that are not UTF-8, below which a text that is UTF-8 otherwise is taken to be damaged."""
_ENCODING_REMEDY = "Give the encoding it was written in, for example encoding='latin-1' (--encoding latin-1)"


def decode_blocks(blocks: Iterable[bytes], name: str, encoding: str | None) -> Iterator[str]:
    """Decode blocks of bytes, which may cut characters; the first has at least two bytes if there are so many.

    The byte order mark is left out. ``encoding`` is a name that Python knows; None is UTF-8, or UTF-16 by its mark.
    """
    decoder: _TextDecoder | None = None
    for block in blocks:
        decoder = decoder or _TextDecoder(name, encoding, block)
        yield from decoder.decode(block)
    if decoder:
        yield from decoder.decode(b"", final=True)


class _TextDecoder:
    """A decoder that knows how many bytes and lines came before, for messages."""

    def __init__(self, name: str, encoding: str | None, first: bytes) -> None:
        has_mark = first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        self._name, self._encoding = name, encoding or ("utf-16" if has_mark else "utf-8")
        self._decoder = _incremental_decoder(self._encoding)
        self._decoder_name = codecs.lookup(self._encoding).name
        self._n_bytes, self._n_line_ends, self._last, self._has_foreign = 0, 0, "", False

    def decode(self, block: bytes, *, final: bool = False) -> Iterator[str]:
        """Give the text of the next bytes, if there is any."""
        try:
            text = self._decoder.decode(block, final)
            if self._decoder_name != "utf-8":
                text.encode()  # some of Python's encodings give lone surrogates, which are no text
        except UnicodeDecodeError as error:
            raise InputError([self._undecodable(error, len(block), final=final)]) from None
        except UnicodeEncodeError as error:
            fact = f"{self._line(error.object[: error.start])} holds half a character"
            raise InputError([Problem(fact, _ENCODING_REMEDY)]) from None
        self._n_bytes += len(block)
        if not self._last:
            text = text.removeprefix("\ufeff")
        if not text:
            return
        nul = text.find("\0")
        if nul >= 0:
            place = len(text[:nul].encode(self._encoding, "ignore"))
            remedy = self._remedy(block, place) or "Check that the file is a text file, or remove the character"
            raise InputError([Problem(f"{self._line(text[:nul])} has a NUL character", remedy)])
        self._has_foreign = self._has_foreign or not text.isascii()
        self._n_line_ends += _count_line_ends(self._last, text)
        self._last = text[-1]
        yield text

    def _line(self, text: str) -> str:
        """Return the place that is reached after more text."""
        return f"'{self._name}' line {self._n_line_ends + _count_line_ends(self._last, text) + 1}"

    def _undecodable(self, error: UnicodeDecodeError, n_block: int, *, final: bool) -> Problem:
        # Bytes that the decoder held back of earlier blocks come before this block's.
        n_before = self._n_bytes - (len(error.object) - n_block)
        before = codecs.decode(error.object[: error.start], error.encoding, "replace")
        byte = f"byte {n_before + error.start} of the file is 0x{error.object[error.start]:02X}"
        fact = f"{self._line(before)} is not {self._encoding} text: {byte}"
        if self._decoder_name == "utf-8":
            n_good, n_bad = n_broken(error.object)
            is_utf8 = n_good or self._has_foreign
            if is_utf8 and final and error.end == len(error.object) and "end of data" in error.reason:
                return Problem(f"{fact}, where the file ends within a character", "Copy or download the file again")
            if n_good > n_bad or (self._has_foreign and n_bad < _FEW):
                rest = f"All but {counted(n_bad, 'byte')} of what was read is UTF-8: write that character again"
                return Problem(fact, f"{rest}, or give the encoding of the whole file (--encoding, encoding in Python)")
        return Problem(fact, self._remedy(error.object, error.start) or _ENCODING_REMEDY)

    def _remedy(self, data: bytes, place: int) -> str:
        """Return the advice to give the encoding that makes text of the bytes, with the cell at a place; or nothing."""
        guess = guess_encoding(data, place, apart=self._decoder_name)
        if guess is None:
            return ""
        advice = f"encoding={guess.encoding!r} (--encoding {guess.encoding})"
        return f"Read as {guess.encoding} the cell is {quoted(guess.cell)}: if that is right, give {advice}"


def _incremental_decoder(encoding: str) -> codecs.IncrementalDecoder:
    try:
        "a".encode(encoding)  # refuses a codec that is not for text
        is_usable = codecs.lookup(encoding).name not in _NOT_FOR_TABLES
        decoder = codecs.getincrementaldecoder(encoding)("strict") if is_usable else None
    except (LookupError, ValueError):
        decoder = None
    if decoder is None:
        raise SettingError(f"encoding must be the name of a text encoding, such as utf-8 or latin-1, got {encoding!r}")
    return decoder


def _count_line_ends(before: str, text: str) -> int:
    """Count line ends; the second half of one that began in the text before does not count."""
    n_ends = text.count("\n") - (before == "\r" and text.startswith("\n"))
    return n_ends + text.count("\r") - text.count("\r\n") if "\r" in text else n_ends
