"""The number of duplicate rows of a table of any size, in memory that does not grow with it.

A row is known by a hash of 64 bits. Hashes that repeat in a sample of rows, which finds the frequent ones, are counted
exactly; of all others those with the smallest hashes, with all their rows, so that the share of duplicates among their
rows estimates the table's. All counts are exact while no more hashes occur than the memory holds.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

from demarcate.checks.duplicate_groups import comparable_frame
from demarcate.tabular.row_sample import random_keys
from demarcate.tabular.schema import ParsedColumns

MAX_HASHES = 200_000
_Z = 1.96


@dataclass(frozen=True)
class DuplicateCount:
    """The number of rows that repeat another, with its 95% interval."""

    n: int
    low: int
    high: int
    n_conflicting: int  # those among equal rows with different labels

    @property
    def is_exact(self) -> bool:
        """Return whether they were counted, not estimated."""
        return self.low == self.high


def row_hashes(parsed: ParsedColumns) -> NDArray[np.uint64]:
    """Return a hash of each row, ``(n_rows,)``; rows that are equal in every column have the same."""
    return random_keys(comparable_frame(parsed).hash_rows().to_numpy())


class StreamingDuplicateCount:
    """Counts the duplicates of a table that comes in parts; the division into parts does not change the count.

    ``sample`` are hashes of random rows; at most ``max_hashes`` are held beside those that repeat in the sample.
    """

    def __init__(self, sample: ArrayLike = (), max_hashes: int = MAX_HASHES) -> None:
        hashes, counts = np.unique(np.asarray(sample, dtype=np.uint64), return_counts=True)
        self._repeated = pl.Series(hashes[counts > 1])
        self._max_hashes = max_hashes
        self._n_others = 0
        self._limit = np.iinfo(np.uint64).max
        empty = {"hash": pl.UInt64, "rows": pl.UInt32, "min_code": pl.Int64, "max_code": pl.Int64}
        self._counted, self._others = pl.DataFrame(schema=empty), pl.DataFrame(schema=empty)

    def add(self, hashes: NDArray[np.uint64], codes: NDArray[np.int64] | None = None) -> None:
        """Add rows: their hashes, and their class indices if they have any."""
        rows = pl.DataFrame({"hash": hashes, "code": np.zeros(len(hashes), dtype=np.int64) if codes is None else codes})
        code = pl.col("code")
        new = rows.group_by("hash").agg(rows=pl.len(), min_code=code.min(), max_code=code.max())
        is_repeated = new["hash"].is_in(self._repeated.implode())
        self._counted = _merge(self._counted, new.filter(is_repeated))
        others = new.filter(~is_repeated)
        self._n_others += int(others["rows"].sum())
        held = _merge(self._others, others.filter(pl.col("hash") <= self._limit))
        if len(held) > self._max_hashes:
            held = held.sort("hash").head(self._max_hashes)
            self._limit = int(held["hash"][-1])
        self._others = held

    def result(self) -> DuplicateCount:
        """Return the number of duplicates among all rows added."""
        counted, _, counted_conflicts = _duplicates(self._counted)
        held, n_held, held_conflicts = _duplicates(self._others)
        if n_held == self._n_others:
            return DuplicateCount(counted + held, counted + held, counted + held, counted_conflicts + held_conflicts)
        scale = self._n_others / n_held
        # A ratio of sums over random hashes, and its variance by Taylor's first term.
        sizes = self._others["rows"].to_numpy().astype(np.float64)
        share = held / n_held
        error = float(np.sqrt(((sizes - 1 - share * sizes) ** 2).sum())) / n_held
        # Without a single duplicate, three in as many hashes would still have been missed one time in twenty.
        reach = max(_Z * error, 3 / len(sizes) if not held else 0.0) * self._n_others
        n = counted + round(scale * held)
        low, high = max(counted + held, round(n - reach)), round(n + reach)
        return DuplicateCount(n, low, high, counted_conflicts + round(scale * held_conflicts))


def _merge(before: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    sums = {"rows": pl.col("rows").sum(), "min_code": pl.col("min_code").min(), "max_code": pl.col("max_code").max()}
    return pl.concat([before, new]).group_by("hash").agg(**sums)


def _duplicates(counted: pl.DataFrame) -> tuple[int, int, int]:
    """Return the duplicates among counted hashes, all their rows, and the duplicates with conflicting labels."""
    duplicates = counted["rows"].cast(pl.Int64) - 1
    conflicting = counted["min_code"] != counted["max_code"]
    return int(duplicates.sum()), int(counted["rows"].sum()), int(duplicates.filter(conflicting).sum())
