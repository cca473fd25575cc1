"""Measures of how well a single column predicts the target: information gain and ROC AUC."""

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.table_view import FactorizedColumn

RESOLUTIONS = (8, 32, 128)
"""Numbers of bins for a column of numbers; the one with the largest gain is chosen."""


def information_gain(column: FactorizedColumn, codes: NDArray[np.int64], n_classes: int) -> float:
    """Return the share of the target's entropy that a column explains, 1 - log loss / entropy: at most 1.

    Each row is predicted by the class shares among the other rows of its value (or bin, for numbers of many values),
    mixed with one row's worth of the shares in the whole table. Without the row itself, values that occur once are
    worthless.
    """
    return best_binning(column, codes, n_classes)[2]


def best_binning(
    column: FactorizedColumn, codes: NDArray[np.int64], n_classes: int
) -> tuple[NDArray[np.int64], int, float]:
    """Return the binning with the largest gain: each row's bin ``(n_rows,)``, the number of bins, and the gain."""
    binnings = [(*binning, _gain(*binning, codes, n_classes)) for binning in _binnings(column, len(codes))]
    return max(binnings, key=lambda binning: binning[2])


def _binnings(column: FactorizedColumn, n_rows: int) -> list[tuple[NDArray[np.int64], int]]:
    largest = min(RESOLUTIONS[-1], max(RESOLUTIONS[0], n_rows // 8))
    if column.numbers is None or column.n_values <= RESOLUTIONS[0]:
        return [(column.value_codes, column.n_values)]
    if column.n_values <= largest:
        return [quantile_bins(column, RESOLUTIONS[0]), (column.value_codes, column.n_values)]
    return [quantile_bins(column, n_bins) for n_bins in RESOLUTIONS if n_bins <= largest]


def quantile_bins(column: FactorizedColumn, n_bins: int) -> tuple[NDArray[np.int64], int]:
    """Return each row's bin of about equally many rows, with one more for missing cells, and the number of bins."""
    counts = column.counts[: len(column.counts) - bool(column.n_missing)]
    middle = np.cumsum(counts) - counts / 2
    bins = np.minimum((middle / max(counts.sum(), 1) * n_bins).astype(np.int64), n_bins - 1)
    if column.n_missing:
        bins = np.append(bins, n_bins)
    return bins[column.value_codes], n_bins + 1


def contingency_table(
    values: NDArray[np.int64], n_values: int, codes: NDArray[np.int64], n_classes: int
) -> NDArray[np.int64]:
    """Return the number of rows of each value and class, ``(n_values, n_classes)``, from codes ``(n_rows,)`` each."""
    return np.bincount(values * n_classes + codes, minlength=n_values * n_classes).reshape(n_values, n_classes)


def entropy(shares: NDArray[np.float64]) -> float:
    """Return the entropy of shares that sum to 1, in nats."""
    positive = shares[shares > 0]
    return -float(positive @ np.log(positive))


def rank_auc(values: NDArray[np.int64], is_positive: NDArray[np.bool_]) -> float | None:
    """Return the ROC AUC of values from 0 up, ties counting half; None if all rows are of one class."""
    n_values = int(values.max()) + 1 if len(values) else 0
    positives = np.bincount(values[is_positive], minlength=n_values)
    negatives = np.bincount(values[~is_positive], minlength=n_values)
    pairs = float(positives.sum()) * float(negatives.sum())
    below = np.cumsum(negatives) - negatives / 2
    return float(positives @ below) / pairs if pairs else None


def _gain(bins: NDArray[np.int64], n_bins: int, codes: NDArray[np.int64], n_classes: int) -> float:
    n_rows = len(codes)
    shares = np.bincount(codes, minlength=n_classes) / n_rows
    uncertainty = entropy(shares)
    if uncertainty == 0:
        return 0.0
    counts = contingency_table(bins, n_bins, codes, n_classes)
    filled, of_class = np.nonzero(counts)
    same = counts[filled, of_class]
    probabilities = (same - 1 + shares[of_class]) / counts.sum(1)[filled]
    return 1 + float(same @ np.log(probabilities)) / n_rows / uncertainty
