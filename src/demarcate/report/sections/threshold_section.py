"""Where to draw the line between two classes, by what mistakes cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Score, class_scores
from demarcate.inspection.threshold_curve import N_STEPS, THRESHOLDS, ThresholdCurve
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import number, percent
from demarcate.report.sections.deciding import SHOWN, curves, falls, share, stretch_of
from demarcate.report.sections.section import Section


@dataclass(frozen=True, eq=False)
class Threshold(Section):
    """What becomes of two classes when the threshold moves.

    Attributes
    ----------
    negative, positive
        The first class and the second, which is predicted from the threshold on.
    n_negative, n_positive
        Judged rows of each.
    true_positives, false_positives
        Rows of either class at or above each of the thresholds 0, 0.001, ... 1.
    start
        The threshold of the classifier itself, to three digits.
    false_negative, false_positive
        What missing a positive and a false alarm cost at first.
    stretch
        By how much the intervals of ``accuracy``, ``precision`` and ``recall`` are wider than Wilson's: as much as
        those of the report's own scores, which carry the variation between folds.
    abstains
        Whether the classifier leaves rows undecided, which no threshold does.
    rows
        Which rows they are.
    """

    key: ClassVar[str] = "threshold"
    heading: ClassVar[str] = "Where to draw the line"

    negative: str
    positive: str
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
    def of(cls, judged: Judged) -> "Threshold":
        """The thresholds of judged rows."""
        of_positive, is_positive = judged.probabilities[:, 1], judged.codes == 1
        curve = ThresholdCurve.of(is_positive, of_positive)
        start = judged.predictor.threshold
        start = 0.5 if start is None else start
        of_class = _at_threshold(judged, start)
        negative, positive = judged.labels
        costs = judged.predictor.costs
        return cls(
            negative,
            positive,
            curve.n_negative,
            curve.n_positive,
            curve.true_positives,
            curve.false_positives,
            round(start, 3),
            *((costs and costs.prices) or (1.0, 1.0)),
            {
                "accuracy": stretch_of(judged.scores["accuracy"], judged.n_rows),
                "precision": stretch_of(of_class.get("precision"), int((of_positive >= start).sum())),
                "recall": stretch_of(of_class.get("recall"), int(is_positive.sum())),
            },
            judged.predictor.costs is not None and judged.predictor.costs.abstain is not None,
            judged.rows,
        )

    @property
    def n_rows(self) -> int:
        """Judged rows."""
        return self.n_negative + self.n_positive

    @property
    def curve(self) -> ThresholdCurve:
        """The counts as a curve."""
        return ThresholdCurve(self.n_positive, self.n_negative, self.true_positives, self.false_positives)

    def costs(self) -> NDArray[np.float64]:
        """The mean cost of a row at each threshold."""
        return self.curve.costs(self.false_negative, self.false_positive)

    @property
    def best(self) -> float:
        """The threshold of least cost."""
        return self.curve.cheapest(self.false_negative, self.false_positive)

    def at(self, threshold: float) -> dict[str, Any]:
        """Counts, precision and recall with Wilson's intervals, and cost, at one of the thresholds."""
        place = round(threshold * N_STEPS)
        hits, alarms = int(self.true_positives[place]), int(self.false_positives[place])
        return {
            "threshold": place / N_STEPS,
            "true_positives": hits,
            "false_positives": alarms,
            "false_negatives": self.n_positive - hits,
            "true_negatives": self.n_negative - alarms,
            "accuracy": share(hits + self.n_negative - alarms, self.n_rows, self.stretch["accuracy"]),
            "precision": share(hits, hits + alarms, self.stretch["precision"]),
            "recall": share(hits, self.n_positive, self.stretch["recall"]),
            "cost": float(self.costs()[place]),
        }

    @property
    def table(self) -> list[dict[str, Any]]:
        """The same at tenths."""
        return [self.at(threshold) for threshold in SHOWN]

    def to_json(self) -> dict[str, Any]:
        """The numbers, ready for JSON."""
        return {**super().to_json(), "best": self.best, "table": self.table}

    @property
    def data(self) -> dict[str, Any]:
        """What the page's slider computes from."""
        return {
            "kind": "threshold",
            "positives": self.n_positive,
            "negatives": self.n_negative,
            "stretch": self.stretch,
            "above": [falls(self.true_positives), falls(self.false_positives)],
        }

    def figure(self) -> Markup:
        """Precision, recall and cost against the threshold."""
        precision, recall = self.curve.precision, np.nan_to_num(self.curve.recall)
        at_start = percent(float(recall[round(self.start * N_STEPS)]))
        text = f"At {number(self.start, 2)}, recall is {at_start}. The cost is least at {number(self.best)}."
        return curves(
            self.key,
            f"probability from which {self.positive} is predicted",
            {"precision": (precision, "series-0"), "recall": (recall, "series-1 dashed")},
            self.costs(),
            THRESHOLDS,
            (self.start, self.best),
            text,
        )


def _at_threshold(judged: Judged, threshold: float) -> dict[str, Score]:
    """The scores of the second class where every row is decided at a threshold."""
    decided = (judged.probabilities[:, 1] >= threshold).astype(np.int64)
    if np.array_equal(decided, judged.decided):
        return judged.class_scores[1]
    judging = judged.codes, judged.probabilities
    return class_scores(*judging, rows=judged.rows, decided=decided, folds=judged.folds)[1]
