"""What a cell says: numbers, yes and no, dates, and the one spelling of a category.

Text is read by rules of our own, because readers disagree in silence: here ``007`` is a code, ``NA`` may be a country,
and an integer too large for a float is not a quantity.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
_CODE = r"^[+-]?0\d"
_INFINITE = r"^[+-]?(inf|infinity)$"
LARGEST_EXACT = 2**53
"""Beyond this, whole numbers are rounded by float64, and two different ones may look the same."""

MISSING_WORDS = frozenset({"", "na", "n/a", "nan", "null", "none", "nil", "?", "-", ".", "missing"})
"""What stands for a missing value among numbers, dates or booleans, in any case. In a text column only an empty cell
does: there ``NA`` may be a country and ``none`` an answer."""

_BOOLEANS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "1.0"), "true"),
    **dict.fromkeys(("false", "f", "no", "n", "0", "0.0"), "false"),
}
_BOOLEAN_WORDS = frozenset(_BOOLEANS) - {"0", "1", "0.0", "1.0"}

ISO_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M")
DATE_FORMATS = (*ISO_FORMATS, "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y")


@dataclass(frozen=True, eq=False)
class Parsed:
    """Cells read as one kind.

    Attributes
    ----------
    values
        Float64 ``(n_rows,)``, NaN where missing.
    bad
        Where a cell does not say what it should, bool ``(n_rows,)``.
    """

    values: NDArray[np.float64]
    bad: NDArray[np.bool_]


def numbers(column: pl.Series) -> Parsed:
    """A column read as numbers; missing words and infinities are missing.

    Examples
    --------
    >>> parsed = numbers(pl.Series(["3", " 3.0", "n/a", "inf", "three"]))
    >>> parsed.values[:2].tolist(), parsed.bad.tolist()
    ([3.0, 3.0], [False, False, False, False, True])
    """
    if column.dtype.is_numeric() or column.dtype == pl.Boolean:
        read, bad = column.cast(pl.Float64), pl.repeat(False, len(column), eager=True)
    else:
        text = _stripped(column)
        is_number = text.str.contains(NUMBER) | text.str.to_lowercase().str.contains(_INFINITE)
        read = pl.select(pl.when(is_number).then(text)).to_series().cast(pl.Float64, strict=False)
        bad = ~(is_number | is_missing_word(text)).fill_null(value=True)
    values = read.fill_null(np.nan).to_numpy().astype(np.float64)
    return Parsed(np.where(np.isfinite(values), values, np.nan), bad.to_numpy())


def dates(column: pl.Series, date_format: str = "") -> Parsed:
    """A column read as moments, in seconds since 1970-01-01.

    Text is read in ``date_format`` and, failing that, as ISO 8601.

    Examples
    --------
    >>> dates(pl.Series(["02.01.1970", "1970-01-03", "soon"]), "%d.%m.%Y").values.tolist()
    [86400.0, 172800.0, nan]
    """
    if column.dtype in (pl.Date, pl.Datetime):
        moments, bad = column.cast(pl.Datetime("us")), pl.repeat(False, len(column), eager=True)
    else:
        text = _stripped(column)
        moments = pl.repeat(None, len(column), dtype=pl.Datetime("us"), eager=True)
        for candidate in dict.fromkeys((*filter(None, [date_format]), *ISO_FORMATS)):
            moments = pl.select(pl.coalesce(moments, read_dates(text, candidate))).to_series()
        bad = (moments.is_null() & ~is_missing_word(text)).fill_null(value=False)
    seconds = moments.dt.timestamp("us").cast(pl.Float64) / 1e6
    return Parsed(seconds.fill_null(np.nan).to_numpy().astype(np.float64), bad.to_numpy())


def read_dates(text: pl.Series, date_format: str) -> pl.Series:
    """Text read in one format, null where it does not fit; ISO's ``T`` and ``Z`` are optional."""
    if date_format in ISO_FORMATS:
        text = text.str.replace(r"^(\d{4}-\d{2}-\d{2})T", "${1} ").str.strip_suffix("Z")
    has_time = "%H" in date_format
    if has_time:
        return text.str.to_datetime(date_format, strict=False, time_unit="us")
    return text.str.to_date(date_format, strict=False).cast(pl.Datetime("us"))


def booleans(column: pl.Series) -> pl.Series:
    """A column of yes and no as ``true`` and ``false``; other text stays as it is, to be met as an unseen category.

    Examples
    --------
    >>> booleans(pl.Series(["Yes", "0", None, "perhaps"])).to_list()
    ['true', 'false', None, 'perhaps']
    """
    text = categories(column)
    known = text.str.to_lowercase().replace_strict(_BOOLEANS, default=None, return_dtype=pl.String)
    kept = pl.select(pl.when(~is_missing_word(text)).then(pl.coalesce(known, text))).to_series()
    return kept.alias(column.name)


def categories(column: pl.Series) -> pl.Series:
    """A column as categories, each in its one spelling: 3, 3.0 and " 3 " are the same; an empty cell is missing.

    Examples
    --------
    >>> categories(pl.Series([3.0, 2.5, None])).to_list()
    ['3', '2.5', None]
    >>> categories(pl.Series([" 3 ", "3.0", "007", ""])).to_list()
    ['3', '3', '007', None]
    """
    if column.dtype == pl.Float64:
        column = column.fill_nan(None)
    text = _stripped(column)
    distinct = text.drop_nulls().unique()
    numeric = distinct.filter(distinct.str.contains(NUMBER) & ~distinct.str.contains(_CODE))
    spelling = {old: new for old in numeric if (new := _number_text(old)) != old}
    text = text.replace(spelling) if spelling else text
    return pl.select(pl.when(text != "").then(text)).to_series().alias(column.name)


def is_missing_word(text: pl.Series) -> pl.Series:
    """Where text stands for a missing value, nulls included."""
    return text.is_null() | text.str.to_lowercase().is_in(list(MISSING_WORDS)).fill_null(value=True)


def are_numbers(distinct: pl.Series) -> pl.Series:
    """Which distinct stripped texts are quantities: numbers, but neither codes like 007 nor too large for a float."""
    number = distinct.str.contains(NUMBER) & ~distinct.str.contains(_CODE)
    whole = distinct.str.contains(r"^[+-]?\d+$")
    size = pl.select(pl.when(number).then(distinct)).to_series().cast(pl.Float64, strict=False).abs()
    infinite = distinct.str.to_lowercase().str.contains(_INFINITE)
    return (number & ~(whole & (size > LARGEST_EXACT)).fill_null(value=False)) | infinite


def are_boolean_words(distinct: pl.Series) -> bool:
    """Whether distinct stripped texts are two words for yes and no."""
    words = {text.lower() for text in distinct}
    return words <= _BOOLEAN_WORDS and {_BOOLEANS[word] for word in words} == {"true", "false"}


def date_formats(distinct: pl.Series) -> list[str]:
    """The formats in which every one of the distinct stripped texts is a date."""
    if not distinct.head(100).str.contains(r"\d").all():
        return []
    return [name for name in DATE_FORMATS if not read_dates(distinct, name).has_nulls()]


def stripped_distinct(column: pl.Series) -> pl.Series:
    """The distinct texts of a column without surrounding space, nulls and empty cells left out."""
    text = _stripped(column).drop_nulls().unique(maintain_order=True)
    return text.filter(text != "")


def _stripped(column: pl.Series) -> pl.Series:
    return column.cast(pl.String).str.strip_chars()


def _number_text(text: str) -> str:
    value = float(text)
    if value.is_integer() and abs(value) <= LARGEST_EXACT:
        return str(int(value))
    return text if abs(value) > LARGEST_EXACT else repr(value)
