"""How well each class is ranked above the rest: ROC and precision-recall curves."""

from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.evaluation import Score
from demarcate.evaluation.ranking import auc_row_values
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import interval, number, percent, shortened
from demarcate.report.sections.section import Part, Section, as_json
from demarcate.report.svg import Drawing, thinned

MOST_CLASSES = 12
"""Classes that have curves; of more, those that are ranked worst."""
_GRID = 500


@dataclass(frozen=True, eq=False)
class ClassCurves(Part):
    """The curves of a class against the rest.

    Attributes
    ----------
    label
        The class.
    n_rows
        Judged rows of it.
    share
        Their share of all.
    area
        The area under the ROC curve.
    false_positive_rate, recall, precision
        From no row called positive to all of them, ``(n_points,)`` each: points where a drawing of 500 cells a side
        shows a difference.
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
        """The ROC curve."""
        drawing = Drawing(x=(0, 1), y=(0, 1), width=230, height=215)
        drawing.axes("share of the rest called", "share of the class found", n_ticks=3)
        drawing.line([0, 1], [0, 1], "reference")
        drawing.line(self.false_positive_rate, self.true_positive_rate, "series-0")
        title = f"ROC curve of class {shortened(self.label)}"
        text = f"The area under it is {number(self.area.value)} {interval(self.area.low, self.area.high)}."
        return drawing.render(f"{key}-roc", title, text)

    def precision_recall(self, key: str) -> Markup:
        """The precision-recall curve."""
        drawing = Drawing(x=(0, 1), y=(0, 1), width=230, height=215)
        drawing.axes("recall", "precision", n_ticks=3)
        drawing.line([0, 1], [self.share, self.share], "reference")
        drawing.line(self.recall, self.precision, "series-1")
        title = f"Precision-recall curve of class {shortened(self.label)}"
        at = [
            f"at recall {percent(level)} the precision is {percent(self.precision_at(level))}" for level in (0.5, 0.9)
        ]
        return drawing.render(
            f"{key}-pr", title, f"{'; '.join(at)}. Calling rows by chance it would be {percent(self.share)}."
        )

    def precision_at(self, recall: float) -> float:
        """The precision where a share of the class is first found."""
        return float(self.precision[np.searchsorted(self.recall, recall)])


@dataclass(frozen=True, eq=False)
class Curves(Section):
    """The curves of all classes, or of the second of two.

    Attributes
    ----------
    classes
        Those that have rows inside and outside.
    n_classes
        How many have; the worst ranked are shown where they are many.
    rows
        Which rows they are of.
    """

    key: ClassVar[str] = "curves"
    heading: ClassVar[str] = "Ranking"

    classes: tuple[ClassCurves, ...]
    n_classes: int
    rows: str

    @classmethod
    def of(cls, judged: Judged) -> "Curves | None":
        """The curves of judged rows; None where all are of one class."""
        counts = np.bincount(judged.codes, minlength=judged.n_classes)
        columns = [1] if judged.n_classes == 2 else range(judged.n_classes)
        ranked = [code for code in columns if 0 < counts[code] < judged.n_rows]
        areas = {code: _area(judged, code) for code in ranked}
        worst = sorted(ranked, key=lambda code: areas[code].value)[:MOST_CLASSES]
        shown = tuple(_curves(judged, code, areas[code]) for code in sorted(worst))
        return cls(shown, len(ranked), judged.rows) if shown else None

    def to_json(self) -> dict[str, Any]:
        """The numbers, ready for JSON, rounded to what a drawing can show."""
        rounded = [
            {name: _rounded(value) if isinstance(value, list) else value for name, value in each.to_json().items()}
            for each in self.classes
        ]
        return {"classes": rounded, "n_classes": self.n_classes, "rows": as_json(self.rows)}


def _rounded(values: list[float]) -> list[float]:
    return [round(value, 4) for value in values]


def _area(judged: Judged, code: int) -> Score:
    """The area of a class, with the interval of the report's own scores, or that of DeLong where there are many."""
    if judged.n_classes == 2:
        return judged.scores["roc_auc"]
    values = auc_row_values(judged.codes == code, judged.probabilities[:, code])
    value = float(values.mean())
    reach = NormalDist().inv_cdf(0.975) * float(values.std(ddof=1)) / len(values) ** 0.5
    return Score(value, max(0.0, value - reach), min(1.0, value + reach), len(values), judged.rows)


def _curves(judged: Judged, code: int, area: Score) -> ClassCurves:
    is_positive, scores = judged.codes == code, judged.probabilities[:, code]
    order = np.argsort(-scores, kind="stable")
    # Rows of the same probability are called together.
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    n_found = np.cumsum(is_positive[order])[ends]
    n_called = ends + 1.0
    n_positive = int(is_positive.sum())
    recall = np.concatenate([[0.0], n_found / n_positive])
    alarms = np.concatenate([[0.0], (n_called - n_found) / (len(order) - n_positive)])
    precision = n_found / n_called
    roc = thinned(alarms, recall, _GRID)
    pr = thinned(recall[1:], precision, _GRID)
    return ClassCurves(
        judged.labels[code],
        n_positive,
        n_positive / len(order),
        area,
        alarms[roc],
        recall[roc],
        recall[1:][pr],
        precision[pr],
    )
