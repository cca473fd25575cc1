"""The one door for tables: whatever holds the rows becomes a polars frame of a few plain types.

What comes out has columns of String, Int64, UInt64, Float64, Boolean, Date, Datetime and Categorical only. Everything
after this door treats a table the same wherever it came from.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from demarcate.errors import InputError, Problem

_NESTED = "Each cell of a table is one value"


def as_frame(table: Any) -> pl.DataFrame:
    """A table of any kind as a polars frame of plain types.

    Parameters
    ----------
    table
        A pandas, polars or pyarrow table (anything narwhals reads), a mapping of column names to values, a sequence of
        mappings (one a row), a 2-D numpy array or a sequence of rows; the last two get the column names x0, x1, ...

    Returns
    -------
    polars.DataFrame
        The same rows in the same order, under unique string names.

    Raises
    ------
    InputError
        If column names repeat, or a column holds nested values; every such column is named.

    Examples
    --------
    >>> as_frame({"age": [80, None], "thal": ["fixed", "normal"]}).dtypes
    [Int64, String]
    >>> as_frame([{"age": 80.5}, {"age": 61}])["age"].to_list()
    [80.5, 61.0]
    """
    if isinstance(table, pl.DataFrame):
        columns = table.get_columns()
    elif isinstance(table, pl.LazyFrame):
        columns = table.collect().get_columns()
    elif isinstance(table, np.ndarray):
        columns = _array_columns(table)
    elif isinstance(table, Mapping):
        columns = [_values_column(str(name), values) for name, values in table.items()]
    elif isinstance(table, Sequence) and table and isinstance(table[0], Mapping):
        columns = _record_columns(table)
    elif isinstance(table, Sequence):
        columns = _array_columns(np.asarray(table, dtype=None if _is_numeric(table) else object))
    else:
        columns = _foreign_columns(table)
    _refuse_repeated(column.name for column in columns)
    return pl.DataFrame(_plain(columns))


def _refuse_repeated(names: Iterable[str]) -> None:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names, 1):
        places.setdefault(name, []).append(place)
    repeated = {name: found for name, found in places.items() if len(found) > 1}
    if repeated:
        raise InputError(
            Problem("Column names are unique", f"{name!r} names columns {', '.join(map(str, found))}", "Rename them")
            for name, found in repeated.items()
        )


def _plain(columns: Sequence[pl.Series]) -> list[pl.Series]:
    """Columns cast to the few types the rest of the package knows."""
    plain, problems = [], []
    for column in columns:
        try:
            plain.append(_plain_column(column))
        except TypeError:
            problems.append(Problem(_NESTED, f"column {column.name!r} holds {column.dtype}", "Drop or unpack it"))
    if problems:
        raise InputError(problems)
    return plain


def _plain_column(column: pl.Series) -> pl.Series:  # noqa: PLR0911 - one line a type
    dtype = column.dtype
    if dtype in (pl.String, pl.Boolean, pl.Date, pl.Int64, pl.UInt64, pl.Float64):
        return column
    if dtype.is_integer():
        return column.cast(pl.Int64 if dtype not in (pl.UInt64, pl.Int128) else pl.Float64)
    if dtype.is_float() or dtype.is_decimal():
        return column.cast(pl.Float64)
    if isinstance(dtype, pl.Datetime):
        return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else column
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return column.cast(pl.String).cast(pl.Categorical)
    if dtype == pl.Null:
        return column.cast(pl.String)
    if dtype == pl.Time:
        return column.cast(pl.String)
    if isinstance(dtype, pl.Duration):
        return column.dt.total_microseconds().cast(pl.Float64) / 1e6
    if dtype == pl.Object:
        return _values_column(column.name, column.to_list())
    raise TypeError(str(dtype))


def _array_columns(array: np.ndarray[Any, Any]) -> list[pl.Series]:
    if array.ndim != 2:
        raise InputError(
            [Problem("A table has rows and columns", f"got an array of shape {array.shape}", "Reshape your data")]
        )
    names = [f"x{index}" for index in range(array.shape[1])]
    if array.dtype.kind in "biuf":
        return [pl.Series(name, np.ascontiguousarray(array[:, index])) for index, name in enumerate(names)]
    return [_values_column(name, array[:, index].tolist()) for index, name in enumerate(names)]


def _record_columns(records: Sequence[Mapping[str, Any]]) -> list[pl.Series]:
    names = dict.fromkeys(name for record in records for name in record)
    return [_values_column(str(name), [record.get(name) for record in records]) for name in names]


def _foreign_columns(table: Any) -> list[pl.Series]:
    try:
        frame = nw.from_native(table, eager_only=True)
    except TypeError as error:
        rule = "A table is a pandas, polars or pyarrow table, a 2-D array, a mapping of columns or a list of rows"
        raise InputError([Problem(rule, f"got {type(table).__name__}", "Convert it to one of these")]) from error
    return [_foreign_column(str(name), frame.iter_columns(), place) for place, name in enumerate(frame.columns)]


def _foreign_column(name: str, columns: Iterable[nw.Series[Any]], place: int) -> pl.Series:
    column = next(series for position, series in enumerate(columns) if position == place)
    dtype = column.dtype
    if dtype.is_float() or (dtype.is_integer() and column.null_count()):
        return pl.Series(name, column.cast(nw.Float64()).to_numpy().astype(np.float64))
    if dtype.is_integer():
        return pl.Series(name, column.to_numpy())
    values = _values_column(name, column.to_list())
    return values.cast(pl.Categorical) if isinstance(dtype, nw.Categorical | nw.Enum) else values


def _values_column(name: str, values: Any) -> pl.Series:
    """A column of Python values: of their own type if they share one, else as text."""
    cells = [_cell(value) for value in _listed(values)]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {int, float} and all(abs(cell) < 2**63 for cell in cells if isinstance(cell, int)):
        return pl.Series(name, cells, dtype=pl.Float64 if float in kinds else pl.Int64 if kinds else pl.String)
    if len(kinds) == 1 and kinds <= {bool, date}:
        return pl.Series(name, cells)
    if kinds <= {date, datetime}:
        return pl.Series(name, [_naive(cell) for cell in cells], dtype=pl.Datetime("us"))
    if any(kind not in (str, int, float, bool, date, datetime) for kind in kinds):
        raise InputError([Problem(_NESTED, f"column {name!r} holds {_odd(kinds)}", "Drop or unpack it")])
    return pl.Series(name, [None if cell is None else _text(cell) for cell in cells], dtype=pl.String)


def _listed(values: Any) -> list[Any]:
    if isinstance(values, str | bytes) or not hasattr(values, "__iter__"):
        return [values]
    return values.to_list() if hasattr(values, "to_list") else list(values)


def _cell(value: Any) -> Any:
    """A cell as a plain Python value, None for every way of saying that there is none."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, float) and math.isnan(value):
        return None
    if type(value).__name__ in ("NoneType", "NAType", "NaTType"):
        return None
    return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value


def _naive(cell: date | None) -> datetime | None:
    if cell is None:
        return None
    moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
    return (moment - (moment.utcoffset() or (moment - moment))).replace(tzinfo=None)


def _text(cell: object) -> str:
    return ("true" if cell else "false") if isinstance(cell, bool) else str(cell)


def _odd(kinds: set[type]) -> str:
    return ", ".join(sorted(kind.__name__ for kind in kinds if kind not in (str, int, float, bool, date, datetime)))


def _is_numeric(rows: Sequence[Any]) -> bool:
    return all(isinstance(cell, int | float | np.number) for row in rows if isinstance(row, Sequence) for cell in row)
