"""Several rows of values, read without polars where their cells are written plainly."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from demarcate.tabular.plain_row import read_plain_row
from demarcate.tabular.schema_column import Column


def read_plain_rows(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]], target: str) -> dict[str, Any] | None:
    """Parse the cells of rows by column name; None where a cell, or a name, is for `TableReader`.

    The cells of a column of words are a list, those of a quantity a float64 array, ``(n_rows,)``. A cell of the
    ``target`` is ignored, unless that is a column.
    """
    if not rows or not all(isinstance(row, Mapping) for row in rows):
        return None
    read = []
    names = {column.name for column in columns}
    for row in rows:
        plain = read_plain_row(columns, {name: cell for name, cell in row.items() if name in names or name != target})
        if plain is None:
            return None
        read.append(plain.columns)
    return {
        column.name: np.concatenate([row[column.name] for row in read])
        if column.is_quantity
        else [row[column.name][0] for row in read]
        for column in columns
        if not column.dropped
    }
