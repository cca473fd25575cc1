"""Dates: how long ago, and where in the year, the week and the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.tabular.encoders.base import Encoded, Floats
from demarcate.tabular.encoders.numeric import NumericEncoder

_DAY = 86_400.0
_PERIODS = {"day of year": 365.2425 * _DAY, "day of week": 7 * _DAY, "time of day": _DAY}


@dataclass(frozen=True, eq=False)
class DateEncoder:
    """A column of dates, in parts: elapsed time standardised, and sine and cosine of each cycle.

    Attributes
    ----------
    elapsed
        Encodes seconds since 1970-01-01 as any number, with a flag where dates were missing.
    has_time
        Whether training rows had times of day, which then are a cycle too.

    Examples
    --------
    >>> cells = np.array([0.0, 86400.0, np.nan])
    >>> encoder = DateEncoder.fit(cells, np.arange(3))
    >>> encoder.names("seen")[:3], encoder.encode(cells).shape
    (['seen', 'seen is missing', 'seen: sine of day of year'], (3, 6))
    """

    elapsed: NumericEncoder
    has_time: bool

    @classmethod
    def fit(cls, cells: Floats, rows: np.ndarray[Any, Any]) -> "DateEncoder":
        """Fit on some rows of a column of seconds since 1970-01-01, NaN where missing."""
        seen = cells[rows]
        return cls(NumericEncoder.fit(cells, rows), bool(np.any(seen[~np.isnan(seen)] % _DAY)))

    @property
    def numbers(self) -> Floats:
        """Those of the elapsed time."""
        return self.elapsed.numbers

    @property
    def words(self) -> dict[str, Any]:
        """Whether there is a flag and a time of day."""
        return {**self.elapsed.words, "has_time": self.has_time}

    @classmethod
    def restore(cls, numbers: Floats, words: Mapping[str, Any]) -> "DateEncoder":
        """The encoder with this state."""
        return cls(NumericEncoder.restore(numbers, words), bool(words["has_time"]))

    def encode(self, cells: Floats) -> Encoded:
        """Cells ``(n_rows,)`` as ``(n_rows, n_encoded)``; a missing date is at the middle of every cycle."""
        parts = [self.elapsed.encode(cells)]
        for period in self._periods().values():
            angle = 2 * np.pi * (cells % period) / period
            parts.append(np.nan_to_num(np.stack([np.sin(angle), np.cos(angle)], 1).astype(np.float32)))
        return np.concatenate(parts, 1)

    def names(self, column: str) -> list[str]:
        """The parts."""
        cycles = [f"{column}: {wave} of {name}" for name in self._periods() for wave in ("sine", "cosine")]
        return [*self.elapsed.names(column), *cycles]

    def _periods(self) -> dict[str, float]:
        return {name: period for name, period in _PERIODS.items() if self.has_time or name != "time of day"}
