"""The leaves of a table's trees as encoded columns: one for each leaf, 1 where the row is in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.encoding.base import TEXTS, Encoded, Floats, State
from demarcate.encoding.oblivious_trees import Trees, grow_trees
from demarcate.tabular.schema import ParsedColumns, Schema

SHRINKAGE = 10.0
"""Rows of the class shares of all rows that each category has beside its own when categories are put in order."""
MIN_CATEGORY_ROWS, MIN_CATEGORY_SHARE = 5, 0.001
"""Training rows of a category with a place of its own: at least so many, and this share of all."""
MAX_TREES, MAX_DEPTH = 1000, 8
"""Trees, and levels of a tree, in a model file."""
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
        cls, name: str, cells: Any, rows: NDArray[np.int64], codes: NDArray[np.int64], n_classes: int
    ) -> "OrderedColumn":
        """Order a column's categories by the classes ``codes`` ``(n_table,)`` of these rows of it."""
        if not isinstance(cells, pl.Series):
            return cls(name, None, np.empty(0))
        train = pl.DataFrame({"category": cells[rows].cast(pl.String), "code": codes[rows]}).drop_nulls()
        counted = train.group_by("category", "code").len().sort("category", "code")
        categories = counted["category"].unique().sort()
        counts = np.zeros((len(categories), n_classes))
        counts[categories.search_sorted(counted["category"]).to_numpy(), counted["code"].to_numpy()] = counted["len"]
        n_each, shares = counts.sum(1), counts.sum(0) / max(counts.sum(), 1)
        kept = n_each >= max(MIN_CATEGORY_ROWS, MIN_CATEGORY_SHARE * len(rows))
        apart = ((counts + SHRINKAGE * shares) / (n_each[:, np.newaxis] + SHRINKAGE) - shares)[kept]
        return cls(name, tuple(categories.filter(pl.Series(kept))), np.append(_along(apart, n_each[kept]), 0.0))

    def numbers(self, cells: Any) -> Floats:
        """Return cells as numbers, NaN where missing, ``(n_rows,)``."""
        if self.categories is None:
            return np.asarray(cells, dtype=np.float64)
        places = np.append(self.places, np.nan)
        codes = cells.cast(pl.Enum(self.categories), strict=False).to_physical().cast(pl.UInt32)
        codes = codes.fill_null(len(self.categories)).set(cells.is_null(), len(self.categories) + 1)
        return np.asarray(places[codes.to_numpy()])


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
    ) -> "TreeLeaves | None":
        """Grow trees on these training rows of the table that the schema parsed; None if it has only text."""
        n_classes = int(codes.max()) + 1
        names = [column.name for column in schema.used if column.kind != "text"]
        inputs = [OrderedColumn.fit(name, parsed[name], rows, codes, n_classes) for name in names]
        if not inputs:
            return None
        numbers = np.stack([each.numbers(parsed[each.name][rows]) for each in inputs])
        trees = grow_trees(numbers, codes[rows], n_classes, None if weights is None else weights[rows], seed=seed)
        tested = np.unique(trees.columns)
        return cls(tuple(inputs[at] for at in tested), Trees(np.searchsorted(tested, trees.columns), trees.thresholds))

    @property
    def n_leaves(self) -> int:
        """Return the number of leaves of each tree."""
        return 1 << int(self.trees.columns.shape[1])

    @property
    def width(self) -> int:
        """Return the number of encoded columns."""
        return len(self.trees.columns) * self.n_leaves

    def codes(self, parsed: ParsedColumns) -> NDArray[np.int32]:
        """Return the encoded column that each row has in each tree, ``(n_rows, n_trees)``."""
        numbers = np.stack([column.numbers(parsed[column.name]) for column in self.inputs])
        first = np.arange(len(self.trees.columns), dtype=np.int32) * np.int32(self.n_leaves)
        return np.asarray(self.trees.leaves(numbers) + first)

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
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> "TreeLeaves":
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
        codes = self.codes(parsed)
        encoded = np.zeros((len(codes), self.width), dtype=np.float32)
        np.put_along_axis(encoded, codes, np.float32(1), axis=1)
        return encoded

    def names(self) -> list[str]:
        """Return a name for each encoded column."""
        return [
            f"tree {tree + 1}, leaf {leaf + 1}"
            for tree in range(len(self.trees.columns))
            for leaf in range(self.n_leaves)
        ]


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
    is_grown = 1 <= depth <= MAX_DEPTH and len(tests) <= MAX_TREES
    if not (is_grown and all(_is_tree(tree, depth, len(inputs)) for tree in tests)):
        raise ValueError(f"the trees of {where} are not up to {MAX_TREES} lists of up to {MAX_DEPTH} columns")
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
