"""An axis of a map: the numbers of a column, or its categories side by side."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.inspection.slice import grid_values
from demarcate.tabular import Column

MAX_WORDS = 20
"""Categories of a column that can be an axis."""
SPREAD = 0.3
"""How far the points of a category are scattered about its middle, so that they do not hide one another."""


@dataclass(frozen=True)
class MapAxis:
    """A column as an axis from ``low`` to ``high``; the middle of a category is its position among ``words``."""

    name: str
    low: float
    high: float
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, column: Column, cells: pl.Series, *, is_cut: bool) -> "MapAxis":
        """Lay an axis over the cells of a column; ``is_cut`` leaves a few far ones out, as a slice does."""
        if column.kind == "numerical":
            values = grid_values(cells, 2, cut=is_cut)
            return cls(column.name, float(values[0]), float(values[-1]))
        return cls(column.name, -0.5, len(column.categories) - 0.5, column.categories)

    @staticmethod
    def suits(column: Column) -> bool:
        """Tell whether a column can be an axis: one of numbers, or of a few categories."""
        if column.kind == "numerical":
            return True
        return column.kind in ("categorical", "boolean") and 2 <= len(column.categories) <= MAX_WORDS

    def values(self, resolution: int) -> NDArray[np.float64]:
        """Return evenly spaced places along the axis, ``(resolution,)``."""
        return np.linspace(self.low, self.high, resolution)

    def cells(self, values: NDArray[np.float64]) -> pl.Series:
        """Return the cells of places: numbers, or the nearest category."""
        if not self.words:
            return pl.Series(self.name, values)
        codes = np.clip(np.rint(values), 0, len(self.words) - 1).astype(np.int64)
        return pl.Series(self.name, np.array(self.words, dtype=object)[codes], dtype=pl.String)

    def places(self, column: Column, cells: pl.Series, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return where rows are along the axis, ``(n_rows,)``; NaN where a cell is missing, or no category."""
        if not self.words:
            return cells[rows].cast(pl.Float64, strict=False).fill_null(np.nan).to_numpy()
        words = column.parse_words(cells[rows]).cast(pl.Enum(self.words), strict=False)
        codes = words.to_physical().cast(pl.Float64).fill_null(np.nan).to_numpy()
        # A row is always scattered alike, whichever rows stand beside it.
        scattered = np.random.default_rng(len(self.words)).uniform(-SPREAD, SPREAD, int(rows.max(initial=0)) + 1)
        return np.asarray(codes + scattered[rows])
