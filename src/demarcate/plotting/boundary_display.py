"""Where a classifier draws the line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import shortened
from demarcate.inspection.estimators import LabelledData
from demarcate.inspection.fitted_slice import FittedSlice
from demarcate.inspection.module_classifier import as_classifier
from demarcate.inspection.slice import SliceGrid
from demarcate.plotting import style
from demarcate.plotting.accuracy_title import AccuracyTitle
from demarcate.plotting.data_display import scatter
from demarcate.plotting.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colorbar import Colorbar

Kind = Literal["regions", "probability"]
_KINDS = get_args(Kind)
_LEVELS = 20
_FLAT = 0.01
"""The range of a probability up to which a picture has no lines of equal probability."""
_STRONGEST = 0.6
"""How much of its colour a class has where it is certain."""


@dataclass(eq=False)
class BoundaryDisplay(Display):
    """The regions in which a classifier chooses each class, or how sure it is, over two columns of a table.

    A table of more than two columns is cut: the others are held at one value each, which the caption says. It is the
    trained model that is seen, not a second one fitted to a projection. A slice that is all of one class is drawn as
    probabilities.

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
    title, note
        What was found, and what a reader has to know of it.

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
    note: str = ""
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
            The two columns to draw; None for those of a table that has no more, else for the two that hold numbers and
            matter most to the classifier (by permutation importance).
        at
            Values to hold other columns at. The rest are held at medians and commonest values, of all rows or, where
            these show no boundary, of the rows that the classifier is least sure of.
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
        own = FittedSlice.of(estimator, data, columns=columns, at=at, rows=rows, resolution=resolution)
        finding = AccuracyTitle.of(estimator, data, rows)
        words = (own.note.partition(":")[0] or finding.title) if title is None else title
        notes = (finding.note if title is None else "", own.note)
        values = own.grid, own.probabilities, own.margins, own.classes, own.points, own.codes
        return cls(*values, kind, words, " ".join(filter(None, notes))).plot(ax)

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
        """The note, what shades of colours mean, and the values that other columns are held at; may be empty."""
        shades = ""
        if self._is_one_class:
            shades = "Lines join places where it is equally probable."
        elif self.drawn_kind == "probability" and len(self.classes) > 2:
            shades = "The stronger the colour, the likelier its class; white is a guess."
        return " ".join(filter(None, (self.note, shades, self.slice.caption)))

    @property
    def drawn_kind(self) -> Kind:
        """``kind``, but ``probability`` where all of the picture is of one class."""
        return "probability" if self._is_one_class else self.kind

    @property
    def _is_one_class(self) -> bool:
        return bool(self.regions.min() == self.regions.max())

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
        barred = self.drawn_kind == "probability" and len(self.classes) == 2
        n_columns = -(-len(np.unique(self.codes)) // style.MAX_LEGEND_ROWS)
        width = style.WIDTH + barred + 0.4 * max(n_columns - 1, 0)
        self._set_axes(ax, width=width, height=slice_height(self.slice))
        if self.drawn_kind == "regions":
            tints = np.stack([style.tinted(code) for code in range(len(self.classes))])
            self._draw_image(tints[self.regions])
        elif barred:
            self._draw_probability()
        else:
            self._draw_certainty()
        draw_boundaries(self.ax_, self.slice, self.margins)
        if self._is_one_class:
            self._draw_levels()
        scatter(self.ax_, self.points, self.codes, self.classes)
        frame_slice(self.ax_, self.slice)
        x, y = map(shortened, self.slice.columns)
        style.label_axes(self.ax_, self.title, x, y, caption=self.caption)
        return self

    def _draw_levels(self) -> None:
        """Draw lines of equal probability, with their values, where no boundary is in view."""
        of_class = self.probabilities[..., int(self.regions[0, 0])]
        if np.ptp(of_class) > _FLAT:
            look: dict[str, Any] = {"colors": style.INK, "linewidths": 0.7, "alpha": 0.7, "zorder": 2}
            lines = self.ax_.contour(self.across, self.up, of_class, levels=4, **look)
            self.ax_.clabel(lines, fontsize=style.SMALL)

    def _draw_certainty(self) -> None:
        chance = 1 / len(self.classes)
        certainty = ((self.probabilities.max(-1, keepdims=True) - chance) / (1 - chance)).clip(0, 1)
        colours = np.stack([style.rgb(code) for code in range(len(self.classes))])[self.regions]
        self._draw_image(1 - _STRONGEST * certainty * (1 - colours))

    def _draw_probability(self) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        ends = [style.tinted(0, _STRONGEST), np.full(3, 0.98), style.tinted(1, _STRONGEST)]
        colours_between = LinearSegmentedColormap.from_list("probability", ends)
        levels = np.linspace(0, 1, _LEVELS + 1)
        of_second = self.probabilities[..., 1]
        filled = self.ax_.contourf(self.across, self.up, of_second, levels, cmap=colours_between, antialiased=True)
        label = f"probability of class {shortened(self.classes[1])}"
        self.bar_ = style.draw_colour_bar(self.ax_, filled, label, [0, 0.25, 0.5, 0.75, 1])

    def _draw_image(self, colours: NDArray[np.float64]) -> None:
        self.ax_.imshow(
            colours, extent=self.slice.extent, origin="lower", aspect="auto", interpolation="nearest", zorder=0
        )


def frame_slice(ax: "Axes", grid: SliceGrid) -> None:
    """End the axes where a grid ends, with equal units on both where the grid is square."""
    left, right, bottom, top = grid.extent
    ax.set(xlim=(left, right), ylim=(bottom, top))
    if grid.is_square:
        ax.set_aspect("equal", adjustable="box")


def slice_height(grid: SliceGrid, across: float = style.WIDTH - 1.1, words: float = 1.0) -> float:
    """Return the height in inches of a picture whose axes are ``across`` wide, with ``words`` above and below them."""
    if not grid.is_square:
        return style.HEIGHT
    left, right, bottom, top = grid.extent
    return float(np.clip(across * (top - bottom) / (right - left), 1.5, 3.6)) + words


def draw_boundaries(ax: "Axes", grid: SliceGrid, margins: NDArray[np.float64], **look: Any) -> None:
    """Draw where margins ``(resolution, resolution, n_classes)`` change their sign; two classes share one boundary."""
    look = {"colors": style.INK, "linewidths": 1.4, **look}
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
