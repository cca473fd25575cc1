"""Cells read as numbers in the format of their column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.cells import ParsedCells, is_missing_word, parse_numbers, strip
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.number_format import PLAIN, NumberFormat
from demarcate.tabular.number_grammar import SINGLE_LETTERS, NumberParts


def parse_formatted(column: pl.Series, number_format: NumberFormat = PLAIN) -> ParsedCells:
    """Read a column as numbers in a format; cells as programming languages write them are read, too."""
    if column.dtype != pl.String or number_format == PLAIN:
        return parse_numbers(column)
    text = strip(column)
    distinct = text.unique().drop_nulls()
    values = _read(distinct, number_format)
    plain = parse_numbers(distinct)
    # A point between thousands is no decimal point, however few digits follow it.
    is_plain = ~plain.bad & values.is_null().to_numpy()
    if number_format.thousands == ".":
        is_plain &= ~distinct.str.contains(".", literal=True).to_numpy()
    numbers = np.where(is_plain, plain.values, values.fill_null(np.nan).to_numpy())
    is_bad = (values.is_null() & ~is_missing_word(distinct)).to_numpy() & ~is_plain
    is_infinite = np.isinf(numbers) | (is_plain & np.isinf(_floats(distinct)))
    codes = text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32).fill_null(len(distinct)).to_numpy()
    # The last one is of missing cells.
    of_distinct = np.append(np.where(is_bad | is_infinite, np.nan, numbers), np.nan)
    bad, infinite = (np.append(flags, values=[False])[codes] for flags in (is_bad, is_infinite))
    return ParsedCells(of_distinct[codes], bad, int(infinite.sum()))


def _floats(texts: pl.Series) -> NDArray[np.float64]:
    return texts.cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()


def _read(distinct: pl.Series, number_format: NumberFormat) -> pl.Series:
    """Return distinct texts as numbers of the unit, or without one; null for others."""
    parts = NumberParts.of(distinct)
    letter = number_format.unit if number_format.unit in SINGLE_LETTERS else ""
    if number_format.notation == "duration":
        values = parts.durations()
    else:
        values = parts.values(number_format.decimal, number_format.thousands, letter)
        if number_format.decimal == "," and number_format.thousands != ".":
            values = values.zip_with(values.is_not_null(), parts.values(".", "", letter))
    units = parts.units(letter)
    is_of_unit = (units == "") | (units == number_format.unit)
    return values.set(~is_of_unit.fill_null(value=False), None)
