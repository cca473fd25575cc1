"""Small boosted trees that cut a table into leaves, which are inputs of networks.

A network learns from them where thresholds on several columns act together. A tree is oblivious: all nodes of a level
make the same test, so that a row's leaf is a number with one bit for each level (Kohavi 1994; Prokhorenkova et al.
2018, "CatBoost", arXiv 1706.09516). Trees are grown one after the other on the gradient of the log loss that those
before leave (Friedman 2001). What they predict is thrown away; the network learns from the leaves, as the linear model
of He et al. 2014, "Practical lessons from predicting clicks on ads at Facebook", did.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

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


@dataclass(frozen=True, eq=False)
class Trees:
    """Trees of equal depth: a row passes a test where its number in the test's column is above the threshold."""

    columns: Codes  # the column that each level tests, (n_trees, depth)
    thresholds: Floats  # (n_trees, depth); every number that is not missing is above the lowest float

    def leaves(self, numbers: Floats) -> NDArray[np.int32]:
        """Return the leaf of each row in each tree, ``(n_rows, n_trees)``, from ``numbers`` ``(n_columns, n_rows)``.

        A missing number, NaN, passes no test.
        """
        leaves = np.zeros((numbers.shape[1], len(self.columns)), dtype=np.int32)
        for tree, (columns, thresholds) in enumerate(zip(self.columns, self.thresholds, strict=True)):
            leaf = np.zeros(numbers.shape[1], dtype=np.int32)
            for column, threshold in zip(columns, thresholds, strict=True):
                leaf += leaf
                leaf += numbers[column] > threshold
            leaves[:, tree] = leaf
        return leaves


def grow_trees(
    numbers: Floats,
    codes: Codes,
    n_classes: int,
    weights: Floats | None = None,
    *,
    n_trees: int = N_TREES,
    depth: int = DEPTH,
    seed: int = 0,
) -> Trees:
    """Grow trees on rows ``numbers`` ``(n_columns, n_rows)``, NaN where missing, of classes ``codes`` ``(n_rows,)``.

    ``weights`` ``(n_rows,)`` are what rows count.
    """
    rng = np.random.default_rng(seed)
    cuts = [_cuts(column) for column in numbers]
    # A missing number is in the first bin, below the first cut.
    bins = np.stack([np.searchsorted(cut, column, side="left") for cut, column in zip(cuts, numbers, strict=True)])
    bins[np.isnan(numbers)] = 0
    row_weights = np.ones(len(codes)) if weights is None else weights / weights.mean()
    target = np.eye(n_classes)[codes]
    shares = (row_weights @ target + 1) / (row_weights.sum() + n_classes)
    logits = np.tile(np.log(shares), (len(codes), 1))
    columns, thresholds = np.zeros((n_trees, depth), dtype=np.int64), np.zeros((n_trees, depth))
    for tree in range(n_trees):
        probabilities = np.exp(logits - logits.max(1, keepdims=True))
        probabilities /= probabilities.sum(1, keepdims=True)
        gradient = (target - probabilities) * row_weights[:, np.newaxis]
        rows, own = _drawn_rows(rng, len(codes)), _drawn_columns(rng, len(numbers))
        sketch = _sketch(gradient[rows], rng)
        tests = _best_tests(
            bins[np.ix_(own, rows)], [len(cuts[each]) for each in own], sketch, row_weights[rows], depth
        )
        columns[tree] = own[tests[:, 0]]
        thresholds[tree] = [cuts[column][cut] for column, cut in zip(columns[tree], tests[:, 1], strict=True)]
        leaves = Trees(columns[tree : tree + 1], thresholds[tree : tree + 1]).leaves(numbers)[:, 0]
        curvature = probabilities * (1 - probabilities) * row_weights[:, np.newaxis]
        logits += LEARNING_RATE * _leaf_values(leaves, gradient, curvature, 1 << depth)[leaves]
    return Trees(columns, thresholds)


def _cuts(column: Floats) -> Floats:
    """Return the thresholds of a column, ascending: one below all its numbers, then between neighbours."""
    present = np.sort(column[~np.isnan(column)])
    lowest = np.array([np.finfo(np.float64).min])
    distinct = np.unique(present)
    if len(distinct) < 2:
        return lowest
    if len(distinct) > MAX_CUTS:
        at = np.arange(1, MAX_CUTS) * len(present) // MAX_CUTS
        below = np.unique(np.searchsorted(distinct, present[at], side="left").clip(1)) - 1
    else:
        below = np.arange(len(distinct) - 1)
    # Halved first: the sum of large floats would overflow. Halving is exact.
    return np.concatenate([lowest, distinct[below] / 2 + distinct[below + 1] / 2])


def _drawn_rows(rng: np.random.Generator, n_rows: int) -> Codes:
    """Return the rows that one tree is grown on, ascending."""
    return np.sort(rng.choice(n_rows, max(1, min(MAX_ROWS, round(ROW_SHARE * n_rows))), replace=False))


def _drawn_columns(rng: np.random.Generator, n_columns: int) -> Codes:
    """Return the columns that one tree may test, ascending."""
    n_drawn = min(n_columns, max(MIN_COLUMNS, -int(-COLUMN_SHARE * n_columns // 1)))
    return np.sort(rng.choice(n_columns, n_drawn, replace=False))


def _sketch(gradient: Floats, rng: np.random.Generator) -> Floats:
    """Return gradients ``(n_rows, n_classes)`` in a few directions, ``(n_directions, n_rows)``."""
    n_classes = gradient.shape[1]
    if n_classes <= MAX_DIRECTIONS:
        # The classes' gradients sum to 0: the first follows from the others.
        return np.ascontiguousarray(gradient[:, 1:].T)
    return rng.standard_normal((MAX_DIRECTIONS, n_classes)) @ gradient.T


def _best_tests(bins: Codes, n_cuts: list[int], sketch: Floats, weights: Floats, depth: int) -> Codes:
    """Return the column and the cut that each level tests, ``(depth, 2)``.

    ``bins`` are ``(n_columns, n_rows)``; a row passes the test of cut c where its bin is above c. The test with the
    largest sum over nodes of squared gradients by rows is the best, as in gradient boosting.
    """
    n_columns, n_rows = bins.shape
    n_bins = max(n_cuts) + 1
    tests, node = np.zeros((depth, 2), dtype=np.int64), np.zeros(n_rows, dtype=np.int64)
    is_cut = np.arange(n_bins - 1) < np.array(n_cuts)[:, np.newaxis]
    for level in range(depth):
        n_nodes = 1 << level
        place = bins + (node * n_bins)

        def below(values: Floats, place: Codes = place, n_nodes: int = n_nodes) -> tuple[Floats, Floats]:
            """Return sums up to each cut, ``(n_columns, n_nodes, n_cuts)``, and those of each whole node."""
            sums = np.stack([np.bincount(own, values, minlength=n_nodes * n_bins) for own in place])
            summed = sums.reshape(n_columns, n_nodes, n_bins).cumsum(2)
            return summed[..., :-1], summed[..., -1:]

        n_below, n_all = below(weights)
        gains = np.zeros((n_columns, n_bins - 1))
        for direction in sketch:
            left, total = below(direction)
            parts = left**2 / (n_below + LEAF_PENALTY) + (total - left) ** 2 / (n_all - n_below + LEAF_PENALTY)
            gains += parts.sum(1)
        column, cut = np.unravel_index(np.where(is_cut, gains, -1.0).argmax(), gains.shape)
        tests[level] = column, cut
        node = 2 * node + (bins[column] > cut)
    return tests


def _leaf_values(leaves: NDArray[np.int32], gradient: Floats, curvature: Floats, n_leaves: int) -> Floats:
    """Return the Newton step of each leaf in each class, ``(n_leaves, n_classes)``."""
    sums = [
        np.stack([np.bincount(leaves, of_class, minlength=n_leaves) for of_class in values.T], 1)
        for values in (gradient, curvature)
    ]
    return np.asarray(sums[0] / (sums[1] + VALUE_PENALTY))
