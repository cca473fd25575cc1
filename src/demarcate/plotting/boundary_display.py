"""Where a classifier draws the line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import shortened
from demarcate.inspection.estimators import LabelledData, class_margins, predictor_of
from demarcate.inspection.fitted_slice import slice_through
from demarcate.inspection.module_classifier import as_classifier
from demarcate.inspection.slice import SliceGrid
from demarcate.plotting import style
from demarcate.plotting.data_display import scatter
from demarcate.plotting.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar

Kind = Literal["regions", "probability"]
_KINDS = get_args(Kind)
_LEVELS = 20
_STRONGEST = 0.75
"""How much of its colour a class has where it is certain."""


@dataclass(eq=False)
class BoundaryDisplay(Display):
    """The regions in which a classifier chooses each class, or how sure it is, over two columns of a table.

    A table of more than two columns is cut: the others are held at one value each, which the caption says. It is the
    trained model that is seen, not a second one fitted to a projection.

    Attributes
    ----------
    slice
        The grid, and the values of all other columns.
    probabilities
        ``(resolution, resolution, n_classes)``, rows from the bottom up.
    margins
        Each class's lead over its best rival, of the same shape.
    points, codes
        The rows drawn, ``(n_points, 2)``, and their class indices.

    Examples
    --------
    >>> from demarcate import Network, Training, datasets, train
    >>> data = datasets.moons(n_samples=200, noise=0.2)
    >>> run = train(data, Network(hidden=(8,)), Training(lr=0.03, epochs=30))["network"]
    >>> display = BoundaryDisplay.from_estimator(run, data, rows=run.test_rows)
    >>> display.regions.shape, display.ax_.get_xlabel()
    ((200, 200), 'x1')
    """

    slice: SliceGrid
    probabilities: NDArray[np.float64]
    margins: NDArray[np.float64]
    classes: NDArray[Any]
    points: NDArray[np.float64]
    codes: NDArray[np.int64]
    kind: Kind = "regions"
    title: str = ""
    bar_: "Colorbar | None" = field(init=False, repr=False, default=None)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        data: LabelledData,
        *,
        kind: Kind = "regions",
        columns: Sequence[str] | None = None,
        at: Mapping[str, Any] | None = None,
        rows: Any = None,
        resolution: int = 200,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Compute a classifier's probabilities at every place of a grid, and draw them.

        Parameters
        ----------
        estimator
            A `Run`, a `DemarcateClassifier`, a `Predictor`, another fitted classifier with ``predict_proba``, or a
            trained ``torch.nn.Module`` that takes the columns of ``data`` as they are, and returns one logit or one a
            class.
        data
            A data set, or a table and its labels, whose columns it reads.
        kind
            ``regions``: the class chosen; ``probability``: how likely each class is held to be.
        columns
            The two columns to draw; None for those of a table that has no more.
        at
            Values to hold other columns at, instead of the median of numbers and the commonest of categories.
        rows
            Numbers of the rows to draw as points, which also bound the picture; None for all.
        resolution
            Places along each side.
        title, ax
            Instead of a title in words, and of new axes.

        Raises
        ------
        SettingError
            If the columns, rows or kind cannot be drawn.
        InputError
            If the table is not one the classifier reads.
        """
        if kind not in _KINDS:
            raise SettingError(f"kind is {kind!r}. Give one of {', '.join(_KINDS)}.")
        estimator = as_classifier(estimator, data)
        grid, points, codes, classes = slice_through(
            estimator, data, columns=columns, at=at, rows=rows, resolution=resolution
        )
        table, _ = data
        predictor = predictor_of(estimator)
        if predictor:
            # Without a warning of places beyond the rows: a picture has a margin.
            flat = predictor.probabilities(predictor.schema.parse(grid.points()))
        else:
            # Another library's classifier gets a table of the kind that it was given.
            flat = estimator.predict_proba(grid.points(table))
        probabilities = np.asarray(flat).reshape(resolution, resolution, len(classes))
        margins = class_margins(estimator, probabilities)
        title_text = _title(estimator, kind, rows) if title is None else title
        return cls(grid, probabilities, margins, classes, points, codes, kind, title_text).plot(ax)

    @property
    def across(self) -> NDArray[np.float64]:
        """The grid's values from left to right, ``(resolution,)``."""
        return self.slice.across

    @property
    def up(self) -> NDArray[np.float64]:
        """The grid's values from bottom to top, ``(resolution,)``."""
        return self.slice.up

    @property
    def caption(self) -> str:
        """What shades of colours mean, and the values that other columns are held at; may be empty."""
        shades = self.kind == "probability" and len(self.classes) > 2
        own = "The stronger the colour, the likelier its class; white is a guess." if shades else ""
        return f"{own} {self.slice.caption}".strip()

    @cached_property
    def regions(self) -> NDArray[np.int64]:
        """The index of the class that is chosen, ``(resolution, resolution)``."""
        return np.asarray(self.margins.argmax(-1))

    @cached_property
    def boundary_length(self) -> float:
        """The length of all boundaries, in sides of the picture: about 1 for one straight line across it.

        Of two classifiers over the same grid the one with the longer boundary draws the rougher line.
        """
        return sum(boundary_length(self.margins[..., code]) for code in range(len(self.classes))) / 2

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        barred = self.kind == "probability" and len(self.classes) == 2
        self._set_axes(ax, width=style.WIDTH + barred)
        if self.kind == "regions":
            tints = np.stack([style.tinted(code) for code in range(len(self.classes))])
            self._draw_image(tints[self.regions])
        elif len(self.classes) > 2:
            self._draw_certainty()
        else:
            self._draw_probability()
        draw_boundaries(self.ax_, self.slice, self.margins)
        scatter(self.ax_, self.points, self.codes, self.classes)
        left, right, bottom, top = self.slice.extent
        self.ax_.set(xlim=(left, right), ylim=(bottom, top))
        x, y = map(shortened, self.slice.columns)
        style.label_axes(self.ax_, self.title, x, y, caption=self.caption)
        return self

    def _draw_certainty(self) -> None:
        chance = 1 / len(self.classes)
        certainty = ((self.probabilities.max(-1, keepdims=True) - chance) / (1 - chance)).clip(0, 1)
        colours = np.stack([style.rgb(code) for code in range(len(self.classes))])[self.regions]
        self._draw_image(1 - _STRONGEST * certainty * (1 - colours))

    def _draw_probability(self) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        ends = [style.tinted(0, 0.75), np.full(3, 0.98), style.tinted(1, 0.75)]
        colours_between = LinearSegmentedColormap.from_list("probability", ends)
        levels = np.linspace(0, 1, _LEVELS + 1)
        filled = self.ax_.contourf(
            self.across, self.up, self.probabilities[..., 1], levels, cmap=colours_between, antialiased=True
        )
        label = f"probability of class {shortened(self.classes[1])}"
        self.bar_ = style.draw_colour_bar(self.ax_, filled, label, [0, 0.25, 0.5, 0.75, 1])

    def _draw_image(self, colours: NDArray[np.float64]) -> None:
        self.ax_.imshow(
            colours, extent=self.slice.extent, origin="lower", aspect="auto", interpolation="nearest", zorder=0
        )


def draw_boundaries(ax: "Axes", grid: SliceGrid, margins: NDArray[np.float64], **look: Any) -> None:
    """Draw where margins ``(resolution, resolution, n_classes)`` change their sign; two classes share one boundary."""
    look = {"colors": style.INK, "linewidths": 1.2, **look}
    for code in range(1 if margins.shape[-1] == 2 else margins.shape[-1]):
        margin = margins[..., code]
        if margin.min() < 0 < margin.max():
            ax.contour(grid.across, grid.up, margin, levels=[0.0], **look, zorder=2)


def boundary_length(margin: NDArray[np.float64]) -> float:
    """Return how long the line is on which a margin ``(resolution, resolution)`` is 0, in sides of its square."""
    from contourpy import contour_generator

    side_up, side_across = (np.linspace(0, 1, places) for places in margin.shape)
    lines = contour_generator(side_across, side_up, margin).lines(0.0)
    return float(sum(np.hypot(*np.diff(np.asarray(line), axis=0).T).sum() for line in lines))


def _title(estimator: Any, kind: Kind, rows: Any) -> str:
    """Return what is drawn; of a run with its test rows also how many of them it gets right."""
    name = getattr(estimator, "name", None)
    shown = f"{shortened(name)!r}" if isinstance(name, str) else "the classifier"
    title = f"Where {shown} draws the line" if kind == "regions" else f"How sure {shown} is"
    test_rows = getattr(estimator, "test_rows", None)
    if test_rows is None or rows is None or not np.array_equal(np.sort(test_rows), np.sort(rows)):
        return title
    n_right = int((estimator.test_probabilities.argmax(1) == estimator.test_codes).sum())
    return f"{title}: {n_right} of {len(test_rows)} test points right"
