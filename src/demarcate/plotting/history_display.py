"""Loss and accuracy by epoch."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import counted, shortened
from demarcate.inspection.learning_curves import LearningCurve, LearningCurves
from demarcate.plotting import style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_METRICS = ("loss", "accuracy")
_LOOKS = {
    "train": ("train rows", "#0072B2", "-"),
    "eval_train": ("train rows, eval mode", "#56B4E9", "-."),
    "test": ("test rows", "#D55E00", "--"),
    "validation": ("validation rows", "#D55E00", "--"),
}
"""The label, colour and line of each kind of rows."""


@dataclass(eq=False)
class HistoryDisplay:
    """Loss and accuracy by epoch, on training rows and on validation or test rows.

    Several networks are drawn as their mean, with its 95% interval as a band.

    Attributes
    ----------
    curves
        By ``train_loss``, ``train_accuracy`` and, where other rows were evaluated, ``test_loss``, ``validation_loss``
        and so on; ``eval_train_loss`` and ``eval_train_accuracy`` where training rows were evaluated without dropout.
    best_epochs
        The epoch whose weights each network has.
    n_epochs
        The most epochs a network was trained.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets, train
    >>> run = train(datasets.moons(n_samples=100), Network(hidden=(8,)), Training(epochs=12))["network"]
    >>> display = HistoryDisplay.from_run(run)
    >>> sorted(display.curves), [ax.get_ylabel() for ax in display.ax_]
    (['test_accuracy', 'test_loss', 'train_accuracy', 'train_loss'], ['loss', 'accuracy'])
    """

    curves: dict[str, LearningCurve]
    best_epochs: tuple[int, ...]
    n_epochs: int
    title: str = ""
    ax_: NDArray[Any] = field(init=False, repr=False)
    figure_: "Figure" = field(init=False, repr=False)

    @classmethod
    def from_run(cls, run: Any, *, title: str | None = None, axes: "Sequence[Axes] | None" = None) -> Self:
        """Draw the history of one network or of several.

        Parameters
        ----------
        run
            A `Run`, a sequence of them, a fitted `DemarcateClassifier`, a `Predictor` with a history in its record, or
            the history of a loop of your own: a mapping or frame with ``train_loss``, ``test_accuracy`` or the like,
            and a value for each epoch.
        title
            Instead of one in words.
        axes
            Two axes to draw on, instead of new ones: for the loss and for the accuracy.

        Raises
        ------
        SettingError
            If there is no history.
        """
        learning = LearningCurves.of(run)
        name = getattr(run, "name", None)
        n_networks = len(learning.best_epochs)
        of = f"{shortened(name)!r}" if isinstance(name, str) else counted(n_networks, "network")
        title = f"How {of} learned" if title is None else title
        return cls(learning.curves, learning.best_epochs, learning.n_epochs, title).plot(axes)

    def plot(self, axes: "Sequence[Axes] | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        self.ax_ = np.asarray(style.new_axes(2, width=3.8, height=3.2)[0] if axes is None else axes)
        self.figure_ = style.figure_of(self.ax_[0])
        for ax, metric in zip(self.ax_, _METRICS, strict=True):
            self._draw(ax, metric)
        drawn = [ax for ax in self.ax_ if ax.lines]
        for ax in self.ax_:
            ax.set_visible(ax in drawn)
        style.legend(drawn[-1])
        return self

    @property
    def best_epoch(self) -> float:
        """The median of `best_epochs`."""
        return float(np.median(self.best_epochs))

    def _draw(self, ax: "Axes", metric: str) -> None:
        for name, curve in self.curves.items():
            rows, of = name.rsplit("_", 1)
            if of != metric:
                continue
            label, colour, line = _LOOKS[rows]
            marker = "o" if len(curve.epochs) == 1 else ""
            ax.plot(curve.epochs, curve.mean, line, marker=marker, color=colour, label=label, linewidth=1.5)
            if np.isfinite(curve.low).any():
                ax.fill_between(curve.epochs, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0)
        if metric == "loss":
            ax.set_ylim(bottom=0)
        if ax.lines:
            self._mark_best(ax)
        several = len(self.best_epochs) > 1
        caption = "Lines: means of the networks still training; bands: 95% intervals of these means." if several else ""
        style.label_axes(ax, self.title if metric == "loss" else "", "epoch", metric, caption=caption)
        style.draw_grid(ax)

    def _mark_best(self, ax: "Axes") -> None:
        """Draw a line at the best epochs, unless all are the last one."""
        if min(self.best_epochs) == self.n_epochs:
            return
        one = len(self.best_epochs) == 1
        label = f"best epoch: {self.best_epoch:.0f}" if one else f"best epochs, median {self.best_epoch:.0f}"
        ax.axvline(self.best_epoch, color=style.INK, linewidth=1, linestyle=":", label=label)
        if not one:
            heights = [0.02] * len(self.best_epochs)
            bottom = ax.get_xaxis_transform()
            ax.plot(self.best_epochs, heights, "|", color=style.INK, transform=bottom, markersize=7)
