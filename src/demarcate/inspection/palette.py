"""The colours and marker shapes of all pictures, matplotlib's and the report's, on a light and on a dark page."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours as ``#rrggbb``, by what they stand for."""

    classes: tuple[str, ...]
    """Those of the classes by code; beyond the last they begin again, with other shapes."""
    series: tuple[str, ...]
    """Lines and bars: training rows and what is right; rows not trained on, mistakes and costs; a third, and so on."""
    ink: str
    """Text and boundaries."""
    soft: str
    """Captions, axes and what is less important."""
    line: str
    """Grid lines."""
    page: str
    """The background."""


# Of the classes, those but the seventh are of Okabe and Ito (2008, https://jfly.uni-koeln.de/color) and of Tol (2021,
# https://personal.sron.nl/~pault), in an order that keeps neighbours apart in lightness too.
LIGHT = Palette(
    classes=(
        "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00",
        "#C4B000", "#332288", "#882255", "#44AA99", "#999933", "#661100",
    ),
    series=("#0072B2", "#C65500", "#00805C", "#CC79A7", "#5F6B76"),
    ink="#1B1F24", soft="#56616C", line="#D5DAE0", page="#FFFFFF",
)  # fmt: skip
DARK = Palette(
    classes=(
        "#56B4E9", "#F0A830", "#35C79B", "#DD96BF", "#8FD0F5", "#F0804A",
        "#F0E442", "#9A8CF0", "#D46A9F", "#6FD0C0", "#C8C860", "#D0705A",
    ),
    series=("#56B4E9", "#F0914A", "#35C79B", "#DD96BF", "#A7B1BB"),
    ink="#E7E9EB", soft="#A7B1BB", line="#3A424A", page="#14171A",
)  # fmt: skip
SHAPES = (
    "circle", "square", "triangle", "diamond", "plus", "cross", "triangle down",
    "pentagon", "hexagon", "triangle left", "triangle right", "thin diamond", "star",
)  # fmt: skip
"""The shapes of the classes' points by code: as many as have no divisor in common with the colours."""


def heat(share: float) -> float:
    """Return how strong a cell's colour is, 0 to 0.8, for a share of its row: more at first, so that 1% is seen.

    Examples
    --------
    >>> heat(0.0), round(heat(0.01), 2), heat(1.0)
    (0.0, 0.13, 0.8)
    """
    return 0.8 * math.pow(max(share, 0.0), 0.4)


def mixed(colour: str, strength: float, background: str = LIGHT.page) -> tuple[float, float, float]:
    """Return a colour over a background as red, green and blue in [0, 1]; ``strength`` is its opacity."""
    red, green, blue = (
        strength * above + (1 - strength) * below for above, below in zip(_rgb(colour), _rgb(background), strict=True)
    )
    return red, green, blue


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue
