"""Subjects without ids that their constant columns give away: age, sex and height together are those of one patient."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.group_sizes import CONSEQUENCE, RULE, GroupSizes, SizeLimits
from demarcate.checks.likeness import Likeness, RowComparison
from demarcate.checks.row_pairs import next_group_pairs, same_group_pairs, whole_groups
from demarcate.checks.subject_ids import group_option
from demarcate.checks.table_view import TableView
from demarcate.formatting import listed

MIN_ROWS = 60
MAX_COLUMNS = 4
MIN_LIKENESS, MAX_REST = 0.25, 0.5
"""How alike rows of a combination are, at least, and those that differ in one of its columns, at most, as a share."""
LIMITS = SizeLimits(n_groups=10, n_rows=50, evenness=0.4, shared=0.5)
_MIN_VALUES, _MAX_VALUE_SHARE, _MAX_DISTINCT_SHARE = 5, 0.5, 0.5
_MIN_KEPT, _MIN_GAIN = 0.5, 1.1
_MIN_PAIRS, _MAX_ROWS = 30, 6000


def group_combination(table: TableView) -> Iterator[Finding]:
    """Yield columns that together name subjects with several rows, unless the caller has named the groups.

    Rows that agree in them are alike in other columns too, and rows that agree in all but one of them are not. Columns
    are added one by one: each must leave the likeness of the rows that agree, in fewer pairs of rows.
    """
    if table.n_rows < MIN_ROWS or (table.dependence is not None and table.dependence.groups is not None):
        return
    comparison = RowComparison(table)
    start = _first_column(comparison)
    if start is None:
        return
    combination = start
    while len(combination.names) < MAX_COLUMNS and (larger := _with_another(combination)):
        combination = larger
    combination = combination.without_needless()
    if len(combination.names) > 1 and combination.names_subjects():
        yield _describe(combination)


@dataclass(frozen=True, eq=False)
class _Combination:
    """Columns, and the rows of a part of the table that agree in them."""

    names: tuple[str, ...]
    comparison: RowComparison
    rows: NDArray[np.int64]
    codes: NDArray[np.int64]  # group of each of these rows, (n_rows,)

    @property
    def n_pairs(self) -> float:
        """Return the number of pairs of rows that agree."""
        sizes = np.bincount(self.codes).astype(np.float64)
        return float(sizes @ (sizes - 1))

    def alike(self, without: Sequence[str]) -> Likeness | None:
        """Return how alike rows are that agree; None if hardly any do."""
        first, second = same_group_pairs(self.codes, np.arange(len(self.rows)))
        if len(first) < _MIN_PAIRS:
            return None
        return self.comparison.likeness((self.rows[first], self.rows[second]), without)

    def plus(self, name: str) -> "_Combination":
        """Return the combination with another column."""
        codes = _with_codes(self.codes, self.comparison.table.columns[name].value_codes[self.rows])
        return _Combination((*self.names, name), self.comparison, self.rows, codes)

    def sizes(self) -> GroupSizes:
        """Return the sizes of groups in the whole table."""
        columns = self.comparison.table.columns
        return GroupSizes.of(reduce(_with_codes, (columns[name].value_codes for name in self.names)))

    def without_needless(self) -> "_Combination":
        """Return the combination without columns that hardly any row of a subject would miss."""
        for name in self.names:
            rest = self._without(name)
            alike, others = self.alike(self.names), rest.alike_if_apart_in(name, self.names)
            if len(self.names) > 1 and alike and others and others.overall > MAX_REST * alike.overall:
                return rest.without_needless()
        return self

    def names_subjects(self) -> bool:
        """Return whether groups are of the sizes of subjects, and rows that differ in one column much less alike."""
        alike = self.alike(self.names)
        if alike is None or alike.overall < MIN_LIKENESS or not self.sizes().are_within(LIMITS):
            return False
        apart = (self._without(name).alike_if_apart_in(name, self.names) for name in self.names)
        return all(others is None or alike.is_above(others) for others in apart)

    def alike_if_apart_in(self, name: str, without: Sequence[str]) -> Likeness | None:
        """Return how alike rows are that agree in these columns, and not in another; None if hardly any do."""
        values = self.comparison.table.columns[name].value_codes[self.rows]
        # In the order of its values a partner half-way round the group has another value, where there is one.
        first, second = same_group_pairs(self.codes, np.argsort(values, kind="stable"))
        differ = values[first] != values[second]
        if np.count_nonzero(differ) < _MIN_PAIRS:
            return None
        return self.comparison.likeness((self.rows[first[differ]], self.rows[second[differ]]), without)

    def _without(self, name: str) -> "_Combination":
        rest = _Combination((), self.comparison, self.rows, np.zeros_like(self.codes))
        for other in self.names:
            rest = rest if other == name else rest.plus(other)
        return rest


def _first_column(comparison: RowComparison) -> _Combination | None:
    """Return the column whose values make rows most alike beyond those of the next value."""
    table, best, most = comparison.table, None, 0.0
    for name, column in table.columns.items():
        few_values = column.n_values < _MIN_VALUES or column.counts.max() > _MAX_VALUE_SHARE * table.n_rows
        if few_values or column.n_missing or column.n_values > _MAX_DISTINCT_SHARE * table.n_rows:
            continue
        rows = whole_groups(column.value_codes, comparison.rows, _MAX_ROWS)
        combination = _Combination((name,), comparison, rows, column.value_codes[rows])
        alike = combination.alike((name,))
        if alike is None or not alike.is_beyond_chance:
            continue
        beside = comparison.likeness(next_group_pairs(column.value_codes, rows), (name,))
        if column.numbers is not None and not alike.is_above(beside):
            continue
        excess = alike.overall - (beside.overall if column.numbers is not None else 0.0)
        if excess > most:
            best, most = combination, excess
    return best


def _with_another(combination: _Combination) -> _Combination | None:
    """Return the combination with the column that makes rows most alike and keeps those that are; None without one."""
    table, best, most = combination.comparison.table, None, _MIN_GAIN
    before = combination.alike(combination.names)
    for name, column in table.columns.items():
        if name in combination.names or column.n_values < 2 or column.n_values > _MAX_DISTINCT_SHARE * table.n_rows:
            continue
        larger = combination.plus(name)
        kept = larger.n_pairs / max(combination.n_pairs, 1.0)
        if before is None or before.without(name) <= 0 or (after := larger.alike(larger.names)) is None:
            continue
        gain = after.overall / before.without(name)
        if gain > most and gain * kept >= _MIN_KEPT:
            best, most = larger, gain
    return best


def _with_codes(codes: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each pair of codes, from 0 without gaps, ``(n_rows,)``."""
    return np.unique(codes * (others.max() + 1) + others, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _describe(combination: _Combination) -> Finding:
    names, sizes = tuple(sorted(combination.names)), combination.sizes()
    alike = combination.alike(names)
    text = (
        f"columns {listed(names, write=repr)} together name {sizes.in_words()}: rows that agree in them are alike in "
        f"other columns too. {CONSEQUENCE}: fit with {group_option(*names)} (groups={list(names)!r} in Python)"
    )
    numbers = {"kind": "combination", **sizes.to_json(), "likeness": round(alike.overall, 6) if alike else 0.0}
    return Finding(RULE, "warning", text, names, numbers)
