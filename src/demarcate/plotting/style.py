"""Colours that colour-blind people tell apart, markers that double them, sizes and axes of all pictures."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar
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
ERROR_BAR: dict[str, Any] = {"markersize": 4.5, "linewidth": 1.3, "capsize": 2.5}
LEGEND_MARKER = 40.0
"""The area of a marker in a legend, and of the largest points in a picture, in square points."""
TINT = 0.35
"""How much of a class's colour its region has; the rest is white."""


def colour(code: int) -> str:
    """Return the colour of a class; beyond the last they begin again, with other markers."""
    return COLOURS[code % len(COLOURS)]


def marker(code: int) -> str:
    """Return the shape of a class's points."""
    return MARKERS[code % len(MARKERS)]


def rgb(code: int) -> NDArray[np.float64]:
    """Return a class's colour as three numbers in [0, 1], ``(3,)``."""
    text = colour(code)
    return np.array([int(text[start : start + 2], 16) for start in (1, 3, 5)]) / 255


def tinted(code: int, strength: float = TINT) -> NDArray[np.float64]:
    """Return a class's colour mixed with white, ``(3,)``."""
    return np.asarray(1 - strength * (1 - rgb(code)))


def new_axes(n_columns: int = 1, n_rows: int = 1, *, width: float = WIDTH, height: float = HEIGHT) -> Any:
    """Return axes ``(n_rows, n_columns)`` in a new figure; sizes are those of one panel, in inches."""
    import matplotlib.pyplot as plt

    size = (n_columns * width, n_rows * height)
    _, axes = plt.subplots(n_rows, n_columns, figsize=size, dpi=150, layout="constrained", squeeze=False)
    return axes


def figure_of(ax: "Axes") -> "Figure":
    """Return the figure that axes are in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def label_axes(ax: "Axes", title: str, x: str, y: str, *, caption: str = "") -> None:
    """Set the title, the labels and a caption below the figure, broken into lines that fit."""
    figure = figure_of(ax)
    place = ax.get_subplotspec()
    panel = figure.get_figwidth() / (place.get_gridspec().ncols if place else 1)
    ax.set_title(wrapped(title, _max_characters(panel - 0.7, TITLE)), fontsize=TITLE, loc="left", color=INK)
    ax.set_xlabel(x, fontsize=LABEL)
    ax.set_ylabel(y, fontsize=LABEL)
    ax.tick_params(labelsize=SMALL, color=GREY, labelcolor=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[:].set_color(GREY)
    if caption:
        _caption(figure, wrapped(caption, _max_characters(figure.get_figwidth() - 0.2, SMALL - 1)))


def _caption(figure: "Figure", text: str) -> None:
    """Add a caption below a figure unless it is there; the layout makes room for it."""
    before = figure.get_supxlabel()
    if text not in before:
        lines = f"{before}\n{text}" if before else text
        figure.supxlabel(lines, x=0.01, ha="left", fontsize=SMALL - 1, color=GREY, linespacing=1.25)


def _max_characters(inches: float, size: float) -> int:
    """Return how many characters of a font size fit into a line, some of them capitals, which are wide."""
    return max(16, int(inches * 72 / (0.64 * size)))


def legend(ax: "Axes", **settings: Any) -> None:
    """Draw a legend beside the axes, where it hides nothing."""
    place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    ax.legend(**{"fontsize": SMALL, "frameon": False, "handletextpad": 0.4, **place, **settings})


def draw_grid(ax: "Axes", axis: Literal["x", "y"] = "y") -> None:
    """Draw faint grid lines below everything else."""
    ax.grid(axis=axis, color=FAINT, linewidth=0.6)
    ax.set_axisbelow(True)


def draw_colour_bar(
    ax: "Axes", mapped: "ScalarMappable", label: str, ticks: Sequence[float], **settings: Any
) -> "Colorbar":
    """Draw the scale of colours beside the axes."""
    bar = figure_of(ax).colorbar(mapped, ax=ax, ticks=ticks, pad=0.02, **settings)
    bar.set_label(label, fontsize=SMALL)
    bar.ax.tick_params(labelsize=SMALL)
    return bar


def point_size(n_points: int) -> float:
    """Return the area of a marker in square points: smaller where there are many, so that a thousand are still seen."""
    return float(np.clip(400 / max(n_points, 1) ** 0.5, 3, LEGEND_MARKER))


def legend_scale(size: float) -> float:
    """Return the factor by which a legend enlarges markers of this area, so that colour and shape are seen there."""
    return float((LEGEND_MARKER / size) ** 0.5)


def wrapped(text: str, width: int) -> str:
    """Break text into lines of at most ``width`` characters; a name may be longer."""
    return "\n".join(fill(line, width, break_long_words=False) for line in text.split("\n"))


def class_labels(classes: NDArray[Any]) -> Sequence[str]:
    """Return class labels as short text."""
    return [shortened(label) for label in classes.tolist()]
