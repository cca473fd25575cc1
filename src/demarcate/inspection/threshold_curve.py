"""Precision, recall, accuracy of answers and cost against the threshold of a decision."""

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from demarcate.presentation import brief_repr

if TYPE_CHECKING:
    import polars as pl

N_STEPS = 1000
THRESHOLDS = np.arange(N_STEPS + 1) / N_STEPS
"""0, 0.001 and so on to 1."""


def count_at_least(
    probabilities: NDArray[np.floating], thresholds: NDArray[np.float64] = THRESHOLDS
) -> NDArray[np.int64]:
    """Return how many probabilities are at least each threshold, ``(n_thresholds,)``."""
    return np.asarray(len(probabilities) - np.searchsorted(np.sort(probabilities), thresholds, side="left"))


def cheapest_threshold(
    costs: NDArray[np.float64], expected: float, thresholds: NDArray[np.float64] = THRESHOLDS
) -> float:
    """Return the threshold of least cost; of equal ones the nearest to ``expected``.

    ``costs`` is ``(n_thresholds,)``; ``expected`` is the best threshold of true probabilities.
    """
    least = np.flatnonzero(costs <= costs.min() * (1 + 1e-12))
    return float(thresholds[least[np.abs(thresholds[least] - expected).argmin()]])


def rule_threshold(false_negative: float, false_positive: float) -> float:
    """Return the threshold of least cost if the probabilities are right, from the costs alone.

    Source: Elkan (2001), The foundations of cost-sensitive learning.
    """
    return false_positive / (false_positive + false_negative)


@brief_repr
@dataclass(frozen=True, eq=False)
class ThresholdCurve:
    """Counts of a decision between two classes at each threshold.

    ``true_positives`` and ``false_positives`` are the rows of either class at or above each of the ``thresholds``,
    ``(n_thresholds,)``.

    Examples
    --------
    >>> curve = ThresholdCurve.of(np.array([False, True, True]), np.array([0.2, 0.4, 0.9]), np.array([0.3, 0.5]))
    >>> curve.recall.tolist(), curve.cheapest(false_negative=2, false_positive=1)
    ([1.0, 0.5], 0.3)
    """

    n_positive: int
    n_negative: int
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    thresholds: NDArray[np.float64] = field(default_factory=lambda: THRESHOLDS)

    @classmethod
    def of(
        cls,
        is_positive: NDArray[np.bool_],
        probabilities: NDArray[np.floating],
        thresholds: NDArray[np.float64] = THRESHOLDS,
    ) -> "ThresholdCurve":
        """Count rows by their class ``(n_rows,)`` and their probability of the positive one ``(n_rows,)``."""
        positive, negative = probabilities[is_positive], probabilities[~is_positive]
        counts = count_at_least(positive, thresholds), count_at_least(negative, thresholds)
        return cls(len(positive), len(negative), *counts, thresholds)

    def with_decisions(
        self, threshold: float, is_positive: NDArray[np.bool_], is_predicted: NDArray[np.bool_]
    ) -> "ThresholdCurve":
        """Return the curve with the counts of decisions ``(n_rows,)`` by a threshold at the step nearest to it.

        The step's own counts would be those of a rounded threshold.
        """
        nearest = int(np.abs(self.thresholds - threshold).argmin())
        true_positives, false_positives = self.true_positives.copy(), self.false_positives.copy()
        true_positives[nearest] = (is_predicted & is_positive).sum()
        false_positives[nearest] = (is_predicted & ~is_positive).sum()
        return replace(self, true_positives=true_positives, false_positives=false_positives)

    @property
    def n_rows(self) -> int:
        """The number of rows of both classes."""
        return self.n_positive + self.n_negative

    @property
    def precision(self) -> NDArray[np.float64]:
        """The share of predicted positives that are positive, NaN where no row is predicted positive."""
        return _share(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> NDArray[np.float64]:
        """The share of positives that are predicted positive, NaN without positives."""
        return _share(self.true_positives, np.full_like(self.true_positives, self.n_positive))

    def to_frame(self) -> "pl.DataFrame":
        """Return a row for each threshold: the counts, precision and recall."""
        import polars as pl

        names = ("true_positives", "false_positives", "precision", "recall")
        return pl.DataFrame({"threshold": self.thresholds, **{name: getattr(self, name) for name in names}})

    def costs(self, false_negative: float, false_positive: float) -> NDArray[np.float64]:
        """Return the mean cost of a row at each threshold."""
        missed = self.n_positive - self.true_positives
        return np.asarray((missed * false_negative + self.false_positives * false_positive) / self.n_rows)

    def cheapest(self, false_negative: float, false_positive: float) -> float:
        """Return the threshold of least cost; of equal ones the nearest to the best of true probabilities."""
        expected = rule_threshold(false_negative, false_positive)
        return cheapest_threshold(self.costs(false_negative, false_positive), expected, self.thresholds)


@brief_repr
@dataclass(frozen=True, eq=False)
class AbstentionCurve:
    """Counts of answers where rows below a confidence are left undecided.

    ``answered`` counts the rows whose likeliest class has at least each of `THRESHOLDS`, ``right`` those of them that
    are of this class.
    """

    n_rows: int
    answered: NDArray[np.int64]
    right: NDArray[np.int64]

    @classmethod
    def of(cls, codes: NDArray[np.int64], probabilities: NDArray[np.floating]) -> "AbstentionCurve":
        """Count rows by their class ``(n_rows,)`` and their probabilities ``(n_rows, n_classes)``."""
        confidences, is_right = probabilities.max(axis=1), probabilities.argmax(axis=1) == codes
        return cls(len(codes), count_at_least(confidences), count_at_least(confidences[is_right]))

    @property
    def accuracy(self) -> NDArray[np.float64]:
        """The share of answers that are right, NaN where no row is answered."""
        return _share(self.right, self.answered)

    def costs(self, mistake: float, abstention: float) -> NDArray[np.float64]:
        """Return the mean cost of a row at each confidence."""
        total = (self.answered - self.right) * mistake + (self.n_rows - self.answered) * abstention
        return np.asarray(total / self.n_rows)

    def cheapest(self, mistake: float, abstention: float) -> float:
        """Return the confidence of least cost; of equal ones the nearest to the best of true probabilities.

        With true probabilities it is 1 - abstention / mistake (Chow, 1970, https://doi.org/10.1109/TIT.1970.1054406).
        """
        return cheapest_threshold(self.costs(mistake, abstention), max(0.0, 1 - abstention / mistake))


def _share(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)
