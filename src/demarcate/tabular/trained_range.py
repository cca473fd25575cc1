"""The values of a column of numbers or dates that a model was trained on."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError

_TAIL = 0.1
"""The share of the values below the lower decile, and above the upper."""


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
