"""The values of a column of numbers or dates that a model was trained on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError

_TAIL = 0.1
"""The share of the values below the lower decile, and above the upper."""
_BEYOND_TAIL = 1e-4
"""The chance that a value beyond all those trained on is far beyond them, if its tail is as heavy as a power law."""
_MAX_GAIN = 100.0


@dataclass(frozen=True)
class TrainedRange:
    """The number of a column's values, the least and the greatest, and the deciles between which most are."""

    n_values: int
    least: float
    lower_decile: float
    upper_decile: float
    greatest: float

    def __post_init__(self) -> None:
        values = (self.least, self.lower_decile, self.upper_decile, self.greatest)
        if self.n_values < 1 or not np.isfinite(values).all() or list(values) != sorted(values):
            raise SettingError(f"a trained range has values, finite and ascending, got {self}")

    @classmethod
    def of(cls, cells: NDArray[np.float64]) -> Self | None:
        """Return the range of cells ``(n_rows,)``, NaN where missing; None if all are."""
        values = cells[~np.isnan(cells)]
        if not len(values):
            return None
        # Deciles are values of the column: the mean of two large ones may overflow.
        ordered = (0.0, _TAIL, 1 - _TAIL, 1.0)
        quantiles = np.quantile(values, ordered, method="nearest", overwrite_input=True)
        return cls(len(values), *(float(value) + 0.0 for value in quantiles))

    @property
    def far(self) -> tuple[float, float]:
        """The values below and above which one is no extreme of the same column, however few rows there are.

        That is further from the middle than the extreme of a power law of the same tail would reach but once in
        10,000 times; lighter tails reach it less often. It is at least half the trained span beyond all values.
        """
        middle = self.lower_decile / 2 + self.upper_decile / 2
        span = self.greatest / 2 - self.least / 2
        low = self._reach(middle - self.least, middle - self.lower_decile)
        high = self._reach(self.greatest - middle, self.upper_decile - middle)
        return min(middle - low, self.least - span), max(middle + high, self.greatest + span)

    def _reach(self, extreme: float, decile: float) -> float:
        """Return how far from the middle a value is far, given how far the extreme and the decile are."""
        n_tail = self.n_values * _TAIL
        if not 0 < decile <= extreme < math.inf or n_tail <= 1:
            return math.inf
        # A power law that a share _TAIL of the values passes at the decile, and one value at the extreme.
        gain = math.log(extreme / decile) * -math.log(_BEYOND_TAIL) / math.log(n_tail)
        return extreme * math.exp(gain) if gain < _MAX_GAIN else math.inf


@dataclass(frozen=True)
class TrainedRanges:
    """The ranges of a model's columns by name, and how many training rows count as one: those of a group."""

    ranges: Mapping[str, TrainedRange]
    rows_per_group: float = 1.0
