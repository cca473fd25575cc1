"""Numbers: the median where one is missing, a flag that says so, and a common scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.errors import SettingError
from demarcate.tabular.encoders.base import Floats

LIMIT = 10.0
"""Standard deviations from the mean beyond which values count as this far away: one wild cell cannot drown a row."""


@dataclass(frozen=True, eq=False)
class NumericEncoder:
    """A numerical column, standardised.

    Attributes
    ----------
    median
        Stands in for missing values.
    mean, scale
        Subtracted and divided by; the scale is above 0.
    flag
        Whether a second encoded column says, with 1, that the value was missing.
    limit
        Encoded values are clipped to +-limit.

    Examples
    --------
    >>> cells = np.array([1.0, 2.0, 3.0, np.nan])
    >>> encoder = NumericEncoder.fit(cells, np.arange(4))
    >>> encoder.encode(cells).round(2).tolist()
    [[-1.22, 0.0], [0.0, 0.0], [1.22, 0.0], [0.0, 1.0]]
    """

    median: float
    mean: float
    scale: float
    flag: bool
    limit: float = LIMIT

    def __post_init__(self) -> None:
        if not (self.scale > 0 and self.limit > 0):
            raise SettingError(f"scale and limit are above 0: got {self.scale} and {self.limit}")

    @classmethod
    def fit(cls, cells: Floats, rows: np.ndarray[Any, Any], *, standardise: bool = True) -> "NumericEncoder":
        """Fit on some rows of a column.

        Parameters
        ----------
        cells
            ``(n_rows,)``, NaN where missing.
        rows
            Row numbers to fit on.
        standardise
            Whether to bring the column to mean 0 and standard deviation 1; without, values pass as they are.
        """
        seen = cells[rows]
        present = seen[~np.isnan(seen)]
        flag = len(present) < len(seen)
        if not len(present):
            return cls(0.0, 0.0, 1.0, flag)
        median = float(np.median(present))
        if not standardise:
            return cls(median, 0.0, 1.0, flag, float(np.finfo(np.float32).max) / 4)
        # Scaled first: the square of a large float would overflow.
        largest = float(np.abs(present).max()) or 1.0
        mean = float(np.mean(present / largest)) * largest
        scale = float(np.std(present / largest)) * largest
        return cls(median, mean, scale if scale > np.finfo(np.float64).tiny else 1.0, flag)

    @property
    def numbers(self) -> Floats:
        """Median, mean, scale and limit."""
        return np.array([self.median, self.mean, self.scale, self.limit])

    @property
    def words(self) -> dict[str, Any]:
        """Whether there is a flag."""
        return {"flag": self.flag}

    @classmethod
    def restore(cls, numbers: Floats, words: Mapping[str, Any]) -> "NumericEncoder":
        """The encoder with this state."""
        median, mean, scale, limit = map(float, numbers)
        return cls(median, mean, scale, bool(words["flag"]), limit)

    def encode(self, cells: Floats) -> Floats:
        """Cells ``(n_rows,)`` as ``(n_rows, 1)``, or ``(n_rows, 2)`` with the flag."""
        missing = np.isnan(cells)
        with np.errstate(over="ignore"):
            encoded = (np.where(missing, self.median, cells) - self.mean) / self.scale
        encoded = np.clip(encoded, -self.limit, self.limit)
        return np.stack([encoded, missing], 1) if self.flag else encoded[:, np.newaxis]

    def names(self, column: str) -> list[str]:
        """The column itself, and its flag."""
        return [column, f"{column} is missing"] if self.flag else [column]
