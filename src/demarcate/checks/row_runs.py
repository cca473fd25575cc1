"""Runs of near-equal consecutive rows: a table sorted by subjects whose ids were removed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.group_columns import CONSEQUENCE, RULE
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
MIN_RANK_AT_ENDS, MAX_STILL_ALIKE = 0.25, 0.6
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
    if steps.near_share < MIN_NEAR_SHARE or steps.rank < MIN_RANK_AT_ENDS or steps.still_alike > MAX_STILL_ALIKE:
        return
    n_runs = round(table.n_rows * min(1.0, (1 - steps.near_share) / (1 - _NEAREST))) + 1
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
    """Steps from one row to the next: near ones within runs, and others at their ends."""

    near_share: float
    rank: float  # how far rows at ends are apart, as the median rank among rows further apart, 0 to 1
    still_alike: float  # how much of a run's likeness outlasts its end, in the column where most does

    @classmethod
    def of(cls, alike: NDArray[np.float64], others: NDArray[np.float64]) -> "_Steps":
        """Measure steps from the likeness of consecutive rows and of others, ``(n_columns, n_pairs)`` each."""
        ordered = np.sort(-others.mean(0))
        rank = np.searchsorted(ordered, -alike.mean(0), side="left") / len(ordered)
        is_near = rank <= _NEAREST
        if is_near.all() or not is_near.any():
            return cls(float(is_near.mean()), 0.0, 1.0)
        within, at_ends = (alike[:, rows].mean(1) - others.mean(1) for rows in (is_near, ~is_near))
        return cls(float(is_near.mean()), float(np.median(rank[~is_near])), float((at_ends / within).max()))


def _is_sorted(table: TableView, n_runs: int) -> bool:
    """Return whether about as many runs follow from the order of the rows: by a column, then by another, and so on."""
    least = n_runs / _SAME_RUNS
    codes = [column.value_codes for column in table.columns.values()]
    if any(least <= _n_places(column) <= n_runs * _SAME_RUNS for column in codes):
        return True
    labels = np.zeros(table.n_rows, dtype=np.int64) if table.codes is None else table.codes
    is_tie = np.ones(table.n_rows - 1, dtype=bool)
    remaining = [np.diff(column) for column in (labels, *codes)]
    while np.count_nonzero(~is_tie) < least:
        ordered = next((place for place, steps in enumerate(remaining) if _is_monotonic(steps[is_tie])), None)
        if ordered is None:
            return False
        is_tie &= remaining.pop(ordered) == 0
    return True


def _n_places(codes: NDArray[np.int64]) -> float:
    """Return in how many places the values of a column stand, if each stands in one; infinity if not."""
    n_places = int(np.count_nonzero(np.diff(codes))) + 1
    return n_places if n_places <= 1.05 * len(np.unique(codes)) + 1 else np.inf


def _is_monotonic(steps: NDArray[np.int64]) -> bool:
    """Return whether nearly all steps go the same way."""
    n_up, n_down = int(np.count_nonzero(steps > 0)), int(np.count_nonzero(steps < 0))
    return bool(n_up + n_down) and min(n_up, n_down) <= _MAX_AGAINST * (n_up + n_down)


def _finding(varying: list[str], n_runs: int, n_rows: int, near: float) -> Finding:
    length = n_rows / n_runs
    text = (
        f"consecutive rows are near-equal in {listed(varying, 3, write=repr)}, in about {n_runs:,} runs of "
        f"{length:.1f} rows, like the rows of one subject. {CONSEQUENCE}: add a column that "
        "names the subject, and name it with --group (groups in Python)"
    )
    numbers = {"kind": "runs", "n_groups": n_runs, "n_rows": n_rows, "rows_per_group": length, "near_share": near}
    return Finding(RULE, "warning", text, (), {**numbers, "near_equal_in": varying})
