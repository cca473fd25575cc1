"""JSON lines: one object a line, one row an object."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.io.tables.header import column_names, warn_of_unnamed
from demarcate.io.tables.text import lines

_INT64 = range(-(2**63), 2**63)
_EXACT_IN_FLOAT64 = range(-(2**53), 2**53 + 1)
_MAX_DIGITS = 20  # of a whole number that may fit int64, sign included
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_NESTED = (list, dict)
_ONE_OBJECT_A_LINE = "Every line holds one JSON object"


class _Whole(str):
    """A JSON number without fraction or exponent, as it is written."""

    __slots__ = ()


class _Real(str):
    """Any other JSON number, as it is written; NaN and Infinity among them."""

    __slots__ = ()


class _RepeatedKeyError(ValueError):
    """An object has a key twice."""


def read_json_lines(text: str, name: str) -> pl.DataFrame:
    r"""Read JSON lines as a table: the columns are all keys of all objects, in order of first appearance.

    Parameters
    ----------
    text
        One object a line; blank lines are skipped.
    name
        How messages call the table.

    Returns
    -------
    polars.DataFrame
        ``(n_rows, n_columns)``. A column of whole numbers is Int64, of numbers Float64, of truth values Boolean;
        a mixed column, and one with whole numbers that its number type cannot hold exactly, is String with the
        numbers as they are written. An absent key is null, as ``null`` is.

    Raises
    ------
    InputError
        If a line is not a JSON object of plain values with different keys, or there are no rows or no columns.

    Warns
    -----
    InputWarning
        If a key is empty; its column is called ``column_<position>``.

    Examples
    --------
    >>> read_json_lines('{"age": 63, "thal": "fixed"}\n{"age": 67.5}', "heart.jsonl").rows()
    [(63.0, 'fixed'), (67.5, None)]
    """
    decoder = json.JSONDecoder(
        object_pairs_hook=_without_repeats, parse_int=_Whole, parse_float=_Real, parse_constant=_Real
    )
    columns: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    n_rows = 0
    for number, line in enumerate(lines([text]), start=1):
        if not line.strip():
            continue
        row, found = _row(decoder, line.rstrip("\r\n"), f"'{name}' line {number}")
        problems += found
        if not problems:
            _append(columns, row, n_rows)
        n_rows += 1
    if n_rows == 0:
        problems = [Problem("A table has rows", f"'{name}' has none", "Give a file with rows in it")]
    elif not columns and not problems:
        problems = [Problem("A table has columns", f"'{name}' has only empty objects", "Give objects with keys")]
    names, repeated = column_names(list(columns), name)
    if problems or repeated:
        raise InputError([*problems, *repeated])
    warn_of_unnamed(list(columns), names, name)
    return pl.DataFrame(
        [_series(label, _padded(values, n_rows)) for label, values in zip(names, columns.values(), strict=True)]
    )


def _without_repeats(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(", ".join(sorted({repr(key) for key in keys if keys.count(key) > 1})))
    return row


def _row(decoder: json.JSONDecoder, line: str, place: str) -> tuple[dict[str, Any], list[Problem]]:
    """One line's object, or what is wrong with the line."""
    try:
        value = decoder.decode(line)
        if _SURROGATE.search(line):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        found = f"{place}, column {error.colno} is not JSON ({error.msg.removesuffix(':')})"
        return {}, [Problem(_ONE_OBJECT_A_LINE, found, "Write one whole object on each line")]
    except _RepeatedKeyError as error:
        return {}, [Problem("The keys of an object are unique", f"{place} repeats {error}", "Rename or remove one")]
    except UnicodeEncodeError:
        found = f"{place} holds half a character (a lone \\ud800 to \\udfff)"
        return {}, [Problem("Texts hold whole characters", found, "Write the character in full")]
    except RecursionError:
        return {}, [Problem(_ONE_OBJECT_A_LINE, f"{place} is nested too deeply", "Write one plain object on each line")]
    if not isinstance(value, dict):
        found = f"{place} holds {_kind(value)}"
        return {}, [Problem(_ONE_OBJECT_A_LINE, found, "Write one object on each line, without brackets around all")]
    return value, [
        Problem(
            "A cell holds one plain value",
            f"{place} has {_kind(cell)} under {key!r}",
            "Spread it over several keys, or write it as text",
        )
        for key, cell in value.items()
        if isinstance(cell, _NESTED)
    ]


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", bool: "a truth value", str: "a text"}
    return kinds.get(type(value), "a number")


def _append(columns: dict[str, list[Any]], row: Mapping[str, Any], n_rows: int) -> None:
    for key, cell in row.items():
        values = columns.setdefault(key, [])
        if len(values) < n_rows:
            _padded(values, n_rows)
        values.append(cell)


def _padded(values: list[Any], length: int) -> list[Any]:
    values.extend([None] * (length - len(values)))
    return values


def _series(name: str, cells: Sequence[Any]) -> pl.Series:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return pl.Series(name, cells, dtype=pl.Boolean)
    if kinds == {_Whole} and all(cell is None or _fits(cell, _INT64) for cell in cells):
        return pl.Series(name, [None if cell is None else int(cell) for cell in cells], dtype=pl.Int64)
    wholes = (cell for cell in cells if type(cell) is _Whole)
    if _Real in kinds and kinds <= {_Whole, _Real} and all(_fits(cell, _EXACT_IN_FLOAT64) for cell in wholes):
        return pl.Series(name, [None if cell is None else float(cell) for cell in cells], dtype=pl.Float64)
    return pl.Series(name, [None if cell is None else _text(cell) for cell in cells], dtype=pl.String)


def _fits(digits: str, numbers: range) -> bool:
    return len(digits) <= _MAX_DIGITS and int(digits) in numbers


def _text(cell: str | bool) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)
