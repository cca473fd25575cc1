"""Rows chosen by their numbers, so that the choice does not depend on the parts a table comes in."""

import numpy as np
import polars as pl
from numpy.typing import NDArray


def mixed(numbers: NDArray[np.int64], seed: int = 0) -> NDArray[np.uint64]:
    """Each number as one without a pattern, uint64 of the same shape: taking the smallest draws numbers at random.

    Different numbers stay different. The mixing is that of SplitMix64 (Steele, Lea and Flood, 2014,
    https://doi.org/10.1145/2714064.2660195).

    Examples
    --------
    >>> np.argsort(mixed(np.arange(8))).tolist()
    [2, 4, 6, 5, 1, 7, 0, 3]
    """
    with np.errstate(over="ignore"):
        z = (numbers.astype(np.uint64) + np.uint64(seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))


class RowSample:
    """Rows drawn at random from a table that comes in parts, in its order; all of them while they are few.

    Parameters
    ----------
    most
        How many rows are drawn.
    seed
        Decides which.

    Examples
    --------
    >>> sample = RowSample(3)
    >>> for begin in (0, 4, 8):
    ...     sample.add(pl.DataFrame({"age": range(begin, begin + 4)}))
    >>> sample.n_rows, sample.frame()["age"].to_list()
    (12, [2, 4, 6])
    """

    def __init__(self, most: int, seed: int = 0) -> None:
        self.n_rows = 0
        self._most, self._seed = most, seed
        self._parts: list[tuple[NDArray[np.int64], pl.DataFrame]] = []

    @property
    def is_whole(self) -> bool:
        """Whether the sample has all rows."""
        return self.n_rows <= self._most

    def add(self, frame: pl.DataFrame) -> None:
        """Take in the next rows."""
        self._parts.append((np.arange(self.n_rows, self.n_rows + len(frame)), frame))
        self.n_rows += len(frame)
        if sum(len(numbers) for numbers, _ in self._parts) > 2 * self._most:
            self._thin()

    def frame(self) -> pl.DataFrame:
        """The rows drawn from those that have come; there must have been a part."""
        self._thin()
        return self._parts[0][1]

    def _thin(self) -> None:
        numbers = np.concatenate([numbers for numbers, _ in self._parts])
        frame = pl.concat([frame for _, frame in self._parts])
        if len(numbers) > self._most:
            kept = np.sort(np.argpartition(mixed(numbers, self._seed), self._most)[: self._most])
            numbers, frame = numbers[kept], frame[kept]
        self._parts = [(numbers, frame)]
