"""Numbers: the median where one is missing, a flag that says so, and a common scale."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.errors import SettingError
from demarcate.tabular.encoders.base import Encoded, Floats

LIMIT = 10.0
"""Standard deviations from the mean beyond which values count as this far away: one wild cell cannot drown a row."""
_UNKNOWN = float(np.finfo(np.float64).max)
"""The scale of a column without a single training value: nothing was learned, so every value is encoded as 0."""


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
    >>> print(encoder.encode(cells).round(2))
    [[-1.22  0.  ]
     [ 0.    0.  ]
     [ 1.22  0.  ]
     [ 0.    1.  ]]
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
        if not len(present):
            return cls(0.0, 0.0, _UNKNOWN, flag=False)
        flag = len(present) < len(seen)
        # Scaled first: sums and squares of large floats would overflow. Halving is exact.
        largest = float(np.abs(present).max()) or 1.0
        scaled = present / largest
        median = 2 * float(np.median(present / 2))
        if not standardise:
            return cls(median, 0.0, 1.0, flag, float(np.finfo(np.float32).max) / 4)
        mean, scale = float(np.mean(scaled)) * largest, float(np.std(scaled)) * largest
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

    def encode(self, cells: Floats) -> Encoded:
        """Cells ``(n_rows,)`` as ``(n_rows, 1)``, or ``(n_rows, 2)`` with the flag."""
        missing = np.isnan(cells)
        with np.errstate(over="ignore"):
            scaled = (np.where(missing, self.median, cells) - self.mean) / self.scale
        encoded = np.clip(scaled, -self.limit, self.limit).astype(np.float32)
        return np.stack([encoded, missing.astype(np.float32)], 1) if self.flag else encoded[:, np.newaxis]

    def names(self, column: str) -> list[str]:
        """The column itself, and its flag."""
        return [column, f"{column} is missing"] if self.flag else [column]
