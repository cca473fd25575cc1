"""Columns that hold dates by the caller's word."""

from __future__ import annotations

from demarcate.errors import InputError, Problem
from demarcate.formatting import listed, quoted
from demarcate.tabular.cells import is_missing_word
from demarcate.tabular.date_doubts import place
from demarcate.tabular.date_inference import NO_DATES, DateReading, read_dates, read_typed_dates
from demarcate.tabular.date_numbers import dates_in_numbers
from demarcate.tabular.dates import as_text, parse_dates
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.odd_cells import OddCells

_MAX_NAMED = 3


def named_dates(cells: pl.Series, date_format: str) -> DateReading:
    """Return how a column is read that holds dates, in a format that is found if it is empty.

    Raises
    ------
    InputError
        If cells are no dates, and too many to be taken as missing.
    """
    if cells.dtype in (pl.Date, pl.Datetime):
        return read_typed_dates(cells)
    text = as_text(cells).alias(cells.name)
    words = text.unique(maintain_order=True).drop_nulls()
    words = words.filter(~is_missing_word(words))
    reading = DateReading(date_format) if date_format else _found_format(text, words)
    if reading.date_format is None:
        raise _unknown_format(text, words, reading.note)
    bad = words.filter(pl.Series(parse_dates(words, reading.date_format, reading.missing).bad)).to_list()
    if not bad:
        return reading
    odd = OddCells.of(text, bad, words)
    if not (odd.are_few or odd.stand_for_missing):
        where = listed([place(text, word) for word in odd.words[:_MAX_NAMED]], total=odd.n_cells)
        asked = f"--missing {quoted(odd.words[0])} (missing in Python)"
        remedy = f"Correct the cells, name another format, or read them as missing: {asked}"
        raise InputError([Problem(f"Column {quoted(cells.name)} needs dates: {where}", remedy)])
    return DateReading(reading.date_format, odd.note("dates", cells.name), odd.words)


def _found_format(text: pl.Series, words: pl.Series) -> DateReading:
    numbers = words.cast(pl.Float64, strict=False)
    if not len(words) or numbers.has_nulls():
        return read_dates(text, words)
    # The caller says what a name would.
    found = dates_in_numbers("date", numbers.to_numpy())
    return NO_DATES if found is None else DateReading(found.date_format, missing=found.missing)


def _unknown_format(text: pl.Series, words: pl.Series, note: str) -> InputError:
    why = note.partition(": read as")[0] or (place(text, words[0]) if len(words) else "every cell is missing")
    name = text.name
    remedy = (
        f"Name the format, such as --dates {quoted(f'{name}=%d.%m.%Y')} or {quoted(f'{name}=epoch')} (dates in Python)"
    )
    return InputError([Problem(f"Column {quoted(name)} cannot be read as dates in any format known: {why}", remedy)])
