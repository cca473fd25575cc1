"""Which classes are taken for which."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.evaluation.costs import ABSTAINED
from demarcate.formatting import percent, shortened
from demarcate.inspection.confusion import ConfusionMatrix, shortest_percent
from demarcate.inspection.estimators import classes_of, codes_and_classes, known_labels, positive_of, rule_of
from demarcate.inspection.module_classifier import as_classifier
from demarcate.inspection.palette import heat, mixed
from demarcate.plotting import style
from demarcate.plotting.display import Display
from demarcate.tabular import to_labels
from demarcate.tabular.positive_class import positive_code

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_NUMBERED, MAX_COUNTED = 40, 8
"""Classes up to which cells have a percentage written in, and up to which their rows too."""
MAX_NAMED = 60
"""Classes up to which each has its label at both axes."""


@dataclass(eq=False)
class ConfusionDisplay(Display):
    """How many rows of each class were predicted as each: a row of the picture a true class, a column a prediction.

    The colour of a cell is its share of the true class's rows: what is right on the diagonal, mistakes beside it.

    Attributes
    ----------
    matrix
        Counts, ``(n_classes, n_classes)``; true classes down, predictions across.
    positive
        The code of the positive class of two, after which the cells are called; None where nothing says which it is.
    undecided
        Rows of each class that were not decided, ``(n_classes,)``; None for none.
    decided_for
        Which class is decided for, in words, where that is not the likeliest: by a threshold or by costs.

    Examples
    --------
    >>> display = ConfusionDisplay.from_predictions(["cat", "cat", "dog", "dog"], ["cat", "dog", "dog", "dog"])
    >>> display.matrix.tolist(), display.hardest, display.recall.tolist()
    ([[1, 1], [0, 2]], 'cat', [0.5, 1.0])
    """

    matrix: NDArray[np.int64]
    classes: NDArray[Any]
    title: str = ""
    positive: int | None = None
    undecided: NDArray[np.int64] | None = None
    decided_for: str = ""

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: Any,
        y: Any,
        *,
        positive: Any = None,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw what a fitted classifier predicts for rows whose labels are known.

        Parameters
        ----------
        estimator, X, y
            A fitted classifier or a trained ``torch.nn.Module``, rows it was not trained on, and their labels.
        positive
            The label of the positive class of two; None for the classifier's own, if it has one.
        title, ax
            As for `from_predictions`.
        """
        estimator = as_classifier(estimator, (X, y))
        classes, predicted = classes_of(estimator), estimator.predict(X)
        positive = positive_of(estimator) if positive is None else positive
        words = {"positive": positive, "decided_for": rule_of(estimator), "title": title}
        return cls.from_predictions(known_labels(estimator, y), predicted, classes=classes, ax=ax, **words)

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        y_pred: Any,
        *,
        classes: Any = None,
        positive: Any = None,
        decided_for: str = "",
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw labels and what was predicted for them.

        Parameters
        ----------
        y_true, y_pred
            ``(n_rows,)`` each. Rows predicted None, which a classifier with a cost of abstaining did not decide, have
            a column of their own.
        classes
            All labels there are, in order; None for those among the rows.
        positive
            The label of the positive class of two, after which cells are called true positives and so on; None for the
            one that labels such as no and yes say themselves.
        decided_for
            Which class was decided for, in words for the caption, where it is not the likeliest.
        title, ax
            Instead of a title with the share of right rows, and of new axes.

        Raises
        ------
        SettingError
            If labels and predictions differ in number, no row is decided, or ``positive`` is not one of two labels.
        """
        true, predicted = to_labels(y_true), to_labels(y_pred)
        if len(true) != len(predicted) or not true:
            fact = f"y_true has {len(true)} labels and y_pred has {len(predicted)}"
            raise SettingError(f"{fact}. Give one label and one prediction for each of one or more rows.")
        decided = [row for row, label in enumerate(predicted) if label is not None]
        if not decided:
            fact = f"The classifier decided none of {len(true):,} rows"
            raise SettingError(f"{fact}. Raise the cost of abstaining, or give other rows.")
        codes, known = codes_and_classes([*true, *(predicted[row] for row in decided)], classes)
        decisions = np.full(len(true), ABSTAINED)
        decisions[decided] = codes[len(true) :]
        counted = ConfusionMatrix.of(codes[: len(true)], decisions, len(known), positive_code(known, positive))
        undecided = counted.undecided if counted.undecided.any() else None
        display = cls(counted.counts, known, positive=counted.positive, undecided=undecided, decided_for=decided_for)
        display.title = display._in_words() if title is None else title
        return display.plot(ax)

    @cached_property
    def confusion(self) -> ConfusionMatrix:
        """Counts with shares, mistakes and the names of cells."""
        undecided = np.zeros(len(self.classes), dtype=np.int64) if self.undecided is None else self.undecided
        return ConfusionMatrix(self.matrix, undecided, self.positive)

    @property
    def recall(self) -> NDArray[np.float64]:
        """The share of each class's rows that were recognised, ``(n_classes,)``; NaN for a class without rows."""
        return self.confusion.recall

    @property
    def easiest(self) -> Any:
        """The class with the highest recall; of equals the first."""
        return self.classes.tolist()[int(np.nanargmax(self.recall))]

    @property
    def hardest(self) -> Any:
        """The class with the lowest recall; of equals the first."""
        return self.classes.tolist()[int(np.nanargmin(self.recall))]

    @property
    def caption(self) -> str:
        """Decision rule, easiest and hardest class, the commonest mistake, and what numbers and colours mean."""
        percent = "Percentages are of the true class's rows."
        if len(self.classes) > MAX_COUNTED:
            percent = "Numbers: percent of the true class's rows, where at least half a percent."
        colours = f"{percent} Blue: right; orange: mistakes."
        rule = f"Decided for {self.decided_for}." if self.decided_for else ""
        return " ".join(filter(None, (rule, self._classes_in_words(), self._mistake_in_words(), colours)))

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        n_classes = len(self.classes)
        side = float(np.clip(0.27 * n_classes + 2.4, style.HEIGHT, 11))
        self._set_axes(ax, width=side * 1.1, height=side)
        shares = self.confusion.shares
        if self.undecided is not None:
            shares = np.column_stack([shares, self.confusion.undecided_shares])
        self.ax_.imshow(self._colours(shares))
        if n_classes <= MAX_NUMBERED:
            self._write_numbers(shares)
        if n_classes <= MAX_NAMED:
            self._write_labels()
        self.ax_.set_xticks(np.arange(shares.shape[1] + 1) - 0.5, minor=True)
        self.ax_.set_yticks(np.arange(n_classes + 1) - 0.5, minor=True)
        self.ax_.grid(which="minor", color="white", linewidth=1.0)
        style.label_axes(self.ax_, self.title, "predicted class", "true class", caption=self.caption)
        self.ax_.tick_params(which="both", length=0, labelsize=style.SMALL if n_classes <= MAX_NUMBERED else 6)
        self.ax_.spines[:].set_visible(False)
        return self

    def _colours(self, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the colour of each cell, ``(n_classes, n_columns, 3)``."""
        right, wrong, undecided = style.SERIES[0], style.SERIES[1], style.GREY
        colours = np.empty((*shares.shape, 3))
        for true, column in np.ndindex(*shares.shape):
            colour = right if column == true else undecided if column == len(self.classes) else wrong
            colours[true, column] = mixed(colour, heat(float(shares[true, column])))
        return colours

    def _write_labels(self) -> None:
        labels = [shortened(label, 16) for label in self.classes.tolist()]
        columns = labels if self.undecided is None else [*labels, "undecided"]
        cell = self.figure_.get_figwidth() * 0.7 / len(columns)
        is_wide = max(map(len, columns)) * 0.6 * style.SMALL / 72 > cell
        look: dict[str, Any] = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if is_wide else {}
        self.ax_.set_xticks(range(len(columns)), columns, **look)
        self.ax_.set_yticks(range(len(labels)), labels)

    def _write_numbers(self, shares: NDArray[np.float64]) -> None:
        n_classes, few = len(self.classes), len(self.classes) <= MAX_COUNTED
        size = float(np.clip(70 / n_classes, 6.5, 11))
        counts = self.matrix if self.undecided is None else np.column_stack([self.matrix, self.undecided])
        for true, column in np.ndindex(*shares.shape):
            share = float(shares[true, column])
            text = shortest_percent(share)
            if few:
                name = self.confusion.cell_name(true, column) if column < n_classes else ""
                text = "\n".join(filter(None, (f"{counts[true, column]:,}", percent(share) if share else "", name)))
            self.ax_.text(column, true, text, ha="center", va="center", fontsize=size, color=style.INK)

    def _in_words(self) -> str:
        matrix = self.confusion
        undecided = f", {matrix.undecided.sum():,} not decided" if self.undecided is not None else ""
        return (
            f"{percent(matrix.n_right / matrix.n_rows)} right: {matrix.n_right:,} of {matrix.n_rows:,} rows{undecided}"
        )

    def _classes_in_words(self) -> str:
        known = self.recall[np.isfinite(self.recall)]
        if len(known) < 2 or np.ptp(known) == 0:
            return "No class is easier than another."
        easiest = f"{shortened(self.easiest, 16)} ({percent(known.max())} found)"
        hardest = f"{shortened(self.hardest, 16)} ({percent(known.min())} found)"
        return f"Easiest class: {easiest}; hardest: {hardest}."

    def _mistake_in_words(self) -> str:
        if len(self.classes) == 2 or not self.confusion.mistakes:
            return ""
        first = self.confusion.mistakes[0]
        true, predicted = (shortened(self.classes.tolist()[code], 16) for code in (first.true, first.predicted))
        return f"The commonest mistake: {true} taken for {predicted} ({first.n_rows:,} rows)."
