"""Where to cut a column of numbers so that the pieces tell the classes apart."""

from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import Floats

MAX_PIECES = 16
"""Pieces a column is cut into, at most."""
MIN_PIECE_ROWS, MIN_PIECE_SHARE = 8, 0.005
"""Training rows a piece has at least: this many, or this share of them if that is more."""
GRID = 256
"""A column of more distinct values than this is cut only between that many groups of about equally many rows."""

Counts = NDArray[np.float64]


def class_edges(
    values: Floats, codes: NDArray[np.int64], n_classes: int, max_pieces: int = MAX_PIECES
) -> NDArray[np.float64]:
    """The boundaries of the pieces that a decision tree on this column alone would end with.

    The tree grows best first: whichever piece can be cut with the largest gain in information, summed over its rows, is
    cut next, until there are ``max_pieces`` or no cut gains anything (Gorishniy et al. 2022, "On embeddings for
    numerical features in tabular deep learning", section 3.2). It is grown on counts of classes between neighbouring
    values, not on rows, so that its cost hardly depends on how many rows there are.

    Parameters
    ----------
    values
        ``(n_rows,)``, finite.
    codes
        Each row's class index, ``(n_rows,)``.
    n_classes
        How many classes there are.
    max_pieces
        At least 1.

    Returns
    -------
    ndarray of shape (n_pieces + 1,)
        Strictly ascending, from the lowest value to the highest; a single number if all values are the same.

    Examples
    --------
    >>> values = np.arange(40.0)
    >>> class_edges(values, (values >= 25).astype(int), 2).tolist()
    [0.0, 24.5, 39.0]
    """
    distinct, n_each = np.unique(values, return_counts=True)
    if len(distinct) < 2:
        return distinct
    first = _first_of_groups(n_each)
    # Looked up by value: the place of every row among distinct values would take several times the column's memory.
    # The last group may be empty, and begins behind the last value then.
    group = np.searchsorted(distinct[first[first < len(distinct)]], values, side="right") - 1
    group *= n_classes
    group += codes
    counts = np.bincount(group, minlength=len(first) * n_classes).reshape(-1, n_classes)
    fewest = max(MIN_PIECE_ROWS, int(MIN_PIECE_SHARE * len(values)))
    chosen = first[_cuts(counts.astype(np.float64), max_pieces, fewest)]
    # Halved first: the sum of large floats would overflow. Halving is exact.
    between = distinct[chosen - 1] / 2 + distinct[chosen] / 2
    return np.unique([distinct[0], *between, distinct[-1]])


def _first_of_groups(n_each: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first distinct value of each group of neighbours: every value its own, or `GRID` groups of like size."""
    if len(n_each) <= GRID:
        return np.arange(len(n_each))
    before = np.cumsum(n_each) - n_each
    return np.unique(np.searchsorted(before, np.arange(GRID) * (n_each.sum() / GRID)))


def _cuts(counts: Counts, max_pieces: int, fewest: int) -> NDArray[np.int64]:
    """The groups before which to cut, ascending, from counts of each group's classes ``(n_groups, n_classes)``."""
    below = np.concatenate([np.zeros((1, counts.shape[1])), counts.cumsum(0)])
    cuts: list[int] = []
    candidates: list[tuple[float, int, int, int]] = []

    def consider(start: int, end: int) -> None:
        left, right = below[start + 1 : end] - below[start], below[end] - below[start + 1 : end]
        allowed = (left.sum(1) >= fewest) & (right.sum(1) >= fewest)
        if allowed.any():
            gains = np.where(allowed, _surprise(below[end] - below[start]) - _surprise(left) - _surprise(right), 0.0)
            at = int(gains.argmax())
            # What rounding alone gains is no gain.
            if gains[at] > 1e-9 * len(counts):
                heappush(candidates, (-float(gains[at]), start + 1 + at, start, end))

    consider(0, len(counts))
    while candidates and len(cuts) < max_pieces - 1:
        _, cut, start, end = heappop(candidates)
        cuts.append(cut)
        consider(start, cut)
        consider(cut, end)
    return np.sort(np.array(cuts, dtype=np.int64))


def _surprise(counts: Counts) -> Counts:
    """The summed log loss of rows told only the shares of their classes, for counts ``(..., n_classes)``."""
    total = counts.sum(-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(counts > 0, counts * np.log(counts), 0.0)
        whole = np.where(total > 0, total * np.log(total), 0.0)
    return np.asarray(whole - terms.sum(-1))
