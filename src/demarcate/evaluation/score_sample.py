"""A sample of scored rows in bounded memory: all of them while they are few, then alike many of each class.

Which rows are kept depends on their numbers in the table alone, not on the parts it comes in.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.row_sample import mixed


@dataclass(frozen=True, eq=False)
class Kept:
    """The rows of a sample, in the table's order.

    Attributes
    ----------
    codes
        Each row's class, ``(n_kept,)``.
    probabilities
        ``(n_kept, n_classes)``.
    decided
        The class each row was put in, ``(n_kept,)``, -1 where none was.
    counts
        How many rows of the table each stands for, ``(n_kept,)``.
    """

    codes: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    decided: NDArray[np.int64]
    counts: NDArray[np.float64]


class KeptRows:
    """Rows kept of a table that comes part by part.

    Parameters
    ----------
    n_classes
        How many classes there are.
    n_all
        Up to so many rows all are kept.
    n_sampled
        About so many where there are more: classes with few rows keep all of theirs, the others as many each.

    Examples
    --------
    >>> kept = KeptRows(2, n_all=5, n_sampled=4)
    >>> codes = np.array([0] * 8 + [1])
    >>> kept.add(codes, np.full((9, 2), 0.5), codes)
    >>> kept.sample().codes.tolist(), kept.sample().counts.round(2).tolist()
    ([0, 0, 0, 1], [2.67, 2.67, 2.67, 1.0])
    """

    def __init__(self, n_classes: int, n_all: int, n_sampled: int) -> None:
        self.class_counts: NDArray[np.int64] = np.zeros(n_classes, dtype=np.int64)
        self._n_all, self._n_sampled = n_all, n_sampled
        empty = np.empty(0, dtype=np.int64)
        self._rows = [(empty, empty, np.empty((0, n_classes)), empty)]

    @property
    def n_rows(self) -> int:
        """How many rows have come."""
        return int(self.class_counts.sum())

    def has_room(self, n_more: int) -> bool:
        """Whether with so many more rows all would be kept."""
        return self.n_rows + n_more <= self._n_all

    def add(self, codes: NDArray[np.int64], probabilities: NDArray[np.float64], decided: NDArray[np.int64]) -> None:
        """Take in the next rows."""
        numbers = np.arange(self.n_rows, self.n_rows + len(codes))
        self.class_counts += np.bincount(codes, minlength=len(self.class_counts))
        self._rows.append((numbers, codes, probabilities, decided))
        if sum(len(part[0]) for part in self._rows) > self._n_all:
            self._thin()

    def sample(self) -> Kept:
        """The rows kept so far."""
        self._thin()
        _, codes, probabilities, decided = self._rows[0]
        n_kept = np.bincount(codes, minlength=len(self.class_counts))
        return Kept(codes, probabilities, decided, self.class_counts[codes] / n_kept[codes])

    def _thin(self) -> None:
        """Join the parts, and leave out what is too much."""
        numbers, codes, probabilities, decided = (np.concatenate(parts) for parts in zip(*self._rows, strict=True))
        if not self.has_room(0):
            # The first rows of each class in an order without a pattern. The quota only falls as rows come, so what was
            # left out before would be left out now.
            order = np.lexsort((mixed(numbers), codes))
            of_class = codes[order]
            place = np.arange(len(order)) - np.searchsorted(of_class, of_class)
            kept = np.sort(order[place < quota(self.class_counts, self._n_sampled)])
            numbers, codes, probabilities, decided = numbers[kept], codes[kept], probabilities[kept], decided[kept]
        self._rows = [(numbers, codes, probabilities, decided)]


def quota(counts: NDArray[np.int64], total: int) -> int:
    """The most rows a class may keep, so that all classes together keep no more than a total; at least one.

    Examples
    --------
    >>> quota(np.array([100, 2, 50]), 20)
    9
    """
    low, high = 1, max(total, 1)
    while low < high:
        middle = (low + high + 1) // 2
        if np.minimum(counts, middle).sum() <= total:
            low = middle
        else:
            high = middle - 1
    return low
