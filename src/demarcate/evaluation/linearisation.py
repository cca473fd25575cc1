"""Variances of weighted means and shares of rows that are drawn by cluster, without drawing them again.

A ratio of weighted sums moves with each cluster by what its rows are above or below the ratio; the sum of the squares
of these moves is its variance (Taylor linearisation: Woodruff, 1971, https://doi.org/10.1080/01621459.1971.10482279).
The variance of a share, over that of as many independent rows, is its design effect, and rows over design effect are
the trials that it is worth. With few clusters the design effect is known badly itself: the number is lowered by
Student's quantiles for rows and for clusters (Korn and Graubard, 1998, Survey Methodology 24, 193-201).
"""

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.measures import Ratio, mean_of
from demarcate.evaluation.sampling import Sampling, effective_number

NO_VARIANCE = 1e-24
"""Of a share, which moves by rounding where all clusters, or the only one, have the same."""


def effective_trials(
    ratio: Ratio, sampling: Sampling, level: float | None, counts: NDArray[np.float64] | None = None
) -> float:
    """Return how many independent rows a share of these is worth, at most Kish's number of rows.

    Of rows that all count the same in the ratio, or of a single cluster, it is Kish's number of clusters. It is lowered
    for intervals of a ``level``, and not if that is None. Each cluster stands for as many as ``counts`` ``(n_rows,)``
    says, for itself if None.
    """
    from scipy.special import stdtrit

    weights = sampling.row_weights(len(ratio.below)) * ratio.below
    units = sampling.units(len(weights))
    n_units, n_rows = effective_number(weights, units, counts), effective_number(weights, None, counts)
    if n_units == 0:
        return 0.0
    value, variance = _value_and_variance(ratio, sampling, counts)
    if variance < NO_VARIANCE:
        return n_units
    trials = _spread(value, weights, counts) / variance
    if level is not None:
        # Freedom of rows and of clusters; a cluster alone leaves none, and knows hardly anything.
        tails = [float(stdtrit(max(n - 1, 1.0), (1 + level) / 2)) for n in (n_rows, n_units)]
        trials *= (tails[0] / tails[1]) ** 2
    return min(n_rows, trials)


def mean_interval(
    values: NDArray[np.float64], sampling: Sampling, level: float = 0.95
) -> tuple[float, float | None, float | None]:
    """Return the weighted mean of a number a row ``(n_rows,)`` and Student's interval by cluster; none of one cluster.

    The degrees of freedom are one less than Kish's number of clusters.
    """
    from scipy.special import stdtrit

    ratio = mean_of(values)
    value, variance = _value_and_variance(ratio, sampling, None)
    n_units = effective_number(sampling.row_weights(len(values)), sampling.units(len(values)))
    if n_units <= 1:
        return value, None, None
    half_width = float(stdtrit(max(n_units - 1, 1.0), (1 + level) / 2)) * variance**0.5
    return value, value - half_width, value + half_width


def mean_variance(values: NDArray[np.float64], sampling: Sampling) -> float:
    """Return the variance of the weighted mean of a number a row, ``(n_rows,)``."""
    return _value_and_variance(mean_of(values), sampling, None)[1]


def _value_and_variance(ratio: Ratio, sampling: Sampling, counts: NDArray[np.float64] | None) -> tuple[float, float]:
    n_rows = len(ratio.below)
    weights, units = sampling.row_weights(n_rows), sampling.units(n_rows)
    times = np.ones(n_rows) if counts is None else counts
    total = float((times * weights) @ ratio.below)
    value = float((times * weights) @ ratio.above) / total
    moves = np.bincount(units, weights * (ratio.above - value * ratio.below)) / total
    is_counted = np.bincount(units, weights * ratio.below) > 0
    of_unit = (np.bincount(units, times) / np.bincount(units))[is_counted]
    n_units = float(of_unit.sum())
    return value, float(of_unit @ moves[is_counted] ** 2) * n_units / max(n_units - 1, 1.0)


def _spread(value: float, weights: NDArray[np.float64], counts: NDArray[np.float64] | None) -> float:
    """Return the variance of a single row of the share, as the variance of a mean of such rows estimates it."""
    times = np.ones(len(weights)) if counts is None else counts
    n_rows = float(times[weights > 0].sum())
    return value * (1 - value) * n_rows / max(n_rows - 1, 1.0)
