"""Dates in an ONNX graph: text such as 2024-12-31 or 2024-12-31T13:45:07.5 as seconds since 1970."""

import numpy as np

from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.export.onnx_words import is_one_of
from demarcate.formatting import quoted
from demarcate.tabular.cells import MISSING_WORDS
from demarcate.tabular.schema_column import Column

_YEAR = "(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})"
_DAY = f"{_YEAR}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
_OFFSET = "(?:Z|[+-](?:0[0-9]|1[0-9]|2[0-3]):[0-5][0-9])"
_BLANKS = r"[\t-\r ]*"
_MOMENT = f"{_BLANKS}{_DAY}(?:[T ]{_CLOCK}{_OFFSET}?)?{_BLANKS}"
_DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
_DAYS_OF_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
_DAYS_BEFORE_1970 = 719_163


def iso_seconds(graph: OnnxNodes, column: Column, text: str) -> str:
    """Add what reads dates in text ``(n_rows, 1)``; return seconds since 1970, float64, NaN where one is missing.

    Other text stops the graph with an error, as it is refused everywhere.
    """
    is_missing = is_one_of(graph, text, ["", *MISSING_WORDS, *column.missing])
    is_moment = graph.op("RegexFullMatch", text, pattern=_MOMENT)
    moment = graph.op("Where", is_moment, text, graph.texts("1970-01-01"))
    # "2024-12-31 00:00", "2024-12-31 13:45 00:00" or "2024-12-31T13:45 00:00", and then all three with a T.
    parts = _split(graph, _joined(graph, moment, " 00:00"), "", 2)
    date, time = _split(graph, graph.op("StringConcat", _joined(graph, parts[0], "T"), parts[1]), "T", 2)
    year, month, day = (graph.cast(part, np.int64) for part in _split(graph, date, "-", 3))
    clock, east = _split(graph, _joined(graph, time, "+00:00"), "+", 2)
    clock, west = _split(graph, _joined(graph, clock, "-00:00"), "-", 2)
    (clock,) = _split(graph, clock, "Z", 1)
    before, leap = _years_before(graph, year)
    is_leap = graph.op("Mul", leap, graph.cast(graph.op("Greater", month, graph.integers(2)), np.int64))
    is_short = graph.op("Mul", leap, graph.cast(graph.op("Equal", month, graph.integers(2)), np.int64))
    days_of_month = graph.op("Add", graph.op("Gather", graph.integers(_DAYS_OF_MONTH), month), is_short)
    days = graph.op("Add", graph.op("Gather", graph.integers(_DAYS_BEFORE_MONTH), month), is_leap)
    days = graph.op("Add", graph.op("Add", before, days), graph.op("Sub", day, graph.integers(_DAYS_BEFORE_1970)))
    total = graph.op("Mul", graph.cast(days, np.float64), graph.doubles(86_400.0))
    total = graph.op("Add", total, _seconds_of(graph, clock))
    total = graph.op("Add", total, graph.op("Sub", _seconds_of(graph, west), _seconds_of(graph, east)))
    is_day = graph.op("And", is_moment, graph.op("LessOrEqual", day, days_of_month))
    total = graph.op("Add", total, _refusal(graph, column, text, graph.op("Or", is_missing, is_day)))
    return graph.op("Where", is_missing, graph.doubles(np.nan), total)


def _refusal(graph: OnnxNodes, column: Column, text: str, is_valid: str) -> str:
    """Add zeros; where a cell is not valid, their conversion fails, and the message has the name of the node."""
    no_number = graph.op("StringConcat", graph.texts("no date: "), text)
    name = f"Column {quoted(column.name)} needs dates as 2024-12-31 or 2024-12-31T13:45:00"
    return graph.cast(graph.op("Where", is_valid, graph.texts("0"), no_number), np.float64, name=name)


def _seconds_of(graph: OnnxNodes, clock: str) -> str:
    """Add a conversion of hours and minutes, and perhaps seconds, between colons; float64."""
    total = graph.doubles(0.0)
    for part, unit in zip(_split(graph, _joined(graph, clock, ":00"), ":", 3), (3600.0, 60.0, 1.0), strict=True):
        total = graph.op("Add", total, graph.op("Mul", graph.cast(part, np.float64), graph.doubles(unit)))
    return total


def _joined(graph: OnnxNodes, text: str, end: str) -> str:
    return graph.op("StringConcat", text, graph.texts(end))


def _split(graph: OnnxNodes, text: str, delimiter: str, n_parts: int) -> list[str]:
    """Add a division of texts ``(n_rows, 1)``, at blanks by no delimiter; return the first parts, ``(n_rows, 1)``."""
    parts, _ = graph.ops("StringSplit", text, outputs=("", ""), delimiter=delimiter)
    return [graph.pick(parts, place, 2) for place in range(n_parts)]


def _years_before(graph: OnnxNodes, year: str) -> tuple[str, str]:
    """Add the days of the years before each year since the first, and 1 for a leap year, 0 for others."""
    previous = graph.op("Sub", year, graph.integers(1))
    leap_days = _leap_days(graph, previous)
    days = graph.op("Add", graph.op("Mul", previous, graph.integers(365)), leap_days)
    return days, graph.op("Sub", _leap_days(graph, year), leap_days)


def _leap_days(graph: OnnxNodes, years: str) -> str:
    """Add the leap days of so many years."""
    fourth, century, fourth_century = (graph.op("Div", years, graph.integers(each)) for each in (4, 100, 400))
    return graph.op("Add", graph.op("Sub", fourth, century), fourth_century)
