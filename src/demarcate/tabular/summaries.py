"""Each column of a table in a few words."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from demarcate.tabular.cells import booleans, categories, numbers, slices
from demarcate.tabular.dates import dates
from demarcate.tabular.schema import Column

_LOOKED_AT = 1000
"""Cells looked at at once for one that is not missing."""


@dataclass(frozen=True)
class Described:
    """What people are shown of a column: how many cells are missing, and what it holds in a few words."""

    n_missing: int
    summary: str


def described(cells: pl.Series, column: Column) -> Described:
    """What people are shown of a column.

    Examples
    --------
    >>> described(pl.Series("age", [63, None, 58]), Column("age", "numerical"))
    Described(n_missing=1, summary='58 to 63, median 60.5')
    """
    return Described(sum(n_missing(part, column) for part in slices(cells)), summary(cells, column))


def n_missing(cells: pl.Series, column: Column) -> int:
    """How many cells of a column are missing, or cannot be read and count as missing."""
    if column.kind == "numerical":
        return int(np.isnan(numbers(cells).values).sum())
    if column.kind == "date":
        return int(np.isnan(dates(cells, column.date_format).values).sum())
    return (booleans if column.kind == "boolean" else categories)(cells).null_count()


def summary(cells: pl.Series, column: Column) -> str:
    """What a column holds, in a few words: a range and a median, or some of the categories."""
    if column.kind == "numerical":
        present = numbers(cells).values
        present = present[~np.isnan(present)]
        return f"{present.min():g} to {present.max():g}, median {np.median(present):g}" if len(present) else ""
    if column.kind == "date":
        return f"such as {first}" if (first := _first(cells)) else ""
    if not column.categories:
        return ""
    shown = ", ".join(column.categories[:4])
    return f"{len(column.categories)}: {shown}" + (", ..." if len(column.categories) > 4 else "")


def _first(cells: pl.Series) -> str | None:
    """The first cell that is not missing, if there is one, as text."""
    for part in cells.to_frame().iter_slices(_LOOKED_AT):
        found = categories(part.to_series()).drop_nulls()
        if len(found):
            return str(found[0])
    return None
