"""ROC and precision-recall curves of each class."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar, Self

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Score
from demarcate.evaluation.ranking import auc_row_values
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided, percent_of
from demarcate.report.sections.section import JsonFields, Section
from demarcate.report.svg import Chart, simplified

MAX_CLASSES = 12
"""Of more classes, those of least area have curves."""
_GRID = 500


@brief_repr
@dataclass(frozen=True, eq=False)
class ClassCurves(JsonFields):
    """The curves of a class against the rest: ``(n_points,)`` that a chart of 500 cells a side can show.

    ``share`` is the class's share of the rows, ``area`` that under the ROC curve.
    """

    label: str
    n_rows: int
    share: float
    area: Score
    false_positive_rate: NDArray[np.float64]
    true_positive_rate: NDArray[np.float64]
    recall: NDArray[np.float64]
    precision: NDArray[np.float64]

    def roc(self, key: str) -> Markup:
        """Draw the ROC curve."""
        chart = Chart(x=(0, 1), y=(0, 1), width=230, height=215)
        chart.axes("false positive rate", "true positive rate", n_ticks=3)
        chart.line([0, 1], [0, 1], "reference")
        chart.line(self.false_positive_rate, self.true_positive_rate, "series-0")
        text = f"The area under the curve is {self.area}."
        return chart.render(f"{key}-roc", f"ROC curve of class {elided(self.label)}", text)

    def precision_recall(self, key: str) -> Markup:
        """Draw the precision-recall curve."""
        chart = Chart(x=(0, 1), y=(0, 1), width=230, height=215)
        chart.axes("recall", "precision", n_ticks=3)
        chart.line([0, 1], [self.share, self.share], "reference")
        chart.line(self.recall, self.precision, "series-1")
        half, most = (percent_of(self.precision_at(level)) for level in (0.5, 0.9))
        text = f"Precision is {half} at 50% recall and {most} at 90% recall; by chance it is {percent_of(self.share)}."
        return chart.render(f"{key}-pr", f"Precision-recall curve of class {elided(self.label)}", text)

    def precision_at(self, recall: float) -> float:
        """Return the precision at the first point that reaches a recall."""
        return float(self.precision[np.searchsorted(self.recall, recall)])

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON values, points rounded to what a chart can show."""
        values = super().to_json().items()
        return {
            name: [round(each, 4) for each in value] if isinstance(value, list) else value for name, value in values
        }


@brief_repr
@dataclass(frozen=True, eq=False)
class CurvesSection(Section):
    """The curves of the classes with rows inside and outside, or of the positive of two; ``n_classes`` counts them."""

    key: ClassVar[str] = "curves"
    heading: ClassVar[str] = "ROC and precision-recall curves"

    classes: tuple[ClassCurves, ...]
    n_classes: int
    rows: str

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Compute the curves; None if all rows are of one class."""
        counts = np.bincount(evaluated.codes, minlength=evaluated.n_classes)
        candidates = [evaluated.positive] if evaluated.n_classes == 2 else range(evaluated.n_classes)
        codes = [code for code in candidates if 0 < counts[code] < evaluated.n_rows]
        areas = {code: _area(evaluated, code) for code in codes}
        worst = sorted(codes, key=lambda code: areas[code].value)[:MAX_CLASSES]
        curves = tuple(_curves(evaluated, code, areas[code]) for code in sorted(worst))
        return cls(curves, len(codes), evaluated.kind) if curves else None


def _area(evaluated: EvaluatedRows, code: int) -> Score:
    """Return the area of a class with the interval of the report's scores, or DeLong's if there are many classes."""
    if evaluated.n_classes == 2:
        return evaluated.scores["roc_auc"]
    areas = auc_row_values(evaluated.codes == code, evaluated.probabilities[:, code])
    value = float(areas.mean())
    half_width = NormalDist().inv_cdf(0.975) * float(areas.std(ddof=1)) / len(areas) ** 0.5
    return Score(value, max(0.0, value - half_width), min(1.0, value + half_width), len(areas), evaluated.kind)


def _curves(evaluated: EvaluatedRows, code: int, area: Score) -> ClassCurves:
    is_positive, probabilities = evaluated.codes == code, evaluated.probabilities[:, code]
    order = np.argsort(-probabilities, kind="stable")
    # Rows of the same probability are predicted positive together.
    ends = np.append(np.flatnonzero(np.diff(probabilities[order])), len(order) - 1)
    n_true = np.cumsum(is_positive[order])[ends]
    n_predicted = ends + 1.0
    n_positive = int(is_positive.sum())
    recall = np.concatenate([[0.0], n_true / n_positive])
    false_positive_rate = np.concatenate([[0.0], (n_predicted - n_true) / (len(order) - n_positive)])
    precision = n_true / n_predicted
    roc = simplified(false_positive_rate, recall, _GRID)
    pr = simplified(recall[1:], precision, _GRID)
    return ClassCurves(
        label=evaluated.labels[code],
        n_rows=n_positive,
        share=n_positive / len(order),
        area=area,
        false_positive_rate=false_positive_rate[roc],
        true_positive_rate=recall[roc],
        recall=recall[1:][pr],
        precision=precision[pr],
    )
