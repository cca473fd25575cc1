"""Rules by which the inputs of networks are made of coded rows, for all encoders of a column, or of a table, at once.

The numbers are those of the encoders' own `encode`, made by the same operations.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import NumericEncoder
from demarcate.encoding.date import cycles, n_waves
from demarcate.encoding.numeric import NumericEncoders
from demarcate.encoding.piecewise import filled_shares
from demarcate.encoding.tree_leaves import TreeLeaves
from demarcate.inference.coded_column import CodedColumn

Floats = NDArray[np.float64]
Encoded = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class PoolRows:
    """Coded rows, as rules read them."""

    values: Floats  # (n_columns, n_rows)
    codes: Indices  # the codes of words, the last one that of missing ones, (n_columns, n_rows); 0 of other columns
    cells: Callable[[int], Any]  # returns the parsed cells of a column, by its number


class PoolRule(ABC):
    """A rule that makes some rows of the pool."""

    @property
    @abstractmethod
    def width(self) -> int:
        """Return how many rows it makes."""

    @abstractmethod
    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Write them, ``(width, n_rows)``."""


class ColumnsRule(PoolRule):
    """A rule of which each row is made of one column."""

    column: Indices
    """The number of each row's column, ``(width,)``."""

    @property
    def width(self) -> int:
        """Return the number of rows."""
        return len(self.column)


@dataclass(frozen=True, eq=False)
class NumberRule(ColumnsRule):
    """Standardised numbers, one for each numeric encoder."""

    encoders: NumericEncoders
    column: Indices  # that each reads, (width,)

    @classmethod
    def of(cls, encoders: Sequence[tuple[NumericEncoder, int]]) -> Self:
        """Return the rule of encoders, each with the number of its column."""
        own = NumericEncoders([encoder for encoder, _ in encoders])
        return cls(own, np.array([column for _, column in encoders], dtype=np.int64))

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Write the numbers."""
        out[:] = self.encoders.encode(rows.values[self.column])


@dataclass(frozen=True, eq=False)
class FlagRule(ColumnsRule):
    """Flags of missing numbers."""

    column: Indices

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Write 1 where a cell is missing."""
        np.isnan(rows.values[self.column], out=out)


@dataclass(frozen=True, eq=False)
class BinRule(ColumnsRule):
    """How far bins are filled."""

    lower: Floats  # edge of each bin, (width, 1)
    upper: Floats
    column: Indices

    @classmethod
    def of(cls, bins: Sequence[tuple[float, float, int]]) -> Self:
        """Return the rule of bins, each with its edges and the number of its column."""
        edges = np.array([own[:2] for own in bins], dtype=np.float64).reshape(-1, 2)
        return cls(edges[:, :1], edges[:, 1:], np.array([column for *_, column in bins], dtype=np.int64))

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Write the shares."""
        out[:] = filled_shares(rows.values[self.column], self.lower, self.upper)


@dataclass(frozen=True, eq=False)
class CycleRule(PoolRule):
    """The cycles of a date."""

    column: int

    @property
    def width(self) -> int:
        """Return two for each cycle."""
        return n_waves(has_time=True)

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Write sine and cosine of each cycle."""
        for own, wave in zip(out, cycles(rows.values[self.column], has_time=True), strict=True):
            own[:] = np.nan_to_num(wave.astype(np.float32))


@dataclass(frozen=True, eq=False)
class WordRule(ColumnsRule):
    """Encoded words of columns with few codes: the numbers of all codes, one row of the pool after the other."""

    table: Encoded  # (n_numbers,)
    first: Indices  # the place of each row's first number, (width, 1)
    column: Indices

    @classmethod
    def of(cls, encoded: Sequence[tuple[Encoded, int]]) -> Self:
        """Return the rule of rows, each as the numbers of all codes and the number of its column."""
        first = np.cumsum([0, *(len(numbers) for numbers, _ in encoded)])[:-1, np.newaxis]
        table = np.concatenate([np.empty(0, dtype=np.float32), *(numbers for numbers, _ in encoded)])
        return cls(table, first, np.array([column for _, column in encoded], dtype=np.int64))

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Look the numbers up."""
        np.take(self.table, self.first + rows.codes[self.column], out=out, mode="clip")


@dataclass(frozen=True, eq=False)
class CodeRule(PoolRule):
    """Encoded words of one column of many codes, of which an encoder tells few apart."""

    column: int
    own: Indices  # the encoder's own code of each code, (n_codes,)
    table: Encoded  # (n_own, width)

    @property
    def width(self) -> int:
        """Return the width of the encoding."""
        return int(self.table.shape[1])

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Look the encodings up."""
        out[:] = self.table[self.own[rows.codes[self.column]]].T


@dataclass(frozen=True, eq=False)
class LeafRule(PoolRule):
    """The leaves of the trees of all encoders."""

    places: Floats  # of words on the lines that trees cut, for all codes, one column of an encoder after the other
    first: Indices  # the first place of each of these columns, (n_lines, 1)
    column: Indices  # the column of words of each, (n_lines,)
    tested: Indices  # what each level of each tree tests: a column, or behind them a line, (depth, n_trees)
    thresholds: Floats  # (depth, n_trees, 1)

    @classmethod
    def of(cls, trees: Sequence[TreeLeaves], columns: Sequence[CodedColumn]) -> Self:
        """Return the rule of the trees of some encoders; at least one."""
        names = {column.name: at for at, column in enumerate(columns)}
        lines: list[tuple[Floats, int]] = []
        depth = max(own.trees.columns.shape[1] for own in trees)
        tested, thresholds = [], []
        for own in trees:
            sources = []
            for ordered in own.inputs:
                at = names[ordered.name]
                sources.append(at if ordered.categories is None else len(columns) + len(lines))
                if ordered.categories is not None:
                    lines.append((ordered.numbers(columns[at].words), at))
            # Shallower trees have tests before their first that nothing passes.
            padding = ((depth - own.trees.columns.shape[1], 0), (0, 0))
            tested.append(np.pad(np.array(sources)[own.trees.columns].T, padding))
            thresholds.append(np.pad(own.trees.thresholds.T, padding, constant_values=np.inf))
        return cls(
            np.concatenate([np.empty(0), *(places for places, _ in lines)]),
            np.cumsum([0, *(len(places) for places, _ in lines)])[:-1, np.newaxis],
            np.array([at for _, at in lines], dtype=np.int64),
            np.concatenate(tested, 1),
            np.concatenate(thresholds, 1)[..., np.newaxis],
        )

    @property
    def n_leaves(self) -> int:
        """Return the number of leaves of each tree."""
        return 1 << len(self.tested)

    @property
    def width(self) -> int:
        """Return the leaves of all trees, each with as many as the deepest."""
        return int(self.tested.shape[1]) * self.n_leaves

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Write 1 for the leaf of each tree that a row is in."""
        lines = self.places[self.first + rows.codes[self.column]]
        numbers = np.concatenate([rows.values, lines])
        leaves = np.zeros((self.tested.shape[1], numbers.shape[1]), dtype=np.uint8)
        for tested, thresholds in zip(self.tested, self.thresholds, strict=True):
            leaves += leaves
            leaves += numbers[tested] > thresholds
        own = out.reshape(len(leaves), self.n_leaves, -1)
        np.equal(leaves[:, np.newaxis], np.arange(self.n_leaves, dtype=np.uint8)[:, np.newaxis], out=own)


@dataclass(frozen=True, eq=False)
class OwnRule(PoolRule):
    """What one encoder makes of a column of its own."""

    column: int
    encode: Callable[[Any], Encoded]  # parsed cells as (n_rows, width)
    n_encoded: int

    @property
    def width(self) -> int:
        """Return the width of the encoding."""
        return self.n_encoded

    def fill(self, rows: PoolRows, out: Encoded) -> None:
        """Encode the cells."""
        out[:] = self.encode(rows.cells(self.column)).T
