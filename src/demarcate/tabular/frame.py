"""The one door for tables: whatever holds the rows becomes a polars frame of a few plain types.

What comes out has columns of String, Int64, UInt64, Float64, Boolean, Date, Datetime and Categorical only. Everything
after this door treats a table the same wherever it came from.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.io.tables.header import column_names, warn_of_unnamed
from demarcate.tabular.columns import plain_column

_RULE = "A table is a pandas, polars or pyarrow table, a 2-D array, a mapping of columns or a list of rows"
_SHAPE = "A table has rows and columns"

_Named = list[tuple[str, Any]]
"""Column names, each with whatever holds its cells."""


def as_frame(table: Any) -> pl.DataFrame:
    """A table of any kind as a polars frame of plain types.

    Parameters
    ----------
    table
        A pandas, polars or pyarrow table (anything that narwhals reads or that speaks Arrow's C stream), a mapping of
        column names to values, a sequence of mappings (one a row), a 2-D numpy array or a sequence of rows; the last
        two get the column names x1, x2, ..., as the built-in data sets have them

    Returns
    -------
    polars.DataFrame
        The same rows in the same order, under unique names without white space around them.

    Raises
    ------
    InputError
        If it is no table, column names repeat, columns or rows differ in length, or a column holds nested values;
        every such column is named.

    Warns
    -----
    InputWarning
        If a column has no name and is called ``column_<position>``.

    Examples
    --------
    >>> as_frame({"age": [80, None], "thal": ["fixed", "normal"]}).dtypes
    [Int64, String]
    >>> as_frame([{"age": 80.5}, {"age": 61}])["age"].to_list()
    [80.5, 61.0]
    """
    given = _named_columns(nw.to_native(table, pass_through=True))
    names, problems = column_names([name for name, _ in given])
    columns: list[pl.Series] = []
    for name, (_, cells) in zip(names, given, strict=True):
        try:
            columns.append(plain_column(name, cells))
        except InputError as error:
            problems += error.problems
    problems += _unequal_lengths(columns)
    if problems:
        raise InputError(problems)
    warn_of_unnamed([name for name, _ in given], names)
    return pl.DataFrame(columns)


def _named_columns(table: Any) -> _Named:
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


def _array_columns(array: np.ndarray[Any, Any]) -> _Named:
    if array.ndim != 2:
        raise InputError([Problem(_SHAPE, f"got an array of shape {array.shape}", "Reshape your data")])
    return [(f"x{place + 1}", array[:, place]) for place in range(array.shape[1])]


def _record_columns(records: Sequence[Any]) -> _Named:
    odd = [row for row, record in enumerate(records, 1) if not isinstance(record, Mapping)]
    if odd:
        found = f"row {odd[0]} is of type {type(records[odd[0] - 1]).__name__}"
        raise InputError([Problem("In a list of mappings each row is one", found, "Give each row as a mapping")])
    names = dict.fromkeys(chain.from_iterable(records))
    return [(str(name), [record.get(name) for record in records]) for name in names]


def _row_columns(rows: Sequence[Any]) -> _Named:
    if not rows or not all(isinstance(row, Sequence | np.ndarray) and not isinstance(row, str) for row in rows):
        array = np.empty(0) if not rows else np.empty(len(rows))
        return _array_columns(array)
    width = len(rows[0])
    ragged = [row for row, cells in enumerate(rows, 1) if len(cells) != width]
    if ragged:
        raise InputError(
            Problem(
                "Every row has as many cells as the first",
                f"row {row} has {len(rows[row - 1])}, the first {width}",
                "Add or remove cells",
            )
            for row in ragged
        )
    return [(f"x{place}", list(cells)) for place, cells in enumerate(zip(*rows, strict=True), 1)]


def _library_columns(table: Any) -> _Named:
    """The columns of another library's table, found by place: names may repeat."""
    if nw.dependencies.is_pandas_like_dataframe(table):
        return [(str(name), table.iloc[:, place]) for place, name in enumerate(table.columns)]
    if hasattr(table, "__arrow_c_stream__") and not nw.dependencies.is_into_series(table):
        # Time zones that are no more than an offset are no names to polars; narwhals' way reads them.
        with suppress(pl.exceptions.ComputeError):
            return _stream_columns(table)
    try:
        frame = nw.from_native(table, eager_only=True)
    except TypeError as error:
        raise InputError([Problem(_RULE, f"got {type(table).__name__}", "Convert it to one of these")]) from error
    return [(name, frame[name]) for name in frame.columns]


def _stream_columns(table: Any) -> _Named:
    """The columns of what speaks Arrow's C stream: polars would refuse repeated names, and rename blank ones."""
    names = getattr(getattr(table, "schema", None), "names", None)
    if names is None or not hasattr(table, "rename_columns"):
        return [(column.name, column) for column in pl.DataFrame(table).get_columns()]
    numbered = pl.DataFrame(table.rename_columns(list(map(str, range(len(names))))))
    return list(zip(map(str, names), numbered.get_columns(), strict=True))


def _unequal_lengths(columns: Sequence[pl.Series]) -> list[Problem]:
    rule, remedy = "Every column has as many cells as the first", "Add or remove cells"
    return [
        Problem(rule, f"{column.name!r} has {len(column)}, {columns[0].name!r} {len(columns[0])}", remedy)
        for column in columns
        if len(column) != len(columns[0])
    ]
