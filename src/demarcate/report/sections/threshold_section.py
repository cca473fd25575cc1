"""The threshold between two classes, chosen by the costs of mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Score
from demarcate.evaluation.intervals import decision_scores
from demarcate.inspection.threshold_curve import N_STEPS, ThresholdCurve
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import number, percent_of
from demarcate.report.sections.cost_curve_section import CostCurveSection, cost_chart, differences, share, stretch_of


@brief_repr
@dataclass(frozen=True, eq=False)
class ThresholdSection(CostCurveSection):
    """Rows of both classes at or above each of `THRESHOLDS`, as true and as false positives.

    At the step nearest to the classifier's own threshold they are those of its own decisions, so that all of the page
    shows the same counts; a classifier that abstains has those of the threshold there.

    ``is_named`` is whether ``positive`` is known to be the positive class; it is the second of two where none is.
    ``start``, ``false_negative`` and ``false_positive`` are the classifier's threshold and costs. ``stretch`` is how
    many times wider intervals are than Wilson's: as those of the report's scores, which cover variation between folds.
    """

    key: ClassVar[str] = "threshold"
    heading: ClassVar[str] = "Decision threshold"

    negative: str
    positive: str
    is_named: bool
    n_negative: int
    n_positive: int
    true_positives: NDArray[np.int64]
    false_positives: NDArray[np.int64]
    start: float
    false_negative: float
    false_positive: float
    stretch: Mapping[str, float]
    abstains: bool
    rows: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Count the rows at each threshold; None unless there are two classes."""
        if evaluated.n_classes != 2:
            return None
        predictor, positive = evaluated.predictor, evaluated.positive
        probabilities = evaluated.probabilities[:, positive]
        curve = ThresholdCurve.of(evaluated.codes == positive, probabilities)
        start = 0.5 if predictor.threshold is None else predictor.threshold
        decisions = _decisions_at(evaluated, start)
        curve = curve.with_decisions(start, evaluated.codes == positive, decisions == positive)
        scores = _scores_of(evaluated, decisions)
        false_negative, false_positive = (predictor.costs and predictor.costs.prices) or (1.0, 1.0)
        return cls(
            negative=evaluated.labels[1 - positive],
            positive=evaluated.labels[positive],
            is_named=evaluated.positive_label is not None,
            n_negative=curve.n_negative,
            n_positive=curve.n_positive,
            true_positives=curve.true_positives,
            false_positives=curve.false_positives,
            start=round(start, 3),
            false_negative=false_negative,
            false_positive=false_positive,
            stretch={
                "accuracy": stretch_of(evaluated.scores["accuracy"], evaluated.n_rows),
                "precision": stretch_of(scores.get("precision"), int((probabilities >= start).sum())),
                "recall": stretch_of(scores.get("recall"), curve.n_positive),
            },
            abstains=predictor.costs is not None and predictor.costs.abstain is not None,
            rows=evaluated.kind,
        )

    @property
    def curve(self) -> ThresholdCurve:
        """The counts as a curve."""
        return ThresholdCurve(self.n_positive, self.n_negative, self.true_positives, self.false_positives)

    @property
    def prices(self) -> tuple[float, float]:
        """The costs of a false negative and of a false positive."""
        return self.false_negative, self.false_positive

    def at(self, threshold: float) -> dict[str, Any]:
        """Return counts, accuracy, precision and recall with intervals, and cost at a threshold."""
        index = round(threshold * N_STEPS)
        n_true, n_false = int(self.true_positives[index]), int(self.false_positives[index])
        return {
            "threshold": index / N_STEPS,
            "true_positives": n_true,
            "false_positives": n_false,
            "false_negatives": self.n_positive - n_true,
            "true_negatives": self.n_negative - n_false,
            "accuracy": share(n_true + self.n_negative - n_false, self.curve.n_rows, self.stretch["accuracy"]),
            "precision": share(n_true, n_true + n_false, self.stretch["precision"]),
            "recall": share(n_true, self.n_positive, self.stretch["recall"]),
            "cost": float(self.costs()[index]),
        }

    @property
    def data(self) -> dict[str, Any]:
        """The counts from which the script computes the slider's numbers."""
        return {
            "kind": self.key,
            "positives": self.n_positive,
            "negatives": self.n_negative,
            "stretch": self.stretch,
            "above": [differences(self.true_positives), differences(self.false_positives)],
        }

    def figure(self) -> Markup:
        """Draw precision, recall and cost against the threshold."""
        precision, recall = self.curve.precision, np.nan_to_num(self.curve.recall)
        start_recall = percent_of(float(recall[round(self.start * N_STEPS)]))
        return cost_chart(
            self.key,
            f"threshold on the probability of {self.positive}",
            {"precision": (precision, "series-0"), "recall": (recall, "series-1 dashed")},
            self.costs(),
            self.start,
            self.best,
            f"At {number(self.start, 2)}, recall is {start_recall}. The cost is least at {number(self.best)}.",
        )


def _decisions_at(evaluated: EvaluatedRows, threshold: float) -> NDArray[np.int64]:
    """Return the class of each row ``(n_rows,)`` at the classifier's own threshold: its decisions, if it has all."""
    if not evaluated.n_undecided:
        return evaluated.decisions
    positive = evaluated.positive
    return np.where(evaluated.probabilities[:, positive] >= threshold, positive, 1 - positive)


def _scores_of(evaluated: EvaluatedRows, decisions: NDArray[np.int64]) -> dict[str, Score]:
    """Return the scores of the positive class by some decisions ``(n_rows,)``."""
    if decisions is evaluated.decisions:
        return evaluated.class_scores[evaluated.positive]
    return decision_scores(evaluated.codes, decisions, 2, evaluated.sampling, rows=evaluated.kind)[evaluated.positive]
