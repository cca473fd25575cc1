"""Random tables with labels, and the forms in which they are passed in."""

import csv
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import polars as pl

from fuzz.columns import NAMES, WORDS, Cells, cells

Columns = dict[str, list[Any]]


@dataclass(frozen=True)
class Strategy:
    """Random sources of a table's columns and labels, and the form of the table."""

    columns: dict[str, Cells]
    labels: Cells
    door: str

    def table(self, draw: random.Random, n_rows: int) -> Columns:
        """Return columns with this number of rows."""
        return {name: column(draw, n_rows) for name, column in self.columns.items()}


def strategy(draw: random.Random) -> Strategy:
    """Return a strategy for tables of one to six columns."""
    names = draw.sample(NAMES, draw.choice((1, 2, 2, 3, 4, 6)))
    return Strategy({name: cells(draw) for name in names}, _labels(draw), draw.choice(list(_DOORS)))


def number_of_rows(draw: random.Random) -> int:
    """Draw a number of rows, mostly a small one."""
    return draw.choice((1, 2, 3, 4, 6, 10, 16, 20, 20, 30, 30, 60, 150))


def as_input(columns: Columns, door: str) -> Any:
    """Return the columns in the form of a user's table, or as a mapping if its library cannot hold them."""
    try:
        return _DOORS[door](columns)
    except _UNHOLDABLE:
        return columns


def _labels(draw: random.Random) -> Cells:
    kinds: tuple[Any, ...] = (
        ["a", "b"],
        [0, 1],
        [False, True],
        ["x", "y", "z"],
        [3, 5, 2**40],
        [0.5, 1.5],
        [1.0, 2.0],
        list(range(12)),
        draw.sample(WORDS, 4),
        [1, "1", 2],
        [0, True],
        ["only"],
        [None, "a", "b"],
        [float("nan"), 1.0, 0.0],
        [10**20, 1],
        ["a", ["b", "c"]],
    )
    chosen = draw.choice(kinds[:10] if draw.random() < 0.9 else kinds)
    weights = [draw.choice((1, 1, 1, 5, 20)) for _ in chosen]
    return lambda each, n_rows: each.choices(chosen, weights, k=n_rows)


def _polars(columns: Columns) -> Any:
    return pl.DataFrame({name: pl.Series(name, list_, strict=True) for name, list_ in columns.items()})


def _pandas(columns: Columns) -> Any:
    import pandas as pd

    return pd.DataFrame({name: pd.Series(list_, dtype=_dtype(list_)) for name, list_ in columns.items()})


def _dtype(cells_: list[Any]) -> Any:
    # pandas' own inference warns of distant dates.
    kinds = {type(cell) for cell in cells_}
    return None if kinds and kinds <= {int, float, bool, str} and len(kinds) == 1 else object


def _pyarrow(columns: Columns) -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array(list_) for name, list_ in columns.items()})


def _records(columns: Columns) -> Any:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _rows(columns: Columns) -> Any:
    return [list(row) for row in zip(*columns.values(), strict=True)]


def _numpy(columns: Columns) -> Any:
    import numpy as np

    rows = _rows(columns)
    is_numeric = all(isinstance(cell, float | int) for row in rows for cell in row)
    return np.array(rows, dtype=float if is_numeric else object)


def _csv(columns: Columns) -> Any:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return _read(file.getvalue().encode(), "table.csv")


def _json_lines(columns: Columns) -> Any:
    return _read("\n".join(map(json.dumps, _records(columns))).encode(), "table.jsonl")


def _parquet(columns: Columns) -> Any:
    file = io.BytesIO()
    _polars(columns).write_parquet(file)
    return _read(file.getvalue(), "table.parquet")


def _read(data: bytes, name: str) -> Any:
    from demarcate.io.tables import read_table

    named = io.BytesIO(data)
    named.name = name
    return read_table(named)


_UNHOLDABLE = (TypeError, ValueError, OverflowError, pl.exceptions.PolarsError)
"""Errors of libraries for cells that they cannot hold; `InputError` is a `ValueError`."""
_DOORS: dict[str, Callable[[Columns], Any]] = {
    "dict": dict,
    "polars": _polars,
    "pandas": _pandas,
    "pyarrow": _pyarrow,
    "records": _records,
    "rows": _rows,
    "numpy": _numpy,
    "csv": _csv,
    "json lines": _json_lines,
    "parquet": _parquet,
}
