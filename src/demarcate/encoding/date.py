"""Dates: elapsed time, and the position in the year, the week and the day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import BOOLEAN, NO_TARGET, ColumnEncoder, Encoded, FitContext, Floats, SharedColumn, State
from demarcate.encoding.numeric import NumericEncoder

_DAY = 86_400.0
_PERIODS = {"day of year": 365.2425 * _DAY, "day of week": 7 * _DAY, "time of day": _DAY}


@dataclass(frozen=True, eq=False)
class DateEncoder(ColumnEncoder):
    """A column of dates: elapsed time, standardised, and sine and cosine of each cycle."""

    kind = "date"
    reads = ("date",)
    state_fields: ClassVar = {"flag": BOOLEAN, "has_time": BOOLEAN}
    state_sizes = NumericEncoder.state_sizes
    max_width = NumericEncoder.max_width + 2 * len(_PERIODS)

    elapsed: NumericEncoder  # encodes seconds since 1970-01-01
    has_time: bool  # whether training rows had times of day, which then are a cycle too

    @classmethod
    def fit(cls, cells: Floats, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> Self:  # noqa: ARG003
        """Fit on some rows of seconds since 1970-01-01, NaN where missing; they are always standardised."""
        time_of_day = cells[rows] % _DAY
        has_time = bool(np.any(time_of_day[~np.isnan(time_of_day)]))
        del time_of_day  # as large as the column, and the numeric encoder needs as much again
        return cls(NumericEncoder.fit(cells, rows), has_time)

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> "DateEncoder":
        """Return the encoder with this state."""
        return cls(NumericEncoder.from_state(array, json), bool(json["has_time"]))

    @classmethod
    def share(cls, encoders: Sequence["DateEncoder"], cells: Floats) -> SharedColumn:
        """Share the column between encoders of it: elapsed time as numbers are shared, and the cycles."""
        elapsed = NumericEncoder.share([encoder.elapsed for encoder in encoders], cells)
        waves = list(cycles(cells, has_time=any(encoder.has_time for encoder in encoders)))
        return elapsed.with_plain(waves, [range(n_waves(encoder.has_time)) for encoder in encoders])

    @property
    def state(self) -> State:
        """Return the state of the elapsed time, and whether there is a time of day."""
        array, json = self.elapsed.state
        return array, {**json, "has_time": self.has_time}

    @property
    def periods(self) -> tuple[float, ...]:
        """Return the length of each cycle in seconds, in the order of their encoded columns."""
        return tuple(_periods(self.has_time).values())

    def encode(self, cells: Floats) -> Encoded:
        """Encode cells ``(n_rows,)`` as ``(n_rows, n_encoded)``; a missing date is at the middle of every cycle."""
        waves = [np.nan_to_num(wave.astype(np.float32)) for wave in cycles(cells, self.has_time)]
        return np.concatenate([self.elapsed.encode(cells), np.stack(waves, 1)], 1)

    def names(self, column: str) -> list[str]:
        """Return the names of elapsed time, its flag, and the cycles."""
        waves = [f"{column}: {wave} of {name}" for name in _periods(self.has_time) for wave in ("sine", "cosine")]
        return [*self.elapsed.names(column), *waves]


def _periods(has_time: bool) -> dict[str, float]:
    return {name: period for name, period in _PERIODS.items() if has_time or name != "time of day"}


def n_waves(has_time: bool) -> int:
    """Return the number of columns of a date's cycles."""
    return 2 * len(_periods(has_time))


def cycles(cells: Floats, has_time: bool) -> Iterator[Floats]:
    """Yield sine and cosine of each cycle, ``(n_rows,)`` each, NaN where missing."""
    for period in _periods(has_time).values():
        angle = 2 * np.pi * (cells % period) / period
        yield np.sin(angle)
        yield np.cos(angle)
