"""Cells read as numbers in the format of their column."""

import numpy as np
import polars as pl

from demarcate.tabular.cells import ParsedCells, is_missing_word, parse_numbers, strip
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
    codes = text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32).fill_null(len(distinct)).to_numpy()
    of_rows = np.append(np.where(is_bad, np.nan, numbers), np.nan)[codes]
    n_infinite = plain.n_infinite if number_format == PLAIN else 0
    return ParsedCells(of_rows, np.append(is_bad, False)[codes], n_infinite)


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
