"""A sample of scored rows in bounded memory: all rows while they are few, then a share balanced by class.

Which rows are sampled depends on their numbers in the table alone, not on the parts it comes in.
"""

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.row_sample import random_keys


@dataclass(frozen=True, eq=False)
class SampledRows:
    """The rows of a sample, in the table's order."""

    codes: NDArray[np.int64]
    """Each row's class, ``(n_sampled,)``."""
    probabilities: NDArray[np.float64]
    """``(n_sampled, n_classes)``."""
    decided: NDArray[np.int64]
    """The class decided for in each row, ``(n_sampled,)``, -1 for none."""
    counts: NDArray[np.float64]
    """How many rows of the table each stands for, ``(n_sampled,)``."""


class ScoreSample:
    """Sample a table that comes part by part.

    Up to ``n_all`` rows all are kept, of more about ``n_sampled``: small classes whole, the others equally large.
    """

    def __init__(self, n_classes: int, n_all: int, n_sampled: int) -> None:
        self.class_counts: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)
        self._n_all, self._n_sampled = n_all, n_sampled
        empty = np.empty(0, dtype=np.int64)
        self._parts = [(empty, empty, np.empty((0, n_classes)), empty)]

    @property
    def n_rows(self) -> int:
        """The number of rows that have come."""
        return int(self.class_counts.sum())

    def has_room(self, n_more: int) -> bool:
        """Return whether all rows are kept with this many more."""
        return self.n_rows + n_more <= self._n_all

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64], decided: NDArray[np.int64]) -> None:
        """Take in the next rows."""
        numbers = np.arange(self.n_rows, self.n_rows + len(codes))
        self.class_counts += np.bincount(codes, minlength=len(self.class_counts))
        self._parts.append((numbers, codes, probabilities, decided))
        if sum(len(part[0]) for part in self._parts) > self._n_all:
            self._thin()

    def rows(self) -> SampledRows:
        """Return the rows sampled so far."""
        self._thin()
        _, codes, probabilities, decided = self._parts[0]
        n_sampled = np.bincount(codes, minlength=len(self.class_counts))
        return SampledRows(codes, probabilities, decided, self.class_counts[codes] / n_sampled[codes])

    def _thin(self) -> None:
        """Join the parts and drop the rows beyond each class's quota."""
        numbers, codes, probabilities, decided = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
        if not self.has_room(0):
            # The first rows of each class in an order without a pattern. The quota only falls as rows come, so that a
            # row dropped before would be dropped now.
            order = np.lexsort((random_keys(numbers), codes))
            ordered_codes = codes[order]
            place_in_class = np.arange(len(order)) - np.searchsorted(ordered_codes, ordered_codes)
            kept = np.sort(order[place_in_class < class_quota(self.class_counts, self._n_sampled)])
            numbers, codes, probabilities, decided = numbers[kept], codes[kept], probabilities[kept], decided[kept]
        self._parts = [(numbers, codes, probabilities, decided)]


def class_quota(counts: NDArray[np.int64], total: int) -> int:
    """Return the most rows a class may keep so that all classes keep at most ``total``; at least one."""
    too_many = bisect_right(range(total + 1), total, key=lambda quota: np.minimum(counts, quota).sum())
    return max(too_many - 1, 1)
