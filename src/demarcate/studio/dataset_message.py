"""The message `dataset`: the points of a map, and all that a page says of the rows."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import counted, plain_text
from demarcate.studio.map_axis import MapAxis
from demarcate.studio.messages import Message
from demarcate.studio.row_parts import RowParts
from demarcate.studio.slice_view import SliceView
from demarcate.tabular import Column

if TYPE_CHECKING:
    import polars as pl

    from demarcate.studio.studio_data import StudioData

MAX_POINTS = 5000
"""Rows of a large table that are drawn, a sample of them."""
PART_NUMBERS = {"train": 0, "validation": 1, "test": 2}
"""The parts of the rows, as the page numbers them."""


def dataset_message(data: "StudioData", view: SliceView, revision: int) -> Message:
    """Return the message of rows and a view of them; rows without a place on the map are not among its points."""
    rows = sampled_rows(np.arange(len(data.codes)), MAX_POINTS)
    points = view.points(data.frame, data.table.schema, rows)
    present = np.isfinite(points).all(1)
    rows, points = rows[present], points[present]
    arrays: dict[str, NDArray[Any]] = {
        "points": points.astype(np.float32),
        "codes": data.codes[rows].astype(np.uint8),
        "parts": _part_numbers(data.parts)[rows],
        "validation_codes": data.codes[data.shown_monitored_rows].astype(np.uint8),
    }
    facts = {**_facts_of_rows(data), **_facts_of_view(view), "revision": revision, "n_shown": len(rows)}
    return Message("dataset", facts, arrays)


def sampled_rows(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return rows as they are, or a sample of many in their order."""
    if len(rows) <= most:
        return rows
    return rows[np.sort(np.random.default_rng(0).permutation(len(rows))[:most])]


def _part_numbers(parts: RowParts) -> NDArray[np.uint8]:
    """Return the part of each row by number, ``(n_rows,)``."""
    by_name = {name: getattr(parts, name) for name in PART_NUMBERS}
    numbers = np.empty(sum(map(len, by_name.values())), dtype=np.uint8)
    for name, rows in by_name.items():
        numbers[rows] = PART_NUMBERS[name]
    return numbers


def _facts_of_rows(data: "StudioData") -> dict[str, Any]:
    """Return what the message says whatever the view."""
    labels = [plain_text(label) for label in data.classes.tolist()]
    n_rows, used = len(data.codes), data.table.schema.used
    size = f"{counted(n_rows, 'row')}, {counted(len(used), 'column')}, {counted(len(labels), 'class')}"
    shares = np.bincount(data.codes, minlength=len(labels)) / n_rows
    return {
        "title": f"{data.read.name}: {size}",
        "classes": labels,
        "columns": [_column_facts(column, data.frame[column.name]) for column in used],
        "n_rows": {name: len(getattr(data.parts, name)) for name in PART_NUMBERS},
        "monitored": "validation" if len(data.validation_rows) else "test",
        "target": data.table.target,
        "can_add": data.read.can_add,
        "notices": [*data.read.notices, *_split_notices(data.parts)],
        "balance": {"rows": n_rows, "shares": dict(zip(labels, shares.tolist(), strict=True))},
    }


def _column_facts(column: Column, cells: "pl.Series") -> dict[str, Any]:
    """Return what a form for a row needs to know of a column."""
    is_number = column.kind == "numerical"
    numbers = cells.cast(float, strict=False).drop_nulls().drop_nans() if is_number else cells.head(0)
    words = column.categories if column.kind in ("categorical", "boolean") else ()
    commonest = column.parse_words(cells).drop_nulls().mode(maintain_order=True) if words else cells.head(0)
    return {
        "name": column.name,
        "kind": "categorical" if column.kind == "boolean" else column.kind,
        "categories": list(words),
        "low": numbers.min() if is_number else None,
        "high": numbers.max() if is_number else None,
        "typical": numbers.median() if is_number else (commonest[0] if len(commonest) else None),
        "is_axis": MapAxis.suits(column),
    }


def _split_notices(parts: RowParts) -> list[str]:
    """Return which parts were not drawn by class."""
    return [
        f"The {name} rows are drawn whatever their class: a class has too few rows to share."
        for name, by_class in zip(("test", "validation"), parts.stratified, strict=True)
        if len(getattr(parts, name)) and not by_class
    ]


def _facts_of_view(view: SliceView) -> dict[str, Any]:
    """Return the axes of a map, and where the other columns are held."""
    return {
        "axes": list(view.columns),
        "axis_words": [list(axis.words) for axis in view.axes],
        "extent": list(view.extent),
        "held": view.held,
        "caption": view.caption,
    }
