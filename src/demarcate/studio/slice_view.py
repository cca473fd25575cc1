"""What a map is drawn over: two columns of a table, and the values that all others are held at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.formatting import listed, plain_text, quoted, shortened
from demarcate.inspection.fitted_slice import held_in_view
from demarcate.inspection.important_columns import two_most_important
from demarcate.inspection.slice import TYPICAL, SliceGrid, typical_cell
from demarcate.studio.map_axis import MapAxis
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed
from demarcate.tabular import Column, Schema

if TYPE_CHECKING:
    from demarcate.inference import Predictor
    from demarcate.studio.state import ViewState

MAX_NAMED = 8
"""Held values that a caption names."""
GIVEN = "the values given"
NEAR = "values where logistic regression is least sure"
"""In words, which values the other columns are held at so that a boundary is in view."""


@dataclass(frozen=True, eq=False)
class SliceView:
    """Two columns as axes, and the value of each other column: a number, a text, or None where it is missing."""

    axes: tuple[MapAxis, MapAxis]
    held: dict[str, Any]
    held_at: str
    """In words, which values these are."""
    order: tuple[str, ...]
    """The columns of the table, in order."""

    @classmethod
    def of(
        cls, frame: pl.DataFrame, schema: Schema, view: "ViewState", codes: NDArray[np.int64], guide: "Predictor | None"
    ) -> "SliceView":
        """Return the view that a state asks for; names that are no columns of the table are left from another one.

        Without axes the two columns of numbers are taken that matter most to ``guide``, a classifier of the table, or
        columns of categories where there are not two; values that are not given are chosen so that its boundary is in
        view. ``frame`` has numbers where its text holds numbers.
        """
        x, y = _axes(view, schema) or _chosen(schema, frame, codes, guide)
        by_name = {column.name: column for column in schema.used}
        others = [column for column in schema.used if column.name not in (x, y)]
        fixed = _held(view, schema, (x, y))
        with placed("view", "columns"):
            axes = tuple(MapAxis.of(by_name[name], frame[name], is_cut=bool(others)) for name in (x, y))
            if all(by_name[name].kind == "numerical" for name in (x, y)):
                grid = SliceGrid.through(frame, schema=schema, columns=(x, y), at=fixed, resolution=2)
                if guide is not None and grid.held.keys() - fixed.keys():
                    grid = held_in_view(grid, guide, frame, fixed)
                held, held_at = grid.held, grid.held_at
            else:
                typical = {each.name: typical_cell(frame[each.name], each.kind == "numerical") for each in others}
                held, held_at = {**typical, **fixed}, TYPICAL if typical.keys() - fixed.keys() else GIVEN
        written = {name: _as_written(value, by_name[name]) for name, value in held.items()}
        return cls((axes[0], axes[1]), written, held_at, tuple(frame.columns))

    def over(self, extent: tuple[float, float, float, float]) -> "SliceView":
        """Return the same over another extent."""
        left, right, bottom, top = extent
        across, up = self.axes
        return replace(self, axes=(replace(across, low=left, high=right), replace(up, low=bottom, high=top)))

    @property
    def columns(self) -> tuple[str, str]:
        """The two axes by name."""
        return self.axes[0].name, self.axes[1].name

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top."""
        return self.axes[0].low, self.axes[0].high, self.axes[1].low, self.axes[1].high

    @property
    def caption(self) -> str:
        """A sentence which says that the map is a slice, and where; empty where nothing is held."""
        if not self.held:
            return ""
        which = self.held_at if self.held_at in (TYPICAL, GIVEN) else NEAR
        values = [f"{shortened(name)}\u00a0=\u00a0{_in_words(value)}" for name, value in self.held.items()]
        return f"A slice at {which}: {listed(values, MAX_NAMED)}. Points are rows as they are; most lie outside it."

    def places(self, resolution: int) -> pl.DataFrame:
        """Return the rows of a grid over the map, ``(resolution * resolution, n_columns)``, from the bottom up."""
        across, up = np.meshgrid(*(axis.values(resolution) for axis in self.axes))
        cells = {axis.name: axis.cells(at.ravel()) for axis, at in zip(self.axes, (across, up), strict=True)}
        for name, value in self.held.items():
            cells[name] = pl.Series(name, [value], strict=False).new_from_index(0, across.size)
        return pl.DataFrame([cells[name] for name in self.order if name in cells])

    def points(self, frame: pl.DataFrame, schema: Schema, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return where rows are on the map, ``(n_rows, 2)``; NaN where a cell is missing."""
        by_name = {column.name: column for column in schema.used}
        columns = [axis.places(by_name[axis.name], frame[axis.name], rows) for axis in self.axes]
        return np.stack(columns, 1)


def _axes(view: "ViewState", schema: Schema) -> tuple[str, str] | None:
    """Return the axes that a state names; None where it names none, or columns of another table."""
    by_name = {column.name: column for column in schema.used}
    if view.columns is None or not set(view.columns) <= by_name.keys():
        return None
    x, y = view.columns
    wrong = [name for name in (x, y) if not MapAxis.suits(by_name[name])]
    if x == y or wrong:
        fact = f"The axes are {quoted(x)} and {quoted(y)}"
        fact += f", and {quoted(wrong[0])} holds neither numbers nor a few categories" if wrong else ", the same column"
        remedy = f"Choose two of {listed(_possible_axes(schema), 12, write=quoted)}"
        raise StudioError([PlacedProblem.of("view", fact, remedy, field="columns")])
    return x, y


def _chosen(
    schema: Schema, frame: pl.DataFrame, codes: NDArray[np.int64], guide: "Predictor | None"
) -> tuple[str, str]:
    """Return two columns as axes: the most important ones of numbers, else what there is."""
    possible = _possible_axes(schema)
    if len(possible) < 2:
        fact = f"A map is drawn over two columns of numbers or a few categories, and the table has {len(possible)}"
        problem = PlacedProblem.of("data", fact, "Use another column, or another table", field="drop")
        raise StudioError([problem])
    n_numerical = sum(column.kind == "numerical" for column in schema.used)
    important = None if guide is None or n_numerical <= 2 else two_most_important(guide, frame, codes)
    return important or (possible[0], possible[1])


def _possible_axes(schema: Schema) -> list[str]:
    """Return the columns that can be axes, those of numbers first."""
    suited = [column for column in schema.used if MapAxis.suits(column)]
    return [column.name for column in sorted(suited, key=lambda column: column.kind != "numerical")]


def _held(view: "ViewState", schema: Schema, axes: tuple[str, str]) -> dict[str, Any]:
    """Return the values that a state gives, or raise StudioError for all that the columns do not take."""
    by_name = {column.name: column for column in schema.used if column.name not in axes}
    given: Mapping[str, Any] = {name: value for name, value in view.held.items() if name in by_name}
    problems = [problem for name, value in given.items() if (problem := cell_problem(by_name[name], value)) is not None]
    if problems:
        raise StudioError(PlacedProblem("view", each.problem, "held") for each in problems)
    return dict(given)


def cell_problem(column: Column, value: Any) -> PlacedProblem | None:
    """Return what is wrong with a cell that a page gives for a column of a table; None for a cell that it takes."""
    if value is None or column.kind == "text":
        return None
    place = f"Column {quoted(column.name)} holds {quoted(value)}"
    cells = pl.Series([value], strict=False)
    if column.kind in ("numerical", "date"):
        if not column.parse_quantities(cells).bad.any():
            return None
        thing = "number" if column.kind == "numerical" else "date such as 2024-03-31"
        return PlacedProblem.of("row", f"{place}, which is no {thing}", f"Give a {thing}, or none", field=column.name)
    if not column.categories or column.parse_words(cells).drop_nulls().is_in(column.categories).all():
        return None
    remedy = f"Choose one of {listed(column.categories, 12, write=quoted)}"
    return PlacedProblem.of("row", f"{place}, which was not seen in training", remedy, field=column.name)


def _as_written(value: Any, column: Column) -> Any:
    """Return a held value as the page has it: a number, a word of the column, or None."""
    if value is None or column.kind == "numerical":
        return value if value is None else float(value)
    if column.kind in ("categorical", "boolean"):
        return column.parse_words(pl.Series([value], strict=False))[0]
    return str(value)


def _in_words(value: Any) -> str:
    if value is None:
        return "missing"
    return f"{value:.4g}" if isinstance(value, float) else shortened(plain_text(value))
