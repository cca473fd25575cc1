"""Which classes are taken for which."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import shortened
from demarcate.inspection.estimators import classes_of, codes_and_classes, known_labels, positive_of
from demarcate.inspection.module_classifier import as_classifier
from demarcate.plotting import style
from demarcate.plotting.display import Display
from demarcate.tabular import to_labels
from demarcate.tabular.positive_class import positive_code

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_NUMBERED = 20
"""Classes up to which cells have their numbers written in."""
_KINDS = {
    (False, False): "true negatives",
    (False, True): "false positives",
    (True, False): "false negatives",
    (True, True): "true positives",
}
"""The names of the cells by whether the true and the predicted class are the positive one."""


@dataclass(eq=False)
class ConfusionDisplay(Display):
    """How many rows of each class were predicted as each: a row of the picture a true class, a column a prediction.

    Attributes
    ----------
    matrix
        Counts, ``(n_classes, n_classes)``; true classes down, predictions across.
    positive
        The code of the positive class of two, after which the cells are called; None where nothing says which it is.

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
        return cls.from_predictions(
            known_labels(estimator, y), predicted, classes=classes, positive=positive, title=title, ax=ax
        )

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        y_pred: Any,
        *,
        classes: Any = None,
        positive: Any = None,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw labels and what was predicted for them.

        Parameters
        ----------
        y_true, y_pred
            ``(n_rows,)`` each. Rows predicted None, which a classifier with a cost of abstaining did not decide, are
            left out and counted in the title.
        classes
            All labels there are, in order; None for those among the rows.
        positive
            The label of the positive class of two, after which cells are called true positives and so on; None for the
            one that labels such as no and yes say themselves.
        title, ax
            Instead of a title with the easiest and the hardest class, and of new axes.

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
        n_undecided = len(true) - len(decided)
        true, predicted = [true[row] for row in decided], [predicted[row] for row in decided]
        codes, known = codes_and_classes([*true, *predicted], classes)
        n_classes, n_rows = len(known), len(true)
        counts = np.bincount(codes[:n_rows] * n_classes + codes[n_rows:], minlength=n_classes**2)
        display = cls(counts.reshape(n_classes, n_classes), known, positive=positive_code(known, positive))
        in_words = display._in_words() + (f". {n_undecided:,} not decided" if n_undecided else "")
        display.title = in_words if title is None else title
        return display.plot(ax)

    @property
    def recall(self) -> NDArray[np.float64]:
        """The share of each class's rows that were recognised, ``(n_classes,)``; NaN for a class without rows."""
        rows = self.matrix.sum(1)
        return np.asarray(np.where(rows > 0, self.matrix.diagonal() / np.maximum(rows, 1), np.nan))

    @property
    def easiest(self) -> Any:
        """The class with the highest recall; of equals the first."""
        return self.classes.tolist()[int(np.nanargmax(self.recall))]

    @property
    def hardest(self) -> Any:
        """The class with the lowest recall; of equals the first."""
        return self.classes.tolist()[int(np.nanargmin(self.recall))]

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        n_classes = len(self.classes)
        side = float(np.clip(0.5 * n_classes + 1.8, style.HEIGHT, 9))
        self._set_axes(ax, width=side * 1.15, height=side)
        shares = self.matrix / np.maximum(self.matrix.sum(1, keepdims=True), 1)
        image = self.ax_.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        style.draw_colour_bar(self.ax_, image, "share of the class's rows", [0, 0.5, 1], shrink=0.8)
        if n_classes <= MAX_NUMBERED:
            self._write_numbers(shares)
            labels = [shortened(label, 16) for label in self.classes.tolist()]
            slanted = max(map(len, labels)) > 4 and n_classes > 3
            self.ax_.set_xticks(
                range(n_classes), labels, rotation=40 if slanted else 0, ha="right" if slanted else "center"
            )
            self.ax_.set_yticks(range(n_classes), labels)
        style.label_axes(self.ax_, self.title, "predicted class", "true class")
        return self

    def _write_numbers(self, shares: NDArray[np.float64]) -> None:
        n_classes = len(self.classes)
        size = float(np.clip(60 / n_classes, 5, 11))
        for true, predicted in np.ndindex(n_classes, n_classes):
            dark = shares[true, predicted] > 0.55
            kind = "" if self.positive is None else f"\n{_KINDS[true == self.positive, predicted == self.positive]}"
            text = f"{self.matrix[true, predicted]:,}{kind}"
            colour = "white" if dark else style.INK
            self.ax_.text(predicted, true, text, ha="center", va="center", fontsize=size, color=colour)

    def _in_words(self) -> str:
        known = self.recall[np.isfinite(self.recall)]
        right = f"{self.matrix.diagonal().sum():,} of {self.matrix.sum():,} right"
        if len(known) < 2 or np.ptp(known) == 0:
            return f"{right}; no class is easier than another"
        easiest = f"{shortened(self.easiest, 16)} ({known.max():.0%} found)"
        hardest = f"{shortened(self.hardest, 16)} ({known.min():.0%} found)"
        return f"{right}. Easiest class: {easiest}; hardest: {hardest}"
