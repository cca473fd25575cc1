"""A column in a few words, for people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from demarcate.tabular.cells import parse_categories, slices
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import Column

_MAX_CATEGORIES = 4
_SEARCH_ROWS = 1000


@dataclass(frozen=True)
class ColumnSummary:
    """The number of missing cells, and the values in a few words."""

    n_missing: int
    summary: str


def summarize_column(cells: pl.Series, column: Column) -> ColumnSummary:
    """Count a column's missing cells, and describe its values: a range and a median, or some of the categories."""
    return ColumnSummary(sum(_count_missing(part, column) for part in slices(cells)), _describe(cells, column))


def range_in_words(least: float, greatest: float) -> str:
    """Return a range of numbers as people read it, to six digits."""
    return f"{least:g} to {greatest:g}"


def _count_missing(cells: pl.Series, column: Column) -> int:
    if column.is_quantity:
        return int(np.isnan(column.parse_quantities(cells).values).sum())
    return column.parse_words(cells).null_count()


def _describe(cells: pl.Series, column: Column) -> str:
    if column.kind == "numerical":
        present = column.parse_quantities(cells).values
        present = present[~np.isnan(present)]
        if not len(present):
            return ""
        return f"{range_in_words(present.min(), present.max())}, median {np.median(present):g}"
    if column.kind == "date":
        first = _first_value(cells)
        return f"such as {first}" if first else ""
    if column.kind == "text":
        n_words = column.parse_words(cells.head(_SEARCH_ROWS)).str.count_matches(r"\S+").median()
        return f"texts, about {n_words:.0f} words each" if isinstance(n_words, float) else ""
    if not column.categories:
        return ""
    shown = ", ".join(column.categories[:_MAX_CATEGORIES])
    return f"{len(column.categories)}: {shown}" + (", ..." if len(column.categories) > _MAX_CATEGORIES else "")


def _first_value(cells: pl.Series) -> str | None:
    for part in cells.to_frame().iter_slices(_SEARCH_ROWS):
        values = parse_categories(part.to_series()).drop_nulls()
        if len(values):
            return str(values[0])
    return None
