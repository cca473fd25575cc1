"""Pairs of rows to compare: of the same group, and of neighbouring groups."""

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.likeness import MAX_PAIRS, Pairs


def same_group_pairs(codes: NDArray[np.int64], rows: NDArray[np.int64]) -> Pairs:
    """Return each of some rows with another of its group, half-way round the group; ``codes`` are of all rows."""
    order, sizes = _by_group(codes, rows)
    start, size = np.repeat(np.cumsum(sizes) - sizes, sizes), np.repeat(sizes, sizes)
    partner = start + (np.arange(len(rows)) - start + size // 2) % size
    return _thinned(order[size > 1], order[partner][size > 1])


def next_group_pairs(codes: NDArray[np.int64], rows: NDArray[np.int64]) -> Pairs:
    """Return each of some rows with one of the next group that has any."""
    order, sizes = _by_group(codes, rows)
    starts, group = np.cumsum(sizes) - sizes, np.repeat(np.arange(len(sizes)), sizes)
    following = np.minimum(group + 1, len(sizes) - 1)
    partner = starts[following] + (np.arange(len(rows)) - starts[group]) % sizes[following]
    has_next = group < len(sizes) - 1
    return _thinned(order[has_next], order[partner][has_next])


def whole_groups(codes: NDArray[np.int64], rows: NDArray[np.int64], max_rows: int) -> NDArray[np.int64]:
    """Return those of some rows that are in a group, of at most about ``max_rows`` rows all of consecutive groups."""
    grouped: NDArray[np.int64] = rows[codes[rows] >= 0]
    if len(grouped) <= max_rows:
        return grouped
    cumulated = np.cumsum(np.bincount(codes[grouped]))
    low, high = np.searchsorted(cumulated, [(len(grouped) - max_rows) / 2, (len(grouped) + max_rows) / 2])
    within: NDArray[np.int64] = grouped[(codes[grouped] >= low) & (codes[grouped] <= max(high, low + 1))]
    return within


def _by_group(codes: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows in the order of their groups, ``(n_rows,)``, and the rows of each group, ``(n_groups,)``."""
    order = rows[np.argsort(codes[rows], kind="stable")]
    return order, np.unique(codes[order], return_counts=True)[1]


def _thinned(first: NDArray[np.int64], second: NDArray[np.int64]) -> Pairs:
    """Return at most `MAX_PAIRS` of the pairs, evenly from all groups."""
    kept = np.linspace(0, len(first) - 1, min(len(first), MAX_PAIRS)).astype(np.int64)
    return first[kept], second[kept]
