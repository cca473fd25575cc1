"""Measures: functions from weightings of the same rows to one value for each weighting.

The bootstrap computes a thousand values of every metric; what does not depend on the weights is computed once.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.ranking import Ranking, rank, weighted_auc, weighted_average_precision
from demarcate.evaluation.row_values import confidences, row_hits

Measure = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""From weights ``(n_weightings, n_rows)``, not negative, to values ``(n_weightings,)``, NaN where undefined."""

N_BINS = 10
"""Bins of the calibration error."""


def mean_of(values: NDArray[np.floating] | NDArray[np.bool_]) -> Measure:
    """Return the weighted mean of a number a row, ``(n_rows,)``."""
    return _ratio(values.astype(np.float64), np.ones(len(values)))


def share_of(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> Measure:
    """Return the weighted share of ``part`` among the rows of ``whole``, ``(n_rows,)`` each."""
    return _ratio((part & whole).astype(np.float64), whole.astype(np.float64))


def average_of(measures: Sequence[Measure]) -> Measure:
    """Return the mean of measures, for each weighting over those that are defined."""

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        total, count = np.zeros(len(weights)), np.zeros(len(weights))
        for one in measures:
            value = one(weights)
            is_defined = ~np.isnan(value)
            total += np.where(is_defined, value, 0.0)
            count += is_defined
        return _divide(total, count)

    return measure


def mean_recall(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Measure:
    """Return the mean recall over the classes that rows have."""
    hits = row_hits(codes, probabilities)
    return average_of([share_of(hits, codes == code) for code in np.unique(codes)])


def mean_auc(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Measure:
    """Return the mean area under the ROC curve over the classes."""
    return _mean_over_rankings(codes, probabilities, weighted_auc)


def mean_average_precision(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> Measure:
    """Return the mean average precision over the classes."""
    return _mean_over_rankings(codes, probabilities, weighted_average_precision)


def class_rankings(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> list[Ranking]:
    """Rank the rows by class 1 if there are two classes, by each class if there are more.

    Classes that no row or every row has are left out.
    """
    n_classes = probabilities.shape[1]
    counts = np.bincount(codes, minlength=n_classes)
    columns = [1] if n_classes == 2 else range(n_classes)
    return [rank(codes == code, probabilities[:, code]) for code in columns if 0 < counts[code] < len(codes)]


def class_measures(codes: NDArray[np.int64], decided: NDArray[np.int64], code: int) -> dict[str, Measure]:
    """Return precision, recall and F1 of one class; ``decided`` ``(n_rows,)`` is -1 where no class was decided for."""
    is_of, is_called = codes == code, decided == code
    hits = is_of & is_called
    return {
        "precision": share_of(hits, is_called),
        "recall": share_of(hits, is_of),
        "f1": _ratio(2.0 * hits, is_of.astype(float) + is_called),
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
        return _divide(total, weights.sum(axis=1))

    return measure


def values_of(measures: Mapping[str, Measure], weights: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the values ``(n_weightings,)`` of each measure, by name."""
    return {name: measure(weights) for name, measure in measures.items()}


def _mean_over_rankings(
    codes: NDArray[np.int64],
    probabilities: NDArray[np.float64],
    value: Callable[[Ranking, NDArray[np.float64]], NDArray[np.float64]],
) -> Measure:
    def measure_of(ranking: Ranking) -> Measure:
        return lambda weights: value(ranking, weights)

    return average_of([measure_of(ranking) for ranking in class_rankings(codes, probabilities)])


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> Measure:
    both = np.stack([above, below], axis=1)

    def measure(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = weights @ both
        return _divide(sums[:, 0], sums[:, 1])

    return measure


def _divide(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    result = np.full(len(above), np.nan)
    np.divide(above, below, out=result, where=below > 0)
    return result
