"""Numbers and dates in an ONNX graph: each cell as a float64, NaN where it is missing."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from demarcate.export.onnx_dates import iso_seconds
from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.tabular.date_formats import NUMBER_FORMATS
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema_column import Column
from demarcate.tabular.timestamps import FIRST_DATE, LAST_DATE

_MICROSECONDS = 1e6


def is_read_as_text(column: Column) -> bool:
    """Return whether a graph takes a column's cells as text: words, and dates that were no numbers in training."""
    return not column.is_quantity or (column.kind == "date" and column.date_format not in NUMBER_FORMATS)


def quantities(graph: OnnxNodes, columns: Sequence[Column]) -> tuple[str, dict[str, int]]:
    """Add what reads numbers and dates; return ``(n_rows, n_quantities)``, dates in seconds, and their places."""
    numbers = [column for column in columns if column.kind == "numerical"]
    dates = [column for column in columns if column.kind == "date"]
    values = [_finite(graph, graph.concat([column.name for column in numbers], 1))] if numbers else []
    for column in dates:
        is_text = is_read_as_text(column)
        values.append(iso_seconds(graph, column, column.name) if is_text else _counted(graph, column, column.name))
    places = {column.name: place for place, column in enumerate([*numbers, *dates])}
    return (_without_words(graph, [*numbers, *dates], graph.concat(values, 1)) if values else ""), places


def _without_words(graph: OnnxNodes, columns: Sequence[Column], values: str) -> str:
    """Add what takes values that stand for a missing one, such as -999, for missing."""
    for_none = [_numbers_for_none(column) for column in columns]
    for numbers in zip_longest(*for_none, fillvalue=np.nan):  # NaN equals nothing
        is_none = graph.op("Equal", values, graph.doubles([numbers]))
        values = graph.op("Where", is_none, graph.doubles(np.nan), values)
    return values


def _finite(graph: OnnxNodes, values: str) -> str:
    return graph.op("Where", graph.op("IsInf", values), graph.doubles(np.nan), values)


def _counted(graph: OnnxNodes, column: Column, numbers: str) -> str:
    """Add what reads dates that are counted from a zero; those beyond the calendar are missing."""
    _, unit, zero = NUMBER_FORMATS[column.date_format]
    seconds = graph.op("Add", graph.op("Mul", numbers, graph.doubles(unit)), graph.doubles(zero))
    is_date = graph.op(
        "And",
        graph.op("GreaterOrEqual", seconds, graph.doubles(FIRST_DATE)),
        graph.op("LessOrEqual", seconds, graph.doubles(np.floor(LAST_DATE))),
    )
    moment = graph.op("Round", graph.op("Mul", seconds, graph.doubles(_MICROSECONDS)))
    return graph.op("Where", is_date, graph.op("Div", moment, graph.doubles(_MICROSECONDS)), graph.doubles(np.nan))


def _numbers_for_none(column: Column) -> list[float]:
    """Return the numbers, or the seconds of dates, that stand for no value."""
    if not column.missing:
        return []
    cells = pl.Series(list(column.missing), dtype=pl.String)
    values = replace(column, missing=()).parse_quantities(cells).values
    numbers: list[float] = np.unique(values[np.isfinite(values)]).tolist()
    return numbers
