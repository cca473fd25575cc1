"""Which columns hold text to learn words from, and not categories, names, codes or addresses."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from demarcate.tabular.frame_libraries import polars as pl

MIN_TEXTS = 30
"""Different texts of a column, at least."""
MIN_DISTINCT_SHARE, MANY_DISTINCT = 0.3, 1000
"""Share of the cells that differ, at least; of so many different ones any share."""
MIN_WORDS, MIN_CAPITALISED_WORDS = 3, 6
"""Words of the median cell, at least; more where nearly all are capitalised, as names of people and places are."""
_MAX_CAPITALISED = 0.85
_MIN_WORDY = 0.7
_SAMPLED, _READ_CHARACTERS = 1000, 2000
_WORD = re.compile(r"[^\W\d_]{2,}")
# Scripts without spaces between words, of which two characters make about a word: Thai to Myanmar, Khmer, kana, Han.
WITHOUT_SPACES = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def is_text(distinct: pl.Series, n_cells: int) -> bool:
    """Return whether a column is text, from its distinct stripped cells and the number of cells that are not missing.

    It is where most cells differ, and hold several words each: alphabetic ones, between spaces. A web or mail address,
    a path, a code or a hash is one piece without a space; names of people, streets and firms are few words, nearly all
    capitalised; JSON begins with a brace. Such columns are categories, or are not used.
    """
    if len(distinct) < MIN_TEXTS or len(distinct) < min(MIN_DISTINCT_SHARE * n_cells, MANY_DISTINCT):
        return False
    every = max(1, len(distinct) // _SAMPLED)
    words = [_words(cell) for cell in distinct.sort().gather_every(every).str.head(_READ_CHARACTERS)]
    wordy = [of_cell for of_cell in words if len(of_cell) >= MIN_WORDS]
    if len(wordy) < _MIN_WORDY * len(words):
        return False
    all_words = [word for of_cell in words for word in of_cell]
    if sum(word[0].isupper() for word in all_words) <= _MAX_CAPITALISED * len(all_words):
        return True
    return sorted(map(len, words))[len(words) // 2] >= MIN_CAPITALISED_WORDS


@cache
def _punctuation() -> str:
    return "".join(chr(point) for point in range(0x2100) if unicodedata.category(chr(point))[0] in "PS")


def _words(cell: str) -> list[str]:
    """Return the words of a cell: letters alone between spaces, and pairs of characters of scripts without spaces."""
    if cell[0] in "{[" and cell[-1] in "}]":
        return []
    joined = "".join(WITHOUT_SPACES.findall(cell))
    if joined:
        return [joined[place : place + 2] for place in range(0, len(joined) - 1, 2)]
    pieces = (piece.strip(_punctuation()).replace("'", "").replace("\u2019", "") for piece in cell.split())
    return [piece for piece in pieces if all(map(_WORD.fullmatch, piece.split("-")))]
