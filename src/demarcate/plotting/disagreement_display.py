"""Where the members of an ensemble disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.evaluation.member_weights import deviation_over_members
from demarcate.formatting import percent, shortened
from demarcate.inference import Predictor
from demarcate.inspection.estimators import LabelledData, class_margins, predictor_of
from demarcate.inspection.fitted_slice import slice_through
from demarcate.inspection.slice import SliceGrid
from demarcate.plotting import style
from demarcate.plotting.boundary_display import draw_boundaries, frame_slice, slice_height
from demarcate.plotting.data_display import scatter
from demarcate.plotting.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_LINES = 20
"""Members whose boundaries are drawn."""
_AGREED = 0.1
"""The spread of a probability up to which networks count as agreed."""


@dataclass(eq=False)
class DisagreementDisplay(Display):
    """The spread of an ensemble: how far its members' probabilities lie apart, and each one's own boundary.

    Attributes
    ----------
    slice
        The grid, and the values of all other columns.
    member_probabilities
        ``(n_members, resolution, resolution, n_classes)``.
    margins
        Each class's lead over its best rival for each member, of the same shape.
    points, codes
        The rows drawn, ``(n_points, 2)``, and their class indices.
    weights
        What each member counts, ``(n_members,)``; None for all the same.

    Examples
    --------
    >>> from demarcate import DemarcateClassifier, datasets
    >>> data = datasets.moons(n_samples=120, noise=0.3)
    >>> clf = DemarcateClassifier(hidden=(8,), epochs=10, n_folds=3).fit(data.X, data.y)
    >>> display = DisagreementDisplay.from_estimator(clf, data, resolution=50)
    >>> display.member_probabilities.shape, display.spread.shape
    ((3, 50, 50, 2), (50, 50))
    """

    slice: SliceGrid
    member_probabilities: NDArray[np.float64]
    margins: NDArray[np.float64]
    classes: NDArray[Any]
    points: NDArray[np.float64]
    codes: NDArray[np.int64]
    title: str = ""
    weights: tuple[float, ...] | None = None

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        data: LabelledData,
        *,
        columns: Sequence[str] | None = None,
        at: Mapping[str, Any] | None = None,
        rows: Any = None,
        resolution: int = 200,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Compute every member's probabilities at every place of a grid, and draw how far they lie apart.

        Parameters
        ----------
        estimator
            A fitted `DemarcateClassifier` or `Predictor` of several members, or a sequence of runs.
        data, columns, at, rows, resolution, title, ax
            As for `BoundaryDisplay.from_estimator`.

        Raises
        ------
        SettingError
            If there are fewer than two members, or it cannot be drawn.
        """
        estimators = list(estimator) if isinstance(estimator, Sequence) else [estimator]
        if not estimators:
            raise SettingError("There is no network. Give at least two.")
        grid, points, codes, classes = slice_through(
            estimators[0], data, columns=columns, at=at, rows=rows, resolution=resolution
        )
        predictors = [_predictor(each) for each in estimators]
        flat = np.concatenate([predictor.member_probabilities(grid.points()) for predictor in predictors])
        if len(flat) < 2:
            raise SettingError("There is only one network. Give at least two.")
        probabilities = flat.reshape(len(flat), resolution, resolution, len(classes))
        margins = np.stack([class_margins(estimators[0], own) for own in probabilities])
        display = cls(grid, probabilities, margins, classes, points, codes, title or "", _weights(predictors))
        display.title = display._in_words() if title is None else title
        return display.plot(ax)

    @property
    def spread(self) -> NDArray[np.float64]:
        """The standard deviation over members of a class's probability, of the class they differ on most."""
        return np.asarray(deviation_over_members(self.member_probabilities, self.weights).max(-1))

    @property
    def caption(self) -> str:
        """What the lines are, and the values that other columns are held at."""
        n_lines = min(len(self.margins), MAX_LINES)
        lines = f"A thin line each: the boundaries of {n_lines} networks. The darker, the further apart they are."
        return f"{lines} {self.slice.caption}".strip()

    def _in_words(self) -> str:
        share = float((self.spread <= _AGREED).mean())
        return f"{len(self.margins)} networks agree within {_AGREED:g} on {percent(share)} of the picture"

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        self._set_axes(ax, width=style.WIDTH + 1, height=slice_height(self.slice))
        levels = np.linspace(0, 0.5, 11)
        filled = self.ax_.contourf(self.slice.across, self.slice.up, self.spread, levels, cmap="Greys", alpha=0.85)
        label = "spread of the networks' probabilities"
        style.draw_colour_bar(self.ax_, filled, label, [0, 0.1, 0.2, 0.3, 0.4, 0.5])
        for margins in self.margins[:MAX_LINES]:
            draw_boundaries(self.ax_, self.slice, margins, colors=style.SERIES[1], linewidths=0.8, alpha=0.9)
        scatter(self.ax_, self.points, self.codes, self.classes)
        frame_slice(self.ax_, self.slice)
        style.label_axes(self.ax_, self.title, *map(shortened, self.slice.columns), caption=self.caption)
        return self


def _predictor(estimator: Any) -> Predictor:
    """Return the predictor of an estimator, as it predicts a grid."""
    predictor = predictor_of(estimator)
    if predictor is None:
        fact = f"A {type(estimator).__name__} has no members"
        raise SettingError(f"{fact}. Give a fitted DemarcateClassifier, a Predictor or runs.")
    # A grid goes beyond the rows, and is not compared with those that were trained on.
    return replace(predictor, trained_on=None)


def _weights(predictors: Sequence[Predictor]) -> tuple[float, ...] | None:
    """Return what the members of several predictors count: 1 on average within each; None for all the same."""
    if all(predictor.weights is None for predictor in predictors):
        return None
    shares = [(predictor.weights or (1 / predictor.n_members,) * predictor.n_members) for predictor in predictors]
    return tuple(share * len(own) for own in shares for share in own)
