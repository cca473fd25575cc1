"""A slice through the trained model: what it says over the two most important columns of numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.formatting import visible
from demarcate.inspection.estimators import margins, points_of
from demarcate.inspection.slice import Plane
from demarcate.report.evaluated_rows import Judged
from demarcate.report.filters import listed, percent, shortened
from demarcate.report.sections.section import Part, Section
from demarcate.report.svg import SHAPES, Drawing, path

RESOLUTION = 90
MOST_POINTS = 300
N_COLOURS = 12
LEVELS = tuple(place / 10 for place in range(11))


@dataclass(frozen=True, eq=False)
class Held(Part):
    """A column that does not vary, and the value it is held at; None for missing."""

    column: str
    value: Any


@dataclass(frozen=True, eq=False)
class Slice(Section):
    """What the classifier says over two columns, with the others held.

    Attributes
    ----------
    columns
        The two that vary.
    held
        The others.
    across, up
        Where it was asked, ``(resolution,)`` each.
    probabilities
        What it says there, ``(resolution, resolution, n_classes)``, rows from the bottom up.
    ahead
        How far each class is ahead of what it has to beat, of the same shape.
    labels
        The classes.
    points, codes
        Some of the judged rows, ``(n_points, 2)``, and their classes.
    """

    key: ClassVar[str] = "slice"
    heading: ClassVar[str] = "A slice through the model"

    columns: tuple[str, str]
    held: Sequence[Held]
    across: NDArray[np.float64]
    up: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    ahead: NDArray[np.float64]
    labels: Sequence[str]
    points: NDArray[np.float64]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, judged: Judged, by_importance: Sequence[str]) -> "Slice | None":
        """The slice over the two most important columns of numbers; None where there are not two.

        Parameters
        ----------
        judged
            The rows, which bound it and some of which are drawn.
        by_importance
            The columns, most important first.
        """
        predictor, table = judged.predictor, judged.table
        numerical = {column.name for column in predictor.schema.used if column.kind == "numerical"}
        varied = [
            name for name in by_importance if name in numerical and np.isfinite(np.asarray(judged.parsed[name])).any()
        ][:2]
        if len(varied) < 2:
            return None
        rows = table[judged.places]
        plane = Plane.through(rows, schema=predictor.schema, columns=varied, resolution=RESOLUTION)
        asked = predictor.predict_proba(plane.grid()).reshape(RESOLUTION, RESOLUTION, judged.n_classes)
        step = -(-judged.n_rows // MOST_POINTS)
        drawn = np.random.default_rng(0).permutation(judged.n_rows)[::step] if step > 1 else np.arange(judged.n_rows)
        held = tuple(Held(name, value) for name, value in plane.held.items())
        points = points_of(rows, plane.columns, drawn)
        return cls(
            plane.columns,
            held,
            plane.across,
            plane.up,
            asked,
            margins(predictor, asked),
            judged.labels,
            points,
            judged.codes[drawn],
        )

    def to_json(self) -> dict[str, Any]:
        """What varies, what is held, and the class chosen at each place."""
        return {
            "columns": list(self.columns),
            "held": [{"column": each.column, "value": _value(each.value)} for each in self.held],
            "extent": [float(end) for axis in (self.across, self.up) for end in (axis[0], axis[-1])],
            "shares": dict(zip(self.labels, self.shares, strict=True)),
        }

    @property
    def regions(self) -> NDArray[np.int64]:
        """The index of the class that is chosen, ``(resolution, resolution)``, rows from the bottom up."""
        return np.asarray(self.ahead.argmax(-1))

    @property
    def shares(self) -> list[float]:
        """Each class's share of the picture."""
        counts = np.bincount(self.regions.ravel(), minlength=len(self.labels))
        return [float(share) for share in counts / self.regions.size]

    @property
    def shown(self) -> list[tuple[int, str]]:
        """The classes that are seen as a region or as points: their index and label."""
        there = {*np.unique(self.regions).tolist(), *np.unique(self.codes).tolist()}
        return [(code, self.labels[code]) for code in sorted(there)]

    @property
    def caption(self) -> list[tuple[str, str]]:
        """The first columns held, each with its value in words."""
        return [(each.column, _said(each.value)) for each in self.held[:12]]

    def figure(self) -> Markup:
        """The slice."""
        x, y = ((float(axis[0]), float(axis[-1])) for axis in (self.across, self.up))
        drawing = Drawing(x=x, y=y, width=440, height=360, left=52)
        if len(self.labels) == 2:
            self._fill_levels(drawing)
        else:
            self._fill_regions(drawing)
        self._draw_boundaries(drawing)
        drawing.axes(*(shortened(name, 40) for name in self.columns), grid=False)
        for (across, up), code in zip(self.points, self.codes.tolist(), strict=True):
            if x[0] <= across <= x[1] and y[0] <= up <= y[1]:
                drawing.point(across, up, f"class-{code % N_COLOURS} mark", SHAPES[code % len(SHAPES)], 3.0)
        chosen = [
            f"{shortened(label)} in {percent(share)}" for label, share in zip(self.labels, self.shares, strict=True)
        ]
        held = listed([f"{each.column} = {_said(each.value)}" for each in self.held], 12)
        text = f"Chosen by area: {listed(chosen, 12)}." + (f" Held: {held}." if self.held else "")
        title = f"What the model says over {shortened(self.columns[0])} and {shortened(self.columns[1])}"
        return drawing.render("slice-figure", title, text)

    def mark(self, code: int) -> Markup:
        """A point of a class, for the legend."""
        drawing = Drawing(x=(0, 1), y=(0, 1), width=14, height=14, left=0, right=0, top=0, bottom=0)
        drawing.point(0.5, 0.5, f"class-{code % N_COLOURS} mark", SHAPES[code % len(SHAPES)], 4.5)
        return Markup('<svg class="key" viewBox="0 0 14 14" aria-hidden="true">{}</svg>').format(drawing.parts[0])

    def _fill_levels(self, drawing: Drawing) -> None:
        """Bands of probability of the second class."""
        from contourpy import contour_generator

        generator = contour_generator(self.across, self.up, self.probabilities[..., 1])
        for place, (low, high) in enumerate(pairwise(LEVELS)):
            top = np.inf if high == 1 else high
            bottom = -np.inf if low == 0 else low
            _fill(drawing, generator.filled(bottom, top), f"level-{place}")

    def _fill_regions(self, drawing: Drawing) -> None:
        """The region of each class."""
        from contourpy import contour_generator

        for code in range(len(self.labels)):
            generator = contour_generator(self.across, self.up, self.ahead[..., code])
            _fill(drawing, generator.filled(0.0, np.inf), f"region class-{code % N_COLOURS}")

    def _draw_boundaries(self, drawing: Drawing) -> None:
        from contourpy import contour_generator

        for code in [1] if len(self.labels) == 2 else range(len(self.labels)):
            for line in contour_generator(self.across, self.up, self.ahead[..., code]).lines(0.0):
                xs, ys = np.transpose(np.asarray(line))
                drawing.line(xs, ys, "boundary")


def _fill(drawing: Drawing, filled: Any, look: str) -> None:
    """Areas with their holes, as contourpy gives them: points, and where each outline begins."""
    commands = []
    for points, offsets in zip(*filled, strict=True):
        for start, end in pairwise(offsets):
            corners = np.asarray(points)[int(start) : int(end)]
            commands.append(path(drawing.across(corners[:, 0]), drawing.down(corners[:, 1])) + "Z")
    if commands:
        drawing.add("path", class_=f"area {look}", d="".join(commands), fill_rule="evenodd")


def _value(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _said(value: Any) -> str:
    if value is None:
        return "missing"
    return f"{value:.4g}" if isinstance(value, float) else shortened(visible(value), 24)
