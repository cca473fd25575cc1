"""Dates: how long ago, and where in the year, the week and the day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from demarcate.encoding.base import Encoded, Floats, Part, Place
from demarcate.encoding.numeric import NumericEncoder

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
        time_of_day = cells[rows] % _DAY
        has_time = bool(np.any(time_of_day[~np.isnan(time_of_day)]))
        del time_of_day  # as large as the column, and so is what comes
        return cls(NumericEncoder.fit(cells, rows), has_time)

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
        waves = [np.nan_to_num(wave.astype(np.float32)) for wave in _waves(cells, self.has_time)]
        return np.concatenate([self.elapsed.encode(cells), np.stack(waves, 1)], 1)

    @classmethod
    def share(cls, encoders: Sequence["DateEncoder"], cells: Floats) -> Part:
        """The column once for all these encoders of it: elapsed time as numbers are shared, cycles as they are.

        Examples
        --------
        >>> cells = np.array([0.0, 86400.0, 129600.0])
        >>> encoders = [DateEncoder.fit(cells, np.array(rows)) for rows in ([0, 1], [1, 2])]
        >>> part = DateEncoder.share(encoders, cells)
        >>> len(part.numbers), [len(places) for places in part.places]
        (7, [5, 7])
        """
        elapsed = NumericEncoder.share([encoder.elapsed for encoder in encoders], cells)
        cycles = Part.plain(list(_waves(cells, any(encoder.has_time for encoder in encoders))), len(encoders))
        places: list[tuple[Place, ...]] = []
        for encoder, own in zip(encoders, elapsed.places, strict=True):
            n_waves = 2 * len(_periods(encoder.has_time))
            places.append((*own, *(("number", len(elapsed.numbers) + wave) for wave in range(n_waves))))
        statistics = np.concatenate([elapsed.statistics, cycles.statistics], 2)
        return Part((*elapsed.numbers, *cycles.numbers), statistics, tuple(places))

    def names(self, column: str) -> list[str]:
        """The parts."""
        cycles = [f"{column}: {wave} of {name}" for name in _periods(self.has_time) for wave in ("sine", "cosine")]
        return [*self.elapsed.names(column), *cycles]


def _periods(has_time: bool) -> dict[str, float]:
    return {name: period for name, period in _PERIODS.items() if has_time or name != "time of day"}


def _waves(cells: Floats, has_time: bool) -> Iterator[Floats]:
    """Sine and cosine of each cycle, ``(n_rows,)`` each, NaN where missing."""
    for period in _periods(has_time).values():
        angle = 2 * np.pi * (cells % period) / period
        yield np.sin(angle)
        yield np.cos(angle)
