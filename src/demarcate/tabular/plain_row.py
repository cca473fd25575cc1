"""One row of values, read without polars where its cells are written plainly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demarcate.presentation import brief_repr
from demarcate.tabular.outside_rows import OutsideRows
from demarcate.tabular.plain_rows import PlainReader
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRanges


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
    """Parse the cells of one row by column name; None where a cell, or a name, is for `TableReader`.

    Encoders of text need polars in any case.
    """
    used = [column for column in columns if not column.dropped]
    parsed = None if any(column.kind == "text" for column in used) else PlainReader(columns).read([row])
    if parsed is None:
        return None
    outside = OutsideRows(used, trained)
    outside.add(parsed, 1)
    return ParsedRow(parsed, outside.is_reported, outside.message())
