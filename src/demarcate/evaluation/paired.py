"""Two classifiers on the same rows: the difference of every metric, with its interval, and a verdict.

Two intervals that overlap say little of a difference: rows that are hard for one classifier are hard for the other,
and the difference varies less than either score. Both are therefore measured on the same draws of rows, and the
interval is that of the difference: the percentile bootstrap's, by group, weighted, widened for few groups and stretched
for how differences vary between folds, all as in `demarcate.evaluation.intervals`. Windows in time are folds here: the
question is which classifier is better on the whole, not how the next window turns out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.bootstrap import Bootstrap, n_resamples
from demarcate.evaluation.intervals import metric_bootstrap, sampled_units
from demarcate.evaluation.metrics import METRICS
from demarcate.evaluation.sampling import Sampling
from demarcate.evaluation.score_tables import Scores
from demarcate.evaluation.scores import Score, scores_from_json, scores_json
from demarcate.formatting import interval_texts
from demarcate.presentation import brief_repr

if TYPE_CHECKING:
    import polars as pl

Verdict = Literal["better", "worse", "cannot tell"]
DECIDING = "log_loss"
"""The metric that decides: it is of the probabilities themselves, and tells classifiers apart on fewest rows."""
_VERDICTS = {
    "better": "Better than {}",
    "worse": "Worse than {}",
    "cannot tell": "Cannot tell whether it is better than {}",
}


@brief_repr
@dataclass(frozen=True)
class PairedComparison:
    """The differences of a classifier's metrics from those of another on the same rows.

    Parameters
    ----------
    other
        The other classifier, as sentences name it.
    differences
        By metric, the classifier's value less the other one's, with its interval.

    Examples
    --------
    >>> difference = Score(-0.021, -0.035, -0.008, n_rows=900, rows="out-of-fold")
    >>> print(PairedComparison("logistic regression", {"log_loss": difference}))
    Better than logistic regression: log loss lower by 0.021 [0.008, 0.035] on the same rows.
    """

    other: str
    differences: Mapping[str, Score]

    @property
    def verdict(self) -> Verdict:
        """Whether the classifier is `better`, `worse` or `cannot tell`, by log loss."""
        return self.verdict_by(DECIDING)

    def verdict_by(self, metric: str) -> Verdict:
        """Return the verdict by a metric: `better` or `worse` if the interval leaves out 0, else `cannot tell`."""
        difference = self.differences[metric]
        if difference.low <= 0 <= difference.high:
            return "cannot tell"
        return "better" if (difference.value > 0) is METRICS[metric].higher_is_better else "worse"

    def __str__(self) -> str:
        difference = self.differences[DECIDING]
        value, low, high = difference.value, difference.low, difference.high
        if value < 0:
            value, low, high = -value, -high, -low
        direction = "lower" if difference.value < 0 else "higher"
        by_how_much = " ".join(filter(None, interval_texts(value, low, high)))
        verdict = _VERDICTS[self.verdict].format(self.other)
        return f"{verdict}: {METRICS[DECIDING].label} {direction} by {by_how_much} on the same rows."

    def to_frame(self) -> "pl.DataFrame":
        """Return the difference of each metric, with the columns of `Scores.to_frame`."""
        return Scores(self.differences).to_frame()

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
        return {"other": self.other, "verdict": self.verdict, "differences": scores_json(self.differences)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "PairedComparison":
        """Return the comparison that `to_json` wrote."""
        return cls(document["other"], scores_from_json(document["differences"]))


def compare_classifiers(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    others: npt.NDArray[np.floating],
    *,
    other: str,
    rows: str,
    folds: npt.NDArray[np.int64] | None = None,
    groups: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    positive: int = 1,
    seed: int = 0,
    level: float = 0.95,
) -> PairedComparison:
    """Compare two classifiers by their probabilities of the same rows.

    Parameters
    ----------
    codes, probabilities, rows, folds, groups, sample_weight, positive, seed, level
        As for `score`, with the same errors; ``probabilities`` are the classifier's.
    others
        `(n_rows, n_classes)`, the other classifier's probabilities.
    other
        Its name in sentences.

    Examples
    --------
    >>> codes = np.arange(200) % 2
    >>> sure, unsure = (np.where(codes[:, None] == [0, 1], p, 1 - p) for p in (0.8, 0.7))
    >>> print(compare_classifiers(codes, sure, unsure, other="a coin with a memory", rows="test"))
    Better than a coin with a memory: log loss lower by 0.134 on the same rows.
    """
    sampling = Sampling.of(len(codes), folds=folds, groups=groups, sample_weight=sample_weight)
    both = codes, probabilities, others, sampling
    return compare_sampled(*both, other=other, rows=rows, positive=positive, seed=seed, level=level)


def compare_sampled(
    codes: npt.NDArray[np.int64],
    probabilities: npt.NDArray[np.floating],
    others: npt.NDArray[np.floating],
    sampling: Sampling,
    *,
    other: str,
    rows: str,
    positive: int = 1,
    seed: int = 0,
    level: float = 0.95,
    metrics: Collection[str] | None = None,
) -> PairedComparison:
    """Return `compare_classifiers` of rows ``(n_rows,)`` that were sampled in some way, by some of the metrics."""
    settings: dict[str, Any] = {"positive": positive, "seed": seed, "level": level, "metrics": metrics}
    settings["n_numbers"] = 2 * probabilities.size
    own, their = (metric_bootstrap(codes, values, sampling, **settings) for values in (probabilities, others))
    return compare_draws(own, their, codes, probabilities.shape[1], other=other, rows=rows)


def compare_draws(
    own: Bootstrap, their: Bootstrap, codes: npt.NDArray[np.int64], n_classes: int, *, other: str, rows: str
) -> PairedComparison:
    """Return the comparison of two classifiers by the `metric_bootstrap` of each, of the same rows."""
    units = sampled_units(codes, n_classes, replace(own.sampling, is_forward=False))
    difference = own.less(their, n_resamples(2 * len(codes) * n_classes), units)
    differences = {
        name: difference.score(name, difference.percentiles(name), rows, (-np.inf, np.inf))
        for name in difference.values
    }
    return PairedComparison(other, differences)
