"""Several networks side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import shortened
from demarcate.inspection.estimators import LabelledData
from demarcate.plotting import style
from demarcate.plotting.boundary_display import BoundaryDisplay, Kind

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MAX_ACROSS = 4


@dataclass(eq=False)
class ComparisonDisplay:
    """Several classifiers over the same grid, on axes of the same limits.

    Attributes
    ----------
    displays
        A `BoundaryDisplay` each, by name.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets, train
    >>> data = datasets.moons(n_samples=200, noise=0.2)
    >>> networks = {"line": Network(hidden=()), "curve": Network(hidden=(8,), activation="tanh")}
    >>> runs = train(data, networks, Training(lr=0.03, epochs=30))
    >>> [ax.get_title(loc="left").splitlines()[0] for ax in ComparisonDisplay.from_runs(runs, data).ax_]
    ['line', 'curve']
    """

    displays: dict[str, BoundaryDisplay]
    ax_: NDArray[Any] = field(init=False, repr=False)
    figure_: "Figure" = field(init=False, repr=False)

    @classmethod
    def from_runs(
        cls,
        runs: Mapping[str, Any],
        data: LabelledData,
        *,
        kind: Kind = "regions",
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
            As for `BoundaryDisplay.from_estimator`.
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
        settings: dict[str, Any] = {"kind": kind, "columns": columns, "at": at, "rows": shown, "resolution": resolution}
        displays = {
            name: BoundaryDisplay.from_estimator(run, data, title=_title(name, run), ax=ax, **settings)
            for (name, run), ax in zip(runs.items(), axes, strict=False)
        }
        display = cls(displays)
        display._settle(axes)
        return display

    def plot(self) -> Self:
        """Draw it again, on new axes."""
        axes = _axes(len(self.displays))
        for display, ax in zip(self.displays.values(), axes, strict=False):
            display.plot(ax)
        self._settle(axes)
        return self

    def _settle(self, axes: NDArray[Any]) -> None:
        """Leave one legend and one colour bar, and no axes without a picture."""
        for ax in axes[len(self.displays) :]:
            ax.remove()
        self.ax_ = axes[: len(self.displays)]
        self.figure_ = style.figure_of(self.ax_[0])
        for display in list(self.displays.values())[:-1]:
            if display.ax_.get_legend():
                display.ax_.get_legend().remove()  # type: ignore[union-attr]
            if display.bar_:
                display.bar_.remove()


def _axes(n_panels: int) -> NDArray[Any]:
    across = min(n_panels, MAX_ACROSS)
    return np.asarray(style.new_axes(across, -(-n_panels // across), width=3.2, height=3.1)).ravel()


def _title(name: str, run: Any) -> str:
    """Return a name, and for a run its accuracy on training and test rows."""
    scores = getattr(run, "scores", None)
    if not scores:
        return shortened(name)
    train, test = getattr(run, "train_accuracy", np.nan), scores["accuracy"]
    return (
        f"{shortened(name)}\ntrain accuracy {train:.0%}\n"
        f"test accuracy {test.value:.0%} [{test.low:.0%}, {test.high:.0%}]"
    )
