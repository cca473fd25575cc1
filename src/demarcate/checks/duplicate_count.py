"""How many rows of a table of any size repeat others, in memory that does not grow with it.

A row's content is known by 64 mixed bits. Contents that repeat in a sample of rows, where what repeats often does, are
counted exactly; of all others those with the smallest numbers, each with all of its rows, so that the share of copies
among their rows is the table's. While there are no more contents than are kept, all counts are exact.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_groups import frame_of
from demarcate.tabular.row_sample import random_keys
from demarcate.tabular.schema import ParsedColumns

MOST_CONTENTS = 200_000
_Z = 1.96


@dataclass(frozen=True)
class Copies:
    """How many rows repeat another.

    Attributes
    ----------
    n
        How many, as far as is known.
    low, high
        Its 95% interval; both are ``n`` where it is exact.
    n_disputed
        How many of them lie among rows whose labels disagree.
    """

    n: int
    low: int
    high: int
    n_disputed: int

    @property
    def is_exact(self) -> bool:
        """Whether they were counted, not estimated."""
        return self.low == self.high


def contents(parsed: ParsedColumns) -> NDArray[np.uint64]:
    """Each row's content as one number; rows that are the same in every column have the same.

    Examples
    --------
    >>> first, second, third = contents({"age": np.array([3.0, np.nan, 3.0]), "sex": pl.Series(["f", "m", "f"])})
    >>> bool(first == third), bool(first == second)
    (True, False)
    """
    return random_keys(frame_of(parsed).hash_rows().to_numpy())


class CopyCount:
    """Counts the copies in a table that comes in parts; how it is parted does not change the count.

    Parameters
    ----------
    sample
        Contents of rows drawn at random from the table.
    most
        How many contents are kept beside those that repeat in the sample.

    Examples
    --------
    >>> count = CopyCount(np.empty(0, dtype=np.uint64))
    >>> count.add(np.array([7, 8, 7], dtype=np.uint64), np.array([0, 1, 1]))
    >>> count.add(np.array([8], dtype=np.uint64), np.array([1]))
    >>> count.copies()
    Copies(n=2, low=2, high=2, n_disputed=1)
    """

    def __init__(self, sample: NDArray[np.uint64], most: int = MOST_CONTENTS) -> None:
        numbers, counts = np.unique(sample, return_counts=True)
        self._followed = pl.Series(numbers[counts > 1])
        self._most = most
        self._n_rows, self._n_others = 0, 0
        self._limit = np.iinfo(np.uint64).max
        empty = {"content": pl.UInt64, "rows": pl.UInt32, "least": pl.Int64, "most": pl.Int64}
        self._counted, self._others = pl.DataFrame(schema=empty), pl.DataFrame(schema=empty)

    def add(self, numbers: NDArray[np.uint64], codes: NDArray[np.int64] | None = None) -> None:
        """Take in rows: their contents, and their classes if they have any."""
        of_class = np.zeros(len(numbers), dtype=np.int64) if codes is None else codes
        rows = pl.DataFrame({"content": numbers, "code": of_class})
        new = rows.group_by("content").agg(rows=pl.len(), least=pl.col("code").min(), most=pl.col("code").max())
        is_followed = new["content"].is_in(self._followed.implode())
        self._counted = _joined(self._counted, new.filter(is_followed))
        others = new.filter(~is_followed)
        self._n_rows += len(numbers)
        self._n_others += int(others["rows"].sum())
        kept = _joined(self._others, others.filter(pl.col("content") <= self._limit))
        if len(kept) > self._most:
            kept = kept.sort("content").head(self._most)
            self._limit = int(kept["content"][-1])
        self._others = kept

    def copies(self) -> Copies:
        """How many rows repeat another."""
        counted, _, counted_disputed = _of(self._counted)
        kept, n_kept, disputed = _of(self._others)
        if n_kept == self._n_others:
            return Copies(counted + kept, counted + kept, counted + kept, counted_disputed + disputed)
        scale = self._n_others / n_kept
        # A ratio of sums over contents drawn at random, and its variance by Taylor's first term.
        sizes = self._others["rows"].to_numpy().astype(np.float64)
        share = kept / n_kept
        error = float(np.sqrt(((sizes - 1 - share * sizes) ** 2).sum())) / n_kept
        # Where no copy was met, three in as many contents would still have been missed one time in twenty.
        reach = max(_Z * error, 3 / len(sizes) if not kept else 0.0) * self._n_others
        n = counted + round(scale * kept)
        return Copies(
            n, max(counted + kept, round(n - reach)), round(n + reach), counted_disputed + round(scale * disputed)
        )


def _joined(before: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    sums = {"rows": pl.col("rows").sum(), "least": pl.col("least").min(), "most": pl.col("most").max()}
    return pl.concat([before, new]).group_by("content").agg(**sums)


def _of(counted: pl.DataFrame) -> tuple[int, int, int]:
    """Copies among counted contents, their rows, and copies whose labels disagree."""
    copies = counted["rows"].cast(pl.Int64) - 1
    disputed = counted["least"] != counted["most"]
    return int(copies.sum()), int(counted["rows"].sum()), int(copies.filter(disputed).sum())
