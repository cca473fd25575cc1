"""The leaves of a table's trees as encoded columns: one for each leaf, 1 where the row is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import TEXTS, Encoded, Floats, State
from demarcate.encoding.categorical import category_codes, enum_codes
from demarcate.encoding.oblivious_trees import DEPTH, N_TREES, BinnedColumn, Leaves, Trees, grow_trees
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import ParsedColumns, Schema

MAX_FIT_ROWS = 100_000
"""Training rows that trees are grown on, at most: more are sampled, so that time and memory end somewhere."""
SHRINKAGE = 10.0
"""Rows of the class shares of all rows that each category has beside its own when categories are put in order."""
MIN_CATEGORY_ROWS, MIN_CATEGORY_SHARE = 5, 0.001
"""Training rows of a category with a place of its own: at least so many, and this share of all."""
FITTED_WIDTH = N_TREES << DEPTH
"""Encoded columns of fitted trees."""
MAX_DEPTH, MAX_WIDTH = 8, 1 << 14
"""Levels of a tree, and leaves of all trees together, in a model file."""
FILE_FORMAT = 6
"""The first format of model files that has trees."""


@dataclass(frozen=True, eq=False)
class OrderedColumn:
    """One column as numbers that a tree can cut: its own, or places of categories, ordered by their classes."""

    name: str
    categories: tuple[str, ...] | None  # those with a place of their own, sorted; None of a column of numbers
    places: Floats  # of each category, and last of all others, (n_categories + 1,); empty of a column of numbers

    @classmethod
    def fit(
        cls, name: str, cells: Any, codes: NDArray[np.int64], n_classes: int, weights: Floats | None = None
    ) -> OrderedColumn:
        """Order a column's categories by the classes ``codes`` ``(n_rows,)`` of the rows of these cells."""
        if not isinstance(cells, pl.Series):
            return cls(name, None, np.empty(0))
        min_rows = max(MIN_CATEGORY_ROWS, MIN_CATEGORY_SHARE * len(cells))
        counted = cells.rename("category").drop_nulls().value_counts(name="count").filter(pl.col("count") >= min_rows)
        categories = sorted(counted["category"].cast(pl.String))
        pairs = category_codes(categories, cells).astype(np.int64) * n_classes + codes
        row_weights = None if weights is None else weights / weights.mean()
        # The last two are of other categories, and of missing ones.
        counts = np.bincount(pairs, row_weights, minlength=(len(categories) + 2) * n_classes).reshape(-1, n_classes)
        n_each, shares = counts[:-2].sum(1), counts[:-1].sum(0) / max(counts[:-1].sum(), 1)
        apart = (counts[:-2] + SHRINKAGE * shares) / (n_each[:, np.newaxis] + SHRINKAGE) - shares
        return cls(name, tuple(categories), np.append(_along(apart, n_each), 0.0))

    def numbers(self, cells: Any) -> Floats:
        """Return cells as numbers, NaN where missing, ``(n_rows,)``."""
        if self.categories is None:
            return np.asarray(cells, dtype=np.float64)
        if isinstance(cells, list):
            return np.asarray(np.append(self.places, np.nan)[category_codes(self.categories, cells)])
        return np.asarray(np.append(self.places, np.nan)[enum_codes(self._dtype, cells)])

    @cached_property
    def _dtype(self) -> pl.Enum:
        """The type of the categories, which takes time to make."""
        return pl.Enum(self.categories or ())


@brief_repr
@dataclass(frozen=True, eq=False)
class TreeLeaves:
    """Fitted trees of a table, and the columns that they test."""

    inputs: tuple[OrderedColumn, ...]
    trees: Trees

    @classmethod
    def fit(
        cls,
        schema: Schema,
        parsed: ParsedColumns,
        rows: NDArray[np.int64],
        codes: NDArray[np.int64],
        weights: Floats | None = None,
        seed: int = 0,
    ) -> TreeLeaves | None:
        """Grow trees on these training rows of the table that the schema parsed; None if it has only text.

        Columns are read one by one, and of very many rows a sample: such a table need not fit in memory.
        """
        n_classes = int(codes.max()) + 1
        if len(rows) > MAX_FIT_ROWS:
            rows = np.sort(np.random.default_rng(seed).choice(rows, MAX_FIT_ROWS, replace=False))
        of_rows, row_weights = codes[rows], None if weights is None else weights[rows]
        inputs, binned = [], []
        for column in schema.used:
            if column.kind != "text":
                cells = parsed[column.name][rows]
                inputs.append(OrderedColumn.fit(column.name, cells, of_rows, n_classes, row_weights))
                binned.append(BinnedColumn.of(inputs[-1].numbers(cells)))
        if not inputs:
            return None
        return cls.of(inputs, grow_trees(binned, of_rows, n_classes, row_weights, seed=seed))

    @classmethod
    def of(cls, inputs: Sequence[OrderedColumn], trees: Trees) -> TreeLeaves:
        """Return trees with those of these columns that they test."""
        tested = np.unique(trees.columns)
        return cls(tuple(inputs[at] for at in tested), Trees(np.searchsorted(tested, trees.columns), trees.thresholds))

    @property
    def n_trees(self) -> int:
        """Return the number of trees."""
        return len(self.trees.columns)

    @property
    def n_leaves(self) -> int:
        """Return the number of leaves of each tree."""
        return 1 << int(self.trees.columns.shape[1])

    @property
    def width(self) -> int:
        """Return the number of encoded columns."""
        return self.n_trees * self.n_leaves

    def leaves(self, parsed: ParsedColumns) -> Leaves:
        """Return the leaf of each row in each tree, ``(n_trees, n_rows)``."""
        n_rows = len(parsed[self.inputs[0].name])
        return self.trees.leaves((column.numbers(parsed[column.name]) for column in self.inputs), n_rows)

    def columns_of(self, name: str) -> NDArray[np.int64]:
        """Return the encoded columns of the trees that test a column of the table."""
        return np.flatnonzero(np.repeat(self._testing(name), self.n_leaves))

    def encode_columns_of(self, name: str, parsed: ParsedColumns) -> Encoded:
        """Encode rows by the trees that test a column of the table, ``(n_rows, len(columns_of(name)))``."""
        trees = Trees(self.trees.columns[self._testing(name)], self.trees.thresholds[self._testing(name)])
        return self.of(self.inputs, trees).encode(parsed)

    def _testing(self, name: str) -> NDArray[np.bool_]:
        """Return which of the trees test a column of the table, ``(n_trees,)``."""
        is_tested = np.array([column.name == name for column in self.inputs])
        return np.asarray(is_tested[self.trees.columns].any(1))

    @property
    def state(self) -> State:
        """Return thresholds and the places of categories, one axis, and the rest of the state, ready for JSON."""
        array = np.concatenate([self.trees.thresholds.ravel(), *(column.places for column in self.inputs)])
        inputs = [
            {"column": column.name, "categories": None if column.categories is None else list(column.categories)}
            for column in self.inputs
        ]
        return array, {"inputs": inputs, "tests": self.trees.columns.tolist(), "n_numbers": len(array)}

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> TreeLeaves:
        """Return the trees with a state that `check_state` accepted; raise ValueError for other numbers than theirs."""
        tests = np.array(json["tests"], dtype=np.int64)
        start, inputs = tests.size, []
        for entry in json["inputs"]:
            categories = None if entry["categories"] is None else tuple(entry["categories"])
            end = start + (0 if categories is None else len(categories) + 1)
            inputs.append(OrderedColumn(entry["column"], categories, np.array(array[start:end])))
            start = end
        if not np.isfinite(array).all():
            raise ValueError("trees have thresholds or places of categories that are not finite")
        return cls(tuple(inputs), Trees(tests, np.array(array[: tests.size]).reshape(tests.shape)))

    def encode(self, parsed: ParsedColumns) -> Encoded:
        """Encode rows as ``(n_rows, width)``, with a 1 for each tree."""
        leaves = self.leaves(parsed)
        encoded = np.empty((leaves.shape[1], self.width), dtype=np.float32)
        self.encode_into(encoded, leaves)
        return encoded

    def encode_into(self, encoded: Encoded, leaves: Leaves) -> None:
        """Write the encoding of rows in these leaves, ``(n_rows, width)``."""
        encoded[:] = 0
        every_row = np.arange(len(encoded))
        for tree, leaf in enumerate(leaves):
            encoded[every_row, leaf + np.int64(tree * self.n_leaves)] = 1

    def names(self) -> list[str]:
        """Return a name for each encoded column."""
        return [f"tree {tree + 1}, leaf {leaf + 1}" for tree in range(self.n_trees) for leaf in range(self.n_leaves)]


def check_state(json: Any, kinds: Mapping[str, str], where: str) -> None:
    """Raise ValueError if this is not the JSON state of trees on columns of these kinds, by name."""
    keys = {"inputs", "tests", "n_numbers"}
    if not isinstance(json, dict) or set(json) != keys:
        raise ValueError(f"the trees of {where} do not have the keys {sorted(keys)}")
    inputs, tests = json["inputs"], json["tests"]
    if not (isinstance(inputs, list) and inputs and all(_is_input(entry, kinds) for entry in inputs)):
        raise ValueError(f"the trees of {where} do not name the columns that they test")
    if len({entry["column"] for entry in inputs}) < len(inputs):
        raise ValueError(f"the trees of {where} name a column twice")
    depth = len(tests[0]) if isinstance(tests, list) and tests and isinstance(tests[0], list) else 0
    is_grown = 1 <= depth <= MAX_DEPTH and len(tests) << depth <= MAX_WIDTH
    if not (is_grown and all(_is_tree(tree, depth, len(inputs)) for tree in tests)):
        raise ValueError(
            f"the trees of {where} are not lists of up to {MAX_DEPTH} columns, of {MAX_WIDTH} leaves in all"
        )
    if len({at for tree in tests for at in tree}) < len(inputs):
        raise ValueError(f"the trees of {where} name a column that none of them tests")
    n_places = sum(len(entry["categories"]) + 1 for entry in inputs if entry["categories"] is not None)
    if type(json["n_numbers"]) is not int or json["n_numbers"] != depth * len(tests) + n_places:
        raise ValueError(f"the trees of {where} need {depth * len(tests) + n_places} numbers")


def _is_input(entry: Any, kinds: Mapping[str, str]) -> bool:
    """Tell whether an entry names a column that trees read, with categories where it has some."""
    if not isinstance(entry, dict) or set(entry) != {"column", "categories"} or not isinstance(entry["column"], str):
        return False
    kind, categories = kinds.get(entry["column"]), entry["categories"]
    if kind in ("categorical", "boolean"):
        return TEXTS.is_valid(categories)
    return kind in ("numerical", "date") and categories is None


def _is_tree(tree: Any, depth: int, n_inputs: int) -> bool:
    """Tell whether a tree tests as many columns, each by its number, as it has levels."""
    return isinstance(tree, list) and len(tree) == depth and all(type(at) is int and 0 <= at < n_inputs for at in tree)


def _along(apart: Floats, n_each: Floats) -> Floats:
    """Return the place of each category on the line along which class shares differ most, ``(n_categories,)``.

    ``apart`` ``(n_categories, n_classes)`` is by how much shares differ from those of all rows.
    """
    if not len(apart):
        return np.empty(0)
    if apart.shape[1] == 2:
        return apart[:, 1].copy()
    direction = np.linalg.svd(apart * np.sqrt(n_each)[:, np.newaxis], full_matrices=False)[2][0]
    # The sign of a direction is arbitrary, and differs between libraries.
    return np.asarray(apart @ (direction * np.sign(direction[np.abs(direction).argmax()])))
