"""Rows that are not independent: several rows of one subject, and rows that follow one another in time."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import counted, listed, quoted
from demarcate.presentation import brief_repr
from demarcate.tabular.timestamps import SECONDS_OF_A_DAY, format_timestamp

MAX_BLOCKS, MIN_BLOCK_ROWS = 30, 2
"""Blocks of rows in time, at most, and rows of a block, at least: of few long blocks an interval knows too little, and
rows of short ones depend on rows of the next."""


SEPARATOR = "\x1f"
"""Between the columns of a group's label, and before that of a row without a group: no table of text contains it."""


@brief_repr
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

    def describe(self) -> str:
        """Return how rows belong together and are ordered, in a sentence or two."""
        sentences = []
        if self.groups is not None:
            sizes = np.bincount(np.unique(self.groups, return_inverse=True)[1])
            by = f" by {listed(self.group_columns, write=quoted)}" if self.group_columns else ""
            least, most = int(sizes.min()), int(sizes.max())
            each = counted(least, "row") if least == most else f"{least:,} to {most:,} rows"
            sentences.append(f"{counted(len(sizes), 'group')}{by}, of {each} each: scores are those of new groups.")
        if self.times is not None:
            name = f" of {quoted(self.time_column)}" if self.time_column else ""
            first, last = (self.time_text(float(time)) for time in (self.times.min(), self.times.max()))
            gap = f", labels known {self.gap_text()} after their row" if self.gap else ""
            sentences.append(f"Times{name} from {first} to {last}{gap}: scores are those of later rows.")
        return " ".join(sentences)

    def time_text(self, time: float) -> str:
        """Return a time as it is shown."""
        return format_timestamp(time) if self.is_date else f"{time:.15g}"

    def gap_text(self) -> str:
        """Return the gap as it is shown, in days for dates."""
        return f"{self.gap / SECONDS_OF_A_DAY:g} days" if self.is_date else f"{self.gap:g}"

    def to_json(self) -> dict[str, Any]:
        """Return the facts of groups and times, ready for JSON; a gap between dates is in days."""
        n_groups = None if self.groups is None else len(np.unique(self.groups))
        span = None if self.times is None else [float(self.times.min()), float(self.times.max())]
        return {
            "group_columns": list(self.group_columns),
            "n_groups": n_groups,
            "time_column": self.time_column,
            "times": span,
            "gap": self.gap / SECONDS_OF_A_DAY if self.is_date else self.gap,
        }

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
