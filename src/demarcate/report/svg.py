"""Drawings as inline SVG: axes, lines, bands, bars, points. Colours are classes, which the page's style sheet fills in.

Nothing here is a style attribute: the page's content security policy forbids them.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import ArrayLike, NDArray

from demarcate.report.filters import shortened

WIDTH, HEIGHT = 360, 260
"""Size of a drawing in its own units; about as many CSS pixels on a phone, so that its text is as large as it says."""
SHAPES = ("circle", "square", "triangle", "diamond", "plus", "cross")
STROKED = ("plus", "cross")
_CORNERS = {
    "square": [[(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)]],
    "triangle": [[(0.0, -1.2), (1.1, 0.8), (-1.1, 0.8)]],
    "diamond": [[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)]],
    "plus": [[(-1.1, 0.0), (1.1, 0.0)], [(0.0, -1.1), (0.0, 1.1)]],
    "cross": [[(-1.0, -1.0), (1.0, 1.0)], [(-1.0, 1.0), (1.0, -1.0)]],
}
"""A mark's corners, in times of its size."""
_ROOM = 6.0


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two others.

    Examples
    --------
    >>> ticks(0, 1), ticks(0.12, 0.71)
    ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.2, 0.4, 0.6])
    """
    rough = (high - low) / max(most - 1, 1)
    if not (rough > 0 and math.isfinite(rough)):
        return [low]
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [float(f"{number * step:.12g}") for number in range(first, last + 1)]


def tick_label(value: float) -> str:
    """A number as short as it can be.

    Examples
    --------
    >>> tick_label(0.2), tick_label(20000.0), tick_label(0.0), tick_label(2.5e9)
    ('0.2', '20,000', '0', '2.5e+09')
    """
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e7 and value == round(value) else f"{value + 0.0:.4g}"


@dataclass(eq=False)
class Drawing:
    """A drawing with axes, made piece by piece.

    Parameters
    ----------
    x, y
        The range of each axis.
    width, height
        The size of the whole.
    left, right, top, bottom
        The room beside the axes.

    Examples
    --------
    >>> drawing = Drawing(x=(0, 1), y=(0, 1))
    >>> drawing.line([0, 1], [0, 1], "one")
    >>> drawing.render("fig", "A line", "It rises from 0 to 1.")[:60]
    Markup('<svg class="drawing" viewBox="0 0 360 260" role="img" aria-l')
    """

    x: tuple[float, float]
    y: tuple[float, float]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = 46
    right: int = 12
    top: int = 12
    bottom: int = 42
    parts: list[Markup] = field(default_factory=list)

    def across(self, values: ArrayLike) -> NDArray[np.float64]:
        """Places from left to right."""
        low, high = self.x
        return self.left + (np.asarray(values, dtype=float) - low) / (high - low) * self.inner_width

    def down(self, values: ArrayLike) -> NDArray[np.float64]:
        """Places from top to bottom."""
        low, high = self.y
        return self.top + (high - np.asarray(values, dtype=float)) / (high - low) * self.inner_height

    @property
    def inner_width(self) -> int:
        """The length of the axis from left to right."""
        return self.width - self.left - self.right

    @property
    def inner_height(self) -> int:
        """The length of the axis from bottom to top."""
        return self.height - self.top - self.bottom

    def add(self, tag: str, text: str | Markup | None = None, **attributes: object) -> None:
        """An element; an underscore in an attribute's name stands for a hyphen, one at the end for nothing."""
        said = "".join(
            f' {name.rstrip("_").replace("_", "-")}="{escape(_short(value))}"' for name, value in attributes.items()
        )
        inner = "" if text is None else escape(text)
        self.parts.append(Markup(f"<{tag}{said}>{inner}</{tag}>"))  # noqa: S704 - every value is escaped above

    def axes(
        self,
        x_label: str,
        y_label: str,
        *,
        x_ticks: Sequence[float] | None = None,
        n_ticks: int = 6,
        grid: bool = True,
    ) -> None:
        """Both axes with their numbers, and a faint line at each number of the upright one unless ``grid`` is False."""
        base, end = self.height - self.bottom, self.width - self.right
        for value in ticks(*self.y, n_ticks):
            y = float(self.down(value))
            if grid:
                self.add("line", class_="grid", x1=self.left, x2=end, y1=y, y2=y)
            self.add("text", tick_label(value), class_="tick end", x=self.left - _ROOM, y=y + 4)
        for value in ticks(*self.x, n_ticks) if x_ticks is None else x_ticks:
            self.add("text", tick_label(value), class_="tick middle", x=float(self.across(value)), y=base + 16)
        self.add("line", class_="axis", x1=self.left, x2=end, y1=base, y2=base)
        self.add("text", shortened(x_label, 44), class_="label middle", x=(self.left + end) / 2, y=self.height - 6)
        middle = (self.top + base) / 2
        turned = f"rotate(-90 11 {_short(middle)})"
        self.add("text", shortened(y_label, 32), class_="label middle", x=11, y=middle, transform=turned)

    def frame(self, x_label: str) -> None:
        """The axis from left to right alone, with a faint line at each of its numbers."""
        base, middle = self.height - self.bottom, self.left + self.inner_width / 2
        for value in ticks(*self.x, 5):
            x = float(self.across(value))
            self.add("line", class_="grid", x1=x, x2=x, y1=self.top, y2=base)
            self.add("text", tick_label(value), class_="tick middle", x=x, y=base + 16)
        self.add("line", class_="axis", x1=self.left, x2=self.width - self.right, y1=base, y2=base)
        self.add("text", shortened(x_label, 44), class_="label middle", x=middle, y=self.height - 6)

    def line(self, xs: ArrayLike, ys: ArrayLike, look: str, **attributes: str) -> None:
        """A line through points; where a number is missing it is broken."""
        self.add("path", class_=f"line {look}", d=path(self.across(xs), self.down(ys)), **attributes)

    def band(self, xs: ArrayLike, low: ArrayLike, high: ArrayLike, look: str) -> None:
        """The area between two lines; points where either is missing are left out."""
        places, lows, highs = self.across(xs), self.down(low), self.down(high)
        there = np.isfinite(lows) & np.isfinite(highs)
        if there.sum() > 1:
            outline = [*zip(places[there], lows[there], strict=True)]
            outline += [*zip(places[there][::-1], highs[there][::-1], strict=True)]
            self.add("path", class_=f"band {look}", d=f"{path(*np.transpose(outline))}Z")

    def bar(self, x: tuple[float, float], y: tuple[float, float], look: str) -> None:
        """A box."""
        (left, right), (bottom, top) = self.across(x), self.down(y)
        width, height = max(right - left, 0.0), max(bottom - top, 0.0)
        self.add("rect", class_=f"bar {look}", x=left, y=top, width=width, height=height)

    def whisker(self, value: float, low: float, high: float, at: float, look: str, *, upright: bool = False) -> None:
        """A number and its interval: a dot on a line, across or upright."""
        if upright:
            (x,), (bottom, top) = self.across([at]), self.down([low, high])
            self.add("line", class_=f"whisker {look}", x1=x, x2=x, y1=bottom, y2=top)
            self.point(at, value, look)
        else:
            (left, right), (y,) = self.across([low, high]), self.down([at])
            self.add("line", class_=f"whisker {look}", x1=left, x2=right, y1=y, y2=y)
            self.point(value, at, look)

    def point(self, x: float, y: float, look: str, shape: str = "circle", size: float = 3.5) -> None:
        """A mark of one of the `SHAPES`."""
        centre = float(self.across(x)), float(self.down(y))
        if shape == "circle":
            self.add("circle", class_=f"point {look}", cx=centre[0], cy=centre[1], r=size)
        else:
            drawn = "point stroked" if shape in STROKED else "point"
            self.add("path", class_=f"{drawn} {look}", d=outline(shape, centre, size))

    def text(self, x: float, y: float, words: str, look: str) -> None:
        """Words at a place of the axes."""
        self.add("text", words, class_=look, x=float(self.across(x)), y=float(self.down(y)))

    def render(self, key: str, title: str, description: str, **attributes: object) -> Markup:
        """The drawing as an element.

        Parameters
        ----------
        key
            An identifier, unlike any other of the page.
        title, description
            What is seen, for those who do not see it.
        attributes
            More attributes of the element; underscores stand for hyphens.
        """
        more = "".join(f' {name.replace("_", "-")}="{escape(_short(value))}"' for name, value in attributes.items())
        frame = (
            f'<svg class="drawing" viewBox="0 0 {self.width} {self.height}" role="img" '
            f'aria-labelledby="{escape(key)}-title {escape(key)}-text"{more}>'
            f'<title id="{escape(key)}-title">{escape(title)}</title>'
            f'<desc id="{escape(key)}-text">{escape(description)}</desc>'
        )
        return Markup(frame + "".join(self.parts) + "</svg>")  # noqa: S704 - made of escaped parts


def path(xs: Iterable[float], ys: Iterable[float]) -> str:
    """The commands of a line through points, to a tenth of a unit; it is broken where a number is missing.

    Examples
    --------
    >>> path([0, 1, 2, 3], [5, 4, math.nan, 2])
    'M0 5L1 4M3 2'
    """
    commands, pen = [], "M"
    for x, y in zip(xs, ys, strict=True):
        if math.isfinite(x) and math.isfinite(y):
            commands.append(f"{pen}{_short(x)} {_short(y)}")
            pen = "L"
        else:
            pen = "M"
    return "".join(commands)


def outline(shape: str, centre: tuple[float, float], size: float) -> str:
    """The commands of a mark that is no circle, of about the same area."""
    x, y = centre
    lines = [[(x + size * dx, y + size * dy) for dx, dy in line] for line in _CORNERS[shape]]
    return "".join(path(*np.transpose(line)) + ("" if shape in STROKED else "Z") for line in lines)


def thinned(xs: NDArray[np.float64], ys: NDArray[np.float64], grid: int = 1000) -> NDArray[np.int64]:
    """The points of a curve that a drawing can show: places on a fine grid, each once in a row, and corners only.

    Parameters
    ----------
    xs, ys
        ``(n_points,)``, in [0, 1]: the ends are kept, and what is left out is no further than half a cell of the grid
        from what is drawn.
    grid
        Cells along each side.

    Examples
    --------
    >>> thinned(np.array([0.0, 0.5, 0.5, 1.0]), np.array([0.0, 0.5, 0.5, 1.0])).tolist()
    [0, 3]
    """
    cells = np.rint(np.stack([xs, ys]) * grid).astype(np.int64)
    fresh = np.concatenate([[True], (np.diff(cells) != 0).any(0)])
    fresh[-1] = True
    kept = np.flatnonzero(fresh)
    if len(kept) < 3:
        return kept
    dx, dy = np.diff(cells[:, kept])
    straight = (dx[1:] * dy[:-1] == dy[1:] * dx[:-1]) & (dx[1:] * dx[:-1] + dy[1:] * dy[:-1] > 0)
    return np.asarray(kept[np.concatenate([[True], ~straight, [True]])])


def _short(value: object) -> str:
    """Numbers to a tenth."""
    return f"{round(float(value), 1):g}" if isinstance(value, float | np.floating) else str(value)
