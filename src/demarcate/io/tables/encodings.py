"""The encoding that makes plausible text of bytes: it is tried on them before it is advised."""

import codecs
import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise, zip_longest

_SAMPLE = 1 << 18
"""Bytes by which encodings are compared; all that is at hand has to be decodable."""
_MIN_SCORE = 0.3

_WESTERN = "äöüßÄÖÜéèêëàâçîïôùûœæøåñáíóúãõÉÀÇØÅÆÑÁÍÓÚ"
_CENTRAL = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉÍŘŠŤÚŽőűŐŰöüăâîșțşţđäß"
_TURKISH = "çğıöşüÇĞİÖŞÜ"
_COMMON = {
    "latin-1": _WESTERN,
    "cp1252": _WESTERN,
    "iso8859-15": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": _TURKISH,
    "cp850": _WESTERN,
    "mac-roman": _WESTERN,
}
"""Letters that are frequent in the languages of an encoding."""

_SCRIPTS = {
    "cp1251": "CYRILLIC",
    "koi8-r": "CYRILLIC",
    "cp866": "CYRILLIC",
    "cp1253": "GREEK",
    "cp1255": "HEBREW",
    "cp1256": "ARABIC",
}
_EAST_ASIAN = {
    "shift_jis": ("shift_jis", range(0x88, 0x98)),
    "cp932": ("shift_jis", range(0x88, 0x98)),
    "euc_jp": ("euc_jp", range(0xB0, 0xD0)),
    "gb18030": ("gb2312", range(0xB0, 0xD8)),
    "big5": ("big5", range(0xA4, 0xC7)),
    "euc_kr": ("euc_kr", range(0xB0, 0xC9)),
    "cp949": ("euc_kr", range(0xB0, 0xC9)),
}
"""The coded set of an encoding, and the lead bytes of its common characters."""
_CANDIDATES = (
    *("latin-1", "cp1252", "cp1250", "cp1251", "iso8859-15", "iso8859-2", "cp1254", "cp1253", "cp1255", "cp1256"),
    *("koi8-r", "cp866", "cp850", "mac-roman", "shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949"),
)
_MIN_MARKS = 2
"""Delimiters and line ends of a text in which characters take several bytes."""
_WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
_SYMBOLS = frozenset("°§µ€£\u2013\u2014\u2019\u2018“”„…²³½¼¾\u00d7±®™©·•‰«»ªº¿¡†\u00a0")
_INSIDE = "\u2019'-·"
"""Characters other than letters that words hold."""
_BEFORE = {"õ": "es", "û": "tcrlm", "ã": ("o", "e", "")}
"""Letters that follow some letters in Western languages: in others they stand for Hungarian and Romanian ones."""
_SIGNS = {"CYRILLIC": frozenset("аеёиоуыэюяіїє"), "GREEK": frozenset("άέήίόύώΐΰ")}
"""Letters of which nearly all words of a script have one."""
_RARE = {"cp850": 0.6, "mac-roman": 0.6, "cp866": 0.1, "iso8859-15": 0.1, "iso8859-2": 0.1}
"""What encodings that are seldom met have to be better by."""
_MAX_ACCENTED = 0.75
_MAX_WORD, _MAX_LINE = 40, 4096
"""Bytes of a word, and of a line from its first byte beyond ASCII on, that are looked at."""
_FOREIGN_BYTE = re.compile(rb"[\x80-\xff]")
_FOREIGN_WORD = re.compile(r"[^\W\d_]{0,40}[^\x00-\x7f]{1,40}[^\s\x00-\x2f\x3a-\x40]{0,40}")
_CELL_END = re.compile(r"[,;\t|\r\n]")


@dataclass(frozen=True)
class Guess:
    """An encoding that makes plausible text of bytes, and a cell as it would read."""

    encoding: str
    cell: str


def guess_encoding(data: bytes, place: int, *, apart: str = "") -> Guess | None:
    """Return the encoding that makes the most plausible text of all bytes, None if none does.

    ``place`` is that of a byte whose cell is shown, and ``apart`` an encoding that is known to be wrong. ``data`` may
    end within a character.
    """
    if wide := _guess_wide(data):
        return _guess(data, place, wide)
    scores: dict[str, float] = {}
    for encoding in _CANDIDATES:
        if codecs.lookup(encoding).name == apart:
            continue
        text = _decoded(data, encoding)
        if text is not None:
            scores[encoding] = _score(_foreign_part(data, encoding), encoding) - _RARE.get(encoding, 0)
    # The first of equals: the candidates are in order of how common they are.
    best = max(scores, key=lambda encoding: scores[encoding], default=None)
    return _guess(data, place, best) if best is not None and scores[best] >= _MIN_SCORE else None


def n_broken(data: bytes) -> tuple[int, int]:
    """Return how many characters beyond ASCII are good UTF-8, and how many bytes are not."""
    text = data.decode("utf-8", "replace")
    n_bad = text.count("\ufffd")
    return sum(not character.isascii() for character in text) - n_bad, n_bad


def _guess(data: bytes, place: int, encoding: str) -> Guess:
    step = 4 if "32" in encoding else 2 if "16" in encoding else 1
    text = _decoded(data, encoding) or ""
    at = len(_decoded(data[: place - place % step], encoding) or "")
    starts = [match.end() for match in _CELL_END.finditer(text, 0, at)]
    end = _CELL_END.search(text, at)
    return Guess(encoding, text[starts[-1] if starts else 0 : end.start() if end else len(text)].strip().strip('"'))


def _guess_wide(data: bytes) -> str | None:
    """Return the encoding of several bytes a character whose zeros are where they would be in Western text."""
    if b"\0" not in data:
        return None
    for encoding in _WIDE:
        text = _decoded(data, encoding)
        if text and "\0" not in text and _is_plain(text):
            return encoding
    return None


def _is_plain(text: str) -> bool:
    """Tell whether a text has line ends and delimiters, and few characters that no alphabet has."""
    sample = text[:_SAMPLE]
    odd = sum(unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs") for character in sample)
    odd -= sum(sample.count(end) for end in "\r\n\t")
    return odd <= 0.01 * len(sample) and sum(sample.count(mark) for mark in ",;\t|\n\r") >= _MIN_MARKS


def _decoded(data: bytes, encoding: str) -> str | None:
    """Return the text of bytes, but for a character that is cut at their end."""
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(data)
    except UnicodeError:
        return None


def _foreign_part(data: bytes, encoding: str) -> str:
    """Return the text of the first lines that are not ASCII, of long ones a part."""
    lines: list[bytes] = []
    n_bytes = 0
    for line in data.splitlines():
        if (match := _FOREIGN_BYTE.search(line)) is not None:
            lines.append(line[max(0, match.start() - _MAX_WORD) : match.start() + _MAX_LINE])
            n_bytes += len(lines[-1])
            if n_bytes > _SAMPLE:
                break
    return b"\n".join(lines).decode(encoding, "ignore")


def _score(text: str, encoding: str) -> float:
    """Return how plausible a text is, at most 1: a mean over its characters that are not ASCII."""
    total = n_characters = 0.0
    for word in _FOREIGN_WORD.findall(text):
        foreign = [character for character in word if not character.isascii()]
        total += _word_score(word, foreign, encoding) * len(foreign)
        n_characters += len(foreign)
    return total / n_characters if n_characters else 0.0


def _word_score(word: str, foreign: list[str], encoding: str) -> float:
    """Return how plausible the foreign characters of a word are, from -1 to 1."""
    letters = [character for character in word if character.isalpha()]
    is_odd = any(map(_is_odd, foreign))
    if encoding in _EAST_ASIAN:
        return -1.0 if is_odd else _east_asian_score(word, foreign, encoding)
    is_odd |= any(a.isalpha() and not b.isalpha() and b not in _INSIDE and c.isalpha() for a, b, c in _triples(word))
    if is_odd or any(a.islower() and b.isupper() for a, b in pairwise(word)):
        return -1.0
    if all(character in _SYMBOLS for character in foreign):
        return 0.35
    if encoding in _SCRIPTS:
        return _script_score(word, letters, _SCRIPTS[encoding])
    return _latin_score(letters, _COMMON[encoding])


def _script_score(word: str, letters: list[str], script: str) -> float:
    """Return how plausible a word of another script is: of several letters of it and no others."""
    if len(letters) < 2 or not all(unicodedata.name(letter, "").startswith(script) for letter in letters):
        return -0.5
    signs = _SIGNS.get(script)
    return 0.5 if signs is not None and signs.isdisjoint(word.lower()) else 0.95


def _latin_score(letters: list[str], common: str) -> float:
    """Return how plausible the accented letters of a word are: not most of it, and common ones."""
    accented = [letter for letter in letters if not letter.isascii()]
    if len(accented) > 2 and len(accented) > _MAX_ACCENTED * len(letters):
        return -1.0
    is_common = [
        letter in common and (letter not in _BEFORE or after in _BEFORE[letter])
        for letter, after in zip_longest(letters, letters[1:], fillvalue="")
        if not letter.isascii()
    ]
    return sum(0.9 if common else -0.3 for common in is_common) / len(is_common) if is_common else 0.2


def _is_odd(character: str) -> bool:
    """Tell whether a character is in no text of a table: controls, unassigned ones, lines and blocks of pictures."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cn", "Co") or "\u2500" <= character <= "\u25ff"


def _triples(word: str) -> list[tuple[str, str, str]]:
    return list(zip(word, word[1:], word[2:], strict=False))


def _east_asian_score(word: str, foreign: list[str], encoding: str) -> float:
    """Return how plausible characters of two bytes are: common ones, without letters of the Latin alphabet between."""
    coded, common = _EAST_ASIAN[encoding]
    if any(a.isascii() and a.isalpha() and not b.isascii() for a, b in pairwise(word)):
        return -0.5
    if len(foreign) == 1 and foreign[0].encode(encoding, "ignore")[1:].isascii():
        return -0.5  # the second byte may be a letter of its own
    is_kanji, is_hanja = coded in ("shift_jis", "euc_jp"), coded == "euc_kr"
    score = 0.0
    for character in foreign:
        name = unicodedata.name(character, "")
        lead = character.encode(coded, "ignore")[:1]
        if name.startswith(("HIRAGANA", "KATAKANA")):
            score += 1.0 if coded in ("shift_jis", "euc_jp") else -0.5
        elif name.startswith("HALFWIDTH KATAKANA"):
            score -= 0.5
        elif name.startswith(("CJK UNIFIED", "HANGUL")):
            # Japanese is seldom without kana, and Korean nearly always without Chinese characters.
            weight = 0.7 if is_kanji else 0.95 if not is_hanja else 0.98 if name.startswith("HANGUL") else 0.3
            score += weight if lead and lead[0] in common else -0.2
        else:
            score += 0.2
    return score / len(foreign)
