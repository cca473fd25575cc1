"""Where a slice holds the columns that do not vary: at a point from which the boundary is in view."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.inspection.slice import TYPICAL, SliceGrid, typical_cell

RESOLUTION = 12
"""Places along each side of a slice that is only looked at."""
MIN_SHARE, ENOUGH = 0.02, 0.2
"""The share of a picture outside its largest region: from the first a boundary is in view, the second is enough."""
_MAX_ROWS = 24
"""Single rows that are tried."""
_LEAST_SURE = 0.1
"""The share of the rows that count as those the classifier is least sure of."""


def in_view(
    grid: SliceGrid,
    frame: pl.DataFrame,
    margins_of: Callable[[SliceGrid], NDArray[np.float64]],
    row_margins: NDArray[np.float64],
    fixed: dict[str, Any],
) -> SliceGrid:
    """Return a grid with the other columns held where the boundary passes through it.

    The point is the typical one, of all rows or of those that the classifier is least sure of; else one of these rows
    itself. The grid is returned as it is where no such point shows a boundary, or none is needed.

    Parameters
    ----------
    grid, frame
        The grid with its columns at typical values, and the rows that it is laid through.
    margins_of
        Returns each class's lead at each place of a grid, ``(n_places, n_classes)``.
    row_margins
        Each class's lead for each row, ``(n_rows, n_classes)``.
    fixed
        Columns that the caller holds, which stay.
    """
    coarse = replace(grid, across=_ends(grid.across), up=_ends(grid.up))
    best, best_share = grid, 0.0
    for held, words in _candidates(grid, frame, row_margins):
        point = {**held, **fixed}
        share = min(ENOUGH, share_of_others(margins_of(replace(coarse, held=point))))
        if share > best_share:
            best, best_share = replace(grid, held=point, held_at=words), share
        if share >= ENOUGH:
            break
    return best if best_share >= MIN_SHARE else grid


def share_of_others(margins: NDArray[np.float64]) -> float:
    """Return the share of places ``(..., n_classes)`` that are not of the commonest class: 0 without a boundary."""
    regions = margins.argmax(-1)
    return 1 - int(np.bincount(regions.ravel()).max()) / int(regions.size)


def _candidates(
    grid: SliceGrid, frame: pl.DataFrame, row_margins: NDArray[np.float64]
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield values to hold columns at, with words that say which: typical ones first."""
    yield grid.held, grid.held_at
    order = np.argsort(np.partition(row_margins, -1, axis=1)[:, -1], kind="stable")
    least_sure = frame[order[: max(10, int(_LEAST_SURE * len(frame)))]]
    numerical = {name for name, value in grid.held.items() if isinstance(value, float)}
    yield (
        {name: typical_cell(least_sure[name], name in numerical) for name in grid.held},
        f"{TYPICAL} of the rows that the classifier is least sure of",
    )
    for number, row in enumerate(least_sure.head(_MAX_ROWS).select(list(grid.held)).iter_rows(named=True), 1):
        which = "the row" if number == 1 else f"row {number} of those"
        yield row, f"the values of {which} that the classifier is least sure of"


def _ends(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.linspace(values[0], values[-1], RESOLUTION)
