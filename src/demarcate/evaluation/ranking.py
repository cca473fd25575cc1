"""How well scores rank the rows of a class above the others, for many weightings of the same rows at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.typing import NDArray


@dataclass(frozen=True)
class Ranking:
    """The rows of one class and the other rows, compared by score once and for all.

    Parameters
    ----------
    positives
        `(n_positives,)`, the rows of the class, ascending by score.
    negatives
        `(n_negatives,)`, the other rows, ascending by score.
    n_below
        `(n_positives,)`, how many negatives score less than each positive.
    n_not_above
        `(n_positives,)`, how many score less or the same.
    first_equal
        `(n_positives,)`, the place among the positives of the first that scores the same.
    """

    positives: npt.NDArray[np.int64]
    negatives: npt.NDArray[np.int64]
    n_below: npt.NDArray[np.int64]
    n_not_above: npt.NDArray[np.int64]
    first_equal: npt.NDArray[np.int64]


def rank(is_positive: npt.NDArray[np.bool_], scores: npt.NDArray[np.float64]) -> Ranking:
    """Compare the scores of positive rows with those of the others; one sort of each.

    Parameters
    ----------
    is_positive
        `(n_rows,)`, which rows are of the class.
    scores
        `(n_rows,)`, finite.

    Examples
    --------
    >>> rank(np.array([True, False, False]), np.array([0.5, 0.5, 0.2])).n_not_above
    array([2])
    """
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


def weighted_auc(ranking: Ranking, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the area under the ROC curve for each weighting of the rows.

    The area is the chance that a positive row, drawn by weight, scores above a negative one, an equal score counting
    half (Hanley and McNeil, 1982, https://doi.org/10.1148/radiology.143.1.7063747). Ties are exact.

    Parameters
    ----------
    ranking
        The rows, compared.
    weights
        `(n_weightings, n_rows)`, not negative.

    Returns
    -------
    ndarray of shape (n_weightings,)
        In [0, 1]; NaN where the positives or the negatives weigh nothing.

    Examples
    --------
    >>> ranking = rank(np.array([True, True, False]), np.array([0.9, 0.2, 0.5]))
    >>> weighted_auc(ranking, np.array([[1.0, 1.0, 1.0], [3.0, 1.0, 1.0], [1.0, 1.0, 0.0]]))
    array([0.5 , 0.75,  nan])
    """
    positive_weights = weights[:, ranking.positives]
    cumulative = np.zeros((len(weights), len(ranking.negatives) + 1))
    np.cumsum(weights[:, ranking.negatives], axis=1, out=cumulative[:, 1:])
    outranked = cumulative[:, ranking.n_below] + cumulative[:, ranking.n_not_above]
    pairs = positive_weights.sum(axis=1) * cumulative[:, -1]
    wins = np.einsum("ij,ij->i", positive_weights, outranked) / 2
    area = np.full(len(weights), np.nan)
    np.divide(wins, pairs, out=area, where=pairs > 0)
    return area


def weighted_precision(ranking: Ranking, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the average precision for each weighting of the rows.

    It is the mean over the positive rows, by weight, of the share of positives among all rows that score as much or
    more.

    Parameters
    ----------
    ranking
        The rows, compared.
    weights
        `(n_weightings, n_rows)`, not negative.

    Returns
    -------
    ndarray of shape (n_weightings,)
        In [0, 1]; NaN where the positives weigh nothing.

    Examples
    --------
    >>> ranking = rank(np.array([True, True, False]), np.array([0.9, 0.2, 0.5]))
    >>> weighted_precision(ranking, np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 0.0]])).round(3)
    array([0.833, 1.   ])
    """
    # Positives are in ascending order of their score: those of a score share the place of its first.
    positive_weights = weights[:, ranking.positives]
    from_here = np.cumsum(positive_weights[:, ::-1], axis=1)[:, ::-1][:, ranking.first_equal]
    cumulative = np.zeros((len(weights), len(ranking.negatives) + 1))
    np.cumsum(weights[:, ranking.negatives], axis=1, out=cumulative[:, 1:])
    negatives_from_here = cumulative[:, -1:] - cumulative[:, ranking.n_below]
    above = from_here + negatives_from_here
    precision = np.divide(from_here, above, out=np.zeros_like(above), where=above > 0)
    total = positive_weights.sum(axis=1)
    mean = np.full(len(weights), np.nan)
    np.divide(np.einsum("ij,ij->i", positive_weights, precision), total, out=mean, where=total > 0)
    return mean


def row_areas(is_positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return numbers, one for each row, whose mean is the area under the ROC curve.

    A row's placement is the share of the rows of the other side that it is on the right side of, an equal score
    counting half. Positives and negatives each have the area for their mean placement; what a row departs from it is
    weighed by the number of rows for each of its side. The variance of these numbers, divided by how many there are, is
    that of the area (DeLong, DeLong and Clarke-Pearson, 1988, https://doi.org/10.2307/2531595), and differences between
    two scores of the same rows can be taken row by row.

    Parameters
    ----------
    is_positive
        ``(n_rows,)``, with rows on both sides.
    scores
        ``(n_rows,)``, finite.

    Examples
    --------
    >>> row_areas(np.array([True, True, False, False]), np.array([0.9, 0.4, 0.6, 0.1])).tolist()
    [1.25, 0.25, 0.25, 1.25]
    """
    n_rows, n_positive = len(scores), int(is_positive.sum())
    values = np.empty(n_rows)
    for side, sign, n_side in ((is_positive, 1.0, n_positive), (~is_positive, -1.0, n_rows - n_positive)):
        ranking = rank(side, sign * scores)
        placements = (ranking.n_below + ranking.n_not_above) / (2 * len(ranking.negatives))
        area = placements.mean()
        values[ranking.positives] = area + (placements - area) * n_rows / n_side
    return values
