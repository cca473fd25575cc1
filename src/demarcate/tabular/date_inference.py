"""Whether the cells of a column are dates, in which format, and what a user should know of the reading."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import listed, quoted
from demarcate.tabular.date_doubts import far_dates, far_note, order_note, place, row_of, with_century, zone_note
from demarcate.tabular.date_formats import DATE_FORMATS, LATER_FORMATS, other_orders
from demarcate.tabular.date_numbers import dates_in_numbers
from demarcate.tabular.dates import are_seasons, fits_format, matching_formats, parse_dates
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.odd_cells import OddCells
from demarcate.tabular.timestamps import format_timestamp

DIGITS = ("%Y%m%d", "%Y%m%d%H%M", "%Y%m%d%H%M%S")
"""Formats of digits only that nothing but dates is in."""
_EVERY_FORMAT = ("", *DATE_FORMATS, *LATER_FORMATS)
_MAX_SPELLINGS = 3
_N_TRIED_FIRST = 200
_MIN_SHARE_TRIED, _MIN_SHARE = 0.5, 0.8
_MAX_NAMED = 3
_LIKE_DATE = "^[0-9]{1,4}([-/.][0-9]{1,4}){2}$"
_MAYBE_DATE, _MAX_CHARACTERS = "[0-9].*[0-9].*[0-9]", 80
_ZERO_DATE = re.compile(r"[0./-]*0[0./-]+0(?:[ T]+[0:.]+)?")
"""0000-00-00: databases write it for a date that is not known."""


@dataclass(frozen=True)
class DateReading:
    """How a column's dates are read, or why it is not read as dates."""

    date_format: str | None  # None for a column that holds no dates
    note: str = ""
    missing: tuple[str, ...] = ()


NO_DATES = DateReading(None)


def read_dates(cells: pl.Series, words: pl.Series) -> DateReading:
    """Return how a column of text is read as dates; ``words`` are its distinct stripped texts without missing words."""
    is_zero = words.str.contains(f"^{_ZERO_DATE.pattern}$")
    zeros = words.filter(is_zero).to_list()
    days = words.filter(~is_zero) if zeros else words
    if not len(days):
        return NO_DATES
    if formats := matching_formats(days):
        return _reading(cells, days, formats, OddCells.of(cells, zeros, words) if zeros else None)
    return _partly_dates(cells, words, days) if _may_be_dates(days.head(_N_TRIED_FIRST)) else NO_DATES


def read_typed_dates(cells: pl.Series) -> DateReading:
    """Return how a column of dates is read: those that stand for none, such as 9999-12-31, are missing."""
    seconds = parse_dates(cells).values
    far = {format_timestamp(each): int(np.flatnonzero(seconds == each)[0]) + 1 for each in far_dates(seconds)}
    return DateReading("", ". ".join(far_note(cells.name, row, text) for text, row in far.items()), tuple(far))


def read_counted_dates(numbers: pl.Series) -> DateReading:
    """Return how a column of numbers is read as dates, or a note that it may hold dates."""
    name, values = numbers.name, numbers.cast(pl.Float64).fill_null(np.nan).to_numpy()
    dates = dates_in_numbers(name, values)
    if dates is None:
        return NO_DATES
    if not dates.is_certain:
        asked = quoted(f"{name}={'yyyymmdd' if dates.date_format == '%Y%m%d' else dates.date_format}")
        return DateReading(
            None, f"looks like {dates.description}: read as numbers. --dates {asked} (dates in Python) reads dates"
        )
    said = f"{listed(dates.missing)} among dates is read as missing" if dates.missing else ""
    if dates.date_format not in DIGITS:
        said = f"{said}. " if said else ""
        said = (
            f"{said}read as dates, {dates.description}. --numerical {quoted(name)} (numerical in Python) reads numbers"
        )
    return DateReading(dates.date_format, said, dates.missing)


def _reading(
    cells: pl.Series, days: pl.Series, formats: Sequence[str], odd: OddCells | None = None, notes: Sequence[str] = ()
) -> DateReading:
    """Return the reading of dates in the first of some formats, with notes of whatever else it could be."""
    said = [odd.note("dates", cells.name)] if odd else []
    said += [*notes, order_note(cells.name, formats)]
    date_format, century = with_century(cells.name, days, formats[0])
    seconds = parse_dates(days, date_format).values
    far = {format_timestamp(each): days[int(np.flatnonzero(seconds == each)[0])] for each in far_dates(seconds)}
    said += [century, *(far_note(cells.name, row_of(cells, word), text) for text, word in far.items())]
    if date_format == "%B %y":
        said.append(f"{place(cells, days[0])}: two digits after a month are read as a year")
    said.append(zone_note(cells, days))
    return DateReading(date_format, ". ".join(filter(None, said)), (*(odd.words if odd else ()), *far))


def _partly_dates(cells: pl.Series, words: pl.Series, days: pl.Series) -> DateReading:
    """Return the reading of a column in several spellings, or with a few cells that are no dates."""
    hits = {each: fits_format(days, each) for each in _EVERY_FORMAT}
    chosen, read = _spellings(hits)
    own = days.filter(pl.Series(read))
    are_like_dates = bool(days.str.contains(_LIKE_DATE).all())
    if are_seasons(own) or (len(own) < 2 and not are_like_dates):
        return NO_DATES
    odd = OddCells.of(cells, words.filter(~words.is_in(own.to_list())).to_list(), words)
    if odd.words and not (odd.are_few or odd.stand_for_missing):
        return _no_dates(
            cells, days, hits, chosen[0], read, odd if are_like_dates or read.mean() >= _MIN_SHARE else None
        )
    fitting = [each for each in hits if each not in chosen and hits[each][hits[chosen[0]]].all()]
    formats = [*chosen, *fitting] if len(chosen) == 1 else ["|".join(filter(None, chosen))]
    said = []
    if len(chosen) > 1:
        first = [days.filter(pl.Series(_only(hits, chosen, each)))[0] for each in chosen]
        said.append(f"dates in {len(chosen)} spellings, all read: {listed([place(cells, word) for word in first])}")
        said.append(order_note(cells.name, [chosen[0], *fitting]))
    return _reading(cells, own, formats, odd if odd.words else None, said)


def _may_be_dates(sample: pl.Series) -> bool:
    is_candidate = sample.str.contains(_MAYBE_DATE) & (sample.str.len_chars() <= _MAX_CHARACTERS)
    if is_candidate.mean() < _MIN_SHARE_TRIED:  # type: ignore[operator]
        return False
    is_date = np.logical_or.reduce([fits_format(sample, each) for each in _EVERY_FORMAT])
    return bool(is_date.mean() >= _MIN_SHARE_TRIED)


def _spellings(hits: Mapping[str, NDArray[np.bool_]]) -> tuple[list[str], NDArray[np.bool_]]:
    """Return the format of most texts, with at most two of others, and which texts these read."""
    chosen: list[str] = []
    read = np.zeros_like(hits[""])
    for _ in range(_MAX_SPELLINGS):
        # Dates in another order of day and month would be read against those before.
        apart = {other for each in chosen for other in other_orders(each)}
        best = max((each for each in hits if each not in apart), key=lambda each: int((hits[each] & ~read).sum()))
        if not (hits[best] & ~read).any():
            break
        chosen, read = [*chosen, best], read | hits[best]
    return chosen, read


def _only(hits: Mapping[str, NDArray[np.bool_]], chosen: Sequence[str], own: str) -> NDArray[np.bool_]:
    """Return which texts a format reads, and none of the others."""
    alone = hits[own] & ~np.logical_or.reduce([hits[each] for each in chosen if each != own])
    return alone if alone.any() else hits[own]


def _no_dates(
    cells: pl.Series,
    days: pl.Series,
    hits: Mapping[str, NDArray[np.bool_]],
    own: str,
    read: NDArray[np.bool_],
    odd: OddCells | None,
) -> DateReading:
    """Return a note on a column of categories of which many are dates; nothing of the others if ``odd`` is None."""
    for other in other_orders(own):
        if (hits[other] & ~read).any():
            alone = [hits[own] & ~hits[other], hits[other] & ~hits[own]]
            one, two = (place(cells, days.filter(pl.Series(each))[0]) for each in alone)
            fact = f"days and months in two orders, as {one} and {two}: read as categories"
            return DateReading(None, f"{fact}. Write all dates as 2024-12-31")
    if odd is None:
        return NO_DATES
    where = listed([place(cells, word) for word in odd.words[:_MAX_NAMED]], total=len(odd.words))
    asked = quoted(",".join(odd.words[:_MAX_NAMED]))
    return DateReading(
        None,
        f"most cells are dates, but {where}: read as categories. --missing {asked} (missing in Python) reads dates",
    )
