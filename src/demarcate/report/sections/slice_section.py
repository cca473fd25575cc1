"""A slice through the model: its predictions over the two most important numerical columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, Self

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from demarcate.formatting import visible
from demarcate.inspection.estimators import as_numbers, class_margins, points_of
from demarcate.inspection.slice import SliceGrid
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided, joined, percent
from demarcate.report.sections.section import JsonFields, Section
from demarcate.report.svg import MARKERS, Chart, path_data

RESOLUTION = 90
MAX_POINTS = 300
N_COLOURS = 12
MAX_HELD = 12
LEVELS = tuple(number / 10 for number in range(11))


@dataclass(frozen=True, eq=False)
class HeldColumn(JsonFields):
    """A column that does not vary, and the value it is held at; None for missing."""

    column: str
    value: Any

    @property
    def text(self) -> str:
        """The value in words."""
        if self.value is None:
            return "missing"
        return f"{self.value:.4g}" if isinstance(self.value, float) else elided(visible(self.value), 24)

    def to_json(self) -> dict[str, Any]:
        """Return name and value as JSON values."""
        is_json = self.value is None or isinstance(self.value, bool | int | float | str)
        return {"column": self.column, "value": self.value if is_json else str(self.value)}


@dataclass(frozen=True, eq=False)
class SliceSection(Section):
    """The predictions over two columns with values ``xs`` and ``ys``, with all others held at a value.

    ``probabilities`` and ``margins`` (how far each class is ahead of what it must exceed to be predicted) are
    ``(resolution, resolution, n_classes)``, rows from the bottom up. ``points`` ``(n_points, 2)`` are sampled rows.
    """

    key: ClassVar[str] = "slice"
    heading: ClassVar[str] = "Decision regions"

    columns: tuple[str, str]
    held: Sequence[HeldColumn]
    xs: NDArray[np.float64]
    ys: NDArray[np.float64]
    probabilities: NDArray[np.float64]
    margins: NDArray[np.float64]
    labels: Sequence[str]
    points: NDArray[np.float64]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Compute the slice; None without two numerical columns."""
        predictor = evaluated.predictor
        numerical = {column.name for column in predictor.schema.used if column.kind == "numerical"}
        varying = [
            name
            for name in evaluated.columns_by_importance
            if name in numerical and np.isfinite(np.asarray(evaluated.parsed[name])).any()
        ][:2]
        if len(varying) < 2:
            return None
        rows = as_numbers(evaluated.table[evaluated.indices], predictor.schema.used)
        grid = SliceGrid.through(rows, schema=predictor.schema, columns=varying, resolution=RESOLUTION)
        # Without a warning of places beyond the rows: a picture has a margin.
        flat = predictor.probabilities(predictor.schema.parse(grid.points()))
        probabilities = flat.reshape(RESOLUTION, RESOLUTION, evaluated.n_classes)
        step = -(-evaluated.n_rows // MAX_POINTS)
        order = np.arange(evaluated.n_rows) if step <= 1 else np.random.default_rng(0).permutation(evaluated.n_rows)
        sampled = order[::step]
        return cls(
            columns=grid.columns,
            held=tuple(HeldColumn(name, value) for name, value in grid.held.items()),
            xs=grid.across,
            ys=grid.up,
            probabilities=probabilities,
            margins=class_margins(predictor, probabilities),
            labels=evaluated.labels,
            points=points_of(rows, grid.columns, sampled),
            codes=evaluated.codes[sampled],
        )

    def to_json(self) -> dict[str, Any]:
        """Return the columns, their ranges and each class's share of the area as JSON values."""
        return {
            "columns": list(self.columns),
            "held": [each.to_json() for each in self.held],
            "extent": [float(end) for axis in (self.xs, self.ys) for end in (axis[0], axis[-1])],
            "shares": dict(zip(self.labels, self.shares, strict=True)),
        }

    @property
    def regions(self) -> NDArray[np.int64]:
        """The predicted class at each point, ``(resolution, resolution)``, rows from the bottom up."""
        return np.asarray(self.margins.argmax(-1))

    @property
    def shares(self) -> list[float]:
        """Each class's share of the area."""
        counts = np.bincount(self.regions.ravel(), minlength=len(self.labels))
        return [float(share) for share in counts / self.regions.size]

    @property
    def legend(self) -> list[tuple[int, str]]:
        """Code and label of the classes that have a region or points."""
        present = {*np.unique(self.regions).tolist(), *np.unique(self.codes).tolist()}
        return [(code, self.labels[code]) for code in sorted(present)]

    @property
    def caption(self) -> Sequence[HeldColumn]:
        """The first of the held columns."""
        return self.held[:MAX_HELD]

    def figure(self) -> Markup:
        """Draw probabilities of two classes, or the regions of several, with boundaries and points."""
        x, y = ((float(axis[0]), float(axis[-1])) for axis in (self.xs, self.ys))
        chart = Chart(x=x, y=y, width=440, height=360, left=52)
        if len(self.labels) == 2:
            self._fill_levels(chart)
        else:
            self._fill_regions(chart)
        self._draw_boundaries(chart)
        chart.axes(*(elided(name, 40) for name in self.columns), grid=False)
        for (point_x, point_y), code in zip(self.points, self.codes.tolist(), strict=True):
            if x[0] <= point_x <= x[1] and y[0] <= point_y <= y[1]:
                chart.marker(point_x, point_y, f"class-{code % N_COLOURS} mark", MARKERS[code % len(MARKERS)], 3.0)
        areas = [f"{elided(label)} {percent(share)}" for label, share in zip(self.labels, self.shares, strict=True)]
        held = joined([f"{each.column} = {each.text}" for each in self.held], MAX_HELD)
        text = f"Predicted class by area: {joined(areas, 12)}." + (f" Held: {held}." if self.held else "")
        title = f"Predictions over {elided(self.columns[0])} and {elided(self.columns[1])}"
        return chart.render("slice-figure", title, text)

    def legend_marker(self, code: int) -> Markup:
        """Draw the marker of a class for the legend."""
        chart = Chart(x=(0, 1), y=(0, 1), width=14, height=14, left=0, right=0, top=0, bottom=0)
        chart.marker(0.5, 0.5, f"class-{code % N_COLOURS} mark", MARKERS[code % len(MARKERS)], 4.5)
        return Markup('<svg class="key" viewBox="0 0 14 14" aria-hidden="true">{}</svg>').format(chart.elements[0])

    def _fill_levels(self, chart: Chart) -> None:
        contours = self._contours(self.probabilities[..., 1])
        for number, (low, high) in enumerate(pairwise(LEVELS)):
            top = np.inf if high == 1 else high
            bottom = -np.inf if low == 0 else low
            _fill(chart, contours.filled(bottom, top), f"level-{number}")

    def _fill_regions(self, chart: Chart) -> None:
        for code in range(len(self.labels)):
            _fill(
                chart, self._contours(self.margins[..., code]).filled(0.0, np.inf), f"region class-{code % N_COLOURS}"
            )

    def _draw_boundaries(self, chart: Chart) -> None:
        for code in [1] if len(self.labels) == 2 else range(len(self.labels)):
            for line in self._contours(self.margins[..., code]).lines(0.0):
                xs, ys = np.transpose(np.asarray(line))
                chart.line(xs, ys, "boundary")

    def _contours(self, values: NDArray[np.float64]) -> Any:
        from contourpy import contour_generator

        return contour_generator(self.xs, self.ys, values)


def _fill(chart: Chart, filled: Any, css_class: str) -> None:
    """Add areas with holes as contourpy returns them: points, and offsets at which each outline begins."""
    commands = []
    for points, offsets in zip(*filled, strict=True):
        for start, end in pairwise(offsets):
            corners = np.asarray(points)[int(start) : int(end)]
            commands.append(path_data(chart.to_pixel_x(corners[:, 0]), chart.to_pixel_y(corners[:, 1])) + "Z")
    if commands:
        chart.add("path", class_=f"area {css_class}", d="".join(commands), fill_rule="evenodd")
