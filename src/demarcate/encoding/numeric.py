"""Numbers, standardised: the median where one is missing, with a flag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import BOOLEAN, NO_TARGET, ColumnEncoder, Encoded, FitContext, Floats, SharedColumn, State
from demarcate.errors import SettingError

LIMIT = 10.0
"""Standard deviations from the mean to which values are clipped: one extreme cell cannot dominate a row."""
TOLERANCE, RELATIVE_TOLERANCE = 4e-6, 5e-7
"""The largest difference between an encoding of shared cells and the encoder's own: float32 rounding."""
_UNKNOWN = float(np.finfo(np.float64).max)
"""The scale of a column without a single training value: every value is encoded as 0."""


@dataclass(frozen=True, eq=False)
class NumericEncoder(ColumnEncoder):
    """A numerical column, standardised, then clipped to +-limit."""

    kind = "numeric"
    reads = ("numerical",)
    state_fields: ClassVar = {"flag": BOOLEAN}
    state_sizes = range(4, 5)
    max_width = 2

    median: float  # replaces missing values
    mean: float
    scale: float  # above 0
    flag: bool  # whether a second encoded column is 1 where the value is missing
    limit: float = LIMIT

    def __post_init__(self) -> None:
        if not (self.scale > 0 and self.limit > 0):
            raise SettingError(f"scale and limit must be above 0, got {self.scale} and {self.limit}")

    @classmethod
    def fit(cls, cells: Floats, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> "NumericEncoder":
        """Fit on some rows of numbers, NaN where missing."""
        present = cells[rows]
        present = present[~np.isnan(present)]
        if not len(present):
            return cls(0.0, 0.0, _UNKNOWN, flag=False)
        flag = len(present) < len(rows)
        # Scaled first: sums and squares of large floats would overflow. Halving is exact.
        largest = max(float(present.max()), -float(present.min())) or 1.0
        median = 2 * float(np.median(present / 2, overwrite_input=True))
        if not context.standardise:
            return cls(median, 0.0, 1.0, flag, float(np.finfo(np.float32).max) / 4)
        present /= largest
        mean, scale = float(np.mean(present)) * largest, float(np.std(present)) * largest
        return cls(median, mean, scale if scale > np.finfo(np.float64).tiny else 1.0, flag)

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> "NumericEncoder":
        """Return the encoder with this state."""
        median, mean, scale, limit = map(float, array)
        return cls(median, mean, scale, bool(json["flag"]), limit)

    @classmethod
    def share(cls, encoders: Sequence["NumericEncoder"], cells: Floats) -> SharedColumn:
        """Share the column between encoders of it.

        Shared cells are float32 multiples of a power of two, counted from the median: years and amounts in billions
        lose no digits that an encoder distinguishes. An encoder that does need lost digits (its training cells lie
        1e-30 of the column's range apart) has its own encoded cells in the result.
        """
        common, median, unit = _centred(cells)
        missing = np.isnan(cells)
        numbers = [common]
        statistics = np.zeros((len(encoders), 4, 1 + len(encoders)))
        columns: list[tuple[tuple[str, int], ...]] = []
        for own, encoder in zip(statistics, encoders, strict=True):
            with np.errstate(over="ignore"):
                line = 2 * (unit / encoder.scale), (median - encoder.mean) / encoder.scale
                fill = (encoder.median - encoder.mean) / encoder.scale
            encoded, index = encoder.encode(cells)[:, 0], 0
            if not _is_exact(common, line, encoder.limit, encoded):
                index, line = len(numbers), (1.0, 0.0)
                numbers.append(np.where(missing, np.float32(np.nan), encoded))
            own[:, index] = *line, np.clip(fill, -encoder.limit, encoder.limit), encoder.limit
            columns.append((("number", index), ("flag", 0)) if encoder.flag else (("number", index),))
        return SharedColumn(tuple(numbers), statistics[..., : len(numbers)], tuple(columns))

    @property
    def state(self) -> State:
        """Return median, mean, scale and limit, and whether there is a flag."""
        return np.array([self.median, self.mean, self.scale, self.limit]), {"flag": self.flag}

    def encode(self, cells: Floats) -> Encoded:
        """Encode cells ``(n_rows,)`` as ``(n_rows, 1)``, or ``(n_rows, 2)`` with the flag."""
        missing = np.isnan(cells)
        encoded = _standardised(cells, missing, self.median, self.mean, self.scale, self.limit)
        return np.stack([encoded, missing.astype(np.float32)], 1) if self.flag else encoded[:, np.newaxis]

    def names(self, column: str) -> list[str]:
        """Return the names of the column itself and of its flag."""
        return [column, f"{column} is missing"] if self.flag else [column]


class NumericEncoders:
    """Several encoders, of any columns, each with cells of its own."""

    def __init__(self, encoders: Sequence[NumericEncoder]) -> None:
        states = np.array([encoder.state[0] for encoder in encoders]).reshape(-1, 4)
        self._median, self._mean, self._scale, self._limit = states.T[..., np.newaxis]

    def encode(self, cells: Floats) -> Encoded:
        """Return what each of them encodes its own cells as, without their flags; both ``(n_encoders, n_rows)``."""
        return _standardised(cells, np.isnan(cells), self._median, self._mean, self._scale, self._limit)


def _standardised(cells: Any, missing: Any, median: Any, mean: Any, scale: Any, limit: Any) -> Encoded:
    with np.errstate(over="ignore"):
        scaled = (np.where(missing, median, cells) - mean) / scale
        return np.asarray(np.clip(scaled, -limit, limit), dtype=np.float32)


def _centred(cells: Floats) -> tuple[Encoded, float, float]:
    """Return numbers in (-2, 2) counted from the median, the median, and half of their unit, a power of 2."""
    present = cells[~np.isnan(cells)] / 2
    middle = float(np.median(present)) if len(present) else 0.0
    # Halved first: the difference of large floats would overflow. Halving is exact.
    away = cells / 2 - middle
    largest = max(float(present.max() - middle), float(middle - present.min())) if len(present) else 0.0
    unit = float(np.ldexp(0.5, np.frexp(largest)[1])) if largest else 1.0
    return (away / unit).astype(np.float32), 2 * middle, unit


def _is_exact(numbers: Encoded, line: tuple[float, float], limit: float, encoded: Encoded) -> bool:
    """Return whether scale and shift in float32 reproduce an encoding, up to float32 rounding."""
    with np.errstate(all="ignore"):
        scale, shift = np.array(line, dtype=np.float32)
        reproduced = np.clip(numbers * scale + shift, np.float32(-limit), np.float32(limit))
        near = np.abs(reproduced - encoded) <= TOLERANCE + RELATIVE_TOLERANCE * np.abs(encoded)
    return bool(np.isfinite([scale, shift]).all() and np.all(near | np.isnan(numbers)))
