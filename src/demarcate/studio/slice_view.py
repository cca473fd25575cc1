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
from demarcate.inspection.slice import TYPICAL, SliceGrid
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed
from demarcate.tabular import Column, Schema

if TYPE_CHECKING:
    from demarcate.inference import Predictor
    from demarcate.studio.state import ViewState

MAX_NAMED = 8
"""Held values that a caption names."""
NEAR = "values where logistic regression is least sure"
"""In words, which values the other columns are held at so that a boundary is in view."""


@dataclass(frozen=True, eq=False)
class SliceView:
    """Two columns as axes, and the value of each other column."""

    grid: SliceGrid

    @classmethod
    def of(
        cls, frame: pl.DataFrame, schema: Schema, view: "ViewState", codes: NDArray[np.int64], guide: "Predictor"
    ) -> "SliceView":
        """Return the view that a state asks for; names that are no columns of the table are left from another one.

        Without axes the two columns are taken that matter most to ``guide``, a classifier of the table; values that are
        not given are chosen so that its boundary is in view. ``frame`` has numbers where its text holds numbers.
        """
        numerical = [column.name for column in schema.used if column.kind == "numerical"]
        if len(numerical) < 2:
            fact = f"A map is drawn over two columns of numbers, and the table has {len(numerical) or 'none'}"
            remedy = "Use columns of numbers, or another table"
            raise StudioError([PlacedProblem.of("data", fact, remedy, field="drop")])
        axes = _axes(view, schema, numerical)
        if axes is None:
            axes = two_most_important(guide, frame, codes) if len(numerical) > 2 else None
        axes = axes or (numerical[0], numerical[1])
        fixed = _held(view, schema, axes)
        with placed("view", "columns"):
            grid = SliceGrid.through(frame, schema=schema, columns=axes, at=fixed, resolution=2)
            if grid.held.keys() - fixed.keys():
                grid = held_in_view(grid, guide, frame, fixed)
        by_name = {column.name: column for column in schema.used}
        held = {name: _as_written(value, by_name[name]) for name, value in grid.held.items()}
        return cls(replace(grid, held=held))

    def over(self, extent: tuple[float, float, float, float]) -> "SliceView":
        """Return the same over another extent."""
        left, right, bottom, top = extent
        return replace(self, grid=replace(self.grid, across=np.array([left, right]), up=np.array([bottom, top])))

    @property
    def columns(self) -> tuple[str, str]:
        """The two axes."""
        return self.grid.columns

    @property
    def held(self) -> dict[str, Any]:
        """The value of each other column: a number, a text, or None where it is missing."""
        return self.grid.held

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top."""
        return self.grid.extent

    @property
    def caption(self) -> str:
        """A sentence which says that the map is a slice, and where; empty where nothing is held."""
        if not self.held:
            return ""
        which = self.grid.held_at if self.grid.held_at in (TYPICAL, "the values given") else NEAR
        values = [f"{shortened(name)}\u00a0=\u00a0{_in_words(value)}" for name, value in self.held.items()]
        return f"A slice at {which}: {listed(values, MAX_NAMED)}. Points are rows as they are; most lie outside it."

    def places(self, resolution: int) -> pl.DataFrame:
        """Return the rows of a grid over the map, ``(resolution * resolution, n_columns)``, from the bottom up."""
        left, right, bottom, top = self.extent
        across, up = np.linspace(left, right, resolution), np.linspace(bottom, top, resolution)
        points: pl.DataFrame = replace(self.grid, across=across, up=up).points()
        return points


def _axes(view: "ViewState", schema: Schema, numerical: list[str]) -> tuple[str, str] | None:
    """Return the axes that a state names; None where it names none, or columns of another table."""
    used = {column.name for column in schema.used}
    if view.columns is None or not set(view.columns) <= used:
        return None
    x, y = view.columns
    if x == y or not {x, y} <= set(numerical):
        wrong = x if x == y or x not in numerical else y
        fact = f"The axes are {quoted(x)} and {quoted(y)}"
        fact += ", the same column" if x == y else f", and {quoted(wrong)} holds no numbers"
        remedy = f"Choose two of {listed(numerical, 12, write=quoted)}"
        raise StudioError([PlacedProblem.of("view", fact, remedy, field="columns")])
    return x, y


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
