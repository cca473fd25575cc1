"""One row of values, read without polars where its cells are written plainly.

`TableReader` reads every cell that a table may have, column by column, and polars takes longer to import than a row to
predict. Here only cells are read whose reading is certain; a row with any other is left to that reader, so that both
give the same.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.presentation import brief_repr
from demarcate.tabular.cells import MAX_EXACT_INTEGER, MISSING_WORDS, boolean_word, category_spelling
from demarcate.tabular.outside_rows import OutsideRows
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRanges

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class _NotPlainError(Exception):
    """A cell that is for `TableReader`."""


@brief_repr
@dataclass(frozen=True, eq=False)
class ParsedRow:
    """The parsed columns of one row, ready to encode, and whether it is outside what the model was trained on.

    The cells of a column of words are a list or a series of one, those of a quantity a float64 array of one.
    """

    columns: Mapping[str, Any]
    is_outside: bool
    warning: str = ""  # about what is outside, where it has not been given yet


def read_plain_row(
    columns: Sequence[Column], row: Mapping[str, Any], trained: TrainedRanges | None = None
) -> ParsedRow | None:
    """Parse the cells of one row by column name; None where a cell, or a name, is for `TableReader`."""
    used = [column for column in columns if not column.dropped]
    if not {column.name for column in used} <= row.keys() <= {column.name for column in columns}:
        return None
    try:
        parsed = {column.name: _parsed_cell(column, row[column.name]) for column in used}
    except _NotPlainError:
        return None
    outside = OutsideRows(used, trained)
    outside.add(parsed, 1)
    return ParsedRow(parsed, outside.is_reported, outside.message())


def _parsed_cell(column: Column, cell: Any) -> Any:
    if column.is_written_unusually or (isinstance(cell, str) and not (cell.isascii() and cell.isprintable())):
        raise _NotPlainError
    if column.kind == "numerical":
        return np.array([_number(cell)])
    if column.kind in ("categorical", "boolean"):
        return [_word(column, cell)]
    raise _NotPlainError


def _number(cell: Any) -> float:
    if cell is None:
        return math.nan
    if isinstance(cell, str):
        text = cell.strip()
        if text.lower() in MISSING_WORDS:
            return math.nan
        if not _NUMBER.fullmatch(text):
            raise _NotPlainError
    elif type(cell) not in (int, float, bool) or abs(cell) >= MAX_EXACT_INTEGER:
        raise _NotPlainError
    number = float(cell)
    if math.isinf(number):
        raise _NotPlainError
    return number


def _word(column: Column, cell: Any) -> str | None:
    if cell is None or (type(cell) is float and math.isnan(cell)):
        return None
    if isinstance(cell, str):
        if cell in column.categories:
            return cell  # a category is spelled as it is read
        spelling = category_spelling(cell.strip())
    elif type(cell) is bool:
        return str(cell).lower()
    elif type(cell) in (int, float) and abs(cell) < MAX_EXACT_INTEGER:
        spelling = category_spelling(repr(cell))
    else:
        raise _NotPlainError
    return boolean_word(spelling) if column.kind == "boolean" and spelling is not None else spelling
