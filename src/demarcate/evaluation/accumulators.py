"""Totals of rows that come part by part; neither their order nor the parts change a bit of them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.measures import Measure

_UNIT = 2**36
"""Values of rows are summed as whole numbers of this fraction: such sums do not depend on their order."""

RowValues = Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.float64]]
"""From codes ``(n_rows,)`` and probabilities ``(n_rows, n_classes)`` to a number a row, ``(n_rows,)``."""


class Accumulator(Protocol):
    """Totals that take in rows, in memory that does not grow with them."""

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Take in codes ``(n_rows,)`` and probabilities ``(n_rows, n_classes)``."""


@dataclass(frozen=True)
class StreamingValue:
    """A metric's value from the totals of all rows; its interval is that of a row sample, moved to this value.

    ``accumulator`` makes the totals from the number of classes; metrics with the same one share its totals. ``value``
    reads them, and is None where the metric is undefined.
    """

    accumulator: Callable[[int], Accumulator]
    value: Callable[[Any], float | None]

    @classmethod
    def mean_of(cls, row_values: RowValues) -> "StreamingValue":
        """Return the exact mean of a number a row."""
        return cls(partial(RowMean, row_values), RowMean.value)


@dataclass(frozen=True)
class StreamingGroups:
    """A metric as a measure of groups of alike rows; its interval is from resampling how many rows each group has."""

    accumulator: Callable[[int], Accumulator]
    groups: Callable[[Any], tuple[Measure, NDArray[np.float64]]]


class RowMean:
    """The mean of a number a row."""

    def __init__(self, row_values: RowValues, n_classes: int) -> None:  # noqa: ARG002 - as all accumulators
        self._row_values = row_values
        self._total = self._n_rows = 0

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Take in rows."""
        values = self._row_values(codes, probabilities)
        self._total += int(np.rint(values * _UNIT).astype(np.int64).sum())
        self._n_rows += len(codes)

    def value(self) -> float:
        """Return the mean."""
        return self._total / _UNIT / self._n_rows


class HitCounts:
    """Rows of each class, and how many of them have it as their most probable one."""

    def __init__(self, n_classes: int) -> None:
        self._n_rows: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)
        self._n_hits: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> None:
        """Take in rows."""
        self._n_rows += np.bincount(codes, minlength=len(self._n_rows))
        self._n_hits += np.bincount(codes[probabilities.argmax(axis=1) == codes], minlength=len(self._n_rows))

    def accuracy(self) -> float:
        """Return the share of hits."""
        return int(self._n_hits.sum()) / int(self._n_rows.sum())

    def balanced_accuracy(self) -> float:
        """Return the mean recall over the classes that rows have."""
        present = self._n_rows > 0
        return float((self._n_hits[present] / self._n_rows[present]).mean())


class DecisionCounts:
    """How many rows have each class, decision (-1 for none) and most probable class, ``(n_kinds,)`` each."""

    def __init__(self, n_classes: int) -> None:
        self._shape = n_classes, n_classes + 1, n_classes
        # A class, a decision and a most probable class as one number.
        self._numbers: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self.counts: NDArray[np.int64] = np.empty(0, dtype=np.int64)

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64], decided: NDArray[np.int64]) -> None:
        """Take in rows."""
        numbers = np.ravel_multi_index((codes, decided + 1, probabilities.argmax(axis=1)), self._shape)
        new, counts = np.unique(numbers, return_counts=True)
        self._numbers, kind = np.unique(np.concatenate([self._numbers, new]), return_inverse=True)
        self.counts = np.bincount(kind, np.concatenate([self.counts, counts])).astype(np.int64)

    def kinds(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return the class, the decision and the most probable class of each kind."""
        codes, decided, likeliest = np.unravel_index(self._numbers, self._shape)
        return codes, decided - 1, likeliest
