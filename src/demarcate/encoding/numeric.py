"""Numbers: the median where one is missing, a flag that says so, and a common scale."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.encoding.base import Encoded, Floats, Part, Place
from demarcate.errors import SettingError

LIMIT = 10.0
"""Standard deviations from the mean beyond which values count as this far away: one wild cell cannot drown a row."""
TOLERANCE, RELATIVE_TOLERANCE = 4e-6, 5e-7
"""How far an encoding made of shared cells may be from the encoder's own: what float32 rounding explains."""
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
        present = cells[rows]
        present = present[~np.isnan(present)]
        if not len(present):
            return cls(0.0, 0.0, _UNKNOWN, flag=False)
        flag = len(present) < len(rows)
        # Scaled first: sums and squares of large floats would overflow. Halving is exact.
        largest = max(float(present.max()), -float(present.min())) or 1.0
        median = 2 * float(np.median(present / 2, overwrite_input=True))
        if not standardise:
            return cls(median, 0.0, 1.0, flag, float(np.finfo(np.float32).max) / 4)
        present /= largest
        mean, scale = float(np.mean(present)) * largest, float(np.std(present)) * largest
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

    @classmethod
    def share(cls, encoders: Sequence["NumericEncoder"], cells: Floats) -> Part:
        """The column once for all these encoders of it.

        Cells are kept as float32 multiples of a power of two, counted from the median: years and amounts in billions
        lose no digits that an encoder would tell apart. An encoder that needs digits which are lost all the same (it
        was fitted between two cells that lie 1e-30 of the column's range apart) gets encoded cells of its own.

        Examples
        --------
        >>> cells = np.array([2001.0, 2002.0, 2005.0, np.nan])
        >>> encoders = [NumericEncoder.fit(cells, np.array(rows)) for rows in ([0, 1], [1, 2, 3])]
        >>> part = NumericEncoder.share(encoders, cells)
        >>> print(part.numbers[0], part.statistics[:, :2, 0].round(1))
        [-0.5  0.   1.5  nan] [[ 4.   1. ]
         [ 1.3 -1. ]]
        """
        common, middle, unit = _counted(cells)
        missing = np.isnan(cells)
        columns = [common]
        statistics = np.zeros((len(encoders), 4, 1 + len(encoders)))
        places: list[tuple[Place, ...]] = []
        for own, encoder in zip(statistics, encoders, strict=True):
            with np.errstate(over="ignore"):
                line = 2 * (unit / encoder.scale), (middle - encoder.mean) / encoder.scale
                fill = (encoder.median - encoder.mean) / encoder.scale
            encoded, column = encoder.encode(cells)[:, 0], 0
            if not _on_a_line(common, line, encoder.limit, encoded):
                column, line = len(columns), (1.0, 0.0)
                columns.append(np.where(missing, np.float32(np.nan), encoded))
            own[:, column] = *line, np.clip(fill, -encoder.limit, encoder.limit), encoder.limit
            places.append((("number", column), ("flag", 0)) if encoder.flag else (("number", column),))
        return Part(tuple(columns), statistics[..., : len(columns)], tuple(places))

    def names(self, column: str) -> list[str]:
        """The column itself, and its flag."""
        return [column, f"{column} is missing"] if self.flag else [column]


def _counted(cells: Floats) -> tuple[Encoded, float, float]:
    """Cells counted from their median: numbers in (-2, 2), the median, and half of what 1 stands for, a power of 2."""
    present = cells[~np.isnan(cells)] / 2
    middle = float(np.median(present)) if len(present) else 0.0
    # Halved first: the difference of large floats would overflow. Halving is exact.
    away = cells / 2 - middle
    largest = max(float(present.max() - middle), float(middle - present.min())) if len(present) else 0.0
    unit = float(np.ldexp(0.5, np.frexp(largest)[1])) if largest else 1.0
    return (away / unit).astype(np.float32), 2 * middle, unit


def _on_a_line(numbers: Encoded, line: tuple[float, float], limit: float, encoded: Encoded) -> bool:
    """Whether float32 arithmetic on shared numbers gives what is encoded, to float32 rounding."""
    with np.errstate(all="ignore"):
        scale, shift = np.array(line, dtype=np.float32)
        found = np.clip(numbers * scale + shift, np.float32(-limit), np.float32(limit))
        near = np.abs(found - encoded) <= TOLERANCE + RELATIVE_TOLERANCE * np.abs(encoded)
    return bool(np.isfinite([scale, shift]).all() and np.all(near | np.isnan(numbers)))
