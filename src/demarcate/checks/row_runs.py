"""Runs of near-equal consecutive rows: a table sorted by subjects whose ids were removed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.group_sizes import CONSEQUENCE, RULE
from demarcate.checks.likeness import Pairs, RowScales, Z
from demarcate.checks.table_view import TableView
from demarcate.formatting import listed

MIN_ROWS, MIN_RUNS, MAX_RUN_ROWS = 60, 8, 100
MIN_EXCESS, MIN_COLUMNS = 0.3, 2
MAX_VALUE_SHARE = 0.8
"""Columns vary by runs if consecutive rows are more alike in them, by this, than rows further apart, and if they do not
have one value in nearly all rows."""
MIN_NEAR_SHARE = 0.4
"""The share of consecutive rows that are as near as the nearest twentieth of rows further apart."""
MAX_STILL_ALIKE = 0.45
_NEAREST = 0.05
_MAX_PAIRS = 20_000
_SAME_RUNS, _MAX_AGAINST = 3.0, 0.02


def row_runs(table: TableView) -> Iterator[Finding]:
    """Yield that consecutive rows are alike in runs, unless the caller has said how rows depend on one another.

    Within a run rows are nearly equal in some columns, and where it ends they differ like any two rows: in a table in
    the order of time, or of a number, they change little by little. A table sorted by a column has that column's
    groups, which are judged by themselves.
    """
    if table.n_rows < MIN_ROWS or table.dependence is not None:
        return
    scales = RowScales(table)
    consecutive, apart = _pairs(table.n_rows)
    varying = _varying(table, scales, consecutive, apart)
    if len(varying) < MIN_COLUMNS:
        return
    steps = _Steps.of(scales.alike(consecutive, varying), scales.alike(apart, varying))
    if steps.near_share < MIN_NEAR_SHARE or steps.still_alike > MAX_STILL_ALIKE:
        return
    n_runs = round(table.n_rows * steps.end_share) + 1
    if n_runs < MIN_RUNS or table.n_rows > MAX_RUN_ROWS * n_runs:
        return
    if not _is_sorted(table, n_runs):
        yield _finding(varying, n_runs, table.n_rows, steps.near_share)


def _pairs(n_rows: int) -> tuple[Pairs, Pairs]:
    """Return consecutive rows, and rows as far apart as other runs of the same part of the table."""
    first = np.linspace(0, n_rows - 2, min(n_rows - 1, _MAX_PAIRS)).astype(np.int64)
    nearest = min(MAX_RUN_ROWS, n_rows // 4)
    distance = np.random.default_rng(0).integers(nearest, 2 * nearest, len(first))
    other = np.where(first + distance < n_rows, first + distance, first - distance)
    return (first, first + 1), (first, other)


def _varying(table: TableView, scales: RowScales, consecutive: Pairs, apart: Pairs) -> list[str]:
    """Return the columns in which consecutive rows are more alike than others, sorted."""
    names = [name for name in scales.names if table.columns[name].counts.max() <= MAX_VALUE_SHARE * table.n_rows]
    alike, others = scales.alike(consecutive, names), scales.alike(apart, names)
    excess = alike.mean(1) - others.mean(1)
    bounds = np.maximum(MIN_EXCESS, Z * np.sqrt(2 / len(apart[0])) * others.std(1))
    return sorted(name for name, by, bound in zip(names, excess, bounds, strict=True) if by > bound)


@dataclass(frozen=True, eq=False)
class _Steps:
    """Steps from one row to the next: near ones within runs, and far ones, of which half of a run's ends are."""

    near_share: float
    end_share: float  # of steps that end a run
    still_alike: float  # how much of a run's likeness outlasts its end, in the column where most does

    @classmethod
    def of(cls, alike: NDArray[np.float64], others: NDArray[np.float64]) -> "_Steps":
        """Measure steps from the likeness of consecutive rows and of others, ``(n_columns, n_pairs)`` each."""
        least, middle = np.quantile(others.mean(0), [1 - _NEAREST, 0.5])
        is_near, is_far = alike.mean(0) >= least, alike.mean(0) < middle
        if np.count_nonzero(is_far) < MIN_RUNS / 2 or not is_near.any():
            return cls(float(is_near.mean()), 0.0, 1.0)
        within, at_ends = (alike[:, steps].mean(1) - others.mean(1) for steps in (is_near, is_far))
        return cls(float(is_near.mean()), 2 * float(is_far.mean()), float((at_ends / within).max()))


def _is_sorted(table: TableView, n_runs: int) -> bool:
    """Return whether about as many runs follow from the order of the rows: by a column, then by another, and so on."""
    runs = np.zeros(table.n_rows, dtype=np.int64)
    columns = [(column.value_codes, column.numbers is not None) for column in table.columns.values()]
    columns += [] if table.codes is None else [(table.codes, False)]
    while runs[-1] + 1 < n_runs / _SAME_RUNS:
        ordered = next((place for place, column in enumerate(columns) if _is_ordered(*column, runs)), None)
        if ordered is None:
            return False
        codes, _ = columns.pop(ordered)
        ends = (np.diff(codes) != 0) | (np.diff(runs) > 0)
        runs = np.append(0, np.cumsum(ends))
    return True


def _is_ordered(codes: NDArray[np.int64], are_numbers: bool, runs: NDArray[np.int64]) -> bool:
    """Return whether numbers rise or fall within each run, and whether each word stands in one place of it."""
    steps, within = np.diff(codes), np.diff(runs) == 0
    n_up, n_down = int(np.count_nonzero(steps[within] > 0)), int(np.count_nonzero(steps[within] < 0))
    if are_numbers:
        return bool(n_up + n_down) and min(n_up, n_down) <= _MAX_AGAINST * (n_up + n_down)
    n_places = n_up + n_down + runs[-1] + 1
    n_values = len(np.unique(runs * (codes.max() + 1) + codes))
    return bool(n_up + n_down) and bool(n_places <= (1 + _MAX_AGAINST) * n_values + 1)


def _finding(varying: list[str], n_runs: int, n_rows: int, near: float) -> Finding:
    length = n_rows / n_runs
    text = (
        f"consecutive rows are near-equal in {listed(varying, 3, write=repr)}, in about {n_runs:,} runs of "
        f"{length:.1f} rows, like the rows of one subject. {CONSEQUENCE}: add a column that "
        "names the subject, and name it with --group (groups in Python)"
    )
    numbers = {"kind": "runs", "n_groups": n_runs, "n_rows": n_rows, "rows_per_group": length, "near_share": near}
    return Finding(RULE, "warning", text, (), {**numbers, "near_equal_in": varying})
