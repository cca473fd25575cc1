"""Measures: functions from weightings of the same rows to one value for each weighting.

The bootstrap computes a thousand values of every metric; what does not depend on the weights is computed once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.ranking import Ranking, divide, rank, ranked_classes
from demarcate.evaluation.row_values import confidences, row_hits

Measure = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From weights ``(n_weightings, n_rows)``, not negative, to values ``(n_weightings,)``, NaN where undefined."""

N_BINS = 10
"""Bins of the calibration error."""


@dataclass(frozen=True, eq=False)
class Ratio:
    """A weighted sum over another one: means and shares, whose variance is known without drawing rows again."""

    above: NDArray[np.float64]  # each row's part of the sum above, (n_rows,)
    below: NDArray[np.float64]  # each row's part of the sum below, at least 0, (n_rows,)

    def __call__(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the ratio for each weighting."""
        sums = weights @ self._both
        return divide(sums[:, 0], sums[:, 1])

    @cached_property
    def _both(self) -> NDArray[np.float64]:
        return np.stack([self.above, self.below], axis=1)


def mean_of(values: NDArray[np.floating] | NDArray[np.bool_]) -> Ratio:
    """Return the weighted mean of a number a row, ``(n_rows,)``."""
    return Ratio(values.astype(np.float64), np.ones(len(values)))


def share_of(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> Ratio:
    """Return the weighted share of ``part`` among the rows of ``whole``, ``(n_rows,)`` each."""
    return Ratio((part & whole).astype(np.float64), whole.astype(np.float64))


def average_of(measures: Sequence[Measure]) -> Measure:
    """Return the mean of measures, for each weighting over those that are defined."""

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        total, count = np.zeros(len(weights)), np.zeros(len(weights))
        for one in measures:
            value = one(weights)
            is_defined = ~np.isnan(value)
            total += np.where(is_defined, value, 0.0)
            count += is_defined
        return divide(total, count)

    return measure


def mean_recall(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Measure:
    """Return the mean recall over the classes that rows have."""
    hits = row_hits(codes, probabilities)
    return average_of([share_of(hits, codes == code) for code in np.unique(codes)])


def mean_over_rankings(
    value: Callable[[Ranking, NDArray[np.float64]], NDArray[np.float64]],
    codes: NDArray[np.int64],
    probabilities: NDArray[np.float64],
) -> Measure:
    """Return the mean of a ranking's value over the classes; of two only the second is ranked."""
    rankings = [rank(codes == code, probabilities[:, code]) for code in ranked_classes(codes, probabilities.shape[1])]
    return average_of([partial(value, ranking) for ranking in rankings])


def class_measures(codes: NDArray[np.int64], decided: NDArray[np.int64], code: int) -> dict[str, Measure]:
    """Return precision, recall and F1 of one class; ``decided`` ``(n_rows,)`` is -1 where no class was decided for."""
    is_of, is_called = codes == code, decided == code
    hits = is_of & is_called
    return {
        "precision": share_of(hits, is_called),
        "recall": share_of(hits, is_of),
        "f1": Ratio(2.0 * hits, is_of.astype(float) + is_called),
    }


def calibration_bins(
    confidence: NDArray[np.float64], n_bins: int = N_BINS, counts: NDArray[np.float64] | None = None
) -> NDArray[np.int64]:
    """Return the bin of each row, ``(n_rows,)``: about as many rows in each, equal probabilities together.

    Each row stands for as many as ``counts`` says, for itself if None.
    """
    shares = np.arange(1, n_bins) / n_bins
    edges = np.unique(np.quantile(confidence, shares, method="inverted_cdf", weights=counts))
    return np.asarray(np.searchsorted(edges, confidence, side="left"))


def calibration_error_of(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Measure:
    """Return the mean distance of a bin's mean probability from the share of its rows that came true."""
    confidence, came_true = confidences(codes, probabilities)
    return binned_calibration_error(calibration_bins(confidence), came_true - confidence)


def binned_calibration_error(bins: NDArray[np.int64], gaps: NDArray[np.float64]) -> Measure:
    """Return the calibration error of rows in bins, given each row's outcome less its probability."""
    members = [np.flatnonzero(bins == number) for number in np.unique(bins)]

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        total = np.zeros(len(weights))
        for rows in members:
            total += np.abs(weights[:, rows] @ gaps[rows])
        return divide(total, weights.sum(axis=1))

    return measure


def values_of(measures: Mapping[str, Measure], weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the values ``(n_weightings,)`` of each measure, by name."""
    return {name: measure(weights) for name, measure in measures.items()}
