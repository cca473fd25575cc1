"""How alike pairs of rows are in a table's columns, beyond what any two rows are by chance."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.duplicate_groups import comparable_frame
from demarcate.checks.table_view import FactorizedColumn, TableView

MAX_PAIRS = 3000
MAX_COLUMNS = 60
Z = 4.5
"""A likeness counts from this many standard errors on: random pairs reach it once in 300,000 comparisons."""

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Rows and their partners, ``(n_pairs,)`` each."""


@dataclass(frozen=True, eq=False)
class Likeness:
    """The mean likeness of pairs of rows, by column and overall: 0 for random rows, 1 for equal ones.

    It is an intraclass correlation, of the ranks of numbers and of indicators of categories.
    """

    names: tuple[str, ...]
    by_column: NDArray[np.float64]  # (n_columns,)
    errors: NDArray[np.float64]  # standard errors of random pairs, (n_columns,)
    overall: float  # mean over columns
    overall_error: float
    of_labels: float  # of the target, 0 without one
    labels_error: float

    @property
    def is_beyond_chance(self) -> bool:
        """Return whether the rows are alike in all columns together, in a single one, or in the target."""
        in_one = bool(np.any(self.by_column > Z * self.errors))
        return in_one or self.overall > Z * self.overall_error or self.of_labels > Z * self.labels_error

    def without(self, name: str) -> float:
        """Return the mean over columns but one."""
        others = [alike for column, alike in zip(self.names, self.by_column, strict=True) if column != name]
        return float(np.mean(others)) if others else 0.0

    def is_above(self, other: "Likeness") -> bool:
        """Return whether rows are more alike than those of ``other`` in all columns together."""
        return self.overall - other.overall > Z * float(np.hypot(self.overall_error, other.overall_error))

    def share_above(self, other: "Likeness") -> float:
        """Return the share of columns in which rows are alike, and far more so than those of ``other``."""
        errors = np.hypot(self.errors, other.errors)
        above = (self.by_column - other.by_column > Z * errors) & (self.by_column > 2 * other.by_column)
        return float(above.mean()) if len(above) else 0.0


class RowScales:
    """The columns of a table, and its target, as pairs of rows are compared by them."""

    def __init__(self, table: TableView) -> None:
        names = [*table.columns][:: max(1, -(-len(table.columns) // MAX_COLUMNS))]
        scales = {name: _Scale.of(table.columns[name]) for name in names}
        self._scales = {name: scale for name, scale in scales.items() if scale is not None}
        labels = None if table.codes is None else FactorizedColumn(table.codes, table.class_counts, 0, None)
        self._labels = None if labels is None else _Scale.of(labels)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the columns that are compared: those that vary, and a part of very many."""
        return tuple(self._scales)

    def alike(self, pairs: Pairs, names: Sequence[str]) -> NDArray[np.float64]:
        """Return the likeness of pairs in some columns, ``(n_columns, n_pairs)``."""
        alike = np.empty((len(names), len(pairs[0])))
        for row, name in zip(alike, names, strict=True):
            row[:] = self._scales[name].alike(pairs)
        return alike

    def labels_alike(self, pairs: Pairs) -> NDArray[np.float64]:
        """Return the likeness of pairs in the label, ``(n_pairs,)``; 0 without a target."""
        return np.zeros(len(pairs[0])) if self._labels is None else self._labels.alike(pairs)


class RowComparison:
    """Compares the distinct rows of a table in pairs; of rows that repeat others is another check."""

    def __init__(self, table: TableView) -> None:
        labels = np.zeros(table.n_rows, dtype=np.int64) if table.codes is None else table.codes
        keys = comparable_frame(table.parsed).hash_rows(seed=0).to_numpy()
        order = np.lexsort((labels, keys))
        self.table = table
        # In an order that their content decides: findings do not depend on the order of rows, (n_distinct,).
        self.rows = order[np.append(True, keys[order][1:] != keys[order][:-1])]
        self._scales = RowScales(table)
        random = self.rows[:-1][:MAX_PAIRS], self.rows[1:][:MAX_PAIRS]
        alike = self._scales.alike(random, self._scales.names)
        self._spreads = dict(zip(self._scales.names, alike.std(1), strict=True))
        self._spread = float(alike.mean(0).std()) if len(alike) else 0.0
        self._labels_spread = float(self._scales.labels_alike(random).std())

    def likeness(self, pairs: Pairs, without: Collection[str] = ()) -> Likeness:
        """Return how alike pairs of rows are, of which there is at least one, in all columns but some."""
        names = [name for name in self._scales.names if name not in without]
        alike, root = self._scales.alike(pairs, names), np.sqrt(len(pairs[0]))
        return Likeness(
            tuple(names),
            alike.mean(1),
            np.array([self._spreads[name] for name in names]) / root,
            float(alike.mean()) if names else 0.0,
            self._spread / root,
            float(self._scales.labels_alike(pairs).mean()),
            self._labels_spread / root,
        )


@dataclass(frozen=True, eq=False)
class _Scale:
    """The values of a column as rows are compared by them: ranks with variance 1, or categories."""

    column: FactorizedColumn
    ranks: NDArray[np.float64] | None  # of each value, (n_values,); None for categories
    chance: float  # that two rows share a category

    @classmethod
    def of(cls, column: FactorizedColumn) -> "_Scale | None":
        """Return the scale of a column; None if it is constant."""
        shares = column.counts / column.counts.sum()
        if np.count_nonzero(shares) < 2:
            return None
        if column.numbers is None:
            return cls(column, None, float(shares @ shares))
        middle = np.cumsum(shares) - shares / 2 - 0.5
        return cls(column, middle / np.sqrt(shares @ middle**2), 0.0)

    def alike(self, pairs: Pairs) -> NDArray[np.float64]:
        """Return the likeness of pairs, ``(n_pairs,)``."""
        first, second = (self.column.value_codes[rows] for rows in pairs)
        if self.ranks is None:
            is_equal: NDArray[np.float64] = (first == second).astype(np.float64)
            return (is_equal - self.chance) / (1 - self.chance)
        likeness: NDArray[np.float64] = 1 - (self.ranks[first] - self.ranks[second]) ** 2 / 2
        return likeness
