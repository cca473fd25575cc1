"""What a cell says: numbers, yes and no, and the one spelling of a category.

Text is read by rules of our own, because readers disagree in silence: here ``007`` is a code, ``NA`` may be a country,
and an integer too large for a float is not a quantity.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

_NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_WHOLE = r"^[+-]?[0-9]+$"
_TIME = r"^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+$"
_CODE = r"^[+-]?0[0-9]"
SLICE = 1 << 18
"""Cells of a part that `slices` gives."""
LARGEST_EXACT = 2**53
"""From here on, two different whole numbers may look the same to float64."""

MISSING_WORDS = frozenset(
    {"", "na", "n/a", "#n/a", "n.a.", "<na>", "nan", "nat", "null", "none", "nil", "?", "-", ".", "missing"}
)
"""What stands for a missing value among numbers, dates or booleans, in any case. In a text column only an empty cell
does: there ``NA`` may be a country and ``none`` an answer."""

_TRUTH = {"true": 1.0, "false": 0.0}
_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "0"), "false"),
}
_BOOLEAN_WORDS = frozenset(_BOOLEANS) - {"0", "1"}


@dataclass(frozen=True, eq=False)
class Parsed:
    """Cells read as one kind.

    Attributes
    ----------
    values
        Float64 ``(n_rows,)``, NaN where missing.
    bad
        Where a cell does not say what it should, bool ``(n_rows,)``.
    n_infinite
        Cells that are infinite, or too large for a float, and count as missing.
    """

    values: NDArray[np.float64]
    bad: NDArray[np.bool_]
    n_infinite: int = 0


@dataclass(frozen=True, eq=False)
class Quantities:
    """Which of some texts are numbers, and which of those are quantities.

    Attributes
    ----------
    numbers
        Where the text is a number that could be one: infinities are, codes like 007 are not; bool ``(n_texts,)``.
    too_large
        Where it is a whole number from 2**53 on, bool ``(n_texts,)``.
    """

    numbers: pl.Series
    too_large: pl.Series


def numbers(column: pl.Series) -> Parsed:
    """A column read as numbers; missing words and infinities are missing, ``true`` is 1 and ``false`` 0.

    Examples
    --------
    >>> parsed = numbers(pl.Series(["3", " 3.0", "n/a", "inf", "three"]))
    >>> parsed.values[:2].tolist(), parsed.bad.tolist()
    ([3.0, 3.0], [False, False, False, False, True])
    """
    bad = np.zeros(len(column), dtype=bool)
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        read = column.cast(pl.Float64)
    else:
        text = stripped(column)
        read = text.cast(pl.Float64, strict=False)
        if read.null_count() > text.null_count():
            truth = text.str.to_lowercase().replace_strict(_TRUTH, default=None, return_dtype=pl.Float64)
            read = read.zip_with(read.is_not_null(), truth)
            bad = (read.is_null() & ~is_missing_word(text)).to_numpy()
    values = read.fill_null(np.nan).to_numpy()
    infinite = np.isinf(values)
    return Parsed(np.where(infinite, np.nan, values), bad, int(infinite.sum()))


def booleans(column: pl.Series) -> pl.Series:
    """A column of yes and no as ``true`` and ``false``; other text stays as it is, to be met as an unseen category.

    Examples
    --------
    >>> booleans(pl.Series(["Yes", "0", None, "perhaps"])).to_list()
    ['true', 'false', None, 'perhaps']
    """
    text = categories(column)
    return _respelled(text, {word: new for word in text.unique().drop_nulls() if (new := _yes_or_no(word)) != word})


def categories(column: pl.Series) -> pl.Series:
    """A column as categories, each in its one spelling: 3, 3.0 and " 3 " are the same; an empty cell is missing.

    Libraries disagree on how many decimals of a second a time of day is written with: those that say nothing are left
    out.

    Examples
    --------
    >>> categories(pl.Series(["09:30:00.000000000", "09:30:00.250"])).to_list()
    ['09:30:00', '09:30:00.25']
    >>> categories(pl.Series([3.0, 2.5, None])).to_list()
    ['3', '2.5', None]
    >>> categories(pl.Series([" 3 ", "3.0", "007", ""])).to_list()
    ['3', '3', '007', None]
    """
    if column.dtype == pl.Float64:
        column = column.fill_nan(None)
    text = stripped(column)
    distinct = text.unique().drop_nulls()
    numeric = distinct.filter(distinct.str.contains(_NUMBER) & ~distinct.str.contains(_CODE))
    spelling: dict[str, str | None] = {old: new for old in numeric if (new := _number_text(old)) != old}
    spelling |= {time: time.rstrip("0").rstrip(".") for time in distinct.filter(distinct.str.contains(_TIME))}
    spelling[""] = None
    return _respelled(text, spelling)


def _respelled(text: pl.Series, spelling: Mapping[str, str | None]) -> pl.Series:
    """Text, some words of which are spelled otherwise."""
    distinct = text.unique().drop_nulls()
    if not distinct.is_in(list(spelling)).any():
        return text
    # Numbered first: to replace words cell by cell takes several times the column's memory.
    numbers = text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32)
    return distinct.replace(spelling).gather(numbers).alias(text.name)


def stripped(column: pl.Series) -> pl.Series:
    """A column as text without surrounding space."""
    return column.cast(pl.String).str.strip_chars()


def stripped_distinct(column: pl.Series) -> pl.Series:
    """The distinct texts of a column without surrounding space, in order; nulls and empty cells left out."""
    text = pl.concat([stripped(part).unique(maintain_order=True) for part in slices(column)])
    text = text.unique(maintain_order=True).drop_nulls()
    return text.filter(text != "")


def slices(column: pl.Series) -> Iterator[pl.Series]:
    """A column in parts of consecutive cells, so that what is made of them need not be in memory for all at once.

    Examples
    --------
    >>> [part.to_list() for part in slices(pl.Series([1, 2]))]
    [[1, 2]]
    """
    if not len(column):
        yield column
    for start in range(0, len(column), SLICE):
        yield column.slice(start, SLICE)


def is_missing_word(text: pl.Series) -> pl.Series:
    """Where stripped text stands for a missing value, nulls included."""
    return text.is_null() | text.str.to_lowercase().is_in(list(MISSING_WORDS)).fill_null(value=True)


def quantities(distinct: pl.Series) -> Quantities:
    """Which distinct stripped texts are numbers.

    Examples
    --------
    >>> found = quantities(pl.Series(["1e3", "007", "three", "9007199254740993"]))
    >>> found.numbers.to_list(), found.too_large.to_list()
    ([True, False, False, True], [False, False, False, True])
    """
    read = distinct.cast(pl.Float64, strict=False).fill_nan(None)
    is_number = read.is_not_null() & ~distinct.str.contains(_CODE)
    large = (read.abs() >= LARGEST_EXACT).fill_null(value=False)
    if large.any():
        large &= distinct.str.contains(_WHOLE)
    return Quantities(is_number, is_number & large)


def are_boolean_words(distinct: pl.Series) -> bool:
    """Whether distinct stripped texts are words for yes and no: ``true`` and ``false``, or one of each otherwise."""
    words = {text.lower() for text in distinct.head(2 * len(_BOOLEAN_WORDS) ** 2)}
    if not words <= _BOOLEAN_WORDS:
        return False
    return words <= set(_TRUTH) or {_BOOLEANS[word] for word in words} == {"true", "false"}


def _yes_or_no(word: str) -> str | None:
    lower = word.lower()
    return None if lower in MISSING_WORDS else _BOOLEANS.get(lower, word)


def _number_text(text: str) -> str:
    value = float(text)
    if abs(value) >= LARGEST_EXACT:
        return text
    return str(int(value)) if value.is_integer() else repr(value)
