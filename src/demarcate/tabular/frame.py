"""Tables of any kind as polars frames of a few plain types.

A frame has columns of String, Int64, UInt64, Float64, Boolean, Date, Datetime and Categorical only: all other code
treats a table the same wherever it came from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import numpy as np

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted, listed, quoted
from demarcate.io.tables.header import name_columns, warn_of_unnamed
from demarcate.tabular.columns import plain_column
from demarcate.tabular.frame_libraries import narwhals as nw
from demarcate.tabular.frame_libraries import polars as pl

_NamedColumns = list[tuple[str, Any]]
"""Column names, each with whatever holds its cells."""


def as_frame(table: Any) -> pl.DataFrame:
    """Return a table of any kind as a polars frame of plain types, under unique names without surrounding space.

    Tables are those of pandas, polars, pyarrow and whatever narwhals reads or speaks Arrow's C stream; mappings of
    names to values, sequences of mappings (one a row), 2-D arrays, and sequences of rows. Arrays and rows get the
    column names x1, x2, ... as the built-in data sets have them. Problems of all columns are reported together.
    """
    named = _named_columns(nw.to_native(table, pass_through=True))
    names, problems = name_columns([name for name, _ in named])
    columns: list[pl.Series] = []
    for name, (_, cells) in zip(names, named, strict=True):
        try:
            columns.append(plain_column(name, cells))
        except InputError as error:
            problems += error.problems
    problems += _unequal_lengths(columns)
    if problems:
        raise InputError(problems)
    warn_of_unnamed([name for name, _ in named], names)
    return pl.DataFrame(columns)


def _named_columns(table: Any) -> _NamedColumns:
    if isinstance(table, pl.LazyFrame):
        table = table.collect()
    if isinstance(table, pl.DataFrame):
        return [(column.name, column) for column in table.get_columns()]
    if isinstance(table, np.ndarray):
        return _array_columns(table)
    if isinstance(table, Mapping):
        return [(str(name), cells) for name, cells in table.items()]
    if isinstance(table, Sequence) and not isinstance(table, str | bytes):
        return _record_columns(table) if table and isinstance(table[0], Mapping) else _row_columns(table)
    return _library_columns(table)


def _array_columns(array: np.ndarray[Any, Any]) -> _NamedColumns:
    if array.ndim != 2:
        raise _wrong_shape(array.shape)
    return [(f"x{index + 1}", array[:, index]) for index in range(array.shape[1])]


def _record_columns(records: Sequence[Any]) -> _NamedColumns:
    others = [row for row, record in enumerate(records) if not isinstance(record, Mapping)]
    if others:
        fact = f"Row {others[0] + 1} is of type {type(records[others[0]]).__name__}, and the first row is a mapping"
        raise InputError([Problem(fact, "Give each row as a mapping")])
    names = dict.fromkeys(chain.from_iterable(records))
    return [(str(name), [record.get(name) for record in records]) for name in names]


def _row_columns(rows: Sequence[Any]) -> _NamedColumns:
    if not rows or not all(isinstance(row, Sequence | np.ndarray) and not isinstance(row, str) for row in rows):
        raise _wrong_shape((len(rows),))
    width = len(rows[0])
    ragged = [f"row {row} has {len(cells)}" for row, cells in enumerate(rows, 1) if len(cells) != width]
    if ragged:
        n_cells = counted(width, "cell")
        fact = f"The table has {counted(len(ragged), 'row')} not as long as the first ({n_cells}): {listed(ragged)}"
        raise InputError([Problem(fact, "Add or remove cells")])
    return [(f"x{index}", list(cells)) for index, cells in enumerate(zip(*rows, strict=True), 1)]


def _wrong_shape(shape: tuple[int, ...]) -> InputError:
    fact = f"The table is an array of shape {shape}, not (n_rows, n_columns)"
    return InputError([Problem(fact, "Reshape your data")])


def _library_columns(table: Any) -> _NamedColumns:
    """Return the columns of another library's table by position: names may repeat."""
    if nw.dependencies.is_pandas_like_dataframe(table):
        return [(str(name), column) for name, column in table.items()]
    if hasattr(table, "__arrow_c_stream__") and not nw.dependencies.is_into_series(table):
        # Time zones that are only an offset have no name that polars knows; narwhals' way reads them.
        with suppress(pl.exceptions.ComputeError):
            return _stream_columns(table)
    try:
        frame = nw.from_native(table, eager_only=True)
    except TypeError as error:
        remedy = "Give a pandas, polars or pyarrow table, a 2-D array, a mapping of columns or a list of rows"
        raise InputError([Problem(f"An object of type {type(table).__name__} is not a table", remedy)]) from error
    return [(name, frame[name]) for name in frame.columns]


def _stream_columns(table: Any) -> _NamedColumns:
    """Return the columns of an Arrow C stream: polars would refuse repeated names and rename blank ones."""
    names = getattr(getattr(table, "schema", None), "names", None)
    if names is None or not hasattr(table, "rename_columns"):
        return [(column.name, column) for column in pl.DataFrame(table).get_columns()]
    numbered = pl.DataFrame(table.rename_columns(list(map(str, range(len(names))))))
    return list(zip(map(str, names), numbered.get_columns(), strict=True))


def _unequal_lengths(columns: Sequence[pl.Series]) -> list[Problem]:
    others = [f"{quoted(column.name)} has {len(column)}" for column in columns if len(column) != len(columns[0])]
    if not others:
        return []
    first = f"{quoted(columns[0].name)} with {counted(len(columns[0]), 'cell')}"
    fact = f"The table has {counted(len(others), 'column')} not as long as the first, {first}: {listed(others)}"
    return [Problem(fact, "Add or remove cells")]
