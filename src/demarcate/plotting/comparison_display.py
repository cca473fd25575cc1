"""Several networks side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import decimal, interval_texts, percent, shortened
from demarcate.inspection.estimators import LabelledData, row_numbers
from demarcate.plotting import style
from demarcate.plotting.accuracy_title import points_in_words
from demarcate.plotting.boundary_display import BoundaryDisplay, Kind, slice_height

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_ACROSS = 4
_WIDTH, _HEIGHT = 3.2, 3.4
"""Inches of one panel."""


@dataclass(eq=False)
class ComparisonDisplay:
    """Several classifiers over the same grid, on axes of the same limits, with their scores below.

    Attributes
    ----------
    displays
        A `BoundaryDisplay` each, by name.
    scores
        The lines below each picture, by name; empty for classifiers without test scores.
    points_note
        The sentence on which rows the points are; empty for classifiers whose test rows are not known.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets, train
    >>> data = datasets.moons(n_samples=200, noise=0.2)
    >>> networks = {"line": Network(hidden=()), "curve": Network(hidden=(8,), activation="tanh")}
    >>> runs = train(data, networks, Training(lr=0.03, epochs=30))
    >>> [ax.get_title(loc="left") for ax in ComparisonDisplay.from_runs(runs, data).ax_]
    ['line', 'curve']
    """

    displays: dict[str, BoundaryDisplay]
    scores: dict[str, str] = field(default_factory=dict)
    points_note: str = ""
    ax_: NDArray[Any] = field(init=False, repr=False)
    figure_: "Figure" = field(init=False, repr=False)

    @classmethod
    def from_runs(
        cls,
        runs: Mapping[str, Any],
        data: LabelledData,
        *,
        kind: Kind = "probability",
        columns: Sequence[str] | None = None,
        at: Mapping[str, Any] | None = None,
        rows: Any = None,
        resolution: int = 200,
    ) -> Self:
        """Draw runs, or other classifiers by name, side by side.

        Parameters
        ----------
        runs
            What `train` gave, or a mapping of names to fitted classifiers.
        data, kind, columns, at, resolution
            As for `BoundaryDisplay.from_estimator`. What is left open is chosen for the first classifier, and is the
            same for all.
        rows
            Numbers of the rows to draw; None for the test rows that runs share, or all rows.

        Raises
        ------
        SettingError
            If there is nothing to compare, or it cannot be drawn.
        """
        if not runs:
            raise SettingError("There is no classifier to compare. Give at least one.")
        shown = getattr(runs, "test_rows", None) if rows is None else rows
        axes = _axes(len(runs))
        displays: dict[str, BoundaryDisplay] = {}
        for (name, run), ax in zip(runs.items(), axes, strict=False):
            displays[name] = BoundaryDisplay.from_estimator(
                run, data, kind=kind, columns=columns, at=at, rows=shown, resolution=resolution, title="", ax=ax
            )
            first = displays[name].slice
            columns, at = first.columns, first.held
        scores = {name: _scores(run) for name, run in runs.items()}
        display = cls(displays, scores, _points_note(runs.values(), data, shown))
        display._settle(axes)
        return display

    def plot(self) -> Self:
        """Draw it again, on new axes."""
        axes = _axes(len(self.displays))
        for display, ax in zip(self.displays.values(), axes, strict=False):
            display.plot(ax)
        self._settle(axes)
        return self

    @property
    def caption(self) -> str:
        """Which rows the points are, what lines and colours mean, and the values that other columns are held at."""
        first = next(iter(self.displays.values()))
        x, y = map(shortened, first.slice.columns)
        strength = " The stronger a colour, the surer the classifier." if first.kind == "probability" else ""
        lines = f"Across: {x}; up: {y}. Lines: where the class changes.{strength}"
        return " ".join(filter(None, (self.points_note, lines, first.slice.caption)))

    def _settle(self, axes: NDArray[Any]) -> None:
        """Write names and scores, and leave one legend, one caption, and no axes without a picture."""
        for ax in axes[len(self.displays) :]:
            ax.remove()
        self.ax_ = axes[: len(self.displays)]
        self.figure_ = style.figure_of(self.ax_[0])
        for name, display in self.displays.items():
            display.ax_.set(xticks=[], yticks=[], ylabel="")
            display.ax_.spines[:].set_visible(False)
            display.ax_.set_title(shortened(name), fontsize=style.TITLE + 1, loc="left", fontweight="bold")
            display.ax_.set_xlabel(self.scores.get(name, ""), fontsize=style.LABEL, loc="left")
            if display.bar_:
                display.bar_.remove()
        # The legend stands beside the first row, where it moves no other panel.
        last = min(len(self.displays), MAX_ACROSS) - 1
        for display in [each for place, each in enumerate(self.displays.values()) if place != last]:
            if legend := display.ax_.get_legend():
                legend.remove()
        first = next(iter(self.displays.values())).slice
        n_rows = -(-len(axes) // MAX_ACROSS)
        if first.is_square:
            self.figure_.set_figheight(n_rows * slice_height(first, _WIDTH - 0.2, words=0.75) + 0.15)
        self.figure_.supxlabel("")
        style.add_caption(self.figure_, self.caption)


def _axes(n_panels: int) -> NDArray[Any]:
    across = min(n_panels, MAX_ACROSS)
    return np.asarray(style.new_axes(across, -(-n_panels // across), width=_WIDTH, height=_HEIGHT)).ravel()


def _scores(run: Any) -> str:
    """Return of a run its accuracy and its log loss on training rows and on test rows, a line each."""
    scores = getattr(run, "scores", None)
    if not scores:
        return ""
    accuracy, loss = (scores[name] for name in ("accuracy", "log_loss"))
    ends = f"[{percent(accuracy.low)}, {percent(accuracy.high)}]"
    value, interval = interval_texts(loss.value, loss.low, loss.high, digits=2)
    return (
        f"accuracy: train {percent(run.train_accuracy)} / test {percent(accuracy.value)} {ends}\n"
        f"log loss: train {decimal(run.train_loss, 2)} / test {value} {interval}"
    )


def _points_note(runs: Iterable[Any], data: LabelledData, rows: Any) -> str:
    """Return which rows the points are, where all classifiers were tested on the same ones."""
    tested: list[Any] = [getattr(run, "test_rows", None) for run in runs]
    if any(own is None or not np.array_equal(own, tested[0]) for own in tested):
        return ""
    _, labels = data
    return points_in_words(np.asarray(tested[0]), row_numbers(rows, len(labels)))
