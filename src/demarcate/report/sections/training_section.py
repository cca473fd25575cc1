"""How training went, epoch by epoch."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from markupsafe import Markup

from demarcate.inspection.learning_curves import Curve, Learned
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import number
from demarcate.report.sections.section import Part, Section
from demarcate.report.svg import Drawing, ticks

_LOOKS = {"train": "series-0", "validation": "series-1 dashed"}


@dataclass(frozen=True, eq=False)
class Progress(Part):
    """One number over the epochs, the mean over the networks still training, with the 95% interval of that mean.

    Attributes
    ----------
    rows, metric
        ``train`` or ``validation``; ``loss`` or ``accuracy``.
    epochs, mean, low, high
        ``(n_looks,)`` each.
    """

    rows: str
    metric: str
    epochs: np.ndarray[tuple[int], np.dtype[np.int64]]
    mean: np.ndarray[tuple[int], np.dtype[np.float64]]
    low: np.ndarray[tuple[int], np.dtype[np.float64]]
    high: np.ndarray[tuple[int], np.dtype[np.float64]]

    @classmethod
    def of(cls, name: str, curve: Curve) -> "Progress":
        """From a curve called ``train_loss``, for example."""
        rows, metric = name.rsplit("_", 1)
        return cls(rows, metric, curve.epochs, curve.mean, curve.low, curve.high)


@dataclass(frozen=True, eq=False)
class Training(Section):
    """The training of all networks.

    Attributes
    ----------
    curves
        Loss and accuracy, on training rows and on validation rows.
    best_epochs
        The epoch whose weights each network carries.
    n_epochs
        The most that one was trained.
    diverged
        What went wrong in networks whose loss stopped being finite.
    timed_out
        Whether the time limit ended training.
    """

    key: ClassVar[str] = "training"
    heading: ClassVar[str] = "Training"

    curves: tuple[Progress, ...]
    best_epochs: tuple[int, ...]
    n_epochs: int
    diverged: tuple[str, ...]
    timed_out: bool

    @classmethod
    def of(cls, judged: Judged) -> "Training | None":
        """The training that is on record; None where none is."""
        members = judged.record.get("members", [])
        if not any(member.get("history") for member in members):
            return None
        learned = Learned.of(judged.predictor.with_record(judged.record))
        curves = tuple(Progress.of(name, curve) for name, curve in learned.curves.items())
        diverged = tuple(member["diverged"] for member in members if member.get("diverged"))
        timed_out = any(member.get("timed_out") for member in members)
        return cls(curves, learned.best_epochs, learned.n_epochs, diverged, timed_out)

    @property
    def median_best(self) -> float:
        """The median of the epochs whose weights are kept."""
        return float(np.median(self.best_epochs))

    def figure(self, metric: str) -> Markup:
        """The curves of a metric."""
        curves = [curve for curve in self.curves if curve.metric == metric]
        values = np.concatenate([[*curve.mean, *curve.low, *curve.high] for curve in curves])
        values = values[np.isfinite(values)]
        top = min(1.0, float(values.max())) if metric == "accuracy" else float(values.max())
        bottom = max(0.0, float(values.min())) if metric == "accuracy" else 0.0
        reach = (top - bottom) * 0.05 or 0.05
        drawing = Drawing(
            x=(min(1, self.n_epochs - 1), max(self.n_epochs, 1)), y=(bottom - reach * (bottom > 0), top + reach)
        )
        epochs = [tick for tick in ticks(*drawing.x) if tick == round(tick)]
        drawing.axes("epoch", metric, x_ticks=epochs)
        drawing.line([self.median_best] * 2, drawing.y, "reference")
        for curve in curves:
            drawing.band(curve.epochs, curve.low, curve.high, _LOOKS[curve.rows])
            drawing.line(curve.epochs, curve.mean, _LOOKS[curve.rows])
        last = "; ".join(
            f"{curve.rows} rows from {number(curve.mean[0])} to {number(curve.mean[-1])}, at best {_best(curve)}"
            for curve in curves
        )
        text = f"Mean over the networks, epoch by epoch: {last}. Best epochs have the median {self.median_best:g}."
        return drawing.render(f"training-{metric}", f"{metric.capitalize()} while training", text)


def _best(curve: Progress) -> str:
    return number(float(curve.mean.min() if curve.metric == "loss" else curve.mean.max()))
