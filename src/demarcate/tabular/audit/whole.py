"""What is known of a whole table where the rules are asked of a sample of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.audit.alike import comparable
from demarcate.tabular.audit.copies import Copies, CopyCount, contents
from demarcate.tabular.reader import ParsedColumns

_FREQUENT = 0.95
"""The share of a sample from which a value's rows are counted in the whole table."""


@dataclass(frozen=True, eq=False)
class Whole:
    """Counts over all rows of a table.

    Attributes
    ----------
    n_rows
        How many rows it has.
    class_counts
        How many rows each class has, ``(n_classes,)``; all rows together where there is no target.
    missing
        How many cells of each class are missing, ``(n_classes,)``, by column.
    most_frequent
        How many rows have a column's most frequent value, by column, where that is nearly all.
    copies
        How many rows repeat another; None where nobody looked.
    """

    n_rows: int
    class_counts: NDArray[np.int64]
    missing: Mapping[str, NDArray[np.int64]]
    most_frequent: Mapping[str, int]
    copies: Copies | None


class WholeCount:
    """Counts over a table that comes in parts.

    Parameters
    ----------
    sample
        Rows drawn at random from it, parsed.
    n_classes
        How many classes there are; 1 where there is no target.

    Examples
    --------
    >>> cells = {"age": np.array([30.0, np.nan, 30.0])}
    >>> count = WholeCount(cells, 2)
    >>> count.add(cells, np.array([0, 1, 1]))
    >>> whole = count.whole()
    >>> whole.class_counts.tolist(), whole.missing["age"].tolist(), whole.copies.n
    ([1, 2], [0, 1], 1)
    """

    def __init__(self, sample: ParsedColumns, n_classes: int) -> None:
        self._copies = CopyCount(contents(sample))
        self._class_counts = np.zeros(n_classes, dtype=np.int64)
        self._missing = {name: np.zeros(n_classes, dtype=np.int64) for name in sample}
        self._values = {
            name: value for name, cells in sample.items() if (value := _frequent(comparable(cells))) is not None
        }
        self._most_frequent = dict.fromkeys(self._values, 0)

    def add(self, parsed: ParsedColumns, codes: NDArray[np.int64]) -> None:
        """Take in rows: their parsed columns and their classes, all 0 where there is no target."""
        n_classes = len(self._class_counts)
        self._class_counts += np.bincount(codes, minlength=n_classes)
        self._copies.add(contents(parsed), codes)
        for name, cells in parsed.items():
            column = comparable(cells)
            self._missing[name] += np.bincount(codes[column.is_null().to_numpy()], minlength=n_classes)
            if name in self._values:
                self._most_frequent[name] += int(column.eq_missing(self._values[name]).sum())

    def whole(self) -> Whole:
        """The counts so far."""
        n_rows = int(self._class_counts.sum())
        return Whole(n_rows, self._class_counts, self._missing, self._most_frequent, self._copies.copies())


def _frequent(column: pl.Series) -> pl.Series | None:
    """A column's most frequent value as a series of one, if nearly all rows have it."""
    counts = column.alias("value").value_counts(sort=True, name="rows")
    return counts["value"].head(1) if len(counts) and counts["rows"][0] >= _FREQUENT * len(column) else None
