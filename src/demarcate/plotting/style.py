"""Sizes, axes, titles, captions and legends of all pictures, in the colours and shapes of the palette."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import shortened
from demarcate.inspection.palette import LIGHT, SHAPES, mixed

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.cm import ScalarMappable
    from matplotlib.colorbar import Colorbar
    from matplotlib.figure import Figure

_SHAPES = {
    "circle": "o", "square": "s", "triangle": "^", "diamond": "D", "plus": "P", "cross": "X", "triangle down": "v",
    "pentagon": "p", "hexagon": "h", "triangle left": "<", "triangle right": ">", "thin diamond": "d", "star": "*",
}  # fmt: skip
"""matplotlib's markers by their names."""
COLOURS, SERIES = LIGHT.classes, LIGHT.series
MARKERS = tuple(_SHAPES[shape] for shape in SHAPES)
INK, GREY, FAINT = LIGHT.ink, LIGHT.soft, LIGHT.line
TITLE, LABEL, SMALL, CAPTION = 10, 9, 8, 7.5
"""Font sizes in points, for a picture `WIDTH` inches wide; printed at 80 mm the smallest letters of axes are 5.6."""
WIDTH, HEIGHT = 4.5, 3.6
"""Inches of one panel."""
DPI = 200
"""Dots per inch: a picture stays sharp when a slide shows it twice as large."""
MAX_LEGEND_ROWS = 14
"""Entries of a legend above one another; more stand in further columns."""
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
    return np.array(mixed(colour(code), 1))


def tinted(code: int, strength: float = TINT) -> NDArray[np.float64]:
    """Return a class's colour mixed with white, ``(3,)``."""
    return np.array(mixed(colour(code), strength))


def new_axes(
    n_columns: int = 1, n_rows: int = 1, *, width: float = WIDTH, height: float = HEIGHT, sharex: bool = False
) -> Any:
    """Return axes ``(n_rows, n_columns)`` in a new figure; sizes are those of one panel, in inches."""
    import matplotlib.pyplot as plt

    size = (n_columns * width, n_rows * height)
    _, axes = plt.subplots(n_rows, n_columns, figsize=size, dpi=DPI, layout="constrained", squeeze=False, sharex=sharex)
    return axes


def figure_of(ax: "Axes") -> "Figure":
    """Return the figure that axes are in."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    return figure


def label_axes(ax: "Axes", title: str, x: str, y: str, *, caption: str = "", span: float = 1) -> None:
    """Set the title, the labels and a caption below the figure, broken into lines that fit.

    The title may reach over ``span`` panels.
    """
    figure = figure_of(ax)
    place = ax.get_subplotspec()
    panel = figure.get_figwidth() / (place.get_gridspec().ncols if place else 1)
    lines = wrapped(title, _max_characters(span * panel - 0.7, TITLE))
    ax.set_title(lines, fontsize=TITLE, loc="left", color=INK, fontweight="bold")
    ax.set_xlabel(x, fontsize=LABEL)
    ax.set_ylabel(y, fontsize=LABEL)
    ax.tick_params(labelsize=SMALL, color=GREY, labelcolor=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[:].set_color(GREY)
    if caption:
        add_caption(figure, caption)


def add_caption(figure: "Figure", caption: str) -> None:
    """Add a caption below a figure unless it is there, in lines that fit; the layout makes room for it."""
    text = wrapped(caption, _max_characters(figure.get_figwidth() - 0.2, CAPTION, 0.58))
    before = figure.get_supxlabel()
    if text not in before:
        lines = f"{before}\n{text}" if before else text
        figure.supxlabel(lines, x=0.01, ha="left", fontsize=CAPTION, color=GREY, linespacing=1.3)


def _max_characters(inches: float, size: float, em: float = 0.64) -> int:
    """Return how many characters of a font size fit into a line; ``em`` is a character's mean width in that size."""
    return max(16, int(inches * 72 / (em * size)))


def legend(ax: "Axes", **settings: Any) -> None:
    """Draw a legend beside the axes, where it hides nothing, in as many columns as keep it short."""
    place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0.0}
    handles = settings.get("handles", ax.get_legend_handles_labels()[0])
    columns = {"ncols": -(-max(len(handles), 1) // MAX_LEGEND_ROWS), "columnspacing": 0.8}
    ax.legend(**{"fontsize": SMALL, "frameon": False, "handletextpad": 0.4, **place, **columns, **settings})


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
