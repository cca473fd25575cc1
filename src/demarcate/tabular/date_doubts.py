"""What else the dates of a column could mean: another order, another century, no date at all, another zone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import quoted
from demarcate.tabular.cells import strip
from demarcate.tabular.date_formats import day_month_order, is_day_month_ambiguous, other_orders
from demarcate.tabular.dates import parse_dates
from demarcate.tabular.frame_libraries import polars as pl

_FAR_YEARS = 2, 2900
"""Years beyond which a date among others stands for none: 9999-12-31."""
_SPAN_OF_YEARS, _MAX_FAR = 400, 3
_SECONDS_OF_A_YEAR = 365.2425 * 86400
_ZONE = r"(?:[0-9] ?Z|UTC|GMT|:[0-9]{2}(?:[.,][0-9]+)? ?(?:[+-][0-9]{2}:?(?:[0-9]{2})?|[A-Z]{2,4}))\b"
_LAST_PLAIN_YEAR = 2030
"""Few tables have later dates, and many have births of as many years before 2000."""
_LAST_OF_2000S, _PLAIN_FIRST = 30, 1970


def order_note(name: str, formats: Sequence[str]) -> str:
    """Return a note if the same digits could be dates in another order."""
    order = day_month_order(formats[0])
    if not order or not is_day_month_ambiguous([*formats]):
        return ""
    other = next(each for each in other_orders(formats[0]) if each in formats)
    parts = "day and month could be either way round"
    if "year" in order + day_month_order(other):
        parts = "day, month and year could be in another order"
    asked = f"--dates {quoted(f'{name}={other}')} (dates in Python)"
    return f"{parts}: read {order}. {asked} reads {day_month_order(other)}"


def with_century(name: str, days: pl.Series, date_format: str) -> tuple[str, str]:
    """Return a format with the first of its hundred years, and a note where these are not 1970 to 2069.

    The years begin after the longest run of years that no date has: what remains belongs together.
    """
    if "%y" not in date_format or "|" in date_format:
        return date_format, ""
    seconds = parse_dates(days, date_format).values
    moments = (seconds[~np.isnan(seconds)] * 1e6).astype("datetime64[us]")
    years = np.unique(moments.astype("datetime64[Y]").astype(int) + 1970)
    if not len(years) or years[-1] < _LAST_PLAIN_YEAR:
        return date_format, ""
    short = np.unique(years % 100)
    gaps = np.diff(np.append(short, short[0] + 100))
    begin = int(short[(int(gaps.argmax()) + 1) % len(short)])
    first = begin + (1900 if begin >= _LAST_OF_2000S else 2000)
    other = _PLAIN_FIRST if first < _PLAIN_FIRST else first - 100
    asked = f"--dates {quoted(f'{name}={date_format}@{other}')} (dates in Python) reads {other} to {other + 99}"
    return f"{date_format}@{first}", f"years of two digits are read as {first} to {first + 99}. {asked}"


def far_dates(seconds: NDArray[np.float64]) -> list[float]:
    """Return the dates that stand for none, such as 9999-12-31, among others of nearby centuries."""
    distinct = np.unique(seconds[~np.isnan(seconds)])
    years = 1970 + distinct / _SECONDS_OF_A_YEAR
    is_far = (years < _FAR_YEARS[0]) | (years >= _FAR_YEARS[1])
    others = years[~is_far]
    if not is_far.any() or not len(others) or is_far.sum() > _MAX_FAR or np.ptp(others) > _SPAN_OF_YEARS:
        return []
    far: list[float] = distinct[is_far].tolist()
    return far


def far_note(name: str, row: int, text: str) -> str:
    """Return a note on a date that stands for none, first in a row, from 1."""
    fact = f"row {row:,} holds {quoted(text)} among dates: read as missing"
    confirmed = f"--missing {quoted(text)} (missing in Python)"
    return f"{fact}. {confirmed} confirms it, --categorical {quoted(name)} (categorical in Python) reads categories"


def zone_note(cells: pl.Series, days: pl.Series) -> str:
    """Return a note if some times have a zone and others do not."""
    timed = days.filter(days.str.contains("[0-9]:[0-9]"))
    has_zone = timed.str.contains(_ZONE)
    if not len(timed) or has_zone.all() or not has_zone.any():
        return ""
    with_zone, without = timed.filter(has_zone)[0], timed.filter(~has_zone)[0]
    return f"{place(cells, with_zone)} with a time zone and {place(cells, without)} without: read as UTC"


def row_of(cells: pl.Series, word: str) -> int:
    """Return the first row that holds a word, from 1."""
    return int(strip(cells).index_of(word) or 0) + 1


def place(cells: pl.Series, word: str) -> str:
    """Return where a word stands first."""
    return f"row {row_of(cells, word):,} holds {quoted(word)}"
