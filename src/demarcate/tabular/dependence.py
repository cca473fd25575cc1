"""Rows that are not independent: several rows of one subject, and rows that follow one another in time."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

MAX_BLOCKS, MIN_BLOCK_ROWS = 30, 2
"""Blocks of rows in time, at most, and rows of a block, at least: of few long blocks an interval knows too little, and
rows of short ones depend on rows of the next."""


@dataclass(frozen=True, eq=False)
class Dependence:
    """The group and the time of each row, of which one may be missing; ``gap`` is in the unit of the times."""

    groups: NDArray[np.int64] | None = None  # number of each row's group, from 0, (n_rows,)
    times: NDArray[np.float64] | None = None  # seconds since 1970 for dates, (n_rows,)
    gap: float = 0.0  # a row's label is known this long after its time
    labels: tuple[str, ...] = ()  # of the groups, in one spelling, by number
    group_columns: tuple[str, ...] = ()  # columns that name the groups, if they are columns of the table
    time_column: str | None = None
    is_date: bool = False  # whether times are dates

    def rows(self, rows: NDArray[np.int64]) -> "Dependence":
        """Return the dependence of some rows, under the same numbers of groups."""
        groups = None if self.groups is None else self.groups[rows]
        return replace(self, groups=groups, times=None if self.times is None else self.times[rows])

    def clusters(self) -> NDArray[np.int64]:
        """Return the unit that each row is drawn with when rows are drawn again, ``(n_rows,)``.

        It is the row's group; without groups, its block of consecutive rows in time.
        """
        if self.groups is not None:
            return self.groups
        assert self.times is not None, "rows depend on one another by group or by time"
        return blocks_in_time(self.times)


def blocks_in_time(times: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the block of each row, ``(n_rows,)``: consecutive rows, about as many in each, equal times together."""
    n_blocks = max(1, min(MAX_BLOCKS, len(times) // MIN_BLOCK_ROWS))
    ordered = np.sort(times)
    starts = ordered[(np.arange(1, n_blocks) * len(times)) // n_blocks]
    return np.searchsorted(np.unique(starts), times, side="right").astype(np.int64)
