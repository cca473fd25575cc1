"""Dates and times, in text of any of the usual formats, or counted from a zero.

A text is split into a date, a time of day and an offset from UTC. Only dates have many formats: these are tried on a
whole column, which holds dates if every cell fits the same format.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.cells import ParsedCells, is_missing_word, strip
from demarcate.tabular.clock import SECOND, has_clock, in_layout, split_moments
from demarcate.tabular.date_formats import (
    DATE_FORMATS,
    LATER_FORMATS,
    NUMBER_FORMATS,
    has_clock_pattern,
    other_orders,
    parse_counts,
    parse_days,
    parse_patterned,
    spellings,
)
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.month_names import SEASON

_N_TRIED_FIRST = 100
_MAX_CHARACTERS = 80
"""A longer text is no date: it need not be taken apart."""


def parse_dates(column: pl.Series, date_format: str = "", missing: Sequence[str] = ()) -> ParsedCells:
    """Read a column as seconds since 1970-01-01 UTC; numbers and text in ``date_format`` or as ISO 8601 has them.

    ``missing`` are words for a missing value, or dates that stand for one, beside the usual words.
    """
    bad = np.zeros(len(column), dtype=bool)
    if column.dtype in (pl.Date, pl.Datetime):
        moments = column.cast(pl.Datetime("us")).dt.timestamp("us")
    else:
        is_counted = column.dtype.is_numeric() and date_format in NUMBER_FORMATS
        cells = column if is_counted else as_text(column)
        moments = parse_counts(cells, date_format) if is_counted else _parse(cells, date_format)
        if moments.null_count() > cells.null_count():
            absent = cells.is_null() if is_counted else is_missing_word(cells)
            if missing and not is_counted:
                absent |= cells.is_in(list(missing)).fill_null(value=False)
            bad = (moments.is_null() & ~absent).to_numpy()
    if missing and moments.len():
        stands_for_none = _parse(pl.Series(missing, dtype=pl.String), date_format).drop_nulls()
        moments = moments.set(moments.is_in(stands_for_none.to_list()).fill_null(value=False), None)
    seconds = moments.cast(pl.Float64) / SECOND
    return ParsedCells(seconds.fill_null(np.nan).to_numpy(), bad)


def as_text(column: pl.Series) -> pl.Series:
    """Return a column as stripped text, whole numbers without a decimal point."""
    if column.dtype == pl.Float64:
        whole = column.cast(pl.Int64, strict=False)
        if (whole.cast(pl.Float64) == column).all():
            column = whole
    return strip(column)


def matching_formats(distinct: pl.Series) -> list[str]:
    """Return the format in which all distinct stripped texts are dates, and those with its parts in another order.

    An empty one is ISO 8601 and its like; there are none for other texts.
    """
    first = distinct.head(_N_TRIED_FIRST)
    if not first.str.contains("[0-9]").all() or first.str.len_chars().max() > _MAX_CHARACTERS:  # type: ignore[operator]
        return []
    for strict in (True, False):
        candidates = [each for each in ("", *DATE_FORMATS, *LATER_FORMATS) if all_match(first, each, strict=strict)]
        found = next((each for each in candidates if all_match(distinct, each, strict=strict)), None)
        if found is not None:
            others = [each for each in other_orders(found) if each in candidates]
            matching = [found, *(each for each in others if all_match(distinct, each, strict=strict))]
            return [] if are_seasons(distinct) else _by_preference(matching, distinct)
    return []


def fits_format(distinct: pl.Series, date_format: str) -> NDArray[np.bool_]:
    """Return which texts are dates in a format, ISO 8601 only if that is empty, ``(n_texts,)``."""
    return _parse_in(distinct, (date_format,)).is_not_null().to_numpy()


def all_match(distinct: pl.Series, date_format: str, *, strict: bool = False) -> bool:
    """Tell whether all texts are dates in a format, written exactly so if ``strict``."""
    return not _parse_in(distinct, (date_format,), strict=strict).has_nulls()


def are_seasons(distinct: pl.Series) -> bool:
    """Tell whether texts such as 2010/11 are years that follow one another, not months."""
    pairs = [SEASON.fullmatch(text) for text in distinct.head(_N_TRIED_FIRST)]
    return all(pair is not None and (int(pair[1]) + 1) % 100 == int(pair[2]) for pair in pairs)


def _by_preference(matching: list[str], distinct: pl.Series) -> list[str]:
    """Return formats with the likeliest first; a year comes first only where it differs less than what comes last."""
    by_year = [each for each in matching if each.startswith("%y")]
    others = [each for each in matching if each not in by_year]
    if not by_year or not others:
        return matching
    parts = distinct.str.extract_groups(r"^([0-9]+)[/-][0-9]+[/-]([0-9]+)").struct.unnest()
    first, last = (parts[name].n_unique() for name in parts.columns)
    return by_year + others if first < last else others


def _parse(text: pl.Series, date_format: str) -> pl.Series:
    """Return microseconds since 1970-01-01, null where a text is no date in the formats, or ISO 8601."""
    formats = (*spellings(date_format), "") if date_format else ("",)
    return _parse_in(text, formats)


def _parse_in(text: pl.Series, formats: Iterable[str], *, strict: bool = False) -> pl.Series:
    distinct = text.drop_nulls().unique()
    moments = _read(distinct, formats, strict=strict)
    if moments.has_nulls() and has_clock(left := distinct.filter(moments.is_null())):
        # A time before the day, or in an unusual spelling.
        plain = pl.Series([in_layout(each[:_MAX_CHARACTERS]) for each in left], dtype=pl.String)
        read = _read(plain, formats, strict=strict)
        moments = moments.zip_with(
            moments.is_not_null(), distinct.replace_strict(left, read, default=None, return_dtype=pl.Int64)
        )
    return text.replace_strict(distinct, moments, default=None, return_dtype=pl.Int64)


def _read(distinct: pl.Series, formats: Iterable[str], *, strict: bool) -> pl.Series:
    """Return the moments of distinct texts in the first format that each fits."""
    moments = pl.repeat(None, len(distinct), dtype=pl.Int64, eager=True)
    has_time = distinct.str.contains(":", literal=True).any()
    days, time = split_moments(distinct) if has_time else (distinct, 0)
    for date_format in formats:
        if not moments.has_nulls():
            break
        if date_format in NUMBER_FORMATS:
            read = parse_counts(distinct.cast(pl.Float64, strict=False), date_format)
        elif has_clock_pattern(date_format):
            read = parse_patterned(distinct, date_format)
        else:
            read = parse_days(days, date_format, strict=strict) + time
        moments = moments.zip_with(moments.is_not_null(), read)
    return moments
