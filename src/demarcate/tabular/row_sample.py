"""Rows sampled by their numbers, so that the sample does not depend on the parts a table comes in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.frame_libraries import polars as pl


def random_keys(numbers: NDArray[np.int64], seed: int = 0) -> NDArray[np.uint64]:
    """Return a key without a pattern for each number, uint64 of the same shape: the smallest keys are a random sample.

    Different numbers have different keys. The mixing is that of SplitMix64 (Steele, Lea and Flood, 2014,
    https://doi.org/10.1145/2714064.2660195).
    """
    with np.errstate(over="ignore"):
        z = (numbers.astype(np.uint64) + np.uint64(seed + 1)) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(z ^ (z >> np.uint64(31)))


class RowSample:
    """Up to ``max_rows`` rows, sampled at random from a table that comes in parts; they keep its order."""

    def __init__(self, max_rows: int, seed: int = 0) -> None:
        self.n_rows = 0  # of the table so far
        self._max_rows, self._seed = max_rows, seed
        self._parts: list[tuple[NDArray[np.int64], pl.DataFrame]] = []

    @property
    def is_complete(self) -> bool:
        """Whether the sample has all rows."""
        return self.n_rows <= self._max_rows

    def add(self, frame: pl.DataFrame) -> None:
        """Add the table's next rows."""
        self._parts.append((np.arange(self.n_rows, self.n_rows + len(frame)), frame))
        self.n_rows += len(frame)
        if sum(len(numbers) for numbers, _ in self._parts) > 2 * self._max_rows:
            self._thin()

    def frame(self) -> pl.DataFrame:
        """Return the sampled rows, once there has been a part."""
        self._thin()
        return self._parts[0][1]

    def _thin(self) -> None:
        numbers = np.concatenate([numbers for numbers, _ in self._parts])
        frame = pl.concat([frame for _, frame in self._parts])
        if len(numbers) > self._max_rows:
            keys = random_keys(numbers, self._seed)
            sampled = np.sort(np.argpartition(keys, self._max_rows)[: self._max_rows])
            numbers, frame = numbers[sampled], frame[sampled]
        self._parts = [(numbers, frame)]
