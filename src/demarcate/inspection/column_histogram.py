"""Histograms of a table's columns: numbers and dates in bins, categories by frequency."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular import Column

N_BINS = 16
MAX_CATEGORIES = 8
"""Beyond the most frequent ones, categories are counted together."""


@dataclass(frozen=True, eq=False)
class ColumnHistogram:
    """How often the values of a column occur; missing cells do not count.

    Attributes
    ----------
    counts : ndarray of shape (n_bars,)
        Cells in each bin or of each category.
    labels : tuple of str
        The categories, most frequent first, the last one ``N others`` if there are more; empty for numbers and dates.
    low, high : float or None
        The least and the greatest number, between which the bins are equally wide; None for categories.

    Examples
    --------
    >>> from demarcate.tabular import infer_schema
    >>> frame = pl.DataFrame({"size": [1.0, 1.1, 8.9, 9.0], "colour": ["red", "blue", "red", None]})
    >>> size, colour = (ColumnHistogram.of(frame[column.name], column) for column in infer_schema(frame).columns)
    >>> size.counts[[0, -1]].tolist(), size.low, size.high, colour.counts.tolist(), colour.labels
    ([2, 2], 1.0, 9.0, [2, 1], ('red', 'blue'))
    """

    counts: NDArray[np.int64]
    labels: tuple[str, ...]
    low: float | None
    high: float | None

    @classmethod
    def of(cls, cells: pl.Series, column: Column) -> "ColumnHistogram | None":
        """Count the cells of a column; None for texts, and where all are missing."""
        if column.kind == "text":
            return None
        if column.is_quantity:
            return cls._of_numbers(column.parse_quantities(cells).values)
        words = column.parse_words(cells).drop_nulls().cast(pl.String).alias("word")
        counts = words.value_counts().sort("count", "word", descending=[True, False])
        return cls._of_categories(counts) if len(counts) else None

    @classmethod
    def _of_numbers(cls, values: NDArray[np.float64]) -> "ColumnHistogram | None":
        values = values[np.isfinite(values)]
        if not len(values):
            return None
        low, high = float(values.min()), float(values.max())
        # Halves, because the distance between the largest floats is infinite.
        span = high / 2 - low / 2
        places = (values / 2 - low / 2) / span * N_BINS if span else np.zeros(len(values))
        counts = np.bincount(np.minimum(places.astype(np.int64), N_BINS - 1), minlength=N_BINS if span else 1)
        return cls(counts, (), low, high)

    @classmethod
    def _of_categories(cls, counts: pl.DataFrame) -> "ColumnHistogram":
        labels, numbers = (counts.to_series(place).to_list() for place in (0, 1))
        n_shown = MAX_CATEGORIES if len(labels) > MAX_CATEGORIES + 1 else len(labels)
        shown, rest = numbers[:n_shown], numbers[n_shown:]
        others = [f"{len(rest):,} others"] if rest else []
        return cls(np.array([*shown, *([sum(rest)] if rest else [])]), (*labels[:n_shown], *others), None, None)

    def to_json(self) -> dict[str, Any]:
        """Return the counts, and the labels or the ends, ready for JSON."""
        if self.labels:
            return {"counts": self.counts.tolist(), "labels": list(self.labels)}
        return {"counts": self.counts.tolist(), "low": self.low, "high": self.high}
