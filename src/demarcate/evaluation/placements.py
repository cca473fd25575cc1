"""Each row's part in the area under the ROC curve, so that the area is a mean over rows like any other metric."""

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.ranking import rank


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
