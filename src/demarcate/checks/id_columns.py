"""Columns that number or name the rows."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import Cells, View
from demarcate.checks.target_copies import auc
from demarcate.tabular.cells import MAX_EXACT_INTEGER

MIN_ROWS = 30
DISTINCT_SHARE = 0.95
CHANCE = 1e-6
_NAMED = re.compile(
    r"(^|[_\s.\-])(id|uid|uuid|guid|index|idx|key|row|rownum|number|no|nr)s?$|[a-z](ID|Id|Key|No)$", re.ASCII
)
_RANKS = 0.6


def identifiers(view: View) -> Iterator[Finding]:
    """Columns that number or name the rows.

    Names and consecutive numbers have been left out when the schema was inferred; they are noted. Of the columns in
    use, whole numbers count as identifiers if nearly all rows have one of their own and

    - so few of them repeat, beside what numbers drawn from their range would, that it was no chance (below 1e-6); or
    - the column is called so: ``id``, ``customer_id``, ``index``.
    """
    for column in view.schema.dropped:
        if column.dropped.startswith("id-like"):
            yield Finding("identifier", "note", f"column {column.name!r} is not used: {column.dropped}", (column.name,))
    for name, cells in view.cells.items():
        if why := _why(name, cells, view.first_alike):
            text = f"column {name!r} looks like an identifier: {why}"
            numbers: dict[str, float] = {"n_distinct": len(cells.quantities)}  # type: ignore[arg-type]
            area = _ranking(view, cells)
            if area > _RANKS:
                numbers["roc_auc"] = area
                text += f". It ranks the classes (ROC AUC {area:.2f}): rows were in an order that knew them"
            yield Finding(
                "identifier",
                "warning",
                f"{text}. New rows have other numbers: leave it out with drop",
                (name,),
                numbers,
            )


def _why(name: str, cells: Cells, first_alike: NDArray[np.int64]) -> str:
    """Why a column is an identifier; empty if it is none. A row that repeats another repeats its number too."""
    values = cells.quantities
    n_known = int(np.count_nonzero((first_alike == np.arange(len(first_alike))) & ~cells.is_missing))
    if values is None or n_known < MIN_ROWS or len(values) < DISTINCT_SHARE * n_known:
        return ""
    if np.abs(values).max() > MAX_EXACT_INTEGER or (values % 1).any():
        return ""
    # It takes as long to import as all of polars, and whoever only predicts has no use for it.
    from scipy.stats import poisson

    found = f"{len(values):,} different whole numbers in {n_known:,} rows"
    reach = float(values[-1] - values[0] + 1)
    repeats = n_known - len(values)
    expected = n_known - reach * -np.expm1(n_known * np.log1p(-1 / reach)) if reach > 1 else 0.0
    if poisson.cdf(repeats, expected) < CHANCE:
        reached = f"{values[0]:.15g} to {values[-1]:.15g}"
        return f"{found}, where numbers drawn from {reached} would repeat about {expected:,.0f} times"
    return f"{found}, and its name" if _NAMED.search(name) else ""


def _ranking(view: View, cells: Cells) -> float:
    """How far the column ranks some class before or after the others: a ROC AUC of 0.5 to 1, if that is no chance."""
    if view.codes is None:
        return 0.5
    known = ~cells.is_missing
    best = 0.5
    for code in np.flatnonzero(view.class_counts >= MIN_ROWS):
        is_class = view.codes[known] == code
        area = auc(cells.values[known], is_class)
        n_class = int(is_class.sum())
        if area is not None and min(n_class, len(is_class) - n_class) >= MIN_ROWS:
            error = ((len(is_class) + 1) / (12 * n_class * (len(is_class) - n_class))) ** 0.5
            if abs(area - 0.5) > 5 * error:
                best = max(best, area, 1 - area)
    return best
