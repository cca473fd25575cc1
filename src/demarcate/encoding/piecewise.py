"""Numbers, standardised, and piecewise linear: how far each bin of the column is filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import BOOLEAN, NO_TARGET, ColumnEncoder, Encoded, FitContext, Floats, SharedColumn, State
from demarcate.encoding.bin_edges import MAX_BINS, tree_bin_edges
from demarcate.encoding.numeric import NumericEncoder
from demarcate.errors import SettingError
from demarcate.presentation import brief_repr
from demarcate.tabular.schema import Column

MAX_TABLE_BINS, MIN_BINS = 1024, 4
"""Bins of all numerical columns together, at most; none where a column could have fewer than the least."""


@brief_repr
@dataclass(frozen=True, eq=False)
class PiecewiseEncoder(ColumnEncoder):
    """A numerical column, standardised, and as a piecewise linear encoding (Gorishniy et al. 2022).

    Each bin is encoded as 0 for values below it, 1 above it, and the share of its length in between. A weighted sum of
    these is any function that is linear on each bin, so a network can bend where the classes change. Missing numbers
    are 0 in every bin. With a single bin (fewer than three edges) the standardised number is the only encoding.
    """

    kind = "piecewise"
    reads = ("numerical",)
    file_format = 3
    state_fields: ClassVar = {"flag": BOOLEAN}
    state_sizes = range(4, 4 + MAX_BINS + 2)
    max_width = NumericEncoder.max_width + MAX_BINS

    numeric: NumericEncoder  # encodes the number itself, with a flag where numbers were missing
    edges: Floats  # of the bins, strictly ascending, (n_bins + 1,)

    def __post_init__(self) -> None:
        if not np.all(np.isfinite(self.edges)) or not np.all(np.diff(self.edges / 2) > 0):
            raise SettingError(f"edges must be finite and ascending, got {self.edges}")

    @classmethod
    def applies(cls, column: Column, context: FitContext) -> bool:  # noqa: ARG003 - whatever the column
        """Return whether there is a target, and columns are few enough for bins."""
        return context.codes is not None and _max_bins(context) >= MIN_BINS

    @classmethod
    def fit(cls, cells: Floats, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> "PiecewiseEncoder":
        """Fit on some rows of numbers, NaN where missing, and their classes."""
        assert context.codes is not None, "bins need a target"
        present = rows[~np.isnan(cells[rows])]
        edges = tree_bin_edges(cells[present], context.codes[present], context.n_classes, _max_bins(context))
        # Two edges are one if half their distance rounds to 0.
        distinct = np.append(True, np.diff(edges / 2) > 0)[: len(edges)]
        return cls(NumericEncoder.fit(cells, rows), edges[distinct])

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> "PiecewiseEncoder":
        """Return the encoder with this state."""
        return cls(NumericEncoder.from_state(array[:4], json), np.array(array[4:]))

    @classmethod
    def share(cls, encoders: Sequence["PiecewiseEncoder"], cells: Floats) -> SharedColumn:
        """Share the column between encoders of it; bins differ, so each encoder has its own in the result."""
        shared = NumericEncoder.share([encoder.numeric for encoder in encoders], cells)
        bins: list[Encoded] = []
        picked: list[range] = []
        for encoder in encoders:
            filled = encoder._fill(cells).T  # noqa: SLF001 - of its own kind
            picked.append(range(len(bins), len(bins) + len(filled)))
            bins += list(filled)
        return shared.with_plain(bins, picked)

    @property
    def state(self) -> State:
        """Return the state of the number itself, with the edges behind its numbers."""
        array, json = self.numeric.state
        return np.concatenate([array, self.edges]), json

    @property
    def knots(self) -> Floats:
        """Return the edges, and both ends of the range that is not clipped, sorted; some may be equal."""
        reach = self.numeric.limit * self.numeric.scale
        with np.errstate(over="ignore"):
            ends = np.nan_to_num([self.numeric.mean - reach, self.numeric.mean + reach])
        return np.sort(np.concatenate([self.edges if len(self.edges) > 2 else self.edges[:0], ends]))

    def encode(self, cells: Floats) -> Encoded:
        """Encode cells ``(n_rows,)`` as ``(n_rows, n_encoded)``: the number, its flag if it has one, and its bins."""
        return np.concatenate([self.numeric.encode(cells), self._fill(cells)], 1)

    def names(self, column: str) -> list[str]:
        """Return the names of the column itself, its flag, and its bins."""
        return self.numeric.names(column) + [
            f"{column} from {start:.6g} to {end:.6g}" for start, end in zip(*self.bins, strict=True)
        ]

    @property
    def bins(self) -> tuple[Floats, Floats]:
        """Return the lower and the upper edge of each bin."""
        return (self.edges[:-1], self.edges[1:]) if len(self.edges) > 2 else (self.edges[:0], self.edges[:0])

    def _fill(self, cells: Floats) -> Encoded:
        """Return the share of each bin below each cell, ``(n_rows, n_bins)`` within 0 and 1."""
        return filled_shares(cells[:, np.newaxis], *self.bins)


def filled_shares(cells: Floats, lower: Floats, upper: Floats) -> Encoded:
    """Return the share of bins with these edges that is below cells, 0 for missing ones; arrays are broadcast."""
    # Halved first: the difference of large floats would overflow. Halving is exact.
    away = np.where(np.isnan(cells), -np.inf, cells) / 2 - lower / 2
    with np.errstate(over="ignore"):
        return np.clip(away / (upper / 2 - lower / 2), 0.0, 1.0).astype(np.float32)


def _max_bins(context: FitContext) -> int:
    """Return the largest number of bins of a column, with bins shared out among all numerical columns."""
    return min(MAX_BINS, MAX_TABLE_BINS // max(1, context.n_numerical))
