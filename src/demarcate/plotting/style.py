"""How every picture looks: colours that the colour-blind tell apart, shapes that double them, legible sizes."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The first seven are those of Okabe and Ito (2008, https://jfly.uni-koeln.de/color), in an order that keeps neighbours
# apart in lightness too.
COLOURS = (
    "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442",
    "#332288", "#882255", "#44AA99", "#999933", "#661100",
)  # fmt: skip
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "p", "h", "<", ">", "d", "*")
INK, GREY, FAINT = "#1a1a1a", "#5f6b76", "#d7dce1"
TITLE, LABEL, SMALL = 10, 9, 8
"""Font sizes in points, for a picture `WIDTH` inches wide; printed at 80 mm the smallest is still 5.6."""
WIDTH, HEIGHT = 4.5, 3.6
"""Inches of one panel."""
TINT = 0.35
"""How much of a class's colour its region has; the rest is white."""


def colour(code: int) -> str:
    """The colour of a class; beyond the last they begin again, with other markers."""
    return COLOURS[code % len(COLOURS)]


def marker(code: int) -> str:
    """The shape of a class's points."""
    return MARKERS[code % len(MARKERS)]


def rgb(code: int) -> NDArray[np.float64]:
    """A class's colour as three numbers in [0, 1].

    Examples
    --------
    >>> rgb(0).round(2)
    array([0.  , 0.45, 0.7 ])
    """
    text = colour(code)
    return np.array([int(text[start : start + 2], 16) for start in (1, 3, 5)]) / 255


def tinted(code: int, strength: float = TINT) -> NDArray[np.float64]:
    """A class's colour, thinned with white."""
    thinned: NDArray[np.float64] = 1 - strength * (1 - rgb(code))
    return thinned


def new_axes(n_columns: int = 1, n_rows: int = 1, *, width: float = WIDTH, height: float = HEIGHT) -> Any:
    """Axes in a figure of their own, which makes room for all that is written; sizes are those of one panel."""
    import matplotlib.pyplot as plt

    size = (n_columns * width, n_rows * height)
    _, axes = plt.subplots(n_rows, n_columns, figsize=size, dpi=150, layout="constrained", squeeze=False)
    return axes


def figure_of(ax: "Axes") -> "Figure":
    """The figure that axes are in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def dress(ax: "Axes", title: str, x: str, y: str, *, caption: str = "") -> None:
    """Title, labels and a caption below, in the sizes of every picture, broken into lines that fit."""
    figure = figure_of(ax)
    place = ax.get_subplotspec()
    panel = figure.get_figwidth() / (place.get_gridspec().ncols if place else 1)
    ax.set_title(wrapped(title, _fitting(panel - 0.7, TITLE)), fontsize=TITLE, loc="left", color=INK)
    ax.set_xlabel(x, fontsize=LABEL)
    ax.set_ylabel(y, fontsize=LABEL)
    ax.tick_params(labelsize=SMALL, color=GREY, labelcolor=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[:].set_color(GREY)
    if caption:
        _caption(figure, wrapped(caption, _fitting(figure.get_figwidth() - 0.2, SMALL - 1)))


def _caption(figure: "Figure", text: str) -> None:
    """Write below a figure what is not there yet; the layout makes room for it."""
    there = figure.get_supxlabel()
    if text not in there:
        lines = f"{there}\n{text}" if there else text
        figure.supxlabel(lines, x=0.01, ha="left", fontsize=SMALL - 1, color=GREY, linespacing=1.25)


def _fitting(inches: float, size: float) -> int:
    """Characters of a font size that fit into a line, with room for some capitals, which are wide."""
    return max(16, int(inches * 72 / (0.64 * size)))


def legend(ax: "Axes", **settings: Any) -> None:
    """A legend beside the axes, where it hides nothing."""
    place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    ax.legend(**{"fontsize": SMALL, "frameon": False, "handletextpad": 0.4, **place, **settings})


def point_size(n_points: int) -> float:
    """The area of a marker, smaller where there are many.

    Examples
    --------
    >>> point_size(50), point_size(100_000)
    (30.0, 3.0)
    """
    return float(np.clip(6000 / max(n_points, 1), 3, 30))


def wrapped(text: str, width: int) -> str:
    """Text in lines of at most ``width`` characters; a name may be longer."""
    return "\n".join(fill(line, width, break_long_words=False) for line in text.split("\n"))


def to_labels(classes: NDArray[Any]) -> Sequence[str]:
    """Class labels as they are shown."""
    return [shortened(label) for label in classes.tolist()]
