"""How much a single column tells of the target, judged on rows that did not tell it."""

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.table_view import Cells

RESOLUTIONS = (8, 32, 128)
"""Bins that quantities are cut into; the count that tells most is taken."""


def information(cells: Cells, codes: NDArray[np.int64], n_classes: int) -> float:
    """The share of the target's entropy that a column takes away.

    Each row is judged by the shares of the classes among the other rows of its value (or bin, for quantities of many
    values), mixed with one row's worth of the shares in the whole table: 1 - log loss / entropy. Leaving the row itself
    out makes values that occur once tell nothing, and needs neither folds nor luck.

    Parameters
    ----------
    cells
        The column.
    codes
        Class indices, ``(n_rows,)``.
    n_classes
        How many classes there are.

    Returns
    -------
    float
        1 for a column that tells the class of every row; about 0, or slightly less, for one that tells nothing.

    Examples
    --------
    >>> codes = np.arange(400) % 2
    >>> round(information(Cells.of(codes * 3.0), codes, 2), 3), information(Cells.of(np.ones(400)), codes, 2) <= 0
    (0.996, True)
    """
    return telling(cells, codes, n_classes)[2]


def telling(cells: Cells, codes: NDArray[np.int64], n_classes: int) -> tuple[NDArray[np.int64], int, float]:
    """The division of a column that tells most: each row's value or bin, how many there are, and how much they tell."""
    divisions = [(*of, _told(*of, codes, n_classes)) for of in _divisions(cells, len(codes))]
    return max(divisions, key=lambda division: division[2])


def _divisions(cells: Cells, n_rows: int) -> list[tuple[NDArray[np.int64], int]]:
    largest = min(RESOLUTIONS[-1], max(RESOLUTIONS[0], n_rows // 8))
    if cells.quantities is None or cells.n_values <= RESOLUTIONS[0]:
        return [(cells.values, cells.n_values)]
    if cells.n_values <= largest:
        return [binned(cells, RESOLUTIONS[0]), (cells.values, cells.n_values)]
    return [binned(cells, bins) for bins in RESOLUTIONS if bins <= largest]


def binned(cells: Cells, n_bins: int) -> tuple[NDArray[np.int64], int]:
    """Quantities in bins of about as many rows each, missing cells in one of their own; and how many bins there are."""
    counts = cells.counts[: len(cells.counts) - bool(cells.n_missing)]
    middle = np.cumsum(counts) - counts / 2
    bins = np.minimum((middle / max(counts.sum(), 1) * n_bins).astype(np.int64), n_bins - 1)
    if cells.n_missing:
        bins = np.append(bins, n_bins)
    return bins[cells.values], n_bins + 1


def entropy(shares: NDArray[np.float64]) -> float:
    """The entropy of shares that sum to 1, in nats.

    Examples
    --------
    >>> round(entropy(np.array([0.5, 0.5, 0.0])), 3)
    0.693
    """
    known = shares[shares > 0]
    return -float(known @ np.log(known))


def _told(bins: NDArray[np.int64], n_bins: int, codes: NDArray[np.int64], n_classes: int) -> float:
    n_rows = len(codes)
    shares = np.bincount(codes, minlength=n_classes) / n_rows
    most = entropy(shares)
    if most == 0:
        return 0.0
    counts = np.bincount(bins * n_classes + codes, minlength=n_bins * n_classes).reshape(n_bins, n_classes)
    filled, of_class = np.nonzero(counts)
    same = counts[filled, of_class]
    chance = (same - 1 + shares[of_class]) / counts.sum(1)[filled]
    return 1 + float(same @ np.log(chance)) / n_rows / most
