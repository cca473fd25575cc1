"""LabelledData points, as they are before anybody has learned from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.datasets import Dataset
from demarcate.formatting import shortened
from demarcate.inspection.estimators import LabelledData, points_of, row_numbers, table_and_codes
from demarcate.inspection.slice import SliceGrid
from demarcate.plotting import style
from demarcate.plotting.display import Display

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(eq=False)
class DataDisplay(Display):
    """The rows of a table as points over two of its columns, their classes told by colour and shape.

    Attributes
    ----------
    columns
        The two columns.
    points, codes
        ``(n_points, 2)``, and each point's class index.
    classes
        The labels.
    title
        In words.

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
        data
            What to draw.
        columns
            The two columns; None for those of a table that has no more.
        rows
            Numbers of the rows to draw; None for all.
        title
            Instead of one in words.
        ax
            Axes to draw on, instead of new ones.

        Raises
        ------
        SettingError
            If there are no such columns or rows.
        """
        frame, codes, classes = table_and_codes(data)
        shown = row_numbers(rows, len(frame))
        grid = SliceGrid.through(frame, columns=columns, resolution=2, rows=shown)
        points = points_of(frame, grid.columns, shown)
        named = f": {data.name}" if isinstance(data, Dataset) else ""
        said = f"{len(points):,} points of {len(classes)} classes{named}" if title is None else title
        return cls(grid.columns, points, codes[shown], classes, said).plot(ax)

    def plot(self, ax: "Axes | None" = None) -> Self:
        """Draw it, on new axes if none are given."""
        self._set_axes(ax)
        scatter(self.ax_, self.points, self.codes, self.classes)
        style.label_axes(self.ax_, self.title, *map(shortened, self.columns))
        return self


def scatter(ax: "Axes", points: NDArray[np.float64], codes: NDArray[np.int64], classes: NDArray[Any]) -> None:
    """Draw points in their classes' colours and shapes, with a legend; classes without a point are left out."""
    size = style.point_size(len(points))
    for code, label in enumerate(style.class_labels(classes)):
        own = points[codes == code]
        if len(own):
            ax.scatter(
                own[:, 0],
                own[:, 1],
                s=size,
                color=style.colour(code),
                marker=style.marker(code),
                edgecolors="white",
                linewidths=0.4,
                label=label,
                zorder=3,
            )
    if len(points):
        style.legend(ax, title="class", title_fontsize=style.SMALL)
