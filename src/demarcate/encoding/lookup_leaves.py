"""Leaves of many trees at once: cells are compared with all thresholds of a column once, and trees compare ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import Floats
from demarcate.encoding.categorical import enum_codes, list_codes
from demarcate.encoding.tree_leaves import OrderedColumn, TreeLeaves
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import ParsedColumns

MAX_PAIRED = 64
"""Pairs of leaves of two trees up to which these have a code for each pair: half as many terms are summed then."""

Ranks = NDArray[np.uint16]


@dataclass(frozen=True, eq=False)
class RankedColumn:
    """A column that trees of some encoders test: its cells as codes, from which every encoder knows their ranks."""

    name: str
    categories: tuple[str, ...] | None  # those of all encoders; None of a column of numbers
    thresholds: Floats  # those of all encoders, ascending; none for categories

    @classmethod
    def of(cls, name: str, trees: Sequence[TreeLeaves]) -> Self:
        """Combine the categories, or the thresholds, of all trees that test a column."""
        tested = [(own, at) for own in trees for at, column in enumerate(own.inputs) if column.name == name]
        categories = [own.inputs[at].categories for own, at in tested]
        if categories[0] is not None:
            return cls(name, tuple(sorted(set().union(*(own or () for own in categories)))), np.empty(0))
        return cls(name, None, np.unique(np.concatenate([_thresholds(own, at) for own, at in tested])))

    def codes(self, cells: Any) -> NDArray[Any]:
        """Return each cell's category, or how many thresholds it is above, ``(n_rows,)``."""
        if self.categories is not None:
            return list_codes(self._codes, cells) if isinstance(cells, list) else enum_codes(self._dtype, cells)
        # NaN sorts behind all numbers, and is above none.
        return np.where(np.isnan(cells), 0, np.searchsorted(self.thresholds, cells, side="left")).astype(np.uint16)

    def ranks(self, column: OrderedColumn, thresholds: Floats) -> Ranks:
        """Return how many of an encoder's ascending ``thresholds`` a cell of each code is above, ``(n_codes,)``."""
        if self.categories is None:
            # A cell above so many thresholds of all is above those of the encoder among them.
            return np.searchsorted(thresholds, np.append(-np.inf, self.thresholds), side="right").astype(np.uint16)
        unseen = max(self.categories, key=len, default="") + "?"
        numbers = column.numbers([*self.categories, unseen, None])
        return np.where(np.isnan(numbers), 0, np.searchsorted(thresholds, numbers, side="left")).astype(np.uint16)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {category: code for code, category in enumerate(self.categories or ())}

    @cached_property
    def _dtype(self) -> pl.Enum:
        """The type of the categories, which takes time to make."""
        return pl.Enum(self.categories or ())


@dataclass(frozen=True, eq=False)
class RankedTrees:
    """The trees of one encoder on ranked columns."""

    ranks: tuple[tuple[str, Ranks], ...]  # for each column that is tested, its name and the rank of each of its codes
    columns: NDArray[np.int64]  # the column that each level tests, (depth, n_trees)
    passed: Ranks  # a rank from this on passes the test, (depth, n_trees, 1)
    n_leaves: int

    @classmethod
    def of(cls, trees: TreeLeaves, columns: Sequence[RankedColumn]) -> Self:
        """Replace the thresholds of trees by ranks."""
        by_name = {column.name: column for column in columns}
        ranks, passed = [], np.empty(trees.trees.columns.shape, dtype=np.uint16)
        for at, column in enumerate(trees.inputs):
            own, is_tested = _thresholds(trees, at), trees.trees.columns == at
            ranks.append((column.name, by_name[column.name].ranks(column, own)))
            passed[is_tested] = np.searchsorted(own, trees.trees.thresholds[is_tested]) + 1
        return cls(tuple(ranks), trees.trees.columns.T, passed.T[..., np.newaxis], trees.n_leaves)

    @property
    def n_trees(self) -> int:
        """Return the number of trees."""
        return int(self.columns.shape[1])

    @property
    def is_paired(self) -> bool:
        """Return whether each two neighbouring trees have a code for each pair of their leaves."""
        return self.n_leaves**2 <= MAX_PAIRED and self.n_trees % 2 == 0

    def codes(self, cells: dict[str, NDArray[Any]]) -> NDArray[np.int32]:
        """Return the code of each row in each tree or pair of trees, counted through all, from codes of its cells."""
        ranks = np.stack([np.take(own, cells[name]) for name, own in self.ranks])
        leaves = np.zeros((self.n_trees, ranks.shape[1]), dtype=np.uint8)
        for columns, passed in zip(self.columns, self.passed, strict=True):
            leaves += leaves
            leaves += ranks[columns] >= passed
        n_codes = self.n_leaves
        if self.is_paired:
            leaves, n_codes = leaves[::2] * np.uint8(n_codes) + leaves[1::2], n_codes**2
        first = np.arange(len(leaves), dtype=np.int32) * np.int32(n_codes)
        return np.asarray(np.add(leaves.T, first, order="C", dtype=np.int32))


@dataclass(frozen=True, eq=False)
class RankedLeaves:
    """The trees of all encoders of a table."""

    columns: tuple[RankedColumn, ...]
    trees: tuple[RankedTrees | None, ...]  # of each encoder

    @classmethod
    def of(cls, trees: Sequence[TreeLeaves | None]) -> Self:
        """Combine the columns that trees of encoders, some of which may have none, test."""
        grown = [own for own in trees if own is not None]
        names = dict.fromkeys(column.name for own in grown for column in own.inputs)
        columns = tuple(RankedColumn.of(name, grown) for name in names)
        return cls(columns, tuple(None if own is None else RankedTrees.of(own, columns) for own in trees))

    def cells(self, parsed: ParsedColumns) -> dict[str, NDArray[Any]]:
        """Return the codes of a table's cells by column, ``(n_rows,)`` each."""
        return {column.name: column.codes(parsed[column.name]) for column in self.columns}


def _thresholds(trees: TreeLeaves, column: int) -> Floats:
    """Return the thresholds of a column that trees test, ascending."""
    return np.unique(trees.trees.thresholds[trees.trees.columns == column])
