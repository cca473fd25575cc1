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
    "train": ("train rows", style.SERIES[0], "-"),
    "eval_train": ("train rows, eval mode", style.COLOURS[4], "-."),
    "test": ("test rows", style.SERIES[1], "--"),
    "validation": ("validation rows", style.SERIES[1], "--"),
}
"""The label, colour and line of each kind of rows."""


@dataclass(eq=False)
class HistoryDisplay:
    """Loss and accuracy by epoch, on training rows and on validation or test rows.

    Several networks are drawn as their mean, with its 95% interval as a band, until all but a tenth have stopped; one
    that has stopped counts with its best epoch.

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
        if title is None:
            named = f"{shortened(name)!r}: " if isinstance(name, str) and name != "network" else ""
            title = f"{named}{learning.finding()}"
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
            # A line between points far apart would pass through values that nobody measured.
            is_sparse = len(curve.epochs) < self.n_epochs / 5
            marker, line = ("o", " ") if len(curve.epochs) == 1 or (rows == "eval_train" and is_sparse) else ("", line)
            ax.plot(curve.epochs, curve.mean, linestyle=line, marker=marker, color=colour, label=label, linewidth=1.5)
            if line != " " and np.isfinite(curve.low).any():
                ax.fill_between(curve.epochs, curve.low, curve.high, color=colour, alpha=0.2, linewidth=0)
        if ax.lines:
            self._mark_best(ax)
            learning = LearningCurves(self.curves, self.best_epochs, self.n_epochs)
            low, high = learning.limits(metric)
            # A line along the end of an axis would be seen by half.
            ax.set_ylim(low, high + 0.015 * (high - low))
            reach = 0.02 * (learning.last_epoch - 1) or 0.5
            ax.set_xlim(1 - reach, learning.last_epoch + reach)
            ax.locator_params(axis="x", integer=True)
        caption = self._caption() if len(self.best_epochs) > 1 else ""
        style.label_axes(ax, self.title if metric == "loss" else "", "epoch", metric, caption=caption, span=2)
        style.draw_grid(ax)

    def _caption(self) -> str:
        """Return what lines and bands are of, and where they end."""
        several = counted(len(self.best_epochs), "network")
        last = max(int(curve.epochs[-1]) for curve in self.curves.values())
        strokes = " Strokes: the best epoch of each." if min(self.best_epochs) < self.n_epochs else ""
        ended = f" Few trained on beyond epoch {last}, to {self.n_epochs} at most." if last < self.n_epochs else ""
        return (
            f"Lines: means of {several}; one that has stopped counts with its best epoch. Bands: 95% intervals of "
            f"these means.{strokes}{ended}"
        )

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
