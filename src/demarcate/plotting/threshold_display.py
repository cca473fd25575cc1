"""Precision, recall and cost against the threshold of a decision."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import shortened
from demarcate.inspection.estimators import classes_of, codes_and_classes, known_labels, positive_of
from demarcate.inspection.module_classifier import as_classifier
from demarcate.inspection.threshold_curve import ThresholdCurve, rule_threshold
from demarcate.plotting import style
from demarcate.plotting.display import Display
from demarcate.tabular.positive_class import positive_code, positive_or_second

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False)
class ThresholdDisplay(Display):
    """Precision, recall and the cost of mistakes against the probability from which the positive class is predicted.

    Two panels: precision and recall above, on ``ax_``, the cost below them, on ``cost_ax_``.

    Attributes
    ----------
    thresholds
        0.01 to 0.99.
    precision, recall
        At each threshold; precision is NaN where nothing is predicted positive.
    cost
        The mean cost of a row at each threshold; one mistake costs ``false_negative`` or ``false_positive``.
    best
        The threshold of least cost; of equals the one nearest to the rule.
    rule
        The threshold of least cost if the probabilities are right, from the costs alone: ``false_positive /
        (false_positive + false_negative)``.
    positive
        The label of the positive class.

    Examples
    --------
    >>> display = ThresholdDisplay.from_predictions([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], false_negative=2)
    >>> float(display.best), float(display.recall[display.thresholds == 0.5][0])
    (0.33, 0.5)
    >>> round(display.rule, 4)
    0.3333
    """

    thresholds: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    cost: NDArray[np.float64]
    false_negative: float
    false_positive: float
    best: float
    positive: Any
    n_rows: int
    title: str = ""
    cost_ax_: "Axes" = field(init=False, repr=False)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        false_negative: float = 1.0,
        false_positive: float = 1.0,
        positive: Any = None,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw it for a fitted classifier of two classes.

        Parameters
        ----------
        estimator, X, y
            A fitted classifier or a trained ``torch.nn.Module``, rows it was not trained on, and their labels.
        false_negative, false_positive, positive, title, ax
            As for `from_predictions`.
        """
        estimator = as_classifier(estimator, (X, y))
        classes = classes_of(estimator)
        _check_two(len(classes))
        positive = positive_of(estimator) if positive is None else positive
        probabilities = estimator.predict_proba(X)
        costs = {"false_negative": false_negative, "false_positive": false_positive}
        y = known_labels(estimator, y)
        return cls.from_predictions(y, probabilities, classes=classes, positive=positive, title=title, ax=ax, **costs)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        probabilities: Any,
        *,
        false_negative: float = 1.0,
        false_positive: float = 1.0,
        positive: Any = None,
        classes: Any = None,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw it for probabilities of rows whose labels are known.

        Parameters
        ----------
        y_true
            Labels, ``(n_rows,)``.
        probabilities
            Of the positive class ``(n_rows,)``, or of both classes ``(n_rows, 2)``.
        false_negative, false_positive
            What missing a positive costs, and what a false alarm costs; at least 0, not both 0.
        positive
            The label of the positive class; None for the one that labels such as no and yes say themselves, and for
            the second where they say nothing.
        classes
            The two labels in the order of the probabilities' columns; None for sorted order.
        title, ax
            Instead of a title in words, and of new axes.

        Raises
        ------
        SettingError
            If there are not two classes, a cost is out of range, ``positive`` is none of the labels, or rows and
            probabilities do not agree.
        """
        for name, value in (("false_negative", false_negative), ("false_positive", false_positive)):
            if not 0 <= value < np.inf:
                raise SettingError(f"{name} is {value!r}. Give a finite cost of at least 0.")
        if false_negative == false_positive == 0:
            raise SettingError("false_negative and false_positive are both 0. Raise one of them.")
        codes, labels = codes_and_classes(y_true, classes)
        _check_two(len(labels))
        code = positive_or_second(positive_code(labels, positive))
        of_positive = _of_positive(np.asarray(probabilities, dtype=float), code, len(codes))
        curve = ThresholdCurve.of(codes == code, of_positive, np.arange(1, 100) / 100)
        thresholds, cost = curve.thresholds, curve.costs(false_negative, false_positive)
        best = curve.cheapest(false_negative, false_positive)
        if title is None:
            saved = cost[thresholds == 0.5][0] - cost.min()
            title = f"Cheapest threshold for class {shortened(labels[code])}: {best:.2f}"
            title += f"; at 0.50 a row costs {saved:.3f} more" if saved > 0 else "; no dearer at 0.50"
        costs = float(false_negative), float(false_positive)
        display = cls(thresholds, curve.precision, curve.recall, cost, *costs, best, labels[code], len(codes), title)
        return display.plot(ax)

    @property
    def rule(self) -> float:
        """The threshold of least cost if the probabilities are right."""
        return rule_threshold(self.false_negative, self.false_positive)

    def at(self, threshold: float) -> dict[str, float]:
        """Return precision, recall and cost at the nearest threshold drawn."""
        place = int(np.abs(self.thresholds - threshold).argmin())
        return {name: float(getattr(self, name)[place]) for name in ("precision", "recall", "cost")}

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes or in the place of the given ones: precision and recall above, the cost below."""
        self._set_panels(ax)
        self.ax_.plot(self.thresholds, self.precision, "-", color=style.SERIES[0], label="precision")
        self.ax_.plot(self.thresholds, self.recall, "--", color=style.SERIES[2], label="recall")
        colour, place = style.SERIES[1], int(np.abs(self.thresholds - self.best).argmin())
        self.cost_ax_.plot(self.thresholds, self.cost, "-", color=colour, label="cost of a row")
        self.cost_ax_.plot([self.best], [self.cost[place]], "o", color=colour, markersize=6)
        for panel in (self.ax_, self.cost_ax_):
            self._mark(panel)
            style.draw_grid(panel)
        self.ax_.set(xlim=(0, 1), ylim=(0, 1.02))
        self.cost_ax_.set(xlim=(0, 1), ylim=(0, max(float(self.cost.max()) * 1.05, 1e-9)))
        style.label_axes(self.ax_, self.title, "", "share", span=self._span)
        self.ax_.tick_params(labelbottom=False)
        style.label_axes(self.cost_ax_, "", "threshold", "mean cost of a row", caption=self.caption)
        shares, marks = np.split(np.array(self.ax_.get_legend_handles_labels()[0], dtype=object), [2])
        style.legend(self.ax_, handles=[*shares, self.cost_ax_.lines[0], *marks])
        return self

    @property
    def caption(self) -> str:
        """What mistakes cost, the rule for the threshold, and what precision and recall are."""
        who = shortened(self.positive)
        alarm, miss = f"{self.false_positive:g}", f"{self.false_negative:g}"
        return (
            f"On {self.n_rows:,} rows. Missing a row of class {who} costs {miss}, a false alarm {alarm}. "
            f"Rule: {alarm} / ({alarm} + {miss}), the cheapest threshold if the probabilities are right. "
            f"Precision: the share of rows called {who} that are. Recall: the share of rows of class {who} that are "
            "found."
        )

    def _set_panels(self, ax: "Axes | None") -> None:
        """Make two panels above one another, in new axes or in the place of the given ones."""
        self._span = 1.0
        if ax is None:
            panels = style.new_axes(1, 2, width=5.4, height=2.3, sharex=True)
            self.ax_, self.cost_ax_ = panels[:, 0]
        else:
            if place := ax.get_subplotspec():
                self._span = 1 / place.get_gridspec().ncols
            ax.set_axis_off()
            self.ax_ = ax.inset_axes((0, 0.54, 1, 0.46))
            self.cost_ax_ = ax.inset_axes((0, 0, 1, 0.46), sharex=self.ax_)
        self.figure_ = style.figure_of(self.ax_)

    def _mark(self, ax: "Axes") -> None:
        """Draw lines at the cheapest threshold, at the rule's, and at one half."""
        ax.axvline(self.best, color=style.INK, linewidth=1.4, label=f"cheapest: {self.best:.2f}")
        if self.rule != 0.5:
            ax.axvline(self.rule, color=style.INK, linewidth=1.2, linestyle="--", label=f"rule: {self.rule:.2f}")
        ax.axvline(0.5, color=style.GREY, linewidth=0.9, linestyle=":", label="0.50")


def _check_two(n_classes: int) -> None:
    if n_classes != 2:
        raise SettingError(f"There are {n_classes} classes. Give rows of two: a threshold decides between them.")


def _of_positive(probabilities: NDArray[np.float64], code: int, n_rows: int) -> NDArray[np.float64]:
    if probabilities.shape not in {(n_rows,), (n_rows, 2)}:
        fact = f"The probabilities have shape {probabilities.shape}"
        raise SettingError(f"{fact}. Give those of the positive class, ({n_rows},), or of both, ({n_rows}, 2).")
    wrong = np.argwhere(~((probabilities >= 0) & (probabilities <= 1)))
    if len(wrong):
        fact = f"Row {wrong[0, 0]} has the probability {probabilities[tuple(wrong[0])]}"
        raise SettingError(f"{fact}. Give probabilities in [0, 1], not logits.")
    return probabilities if probabilities.ndim == 1 else probabilities[:, code]
