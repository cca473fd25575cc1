"""Counts over all rows of a table that is read in parts, beside a sample of its rows."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_count import DuplicateCount, StreamingDuplicateCount, row_hashes
from demarcate.checks.duplicate_groups import comparable_cells
from demarcate.tabular.schema import ParsedColumns

_FREQUENT_SHARE = 0.95
"""The share of the sample from which a value's rows are counted in the whole table."""


@dataclass(frozen=True, eq=False)
class TableCounts:
    """Counts over all rows of a table."""

    n_rows: int
    class_counts: NDArray[np.int64]  # rows of each class, (n_classes,); a single class without a target
    missing: Mapping[str, NDArray[np.int64]]  # missing cells of each class by column, (n_classes,)
    most_frequent: Mapping[str, int]  # rows with a column's most frequent value, where nearly all have it
    duplicates: DuplicateCount | None  # None if they were not counted


class StreamingTableCounts:
    """Counts over a table that comes in parts: ``sample`` are random rows of it, parsed."""

    def __init__(self, sample: ParsedColumns, n_classes: int) -> None:
        self._duplicates = StreamingDuplicateCount(row_hashes(sample))
        self._class_counts = np.zeros(n_classes, dtype=np.int64)
        self._missing = {name: np.zeros(n_classes, dtype=np.int64) for name in sample}
        self._values = {
            name: value for name, cells in sample.items() if (value := _frequent(comparable_cells(cells))) is not None
        }
        self._most_frequent = dict.fromkeys(self._values, 0)

    def add(self, parsed: ParsedColumns, codes: NDArray[np.int64]) -> None:
        """Add rows: their parsed columns and their class indices, all 0 without a target."""
        n_classes = len(self._class_counts)
        self._class_counts += np.bincount(codes, minlength=n_classes)
        self._duplicates.add(row_hashes(parsed), codes)
        for name, cells in parsed.items():
            column = comparable_cells(cells)
            self._missing[name] += np.bincount(codes[column.is_null().to_numpy()], minlength=n_classes)
            if name in self._values:
                self._most_frequent[name] += int(column.eq_missing(self._values[name]).sum())

    def result(self) -> TableCounts:
        """Return the counts of all rows added."""
        n_rows, duplicates = int(self._class_counts.sum()), self._duplicates.result()
        return TableCounts(n_rows, self._class_counts, self._missing, self._most_frequent, duplicates)


def _frequent(column: pl.Series) -> pl.Series | None:
    """Return a column's most frequent value as a series of length 1, if nearly all rows have it."""
    counts = column.alias("value").value_counts(sort=True, name="rows")
    return counts["value"].head(1) if len(counts) and counts["rows"][0] >= _FREQUENT_SHARE * len(column) else None
