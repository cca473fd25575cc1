"""Cells read as numbers, booleans or categories.

Text follows rules of our own, because libraries disagree silently: here ``007`` is a code, ``NA`` may be a country, and
an integer too large for a float is not a quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.frame_libraries import polars as pl

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_INTEGER = r"^[+-]?[0-9]+$"
_TIME = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+$"
_CODE = r"^[+-]?0[0-9]"
SLICE_ROWS = 1 << 18
MAX_EXACT_INTEGER = 2**53
"""From here on, different integers may be the same float64."""

MISSING_WORDS = frozenset(
    {"", "na", "n/a", "#n/a", "n.a.", "<na>", "nan", "nat", "null", "none", "nil", "?", "-", ".", "missing"}
)
"""Text for a missing value among numbers, dates and booleans, in any case. In a column of words only an empty cell is
missing: there ``NA`` may be a country and ``none`` an answer."""

_TRUTH = {"true": 1.0, "false": 0.0}
TRUTH_OF_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "ja", "j", "oui", "si", "sí", "sì", "sim"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "0", "nein", "non", "não", "nee"), "false"),
}
"""Words for yes and no, in lower case."""
_BOOLEAN_WORDS = frozenset(TRUTH_OF_WORDS) - {"0", "1"}


@dataclass(frozen=True, eq=False)
class ParsedCells:
    """Cells read as numbers or dates: float64 ``(n_rows,)``, NaN where missing, and where a cell is neither, bool."""

    values: NDArray[np.float64]
    bad: NDArray[np.bool_]
    n_infinite: int = 0  # cells that are infinite or too large for a float; they count as missing


def parse_numbers(column: pl.Series) -> ParsedCells:
    """Read a column as numbers; missing words and infinities are missing, ``true`` is 1 and ``false`` 0."""
    bad = np.zeros(len(column), dtype=bool)
    if column.dtype.is_integer() and not column.null_count():
        return ParsedCells(column.to_numpy().astype(np.float64), bad)
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        parsed = column.cast(pl.Float64)
    else:
        text = strip(column)
        parsed = text.cast(pl.Float64, strict=False)
        if parsed.null_count() > text.null_count():
            truth = text.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Float64)
            parsed = parsed.zip_with(parsed.is_not_null(), truth)
            bad = (parsed.is_null() & ~is_missing_word(text)).to_numpy()
    values = parsed.fill_null(np.nan).to_numpy()
    infinite = np.isinf(values)
    return ParsedCells(np.where(infinite, np.nan, values), bad, int(infinite.sum()))


def parse_booleans(column: pl.Series) -> pl.Series:
    """Read a column as ``true`` and ``false``; other text stays, and counts as an unseen category later."""
    if column.dtype == pl.Boolean:
        return column.cast(pl.String)
    text = parse_categories(column)
    return _replace(text, {word: new for word in text.unique().drop_nulls() if (new := boolean_word(word)) != word})


def parse_categories(column: pl.Series) -> pl.Series:
    """Read a column as categories of one spelling each: 3, 3.0 and " 3 " are the same; an empty cell is missing.

    Decimals of a second that are zeros are dropped: libraries write different numbers of them.
    """
    if column.dtype.is_integer():
        return column.cast(pl.String)
    if column.dtype == pl.Float64:
        column = column.fill_nan(None)
    text = strip(column)
    distinct = text.unique().drop_nulls()
    numeric = distinct.filter(distinct.str.contains(_NUMBER) & ~distinct.str.contains(_CODE))
    spelling: dict[str, str | None] = {old: new for old in numeric if (new := _canonical_number(old)) != old}
    spelling |= {time: _without_zeros(time) for time in distinct.filter(distinct.str.contains(_TIME))}
    spelling[""] = None
    return _replace(text, spelling)


def parse_texts(column: pl.Series) -> pl.Series:
    """Read a column as texts, without surrounding space; an empty cell is missing."""
    text = strip(column)
    return text.set(text == "", None)


def strip(column: pl.Series) -> pl.Series:
    """Return a column as text without surrounding space."""
    return column.cast(pl.String).str.strip_chars()


def distinct_texts(column: pl.Series) -> pl.Series:
    """Return the distinct stripped texts of a column, in order of appearance, without nulls and empty ones."""
    text = pl.concat([strip(part).unique(maintain_order=True) for part in slices(column)])
    text = text.unique(maintain_order=True).drop_nulls()
    return text.filter(text != "")


def slices(column: pl.Series) -> Iterator[pl.Series]:
    """Iterate over a column in slices of `SLICE_ROWS` cells, which bounds the memory of intermediate results."""
    for start in range(0, max(1, len(column)), SLICE_ROWS):
        yield column.slice(start, SLICE_ROWS)


def is_missing_word(text: pl.Series) -> pl.Series:
    """Return where stripped text is null or a word for a missing value."""
    return text.is_null() | text.str.to_lowercase().is_in(list(MISSING_WORDS)).fill_null(value=True)


def find_numbers(distinct: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return where distinct stripped texts are numbers (007 is a code), and where these are too large for a float."""
    parsed = distinct.cast(pl.Float64, strict=False).fill_nan(None)
    is_number = parsed.is_not_null() & ~distinct.str.contains(_CODE)
    is_large = (parsed.abs() >= MAX_EXACT_INTEGER).fill_null(value=False)
    if is_large.any():
        is_large &= distinct.str.contains(_INTEGER)
    return is_number, is_number & is_large


def are_boolean_words(distinct: pl.Series) -> bool:
    """Tell whether distinct stripped texts are ``true`` and ``false``, or another word for yes and one for no."""
    words = {text.lower() for text in distinct.head(2 * len(_BOOLEAN_WORDS) ** 2)}
    if not words <= _BOOLEAN_WORDS:
        return False
    return words <= set(_TRUTH) or {TRUTH_OF_WORDS[word] for word in words} == {"true", "false"}


def odd_beside_booleans(distinct: pl.Series, max_odd: int = 3) -> list[str]:
    """Return the few distinct stripped texts beside words for yes and no; none where there are no such words."""
    if len(distinct) > max_odd + 2 * len(_BOOLEAN_WORDS):
        return []
    is_word = pl.Series([text.lower() in _BOOLEAN_WORDS for text in distinct], dtype=pl.Boolean)
    words = distinct.filter(is_word)
    has_both = {TRUTH_OF_WORDS[text.lower()] for text in words} == {"true", "false"}
    odd = distinct.filter(~is_word).to_list()
    return odd if has_both and len(odd) <= max_odd else []


def _replace(text: pl.Series, replacements: Mapping[str, str | None]) -> pl.Series:
    distinct = text.unique().drop_nulls()
    if not distinct.is_in(list(replacements)).any():
        return text
    # Replacing cell by cell takes several times the column's memory: distinct texts are replaced and then looked up.
    codes = text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32)
    return distinct.replace(replacements).gather(codes).alias(text.name)


def boolean_word(word: str) -> str | None:
    """Return a word for yes or no as ``true`` or ``false``, None for a missing one, and another word as it is."""
    lower = word.lower()
    return None if lower in MISSING_WORDS else TRUTH_OF_WORDS.get(lower, word)


def number_spelling(text: str) -> str:
    """Return the one spelling of text that is a number, as `parse_categories` has it; empty for other text."""
    return _canonical_number(text) if re.match(_NUMBER, text) and not re.match(_CODE, text) else ""


def category_spelling(text: str) -> str | None:
    """Return the one spelling of a category in stripped text, as `parse_categories` has it; None if it is empty."""
    if re.match(_TIME, text):
        return _without_zeros(text)
    return number_spelling(text) or text or None


def _without_zeros(time: str) -> str:
    """Return a time without the zeros that end its decimals of a second."""
    return time.rstrip("0").rstrip(".")


def _canonical_number(text: str) -> str:
    value = float(text)
    if abs(value) >= MAX_EXACT_INTEGER:
        return text
    return str(int(value)) if value.is_integer() else repr(value)
