"""JSON lines: one object a line, one row an object."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.formatting import listed, plain_text, quoted
from demarcate.io.tables.header import name_columns, warn_of_unnamed
from demarcate.io.tables.lines import LineReader

_INT64 = range(-(2**63), 2**63)
_EXACT_IN_FLOAT64 = range(-(2**53), 2**53 + 1)
_MAX_DIGITS = 20  # of an integer that may fit int64, sign included
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_ONE_OBJECT = "Write one JSON object on each line"


class _Integer(str):
    """A JSON number without fraction or exponent, as it is written."""

    __slots__ = ()


class _Real(str):
    """Any other JSON number, as it is written; NaN and Infinity among them."""

    __slots__ = ()


class _RepeatedKeyError(ValueError):
    """An object has a key twice."""


def read_json_lines(text: str, name: str) -> pl.DataFrame:
    """Read JSON lines as a table, whose columns are all keys in order of first appearance; blank lines are skipped.

    A column of integers is Int64, of numbers Float64, of booleans Boolean; a mixed column, and one with integers that
    its type cannot hold exactly, is String with the numbers as they are written. An absent key is null.
    """
    decoder = json.JSONDecoder(
        object_pairs_hook=_unique_keys, parse_int=_Integer, parse_float=_Real, parse_constant=_Real
    )
    columns: dict[str, list[Any]] = {}
    problems: list[Problem] = []
    n_rows = 0
    for number, line in enumerate(LineReader([text]), start=1):
        if not line.strip():
            continue
        row, row_problems = _read_row(decoder, line.rstrip("\r\n"), f"'{name}' line {number}")
        problems += row_problems
        if not problems:
            _append(columns, row, n_rows)
        n_rows += 1
    if n_rows == 0:
        problems = [Problem(f"'{name}' has no rows", "Give a file with rows in it")]
    elif not columns and not problems:
        problems = [Problem(f"'{name}' has only empty objects", "Give objects with keys")]
    names, name_problems = name_columns(list(columns), name)
    if problems or name_problems:
        raise InputError([*problems, *name_problems])
    warn_of_unnamed(list(columns), names, name)
    return pl.DataFrame(
        [_series(label, _padded(cells, n_rows)) for label, cells in zip(names, columns.values(), strict=True)]
    )


def _unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _RepeatedKeyError(listed(sorted({quoted(key) for key in keys if keys.count(key) > 1})))
    return row


def _read_row(decoder: json.JSONDecoder, line: str, place: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the object of a line, and the problems with it."""
    try:
        value = decoder.decode(line)
        if _SURROGATE.search(line):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        fact = f"{place}, column {error.colno} is not JSON ({error.msg.removesuffix(':')})"
        return {}, [Problem(fact, _ONE_OBJECT)]
    except _RepeatedKeyError as error:
        return {}, [Problem(f"{place} repeats the key {error}", "Rename or remove one")]
    except UnicodeEncodeError:
        fact = f"{place} holds half a character (a lone \\ud800 to \\udfff)"
        return {}, [Problem(fact, "Write the character in full")]
    except RecursionError:
        return {}, [Problem(f"{place} is nested too deeply", _ONE_OBJECT)]
    if not isinstance(value, dict):
        return {}, [Problem(f"{place} holds {_kind(value)}", f"{_ONE_OBJECT}, without brackets around all")]
    remedy = "Spread it over several keys, or write it as text"
    return value, [
        Problem(f"{place} has {_kind(cell)} under {quoted(key)}, not a plain value", remedy)
        for key, cell in value.items()
        if isinstance(cell, list | dict)
    ]


def _kind(value: object) -> str:
    if value is None:
        return "null"
    kinds = {dict: "an object", list: "a list", bool: "a truth value", str: "a text"}
    return kinds.get(type(value), "a number")


def _append(columns: dict[str, list[Any]], row: Mapping[str, Any], n_rows: int) -> None:
    for key, cell in row.items():
        cells = columns.setdefault(key, [])
        if len(cells) < n_rows:
            _padded(cells, n_rows)
        cells.append(cell)


def _padded(cells: list[Any], length: int) -> list[Any]:
    cells.extend([None] * (length - len(cells)))
    return cells


def _series(name: str, cells: Sequence[Any]) -> pl.Series:
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {bool}:
        return pl.Series(name, cells, dtype=pl.Boolean)
    if kinds == {_Integer} and all(cell is None or _fits(cell, _INT64) for cell in cells):
        return pl.Series(name, [None if cell is None else int(cell) for cell in cells], dtype=pl.Int64)
    integers = (cell for cell in cells if type(cell) is _Integer)
    if _Real in kinds and kinds <= {_Integer, _Real} and all(_fits(cell, _EXACT_IN_FLOAT64) for cell in integers):
        return pl.Series(name, [None if cell is None else float(cell) for cell in cells], dtype=pl.Float64)
    return pl.Series(name, [None if cell is None else plain_text(cell) for cell in cells], dtype=pl.String)


def _fits(digits: str, numbers: range) -> bool:
    return len(digits) <= _MAX_DIGITS and int(digits) in numbers
