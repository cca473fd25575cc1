"""Numbers and dates in an ONNX graph: each cell as a float64, NaN where it is missing."""

import numpy as np

from demarcate.export.onnx_dates import iso_seconds
from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.tabular.date_formats import NUMBER_FORMATS
from demarcate.tabular.schema_column import Column
from demarcate.tabular.timestamps import FIRST_DATE, LAST_DATE

_MICROSECONDS = 1e6


def is_read_as_text(column: Column) -> bool:
    """Return whether a graph takes a column's cells as text: words, and dates that were no numbers in training."""
    return not column.is_quantity or (column.kind == "date" and column.date_format not in NUMBER_FORMATS)


def quantity(graph: OnnxNodes, column: Column, cells: str) -> str:
    """Add what reads a column of numbers or dates ``(n_rows, 1)``; return the same as float64, dates in seconds."""
    if column.kind == "numerical":
        return without_numbers(graph, column, _finite(graph, cells))
    seconds = iso_seconds(graph, column, cells) if is_read_as_text(column) else _counted(graph, column, cells)
    return without_numbers(graph, column, seconds)


def without_numbers(graph: OnnxNodes, column: Column, values: str) -> str:
    """Add what takes values that stand for a missing one, such as -999, for missing."""
    for number in _numbers_for_none(column):
        is_none = graph.op("Equal", values, graph.doubles(number))
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
    from dataclasses import replace

    from demarcate.tabular.frame_libraries import polars as pl

    cells = pl.Series(list(column.missing), dtype=pl.String)
    values = replace(column, missing=()).parse_quantities(cells).values
    numbers: list[float] = np.unique(values[np.isfinite(values)]).tolist()
    return numbers
