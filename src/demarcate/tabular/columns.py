"""Columns from any library as polars series of a few plain types."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.formatting import is_whole, plain_text, quoted
from demarcate.tabular.cells import MAX_EXACT_INTEGER
from demarcate.tabular.frame_libraries import narwhals as nw
from demarcate.tabular.frame_libraries import polars as pl

_PLAIN_TYPES = {str, int, float, bool, date, datetime}
_UNCHANGED_TYPES = {str, int, bool, NoneType}
_FIRST_DAY, _LAST_DAY = ((day - date(1970, 1, 1)).days for day in (date.min, date.max))
_UNITS_PER_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}
_MISSING_TYPES = ("NoneType", "NAType", "NaTType")


def plain_column(name: str, cells: Any) -> pl.Series:
    """Return cells under a name as String, Int64, UInt64, Float64, Boolean, Date, Datetime or Categorical.

    Cells are a series of polars, pandas or whatever narwhals reads, a 1-D numpy array, or values; a single value makes
    a column of one row.
    """
    if isinstance(cells, pl.Series):
        return _of_polars(cells.alias(name))
    try:
        return _of_any(name, cells)
    except UnicodeEncodeError:
        row = next(row for row, cell in enumerate(cells, 1) if isinstance(cell, str) and not is_whole(cell))
        fact = f"Column {quoted(name)} holds half a character in row {row}"
        raise InputError([Problem(fact, "Write the character in full")]) from None


def _of_any(name: str, cells: Any) -> pl.Series:
    if isinstance(cells, list):
        return _of_values(name, cells)
    if isinstance(cells, np.ndarray) and cells.ndim == 1:
        return _of_numpy(name, cells)
    dtype = getattr(cells, "dtype", None)
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf" and hasattr(cells, "to_numpy"):
        return _of_numpy(name, cells.to_numpy())
    if getattr(dtype, "storage", "") == "python":
        # Text of pandas in Python's strings: what else there is, is missing.
        texts = np.asarray(cells, dtype=object).tolist()
        return pl.Series(name, [text if isinstance(text, str) else None for text in texts], dtype=pl.String)
    series = nw.from_native(cells, series_only=True, pass_through=True)
    if isinstance(series, nw.Series):
        return _of_library(name, series)
    one_value = isinstance(cells, str | bytes) or not hasattr(cells, "__iter__")
    return _of_values(name, [cells] if one_value else list(cells))


def by_microseconds(values: Any) -> Any:
    """Return a numpy array or scalar with times in microseconds: from nanoseconds Python would get bare integers."""
    unit = {"M": "datetime64[us]", "m": "timedelta64[us]"}.get(values.dtype.kind)
    return values if unit is None else values.astype(unit)


def _of_polars(column: pl.Series) -> pl.Series:  # noqa: PLR0911 - one line a type
    dtype = column.dtype
    _refuse_far_dates(column)
    if dtype in (pl.String, pl.Boolean, pl.Date, pl.Int64, pl.UInt64):
        return column
    if dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale == 0):
        return _integers(column)
    if dtype.is_numeric():
        return column.cast(pl.Float64).fill_nan(None)
    if isinstance(dtype, pl.Datetime):
        return column.dt.convert_time_zone("UTC").dt.replace_time_zone(None) if dtype.time_zone else column
    if isinstance(dtype, pl.Categorical | pl.Enum):
        return column.cast(pl.String).cast(pl.Categorical)
    if dtype == pl.Null:
        return column.cast(pl.String)
    if dtype == pl.Time:
        # As Python spells it, and CSV files with it: microseconds where there are any.
        return column.dt.to_string("%H:%M:%S%.6f").str.strip_suffix(".000000")
    if isinstance(dtype, pl.Duration):
        return column.dt.total_microseconds().cast(pl.Float64) / 1e6
    if dtype == pl.Object:
        return _of_values(column.name, column.to_list())
    raise _nested(column.name, str(dtype))


def _refuse_far_dates(column: pl.Series) -> None:
    """Refuse dates that Python has no calendar for: polars can hold them, but panics over their text."""
    dtype = column.dtype
    if dtype not in (pl.Date, pl.Datetime):
        return
    units = _UNITS_PER_DAY[dtype.time_unit] if isinstance(dtype, pl.Datetime) else 1
    days = column.to_physical() // units
    far = (~days.is_between(_FIRST_DAY, _LAST_DAY)).fill_null(value=False).arg_true()
    if len(far):
        row = int(far[0])
        more = f", as in {len(far) - 1:,} more" if len(far) > 1 else ""
        value = f"row {row + 1} is {days[row]:,} days from 1970-01-01{more}"
        raise _far_date(column.name, value, ", and check the unit of the numbers")


def _far_date(name: str, value: str, check: str = "") -> InputError:
    fact = f"Column {quoted(name)} has a date outside the years 1 to 9999: {value}"
    return InputError([Problem(fact, f"Correct the cell or leave it empty{check}")])


def _integers(column: pl.Series) -> pl.Series:
    """Return integers of any width as Int64 if they all fit, else as text, which keeps every digit."""
    narrow = column.cast(pl.Int64, strict=False)
    return narrow if narrow.null_count() == column.null_count() else column.cast(pl.String)


def _of_numpy(name: str, cells: NDArray[Any]) -> pl.Series:
    if cells.dtype.kind == "f":
        return pl.Series(name, cells.astype(np.float64), nan_to_null=True)
    if cells.dtype.kind in "biu":
        return _of_polars(pl.Series(name, np.ascontiguousarray(cells)))
    if cells.dtype.kind in "mM":
        return _of_polars(pl.Series(name, by_microseconds(cells)))
    return _of_values(name, cells.tolist())


def _of_library(name: str, column: nw.Series[Any]) -> pl.Series:
    dtype = column.dtype
    if dtype.is_float():
        return _of_numpy(name, column.to_numpy().astype(np.float64))
    if dtype.is_integer() and not column.null_count():
        return _of_numpy(name, column.to_numpy())
    if isinstance(dtype, nw.Datetime):
        if dtype.time_zone:
            column = column.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
        return _of_numpy(name, column.to_numpy())
    if isinstance(dtype, nw.Categorical | nw.Enum):
        return _of_categories(name, column.to_list())
    if isinstance(dtype, nw.String) and str(getattr(column.to_native(), "dtype", "object")) != "object":
        # Only text, which needs no look at each cell; without pyarrow, polars cannot convert it.
        with suppress(ImportError):
            return _of_polars(column.to_polars().alias(name))
    return _of_values(name, column.to_list())


def _of_categories(name: str, cells: Sequence[Any]) -> pl.Series:
    # A library's categories may be anything, such as intervals: their text names them.
    plain = {value: _cell(value) for value in set(cells)}
    texts = {value: None if cell is None else plain_text(cell) for value, cell in plain.items()}
    return pl.Series(name, [texts[value] for value in cells], dtype=pl.String).cast(pl.Categorical)


def _of_values(name: str, cells: Sequence[Any]) -> pl.Series:
    """Return Python values as a column of their own type if they share one, else of text."""
    kinds = set(map(type, cells)) - {NoneType}
    if not kinds <= _PLAIN_TYPES or (float in kinds and len(kinds) > 1):
        cells = [cell if type(cell) in _UNCHANGED_TYPES else _cell(cell) for cell in cells]
        kinds = set(map(type, cells)) - {NoneType}
    if not kinds:
        return pl.Series(name, cells, dtype=pl.String)
    if not kinds <= _PLAIN_TYPES:
        raise _nested(name, ", ".join(sorted(kind.__name__ for kind in kinds - _PLAIN_TYPES)))
    if kinds == {float}:
        return pl.Series(name, cells, dtype=pl.Float64).fill_nan(None)
    if len(kinds) == 1 and kinds <= {str, bool, date}:
        return pl.Series(name, cells)
    if kinds <= {date, datetime}:
        return pl.Series(name, [_naive(name, row, cell) for row, cell in enumerate(cells, 1)], dtype=pl.Datetime("us"))
    limit = MAX_EXACT_INTEGER if float in kinds else 2**63
    if kinds <= {int, float} and all(abs(cell) < limit for cell in cells if isinstance(cell, int)):
        return pl.Series(name, cells, dtype=pl.Float64 if float in kinds else pl.Int64)
    return pl.Series(name, [None if cell is None else plain_text(cell) for cell in cells], dtype=pl.String)


def is_missing(value: Any) -> bool:
    """Tell whether a value is None, NaN or another library's missing value."""
    return type(value).__name__ in _MISSING_TYPES or (isinstance(value, float) and math.isnan(value))


def _cell(value: Any) -> Any:
    """Return a cell as a plain Python value, None for every kind of missing value."""
    if isinstance(value, np.generic):
        value = by_microseconds(value).item()
    if is_missing(value):
        return None
    for kind, convert in _CONVERSIONS.items():
        if isinstance(value, kind):
            return convert(value)
    return value


def _moment(value: datetime) -> datetime:
    # pandas' timestamps have nanoseconds, and would warn that they are lost.
    return value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value


def _decimal(value: Decimal) -> int | float | None:
    if value.is_nan():
        return None
    return int(value) if value.as_tuple().exponent == 0 else float(value)


_CONVERSIONS: dict[type, Callable[[Any], Any]] = {
    datetime: _moment,
    Decimal: _decimal,
    timedelta: timedelta.total_seconds,
    time: str,
}


def _naive(name: str, row: int, cell: date | None) -> datetime | None:
    """Convert to UTC and drop the time zone; a time without one stays as it is."""
    if cell is None:
        return None
    moment = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
    try:
        return moment.replace(tzinfo=None) - (moment.utcoffset() or timedelta())
    except OverflowError:
        raise _far_date(name, f"row {row} is {cell}, converted to UTC") from None


def _nested(name: str, dtype: str) -> InputError:
    remedy = "Spread it over several columns, write it as text, or leave the column out of the table"
    return InputError([Problem(f"Column {quoted(name)} holds values of type {dtype}, not plain values", remedy)])
