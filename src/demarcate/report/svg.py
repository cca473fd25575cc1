"""Charts as inline SVG: axes, lines, bands, bars and markers.

Colours come from CSS classes, as the page's content security policy forbids style attributes.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import ArrayLike, NDArray

from demarcate.report.filters import elided

WIDTH, HEIGHT = 360, 260
"""Size of a chart in its own units: about as many CSS pixels on a phone, so that text has the size it states."""
STROKED_MARKERS = ("plus", "cross")


def _corners(
    n_corners: int, radius: float, first: float = -90.0, inner: float | None = None
) -> list[tuple[float, float]]:
    """Return the corners of a polygon about the origin, the first at an angle in degrees; with ``inner`` a star."""
    radii = [radius] * n_corners if inner is None else [radius, inner] * n_corners
    angles = np.deg2rad(first + 360.0 * np.arange(len(radii)) / len(radii))
    return [(float(r * np.cos(a)), float(r * np.sin(a))) for r, a in zip(radii, angles, strict=True)]


_MARKER_LINES = {
    "square": [_corners(4, 1.25, 45)],
    "triangle": [_corners(3, 1.35)],
    "diamond": [_corners(4, 1.25)],
    "plus": [[(-1.1, 0.0), (1.1, 0.0)], [(0.0, -1.1), (0.0, 1.1)]],
    "cross": [[(-1.0, -1.0), (1.0, 1.0)], [(-1.0, 1.0), (1.0, -1.0)]],
    "triangle down": [_corners(3, 1.35, 90)],
    "pentagon": [_corners(5, 1.2)],
    "hexagon": [_corners(6, 1.15)],
    "triangle left": [_corners(3, 1.35, 180)],
    "triangle right": [_corners(3, 1.35, 0)],
    "thin diamond": [[(0.0, -1.4), (0.8, 0.0), (0.0, 1.4), (-0.8, 0.0)]],
    "star": [_corners(5, 1.45, inner=0.6)],
}
"""The corners of each marker, as multiples of its size; all markers have about the same area."""
_TICK_PADDING = 6.0


def ticks(low: float, high: float, max_ticks: int = 6) -> list[float]:
    """Return round, evenly spaced numbers between two others."""
    min_step = (high - low) / max(max_ticks - 1, 1)
    if not (min_step > 0 and math.isfinite(min_step)):
        return [low]
    power = 10.0 ** math.floor(math.log10(min_step))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= min_step * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def tick_label(value: float) -> str:
    """Return the shortest text of a number."""
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 and value == round(value) else f"{value + 0.0:.4g}"


@dataclass(eq=False)
class Chart:
    """A chart of elements that are added one by one; ``x`` and ``y`` are the ranges of its axes.

    ``left``, ``right``, ``top`` and ``bottom`` are the margins around the axes.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = 46
    right: int = 12
    top: int = 12
    bottom: int = 42
    elements: list[Markup] = field(default_factory=list)

    def to_pixel_x(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return horizontal positions of values."""
        low, high = self.x
        return self.left + (np.asarray(values, dtype=float) - low) / (high - low) * self.inner_width

    def to_pixel_y(self, values: ArrayLike) -> NDArray[np.float64]:
        """Return vertical positions of values, from the top."""
        low, high = self.y
        return self.top + (high - np.asarray(values, dtype=float)) / (high - low) * self.inner_height

    @property
    def inner_width(self) -> int:
        """Length of the x axis."""
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> int:
        """Length of the y axis."""
        return self.height - self.top - self.bottom

    def add(self, tag: str, text: str | Markup | None = None, **attributes: object) -> None:
        """Add an element; in an attribute's name an underscore is a hyphen, a trailing one is dropped."""
        inner = "" if text is None else escape(text)
        self.elements.append(
            Markup(f"<{tag}{_attributes(attributes)}>{inner}</{tag}>")  # noqa: S704 - every value is escaped
        )

    def axes(
        self,
        x_label: str,
        y_label: str,
        *,
        x_ticks: Sequence[float] | None = None,
        n_ticks: int = 6,
        grid: bool = True,
    ) -> None:
        """Add both axes with tick labels, and horizontal grid lines if requested."""
        base, end = self.height - self.bottom, self.width - self.right
        for value in ticks(*self.y, n_ticks):
            y = float(self.to_pixel_y(value))
            if grid:
                self.add("line", class_="grid", x1=self.left, x2=end, y1=y, y2=y)
            self.add("text", tick_label(value), class_="tick end", x=self.left - _TICK_PADDING, y=y + 4)
        for value in ticks(*self.x, n_ticks) if x_ticks is None else x_ticks:
            self.add("text", tick_label(value), class_="tick middle", x=float(self.to_pixel_x(value)), y=base + 16)
        self._x_axis_line(x_label)
        middle = (self.top + base) / 2
        rotation = f"rotate(-90 11 {_rounded(middle)})"
        self.add("text", elided(y_label, 32), class_="label middle", x=11, y=middle, transform=rotation)

    def x_axis(self, label: str) -> None:
        """Add the x axis alone, with vertical grid lines."""
        base = self.height - self.bottom
        for value in ticks(*self.x, 5):
            x = float(self.to_pixel_x(value))
            self.add("line", class_="grid", x1=x, x2=x, y1=self.top, y2=base)
            self.add("text", tick_label(value), class_="tick middle", x=x, y=base + 16)
        self._x_axis_line(label)

    def _x_axis_line(self, label: str) -> None:
        base, end = self.height - self.bottom, self.width - self.right
        self.add("line", class_="axis", x1=self.left, x2=end, y1=base, y2=base)
        self.add("text", elided(label, 44), class_="label middle", x=(self.left + end) / 2, y=self.height - 6)

    def line(self, xs: ArrayLike, ys: ArrayLike, css_class: str, **attributes: str) -> None:
        """Add a line through points, broken where a number is missing."""
        self.add(
            "path", class_=f"line {css_class}", d=path_data(self.to_pixel_x(xs), self.to_pixel_y(ys)), **attributes
        )

    def band(self, xs: ArrayLike, low: ArrayLike, high: ArrayLike, css_class: str) -> None:
        """Add the area between two lines, without points where either is missing."""
        x, lows, highs = self.to_pixel_x(xs), self.to_pixel_y(low), self.to_pixel_y(high)
        present = np.isfinite(lows) & np.isfinite(highs)
        if present.sum() > 1:
            outline = [*zip(x[present], lows[present], strict=True)]
            outline += [*zip(x[present][::-1], highs[present][::-1], strict=True)]
            self.add("path", class_=f"band {css_class}", d=f"{path_data(*np.transpose(outline))}Z")

    def bar(self, x: tuple[float, float], y: tuple[float, float], css_class: str) -> None:
        """Add a rectangle."""
        (left, right), (bottom, top) = self.to_pixel_x(x), self.to_pixel_y(y)
        width, height = max(right - left, 0.0), max(bottom - top, 0.0)
        self.add("rect", class_=f"bar {css_class}", x=left, y=top, width=width, height=height)

    def error_bar(
        self, value: float, low: float, high: float, at: float, css_class: str, *, vertical: bool = False
    ) -> None:
        """Add a number with its interval: a dot on a line."""
        if vertical:
            (x,), (bottom, top) = self.to_pixel_x([at]), self.to_pixel_y([low, high])
            self.add("line", class_=f"whisker {css_class}", x1=x, x2=x, y1=bottom, y2=top)
            self.marker(at, value, css_class)
        else:
            (left, right), (y,) = self.to_pixel_x([low, high]), self.to_pixel_y([at])
            self.add("line", class_=f"whisker {css_class}", x1=left, x2=right, y1=y, y2=y)
            self.marker(value, at, css_class)

    def marker(self, x: float, y: float, css_class: str, shape: str = "circle", size: float = 3.5) -> None:
        """Add a marker of one of the shapes in `demarcate.inspection.palette.SHAPES`."""
        centre = float(self.to_pixel_x(x)), float(self.to_pixel_y(y))
        if shape == "circle":
            self.add("circle", class_=f"point {css_class}", cx=centre[0], cy=centre[1], r=size)
        else:
            base_class = "point stroked" if shape in STROKED_MARKERS else "point"
            self.add("path", class_=f"{base_class} {css_class}", d=marker_path(shape, centre, size))

    def text(self, x: float, y: float, text: str, css_class: str) -> None:
        """Add text at a point of the axes."""
        self.add("text", text, class_=css_class, x=float(self.to_pixel_x(x)), y=float(self.to_pixel_y(y)))

    def render(self, key: str, title: str, description: str, **attributes: object) -> Markup:
        """Return the chart as an element; ``key`` is unique on the page, title and text serve those who cannot see."""
        start = (
            f'<svg class="drawing" viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-labelledby="{escape(key)}-title {escape(key)}-text"{_attributes(attributes)}>'
            f'<title id="{escape(key)}-title">{escape(title)}</title>'
            f'<desc id="{escape(key)}-text">{escape(description)}</desc>'
        )
        return Markup(start + "".join(self.elements) + "</svg>")  # noqa: S704 - made of escaped parts


def path_data(xs: Iterable[float], ys: Iterable[float]) -> str:
    """Return SVG commands of a line through points, to a tenth of a unit, broken where a number is missing."""
    commands, command = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if math.isfinite(x) and math.isfinite(y):
            commands.append(f"{command}{_rounded(x)} {_rounded(y)}")
            command = "L"
        else:
            command = "M"
    return "".join(commands)


def marker_path(shape: str, centre: tuple[float, float], size: float) -> str:
    """Return SVG commands of a marker that is not a circle."""
    x, y = centre
    lines = [[(x + size * dx, y + size * dy) for dx, dy in line] for line in _MARKER_LINES[shape]]
    return "".join(path_data(*np.transpose(line)) + ("" if shape in STROKED_MARKERS else "Z") for line in lines)


def simplified(xs: NDArray[np.float64], ys: NDArray[np.float64], grid: int = 1000) -> NDArray[np.int64]:
    """Return indices of the points that a chart can show of a curve ``(n_points,)`` in [0, 1].

    Repeated cells of a grid x grid raster and points within straight lines are dropped, the ends are not: the rest is
    no further than half a cell from the curve.
    """
    cells = np.rint(np.stack([xs, ys]) * grid).astype(np.int64)
    is_new = np.concatenate([[True], (np.diff(cells) != 0).any(0)])
    is_new[-1] = True
    indices = np.flatnonzero(is_new)
    if len(indices) < 3:
        return indices
    dx, dy = np.diff(cells[:, indices])
    is_straight = (dx[1:] * dy[:-1] == dy[1:] * dx[:-1]) & (dx[1:] * dx[:-1] + dy[1:] * dy[:-1] > 0)
    return np.asarray(indices[np.concatenate([[True], ~is_straight, [True]])])


def _attributes(attributes: dict[str, object]) -> str:
    pairs = ((name.rstrip("_").replace("_", "-"), escape(_rounded(value))) for name, value in attributes.items())
    return "".join(f' {name}="{value}"' for name, value in pairs)


def _rounded(value: object) -> str:
    """Return a value as text, floats to a tenth."""
    return f"{round(float(value), 1):g}" if isinstance(value, float | np.floating) else str(value)
