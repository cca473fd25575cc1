"""Target statistics: how the classes of training rows differ between the values of a column, as smoothed log odds."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import FitContext, Floats
from demarcate.presentation import brief_repr

STRENGTHS = 2.0 ** np.arange(-1, 13)
"""Strengths of a prior to choose from, in rows."""
MIN_GAIN, MIN_ROW_GAIN = 10.0, 0.002
"""Log likelihood that statistics have to gain, in all and for each training row, lest they be noise."""
MAX_CLASSES = 12
"""Classes up to which there are scores: one column for each."""


MAX_ODDS = 100.0
"""Log odds of a model file are within +-this; those of a table would take e^100 rows to reach it."""


@brief_repr
@dataclass(frozen=True, eq=False)
class ClassStatistics:
    """The rows of each class that the values of a column have, and the shares of classes that are expected.

    The classes of a value's rows are taken to be drawn with shares of its own, which vary from value to value around
    those expected (Dirichlet-multinomial). How little they vary is the strength of that prior, in rows: the likeliest
    one given all values (empirical Bayes).
    """

    counts: Floats  # weighted rows of each value and class, (n_values, n_classes)
    expected: Floats  # shares of classes if the value made no difference, above 0, (n_values, n_classes)

    @classmethod
    def of(cls, counts: Floats, of_parts: Floats, parts: NDArray[np.int64]) -> "ClassStatistics":
        """Return the statistics of values that are expected to have the classes of their part of the column.

        ``of_parts`` are the rows of each part and class, ``(n_parts, n_classes)``; ``parts`` is each value's part.
        """
        totals = of_parts.sum(0)
        shares = of_parts + (totals + 1) / (totals.sum() + len(totals))
        return cls(counts, (shares / shares.sum(1, keepdims=True))[parts])

    def strength(self) -> float:
        """Return the likeliest strength of the prior."""
        return float(STRENGTHS[int(np.argmax(self._likelihoods()))])

    def are_informative(self) -> bool:
        """Return whether the values' classes differ by more than chance from those expected."""
        known = self.counts.sum(1) > 0
        nothing = (self.counts[known] * np.log(self.expected[known])).sum()
        return bool(self._likelihoods().max() - nothing > max(MIN_GAIN, MIN_ROW_GAIN * self.counts.sum()))

    def log_odds(self) -> Floats:
        """Return how much more likely each class is for each value than expected, ``(n_values, n_scores)``.

        With two classes the one score is the log odds of the second class less those expected; with more there is one
        for each class, the log of its share less that of the share expected.
        """
        shares = self.counts + self.strength() * self.expected
        logs = np.log(shares / shares.sum(1, keepdims=True)) - np.log(self.expected)
        return np.asarray(logs[:, 1:] - logs[:, :1] if logs.shape[1] == 2 else logs)

    def _likelihoods(self) -> Floats:
        """Return the log likelihood of the counts for each of the strengths."""
        from scipy.special import gammaln

        n_rows, likelihoods = self.counts.sum(1), np.empty(len(STRENGTHS))
        for index, strength in enumerate(STRENGTHS):
            prior = strength * self.expected
            of_classes = (gammaln(self.counts + prior) - gammaln(prior)).sum(1)
            likelihoods[index] = (of_classes + gammaln(strength) - gammaln(strength + n_rows)).sum()
        return likelihoods


def class_counts(
    indices: NDArray[np.integer[Any]], n_indices: int, rows: NDArray[np.int64], context: FitContext
) -> Floats:
    """Return the rows of each index and class, ``(n_indices, n_classes)``, where ``rows`` have these indices.

    Weighted rows count in proportion to their weights, and as many as they are in all.
    """
    assert context.codes is not None, "statistics of classes need classes"
    weights = None if context.weights is None else context.weights[rows]
    if weights is not None and weights.sum() > 0:
        weights = weights * (len(weights) / weights.sum())
    pairs = indices * np.int64(context.n_classes) + context.codes[rows]
    counts = np.bincount(pairs, weights, minlength=n_indices * context.n_classes)
    return counts.astype(np.float64).reshape(n_indices, context.n_classes)


def score_names(column: str, number: int) -> list[str]:
    """Return a name for each of a number of scores."""
    return [f"{column}: log odds"] if number == 1 else [f"{column}: log odds of class {at}" for at in range(number)]
