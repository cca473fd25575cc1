"""Bin edges of a numerical column, placed by a decision tree so that the bins separate the classes."""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import Floats

MAX_BINS = 16
MIN_BIN_ROWS, MIN_BIN_SHARE = 8, 0.005
"""Training rows of a bin: at least this many, and at least this share of them."""
MAX_CANDIDATES = 256
"""A column of more distinct values is split only between this many groups of about equally many rows."""

Counts = NDArray[np.float64]


def tree_bin_edges(
    values: Floats, codes: NDArray[np.int64], n_classes: int, max_bins: int = MAX_BINS
) -> NDArray[np.float64]:
    """Return the leaf boundaries of a decision tree on one column, ``(n_bins + 1,)``, strictly ascending.

    ``values`` ``(n_rows,)`` are finite, ``codes`` ``(n_rows,)`` class indices; equal values have a single edge.
    The tree grows best first: the bin whose split has the largest information gain, summed over its rows, is split
    next, until there are ``max_bins`` or no split gains (Gorishniy et al. 2022, "On embeddings for numerical features
    in tabular deep learning", section 3.2). It grows on class counts between neighbouring values instead of rows, so
    that its cost hardly depends on the number of rows.
    """
    distinct, n_each = np.unique(values, return_counts=True)
    if len(distinct) < 2:
        return distinct
    first = _first_of_groups(n_each)
    # Searched by value: the index of every row's distinct value would take several times the column's memory.
    # The last group may be empty, and then starts behind the last value.
    group = np.searchsorted(distinct[first[first < len(distinct)]], values, side="right") - 1
    group *= n_classes
    group += codes
    counts = np.bincount(group, minlength=len(first) * n_classes).reshape(-1, n_classes)
    min_rows = max(MIN_BIN_ROWS, int(MIN_BIN_SHARE * len(values)))
    splits = first[_best_splits(counts.astype(np.float64), max_bins, min_rows)]
    # Halved first: the sum of large floats would overflow. Halving is exact.
    between = distinct[splits - 1] / 2 + distinct[splits] / 2
    return np.unique([distinct[0], *between, distinct[-1]])


def _first_of_groups(n_each: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the index of the first distinct value of each group: single values, or groups of about equal size."""
    if len(n_each) <= MAX_CANDIDATES:
        return np.arange(len(n_each))
    before = np.cumsum(n_each) - n_each
    return np.unique(np.searchsorted(before, np.arange(MAX_CANDIDATES) * (n_each.sum() / MAX_CANDIDATES)))


def _best_splits(counts: Counts, max_bins: int, min_rows: int) -> NDArray[np.int64]:
    """Return the groups before which to split, ascending, from class counts ``(n_groups, n_classes)``."""
    below = np.concatenate([np.zeros((1, counts.shape[1])), counts.cumsum(0)])
    splits: list[int] = []
    candidates: list[tuple[float, int, int, int]] = []

    def push_best_split(start: int, end: int) -> None:
        left, right = below[start + 1 : end] - below[start], below[end] - below[start + 1 : end]
        allowed = (left.sum(1) >= min_rows) & (right.sum(1) >= min_rows)
        if allowed.any():
            gains = np.where(allowed, _log_loss(below[end] - below[start]) - _log_loss(left) - _log_loss(right), 0.0)
            best = int(gains.argmax())
            # A gain from rounding alone does not count.
            if gains[best] > 1e-9 * len(counts):
                heappush(candidates, (-float(gains[best]), start + 1 + best, start, end))

    push_best_split(0, len(counts))
    while candidates and len(splits) < max_bins - 1:
        _, split, start, end = heappop(candidates)
        splits.append(split)
        push_best_split(start, split)
        push_best_split(split, end)
    return np.sort(np.array(splits, dtype=np.int64))


def _log_loss(counts: Counts) -> Counts:
    """Return the summed log loss of predicting rows by their class shares, for counts ``(..., n_classes)``."""
    total = counts.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        of_classes = np.where(counts > 0, counts * np.log(counts), 0.0)
        of_total = np.where(total > 0, total * np.log(total), 0.0)
    return np.asarray(of_total - of_classes.sum(-1))
