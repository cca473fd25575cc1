"""Learning curves and the end of training."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.inspection.learning_curves import LearningCurve, LearningCurves
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import number
from demarcate.report.sections.section import JsonFields, Section
from demarcate.report.svg import Chart, ticks

_CSS_CLASSES = {
    "train": "series-0",
    "validation": "series-1 dashed",
    "eval_train": "series-0 dashed",
    "test": "series-1 dashed",
}
_ROW_NAMES = {"train": "training", "validation": "validation", "eval_train": "training", "test": "test"}


@brief_repr
@dataclass(frozen=True, eq=False)
class MetricHistory(JsonFields):
    """``loss`` or ``accuracy`` by epoch of ``train``, ``validation`` or ``test`` rows: mean over networks, interval."""

    rows: str
    metric: str
    epochs: NDArray[np.int64]
    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, name: str, curve: LearningCurve) -> Self:
        """Return a curve with a name such as ``train_loss``."""
        rows, metric = name.rsplit("_", 1)
        return cls(rows, metric, curve.epochs, curve.mean, curve.low, curve.high)

    @property
    def text(self) -> str:
        """The first, the last and the best value in words."""
        best = self.mean.min() if self.metric == "loss" else self.mean.max()
        first, last, best = (number(float(value)) for value in (self.mean[0], self.mean[-1], best))
        return f"{_ROW_NAMES[self.rows]} rows from {first} to {last}, best {best}"


@brief_repr
@dataclass(frozen=True, eq=False)
class TrainingSection(Section):
    """The learning curves, and how training ended.

    ``diverged`` holds messages of networks whose loss stopped being finite; ``timed_out`` is the time limit's, and
    ``left_out`` what the fit left out to keep to it.
    """

    key: ClassVar[str] = "training"
    heading: ClassVar[str] = "Training"

    learning: LearningCurves
    curves: tuple[MetricHistory, ...]
    diverged: tuple[str, ...]
    timed_out: bool
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Collect the learning curves; None if the record has none."""
        members = evaluated.record.get("members", [])
        if not any(member.get("history") for member in members):
            return None
        learning = LearningCurves.of(evaluated.predictor.with_record(evaluated.record))
        return cls(
            learning=learning,
            curves=tuple(MetricHistory.of(name, curve) for name, curve in learning.curves.items()),
            diverged=tuple(member["diverged"] for member in members if member.get("diverged")),
            timed_out=any(member.get("timed_out") for member in members),
            left_out=tuple(evaluated.record.get("left_out", ())),
        )

    def to_json(self) -> dict[str, Any]:
        """Return the curves, the epochs and how training ended as JSON values."""
        epochs = {"best_epochs": list(self.learning.best_epochs), "n_epochs": self.learning.n_epochs}
        values = super().to_json()
        return {"curves": values["curves"], **epochs, "diverged": values["diverged"], "timed_out": self.timed_out}

    @property
    def evaluated_rows(self) -> str:
        """The rows that were evaluated after an epoch, in words."""
        return next((f"{_ROW_NAMES[curve.rows]} rows" for curve in self.curves if "train" not in curve.rows), "")

    def figure(self, metric: str) -> Markup:
        """Draw the learning curves of a metric, to where most networks have stopped."""
        curves = [curve for curve in self.curves if curve.metric == metric]
        x = min(1, self.learning.last_epoch - 1), max(self.learning.last_epoch, 1)
        chart = Chart(x=x, y=self.learning.limits(metric))
        chart.axes("epoch", metric, x_ticks=[tick for tick in ticks(*x) if tick == round(tick)])
        chart.line([min(self.learning.best_epoch, x[1])] * 2, chart.y, "reference")
        for curve in curves:
            low, high = (np.clip(end, *chart.y) for end in (curve.low, curve.high))
            chart.band(curve.epochs, low, high, _CSS_CLASSES[curve.rows])
            chart.line(curve.epochs, curve.mean, _CSS_CLASSES[curve.rows])
        texts = "; ".join(curve.text for curve in curves)
        text = f"Mean over the networks by epoch: {texts}. {self.learning.finding()}."
        return chart.render(f"training-{metric}", f"{metric.capitalize()} during training", text)
