"""The rows of a table as points over two columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.datasets import Dataset
from demarcate.formatting import shortened
from demarcate.inspection.estimators import LabelledData, as_numbers, points_of, row_numbers, table_and_codes
from demarcate.inspection.slice import SliceGrid
from demarcate.plotting import style
from demarcate.plotting.display import Display
from demarcate.tabular import infer_schema

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False)
class DataDisplay(Display):
    """The rows of a table as points over two of its columns, with a colour and a shape for each class.

    Attributes
    ----------
    points, codes
        ``(n_points, 2)``, and each point's class index.
    is_square
        Whether a unit is as long across as up: the table has these two columns alone, and they have one scale.

    Examples
    --------
    >>> from demarcate import datasets
    >>> display = DataDisplay.from_data(datasets.blobs(n_samples=100))
    >>> display.ax_.get_title(loc="left")
    '100 points of 4 classes: blobs'
    """

    columns: tuple[str, str]
    points: NDArray[np.float64]
    codes: NDArray[np.int64]
    classes: NDArray[Any]
    title: str = ""
    is_square: bool = False

    @classmethod
    def from_data(
        cls,
        data: LabelledData,
        *,
        columns: Sequence[str] | None = None,
        rows: Any = None,
        title: str | None = None,
        ax: "Axes | None" = None,
    ) -> Self:
        """Draw a data set, or a table and its labels.

        Parameters
        ----------
        data, columns, rows, title, ax
            As for `BoundaryDisplay.from_estimator`.

        Raises
        ------
        SettingError
            If there are no such columns or rows.
        """
        frame, codes, classes = table_and_codes(data)
        frame, shown = as_numbers(frame, infer_schema(frame).columns), row_numbers(rows, len(frame))
        grid = SliceGrid.through(frame, columns=columns, resolution=2, rows=shown)
        points = points_of(frame, grid.columns, shown)
        named = f": {data.name}" if isinstance(data, Dataset) else ""
        title = f"{len(points):,} points of {len(classes)} classes{named}" if title is None else title
        return cls(grid.columns, points, codes[shown], classes, title, grid.is_square).plot(ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        self._set_axes(ax)
        scatter(self.ax_, self.points, self.codes, self.classes)
        if self.is_square:
            self.ax_.set_aspect("equal", adjustable="datalim")
        style.label_axes(self.ax_, self.title, *map(shortened, self.columns))
        return self


def scatter(ax: "Axes", points: NDArray[np.float64], codes: NDArray[np.int64], classes: NDArray[Any]) -> None:
    """Draw points in their classes' colours and shapes, with a legend; classes without a point are left out."""
    size = style.point_size(len(points))
    look: dict[str, Any] = {"s": size, "edgecolors": "white", "linewidths": 0.07 * size**0.5, "zorder": 3}
    for code, label in enumerate(style.class_labels(classes)):
        own = points[codes == code]
        if len(own):
            ax.scatter(*own.T, color=style.colour(code), marker=style.marker(code), label=label, **look)
    if len(points):
        style.legend(ax, title="class", title_fontsize=style.SMALL, markerscale=style.legend_scale(size))
