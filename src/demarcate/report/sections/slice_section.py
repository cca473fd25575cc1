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
from demarcate.inspection.fitted_slice import FittedSlice, held_in_view
from demarcate.inspection.palette import LIGHT, SHAPES
from demarcate.inspection.slice import SliceGrid
from demarcate.presentation import brief_repr
from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.filters import elided, joined, percent_of
from demarcate.report.sections.section import JsonFields, Section
from demarcate.report.svg import Chart, path_data

RESOLUTION = 90
MAX_POINTS = 300
N_COLOURS = len(LIGHT.classes)
MAX_HELD = 12
LEVELS = tuple(number / 10 for number in range(11))


@brief_repr
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


@brief_repr
@dataclass(frozen=True, eq=False)
class SliceSection(Section):
    """The predictions over two columns, with all others held where the boundary is in view; points are sampled rows."""

    key: ClassVar[str] = "slice"
    heading: ClassVar[str] = "Decision regions"

    fitted: FittedSlice
    labels: Sequence[str]

    @classmethod
    def of(cls, evaluated: EvaluatedRows) -> Self | None:
        """Compute the slice over the two most important columns of numbers; None without two."""
        predictor = evaluated.predictor
        numerical = {column.name for column in predictor.schema.used if column.kind == "numerical"}
        varying = [
            name
            for name in evaluated.columns_by_importance
            if name in numerical and np.isfinite(np.asarray(evaluated.parsed[name])).any()
        ][:2]
        if len(varying) < 2:
            return None
        if len(predictor.schema.used) == 2:
            varying.sort(key=[column.name for column in predictor.schema.used].index)
        rows = as_numbers(evaluated.table[evaluated.indices], predictor.schema.used)
        grid = SliceGrid.through(rows, schema=predictor.schema, columns=varying, resolution=RESOLUTION)
        grid = held_in_view(grid, predictor, rows)
        # Without a warning of places beyond the rows: a picture has a margin.
        flat = predictor.probabilities(predictor.schema.parse(grid.points()))
        probabilities = flat.reshape(RESOLUTION, RESOLUTION, evaluated.n_classes)
        step = -(-evaluated.n_rows // MAX_POINTS)
        order = np.arange(evaluated.n_rows) if step <= 1 else np.random.default_rng(0).permutation(evaluated.n_rows)
        sampled = order[::step]
        fitted = FittedSlice(
            grid=grid,
            probabilities=probabilities,
            margins=class_margins(predictor, probabilities),
            classes=predictor.classes,
            points=points_of(rows, grid.columns, sampled),
            codes=evaluated.codes[sampled],
        )
        return cls(fitted, evaluated.labels)

    def to_json(self) -> dict[str, Any]:
        """Return the columns, their ranges and each class's share of the area as JSON values."""
        return {
            "columns": list(self.columns),
            "held": [each.to_json() for each in self.held],
            "held_at": self.fitted.grid.held_at,
            "extent": [float(end) for end in self.fitted.grid.extent],
            "shares": dict(zip(self.labels, self.fitted.shares.tolist(), strict=True)),
        }

    @property
    def columns(self) -> tuple[str, str]:
        """The two columns that vary."""
        return self.fitted.grid.columns

    @property
    def held(self) -> Sequence[HeldColumn]:
        """The columns that do not vary."""
        return [HeldColumn(name, value) for name, value in self.fitted.grid.held.items()]

    @property
    def legend(self) -> list[tuple[int, str]]:
        """Code and label of the classes that have a region or points."""
        present = {*np.unique(self.fitted.regions).tolist(), *np.unique(self.fitted.codes).tolist()}
        return [(code, self.labels[code]) for code in sorted(present)]

    @property
    def caption(self) -> Sequence[HeldColumn]:
        """The first of the held columns."""
        return self.held[:MAX_HELD]

    def figure(self) -> Markup:
        """Draw probabilities of two classes, or the regions of several, with boundaries and points."""
        chart = self._chart()
        if len(self.labels) == 2:
            self._fill_levels(chart)
        else:
            self._fill_regions(chart)
        self._draw_boundaries(chart)
        chart.axes(*(elided(name, 40) for name in self.columns), grid=False)
        left, right, bottom, top = self.fitted.grid.extent
        for (x, y), code in zip(self.fitted.points, self.fitted.codes.tolist(), strict=True):
            if left <= x <= right and bottom <= y <= top:
                chart.marker(x, y, f"class-{code % N_COLOURS} mark", SHAPES[code % len(SHAPES)], 3.0)
        shares = zip(self.labels, self.fitted.shares.tolist(), strict=True)
        areas = [f"{elided(label)} {percent_of(share)}" for label, share in shares]
        held = joined([f"{each.column} = {each.text}" for each in self.held], MAX_HELD)
        text = f"Predicted class by area: {joined(areas, 12)}." + (f" Held: {held}." if self.held else "")
        title = f"Predictions over {elided(self.columns[0])} and {elided(self.columns[1])}"
        return chart.render("slice-figure", title, text)

    def legend_marker(self, code: int) -> Markup:
        """Draw the marker of a class for the legend."""
        chart = Chart(x=(0, 1), y=(0, 1), width=14, height=14, left=0, right=0, top=0, bottom=0)
        chart.marker(0.5, 0.5, f"class-{code % N_COLOURS} mark", SHAPES[code % len(SHAPES)], 4.5)
        return Markup('<svg class="key" viewBox="0 0 14 14" aria-hidden="true">{}</svg>').format(chart.elements[0])

    def _chart(self) -> Chart:
        """Return empty axes; a unit is as long on both where both columns have one scale."""
        left, right, bottom, top = self.fitted.grid.extent
        chart = Chart(x=(left, right), y=(bottom, top), width=440, height=360, left=52)
        if self.fitted.grid.is_square:
            scale = min(chart.inner_width / (right - left), chart.inner_width / (top - bottom))
            chart.height += round(scale * (top - bottom)) - chart.inner_height
            # The drawing stays as wide as it is, and its text as large.
            chart.right += chart.inner_width - round(scale * (right - left))
        return chart

    def _fill_levels(self, chart: Chart) -> None:
        contours = self._contours(self.fitted.probabilities[..., 1])
        for number, (low, high) in enumerate(pairwise(LEVELS)):
            top = np.inf if high == 1 else high
            bottom = -np.inf if low == 0 else low
            _fill(chart, contours.filled(bottom, top), f"level-{number}")

    def _fill_regions(self, chart: Chart) -> None:
        for code in range(len(self.labels)):
            _fill(
                chart,
                self._contours(self.fitted.margins[..., code]).filled(0.0, np.inf),
                f"region class-{code % N_COLOURS}",
            )

    def _draw_boundaries(self, chart: Chart) -> None:
        for code in [1] if len(self.labels) == 2 else range(len(self.labels)):
            for line in self._contours(self.fitted.margins[..., code]).lines(0.0):
                xs, ys = np.transpose(np.asarray(line))
                chart.line(xs, ys, "boundary")

    def _contours(self, values: NDArray[np.float64]) -> Any:
        from contourpy import contour_generator

        return contour_generator(self.fitted.grid.across, self.fitted.grid.up, values)


def _fill(chart: Chart, filled: Any, css_class: str) -> None:
    """Add areas with holes as contourpy returns them: points, and offsets at which each outline begins."""
    commands = []
    for points, offsets in zip(*filled, strict=True):
        for start, end in pairwise(offsets):
            corners = np.asarray(points)[int(start) : int(end)]
            commands.append(path_data(chart.to_pixel_x(corners[:, 0]), chart.to_pixel_y(corners[:, 1])) + "Z")
    if commands:
        chart.add("path", class_=f"area {css_class}", d="".join(commands), fill_rule="evenodd")
