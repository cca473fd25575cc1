"""Small boosted trees that cut a table into leaves, which are inputs of networks.

A network learns from them where thresholds on several columns act together. A tree is oblivious: all nodes of a level
make the same test, so that a row's leaf is a number with one bit for each level (Kohavi 1994; Prokhorenkova et al.
2018, "CatBoost", arXiv 1706.09516). Trees are grown one after the other on the gradient of the log loss that those
before leave (Friedman 2001). What they predict is thrown away; the network learns from the leaves, as the linear model
of He et al. 2014, "Practical lessons from predicting clicks on ads at Facebook", did.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.presentation import brief_repr

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Leaves = NDArray[np.uint8]

N_TREES, DEPTH = 24, 3
"""Trees, and levels of each."""
LEARNING_RATE = 0.3
"""The share of its leaves' best values that a tree adds to the prediction which the next one improves."""
MAX_CUTS = 31
"""Places at most where a column may be cut; of a column with more distinct numbers, between equally many rows."""
COLUMN_SHARE, MIN_COLUMNS = 0.5, 3
"""The columns that a tree may test: a share of all, drawn for each tree, but at least so many."""
ROW_SHARE, MAX_ROWS = 0.7, 20_000
"""The rows that a tree's tests are chosen on: a share of all, drawn for each tree, and at most so many."""
LEAF_PENALTY, VALUE_PENALTY = 10.0, 1.0
"""Rows without a gradient that a node has beside its own when tests are compared; curvature likewise of a leaf."""
MAX_DIRECTIONS = 3
"""Directions at most, of the space of the classes' gradients, in which tests are compared (Iosipoi and Vakhrushev 2022,
"SketchBoost", arXiv 2211.12858)."""


@brief_repr
@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of equal depth: a row passes a test where its number in the test's column is above the threshold."""

    columns: Codes  # the column that each level tests, (n_trees, depth)
    thresholds: Floats  # (n_trees, depth); every number but the lowest float is above that, missing numbers are not

    def leaves(self, columns: Iterable[Floats], n_rows: int) -> Leaves:
        """Return the leaf of each row in each tree, ``(n_trees, n_rows)``, from the numbers of columns ``(n_rows,)``.

        Columns are read one by one. A missing number, NaN, passes no test.
        """
        # The tests of one column are made at once.
        by_column = np.argsort(self.columns, axis=None, kind="stable")
        thresholds = self.thresholds.ravel()[by_column, np.newaxis]
        ends = np.bincount(self.columns.ravel()).cumsum()
        passed = np.zeros((len(thresholds), n_rows), dtype=np.bool_)
        for start, end, numbers in zip([0, *ends], ends, columns, strict=False):
            np.greater(numbers, thresholds[start:end], out=passed[start:end])
        bits, place = passed.view(np.uint8), np.argsort(by_column).reshape(self.columns.shape)
        leaves = bits[place[:, 0]]
        for level in place.T[1:]:
            leaves += leaves
            leaves += bits[level]
        return leaves


@dataclass(frozen=True, eq=False)
class BinnedColumn:
    """A column of training rows, cut into bins between which trees may cut it."""

    cuts: Floats  # the thresholds to choose from, ascending
    bins: NDArray[np.uint8]  # the cuts below each row's number, (n_rows,); none are below a missing one

    @classmethod
    def of(cls, numbers: Floats) -> "BinnedColumn":
        """Cut a column ``(n_rows,)``, NaN where missing."""
        cuts = _cuts(numbers)
        bins = np.searchsorted(cuts, numbers, side="left").astype(np.uint8)
        bins[np.isnan(numbers)] = 0
        return cls(cuts, bins)


def grow_trees(
    columns: Sequence[BinnedColumn],
    codes: Codes,
    n_classes: int,
    weights: Floats | None = None,
    *,
    n_trees: int = N_TREES,
    depth: int = DEPTH,
    seed: int = 0,
) -> Trees:
    """Grow trees on the binned columns of rows of classes ``codes`` ``(n_rows,)``, which count ``weights`` each.

    Memory is that of the bins, and of four arrays of a number for each row and class.
    """
    rng = np.random.default_rng(seed)
    bins, every_row = np.stack([column.bins for column in columns]), np.arange(len(codes))
    n_cuts = np.array([len(column.cuts) for column in columns])
    row_weights = np.ones(len(codes)) if weights is None else weights / weights.mean()
    shares = np.bincount(codes, row_weights, minlength=n_classes) + 1
    logits = np.repeat(np.log(shares / shares.sum())[:, np.newaxis], len(codes), 1)
    tested, thresholds = np.zeros((n_trees, depth), dtype=np.int64), np.zeros((n_trees, depth))
    for tree in range(n_trees):
        probabilities = _softmax(logits)
        gradient = -probabilities
        gradient[codes, every_row] += 1
        gradient *= row_weights
        rows, own = _drawn_rows(rng, len(codes)), _drawn_columns(rng, len(columns))
        sketch = _sketch(gradient[:, rows], rng)
        tests = _best_tests(bins[np.ix_(own, rows)], n_cuts[own], sketch, row_weights[rows], depth)
        leaf = np.zeros(len(codes), dtype=np.int64)
        for level, (index, cut) in enumerate(zip(own[tests[:, 0]], tests[:, 1], strict=True)):
            tested[tree, level], thresholds[tree, level] = index, columns[index].cuts[cut]
            leaf += leaf
            leaf += bins[index] > cut
        values = _leaf_values(leaf, gradient, probabilities, row_weights, 1 << depth)
        logits += LEARNING_RATE * values[:, leaf]
    return Trees(tested, thresholds)


def _softmax(logits: Floats) -> Floats:
    """Return the probabilities of classes, ``(n_classes, n_rows)`` as their logits."""
    probabilities: Floats = np.exp(logits - logits.max(0))
    probabilities /= probabilities.sum(0)
    return probabilities


def _cuts(column: Floats) -> Floats:
    """Return the thresholds of a column, ascending: one below all its numbers, then between neighbours."""
    present = np.sort(column[~np.isnan(column)])
    lowest = np.array([np.finfo(np.float64).min])
    distinct = present[np.append(True, present[1:] > present[:-1])] if len(present) else present
    if len(distinct) < 2:
        return lowest
    if len(distinct) > MAX_CUTS:
        at = np.arange(1, MAX_CUTS) * len(present) // MAX_CUTS
        below = np.unique(np.searchsorted(distinct, present[at], side="left").clip(1)) - 1
    else:
        below = np.arange(len(distinct) - 1)
    # Halved first: the sum of large floats would overflow.
    between = distinct[below] / 2 + distinct[below + 1] / 2
    # Between neighbouring floats there is none: their middle may be rounded to the upper one.
    return np.unique(np.append(lowest, np.where(between < distinct[below + 1], between, distinct[below])))


def _drawn_rows(rng: np.random.Generator, n_rows: int) -> Codes:
    """Return the rows that one tree is grown on, ascending."""
    return np.sort(rng.choice(n_rows, max(1, min(MAX_ROWS, round(ROW_SHARE * n_rows))), replace=False))


def _drawn_columns(rng: np.random.Generator, n_columns: int) -> Codes:
    """Return the columns that one tree may test, ascending."""
    n_drawn = min(n_columns, max(MIN_COLUMNS, -int(-COLUMN_SHARE * n_columns // 1)))
    return np.sort(rng.choice(n_columns, n_drawn, replace=False))


def _sketch(gradient: Floats, rng: np.random.Generator) -> Floats:
    """Return gradients ``(n_classes, n_rows)`` in a few directions, ``(n_directions, n_rows)``."""
    if len(gradient) <= MAX_DIRECTIONS:
        # The classes' gradients sum to 0: the first follows from the others.
        return gradient[1:]
    return rng.standard_normal((MAX_DIRECTIONS, len(gradient))) @ gradient


def _best_tests(bins: NDArray[np.uint8], n_cuts: Codes, sketch: Floats, weights: Floats, depth: int) -> Codes:
    """Return the column and the cut that each level tests, ``(depth, 2)``.

    ``bins`` are ``(n_columns, n_rows)``; a row passes the test of cut c where its bin is above c. The test with the
    largest sum over nodes of squared gradients by rows is the best, as in gradient boosting.
    """
    n_bins = int(n_cuts.max()) + 1
    tests, node = np.zeros((depth, 2), dtype=np.int64), np.zeros(bins.shape[1], dtype=np.int64)
    is_cut = np.arange(n_bins - 1) < n_cuts[:, np.newaxis]
    for level in range(depth):
        sums = _node_sums(bins, node * n_bins, (weights, *sketch), (1 << level, n_bins)).cumsum(-1)
        # Up to each cut, and of whole nodes.
        below, whole = sums[..., :-1], sums[..., -1:]
        n_below, n_above = below[0] + LEAF_PENALTY, whole[0] - below[0] + LEAF_PENALTY
        gains = (below[1:] ** 2 / n_below + (whole[1:] - below[1:]) ** 2 / n_above).sum(2).sum(0)
        column, cut = np.unravel_index(np.where(is_cut, gains, -1.0).argmax(), gains.shape)
        tests[level] = column, cut
        node = 2 * node + (bins[column] > cut)
    return tests


def _node_sums(bins: NDArray[np.uint8], first: Codes, values: Sequence[Floats], shape: tuple[int, int]) -> Floats:
    """Return sums of each of ``values`` ``(n_rows,)`` by column, node and bin, ``(n_values, n_columns, *shape)``.

    ``first`` is the place of the first bin of each row's node, ``shape`` the number of nodes and of bins.
    """
    sums = np.empty((len(values), len(bins), shape[0] * shape[1]))
    for column, own in enumerate(bins):
        place = first + own
        for index, each in enumerate(values):
            sums[index, column] = np.bincount(place, each, minlength=sums.shape[2])
    return sums.reshape(*sums.shape[:2], *shape)


def _leaf_values(leaf: Codes, gradient: Floats, probabilities: Floats, weights: Floats, n_leaves: int) -> Floats:
    """Return the Newton step of each class in each leaf, ``(n_classes, n_leaves)``."""
    values = np.empty((len(gradient), n_leaves))
    for code, (own, share) in enumerate(zip(gradient, probabilities, strict=True)):
        curvature = np.bincount(leaf, share * (1 - share) * weights, minlength=n_leaves)
        values[code] = np.bincount(leaf, own, minlength=n_leaves) / (curvature + VALUE_PENALTY)
    return values
