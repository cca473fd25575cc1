"""What callers say of rows beside their features, groups, times and weights, as numbers of each row."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, InputWarning, Problem, SettingError, warn_caller
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular import as_frame, infer_schema
from demarcate.tabular.cells import parse_categories, parse_numbers
from demarcate.tabular.column_names import similar_names
from demarcate.tabular.columns import plain_column
from demarcate.tabular.dependence import SEPARATOR, Dependence
from demarcate.tabular.id_counters import before_counters
from demarcate.tabular.schema_inference import GROUP_ROLE, TIME_ROLE, WEIGHT_ROLE
from demarcate.tabular.timestamps import SECONDS_OF_A_DAY

MAX_WEIGHT = 1e15
"""Sums of such numbers are far from the largest floats."""
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_GAP = re.compile(r"\s*(\d+\.?\d*)\s*(s|min|h|d|w)\s*")


@dataclass(frozen=True, eq=False)
class RowRoles:
    """Columns of a table that say something of its rows rather than being features; a caller may give arrays instead.

    ``groups`` and ``time`` are names of columns, arrays ``(n_rows,)``, or None; several names, or a table, give groups
    by every combination. ``gap`` is a number, in days for dates and in the unit of other times, or text such as
    ``36h``. ``weights`` is the name of a column.
    """

    groups: Any = None
    time: Any = None
    gap: float | str | timedelta = 0.0
    weights: str | None = None

    def names(self, columns: Sequence[str]) -> dict[str, str]:
        """Return the columns that have a role and what it is, or raise InputError for names that are not there."""
        roles = dict.fromkeys(self.group_names(columns), GROUP_ROLE)
        if isinstance(self.time, str):
            roles[self.time] = TIME_ROLE
        if self.weights is not None:
            roles[self.weights] = WEIGHT_ROLE
        unknown = [name for name in roles if name not in columns]
        if unknown:
            raise InputError([_unknown(name, columns) for name in unknown])
        return roles

    def refuse_target(self, target: str | None) -> None:
        """Refuse the column to predict, if there is one, in a role."""
        named = [self.groups] if isinstance(self.groups, str) else self.groups
        columns = [*(named if isinstance(named, list | tuple) else ()), self.time, self.weights]
        if any(isinstance(column, str) and column == target for column in columns):
            remedy = "Name another column for the groups, the times or the weights"
            raise InputError([Problem(f"{quoted(target)} is the column to predict", remedy)])

    def rows(self, rows: NDArray[np.int64], columns: Sequence[str], n_rows: int) -> "RowRoles":
        """Return the roles of some rows of a table; arrays are cut to these."""
        groups = self.groups
        if groups is not None and not self.group_names(columns):
            groups = pl.DataFrame(_series("groups", groups, n_rows))[rows]
        time = self.time
        if time is not None and not isinstance(time, str):
            time = _series("time", time, n_rows)[0][rows]
        return replace(self, groups=groups, time=time)

    def group_names(self, columns: Sequence[str]) -> tuple[str, ...]:
        """Return the columns that name the groups; none if these are an array."""
        if isinstance(self.groups, str):
            return (self.groups,)
        are_names = isinstance(self.groups, list | tuple) and all(isinstance(name, str) for name in self.groups)
        # A list of text may also be an array: it has one value for each row. A tuple is always of names.
        if not are_names:
            return ()
        return tuple(self.groups) if isinstance(self.groups, tuple) or set(self.groups) <= set(columns) else ()

    def dependence(self, columns: Mapping[str, pl.Series], n_rows: int) -> Dependence | None:
        """Return the groups and times of the rows, given the named columns; None if there are none."""
        if self.groups is None and self.time is None:
            if _is_gap(self.gap):
                raise SettingError("gap is how long after its time a row's label is known: it needs time, got none")
            return None
        names = self.group_names([*columns])
        groups: NDArray[np.int64] | None = None
        labels: tuple[str, ...] = ()
        if self.groups is not None:
            keys = [columns[name] for name in names] if names else _series("groups", self.groups, n_rows)
            groups, labels = _read_groups(keys)
        times, is_date = None, False
        time_column = self.time if isinstance(self.time, str) else None
        if self.time is not None:
            cells = columns[time_column] if time_column else _series("time", self.time, n_rows)[0]
            times, is_date = _read_times(cells)
        gap = gap_of(self.gap, is_date=is_date)
        return Dependence(groups, times, gap, labels, names, time_column, is_date)


def read_weights(cells: pl.Series) -> NDArray[np.float64]:
    """Return the weights in a column, finite and at least 0, or raise InputError."""
    column = infer_schema(cells.to_frame()).columns[0]
    parsed = column.parse_quantities(cells) if column.kind == "numerical" else parse_numbers(cells)
    wrong = np.flatnonzero(parsed.bad | ~((parsed.values >= 0) & (parsed.values <= MAX_WEIGHT)))
    if len(wrong):
        shown = listed([f"row {row + 1} holds {quoted(cells[row])}" for row in wrong[:5].tolist()], total=len(wrong))
        fact = f"Column {quoted(cells.name)} is to weigh the rows: {shown}"
        raise InputError([Problem(fact, "Give each row a number from 0 to 1e15; 0 leaves it out")])
    if not parsed.values.any():
        fact = f"Column {quoted(cells.name)} weighs every row 0"
        raise InputError([Problem(fact, "Give rows to learn from a weight, or name no column of weights")])
    return parsed.values


def gap_of(gap: Any, *, is_date: bool) -> float:
    """Return a gap in the unit of the times: seconds for dates."""
    if isinstance(gap, timedelta):
        gap = gap.total_seconds() / SECONDS_OF_A_DAY
    rule = "gap must be a number from 0 up, in days for dates, or text such as 7d or 36h"
    if isinstance(gap, str):
        match = _GAP.fullmatch(gap.lower())
        if match and not is_date:
            raise SettingError(
                f"gap must be a number in the unit of the time column, which holds no dates, got {gap!r}"
            )
        if match:
            return float(match[1]) * _UNITS[match[2]]
        try:
            gap = float(gap)
        except ValueError:
            raise SettingError(f"{rule}, got {gap!r}") from None
    is_number = not isinstance(gap, bool) and isinstance(gap, int | float | np.number)
    if not is_number or not 0 <= gap < np.inf:
        raise SettingError(f"{rule}, got {gap!r}")
    return float(gap) * (SECONDS_OF_A_DAY if is_date else 1)


def _is_gap(gap: Any) -> bool:
    return gap_of(gap, is_date=True) > 0


def _unknown(name: str, columns: Sequence[str]) -> Problem:
    close = similar_names([name], columns).get(name)
    remedy = f"Did you mean {quoted(close)}?" if close else f"The columns are {listed(columns, 20, write=quoted)}"
    return Problem(f"There is no column {quoted(name)}", remedy)


def _series(name: str, values: Any, n_rows: int) -> list[pl.Series]:
    """Return an array, or the columns of a table, that have a value for each row."""
    is_table = getattr(values, "ndim", 1) > 1 or hasattr(values, "columns")
    columns = as_frame(values).get_columns() if is_table else [plain_column(name, values)]
    n_values = len(columns[0]) if columns else 0
    if n_values != n_rows:
        fact = f"{name} has {counted(n_values, 'value')} and the table {counted(n_rows, 'row')}"
        raise InputError([Problem(fact, "Give one value for each row, or the name of a column")])
    return columns


def _read_groups(keys: Sequence[pl.Series]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the group of each row, from 0, and the groups' labels; a row without one is a group of its own.

    Of ids that number the rows of each group (``S01_3``), groups share what stands before the counter.
    """
    words = [parse_categories(key).alias(f"{place}") for place, key in enumerate(keys)]
    if len(words) == 1 and (subjects := before_counters(words[0])) is not None:
        words = [subjects]
    is_missing = np.logical_or.reduce([word.is_null().to_numpy() for word in words])
    if is_missing.any():
        row, n = int(is_missing.argmax()) + 1, int(is_missing.sum())
        named = listed([key.name for key in keys], write=quoted)
        each = "it counts as a group of its own" if n == 1 else "each counts as a group of its own"
        message = f"{counted(n, 'row')} without a group in {named}, first row {row}: {each}"
        warn_caller(InputWarning(message))
    joined = pl.DataFrame(words).select(pl.concat_str(pl.all(), separator=SEPARATOR, ignore_nulls=True))
    label = joined.to_series().to_numpy().astype(object)
    label[is_missing] = [f"{SEPARATOR}row {row + 1}" for row in np.flatnonzero(is_missing).tolist()]
    labels, groups = np.unique(label.astype(str), return_inverse=True)
    return groups.astype(np.int64), tuple(labels.tolist())


def _read_times(cells: pl.Series) -> tuple[NDArray[np.float64], bool]:
    """Return the time of each row, and whether times are dates."""
    column = infer_schema(cells.to_frame()).columns[0]
    if not column.is_quantity:
        fact = f"Column {quoted(cells.name)} is to order the rows in time and holds neither dates nor numbers"
        example = next((quoted(cell) for cell in cells.head(1000) if cell is not None), "nothing")
        raise InputError([Problem(f"{fact}: {example}", "Name a column of dates or numbers")])
    parsed = column.parse_quantities(cells)
    missing = np.flatnonzero(~np.isfinite(parsed.values))
    if len(missing):
        shown = listed([f"row {row + 1}" for row in missing[:5].tolist()], total=len(missing))
        fact = f"Column {quoted(cells.name)} is to order the rows in time, and has no time in {shown}"
        raise InputError([Problem(fact, "Give every row a time, or leave such rows out")])
    return parsed.values, column.kind == "date"


NO_ROLES = RowRoles()
"""Independent rows of equal weight."""
