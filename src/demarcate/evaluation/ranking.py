"""Area under the ROC curve and average precision of many weightings of the same rows at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ranking:
    """The rows of a class, compared by score with the other rows once and for all."""

    positives: NDArray[np.int64]
    """``(n_positives,)``: the rows of the class, by ascending score."""
    negatives: NDArray[np.int64]
    """``(n_negatives,)``: the other rows, by ascending score."""
    n_below: NDArray[np.int64]
    """``(n_positives,)``: how many negatives score less than each positive."""
    n_not_above: NDArray[np.int64]
    """``(n_positives,)``: how many negatives score less or the same."""
    first_equal: NDArray[np.int64]
    """``(n_positives,)``: the index of the first positive of the same score."""


def ranked_classes(codes: NDArray[np.int64], n_classes: int) -> list[int]:
    """Return the classes to rank rows by: the second of two, all of more; without those that no or every row has."""
    counts = np.bincount(codes, minlength=n_classes)
    return [code for code in ([1] if n_classes == 2 else range(n_classes)) if 0 < counts[code] < len(codes)]


def rank(is_positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> Ranking:
    """Compare positive rows with the others by their finite scores, ``(n_rows,)`` each; one sort of each side."""
    order = np.argsort(scores, kind="stable")
    positive = is_positive[order]
    positives, negatives = order[positive], order[~positive]
    below, of_positives = scores[negatives], scores[positives]
    return Ranking(
        positives,
        negatives,
        np.searchsorted(below, of_positives, side="left"),
        np.searchsorted(below, of_positives, side="right"),
        np.searchsorted(of_positives, of_positives, side="left"),
    )


def weighted_auc(ranking: Ranking, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the area under the ROC curve for each weighting ``(n_weightings, n_rows)``; NaN for a side of no weight.

    It is the chance that a positive row, drawn by weight, scores above a negative one, an equal score counting half
    (Hanley and McNeil, 1982, https://doi.org/10.1148/radiology.143.1.7063747). Ties are exact.
    """
    positive_weights = weights[:, ranking.positives]
    cumulative = _cumulative_negatives(ranking, weights)
    outranked = cumulative[:, ranking.n_below] + cumulative[:, ranking.n_not_above]
    pairs = positive_weights.sum(axis=1) * cumulative[:, -1]
    return divide(np.einsum("ij,ij->i", positive_weights, outranked) / 2, pairs)


def weighted_average_precision(ranking: Ranking, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the average precision for each weighting ``(n_weightings, n_rows)``; NaN for positives of no weight.

    It is the weighted mean over the positive rows of the share of positives among all rows that score as much or more.
    """
    # Positives are in ascending order of their score: those of a score share the value of the first.
    positive_weights = weights[:, ranking.positives]
    from_here = np.cumsum(positive_weights[:, ::-1], axis=1)[:, ::-1][:, ranking.first_equal]
    cumulative = _cumulative_negatives(ranking, weights)
    negatives_from_here = cumulative[:, -1:] - cumulative[:, ranking.n_below]
    above = from_here + negatives_from_here
    precision = np.divide(from_here, above, out=np.zeros_like(above), where=above > 0)
    return divide(np.einsum("ij,ij->i", positive_weights, precision), positive_weights.sum(axis=1))


def divide(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return quotients ``(n_weightings,)``, NaN where nothing is below."""
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0))


def _cumulative_negatives(ranking: Ranking, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weight of the negatives before each place, ``(n_weightings, n_negatives + 1)``."""
    cumulative = np.zeros((len(weights), len(ranking.negatives) + 1))
    np.cumsum(weights[:, ranking.negatives], axis=1, out=cumulative[:, 1:])
    return cumulative


def auc_row_values(
    is_positive: NDArray[np.bool_], scores: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Return a number for each row ``(n_rows,)`` whose mean is the area under the ROC curve; both sides need rows.

    With weights it is the weighted mean, and both sides need weight.

    A row's placement is the share of rows of the other side that it is on the right side of, an equal score counting
    half. A row departs from the area as its placement does from the mean of its side, times rows in all over rows of
    its side. The variance of these numbers over their count is that of the area (DeLong, DeLong and Clarke-Pearson,
    1988, https://doi.org/10.2307/2531595), and two scores of the same rows can be compared row by row.
    """
    if weights is not None:
        return _weighted_auc_row_values(is_positive, scores, weights)
    n_rows, n_positive = len(scores), int(is_positive.sum())
    values = np.empty(n_rows)
    for side, sign, n_side in ((is_positive, 1.0, n_positive), (~is_positive, -1.0, n_rows - n_positive)):
        ranking = rank(side, sign * scores)
        placements = (ranking.n_below + ranking.n_not_above) / (2 * len(ranking.negatives))
        area = placements.mean()
        values[ranking.positives] = area + (placements - area) * n_rows / n_side
    return values


def _weighted_auc_row_values(
    is_positive: NDArray[np.bool_], scores: NDArray[np.float64], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `auc_row_values` of weighted rows: placements are shares of weight, and so are the sides."""
    values, total = np.empty(len(scores)), float(weights.sum())
    for side, sign in ((is_positive, 1.0), (~is_positive, -1.0)):
        ranking = rank(side, sign * scores)
        below = np.concatenate([[0.0], np.cumsum(weights[ranking.negatives])])
        placements = (below[ranking.n_below] + below[ranking.n_not_above]) / (2 * below[-1])
        of_side = weights[ranking.positives]
        area = float(of_side @ placements) / float(of_side.sum())
        values[ranking.positives] = area + (placements - area) * total / float(of_side.sum())
    return values
