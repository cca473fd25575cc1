"""JSON bodies: read fast where that is certain to lose nothing, and as JSON lines are read where it is not.

The fast reader keeps the last of repeated keys and rounds whole numbers of 20 digits and more. Both are noticed in the
text, and the body is then read again by a reader that refuses the one and keeps the other as it is written.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import orjson

from demarcate.errors import CellProblem, InputError, Problem
from demarcate.formatting import listed, quoted
from demarcate.serving.problems import RequestRefusedError

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_LONG_NUMBER = b"0" * 19
_MAX_INTEGER_DIGITS = 19
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half a character, which cannot be encoded; only an escape can write one."""
_ONE_OBJECT = 'Send one JSON object, such as {"rows": [{"COLUMN": VALUE}]}'
_MAX_BAD_ROWS = 100
MAX_UNKNOWN_COLUMNS = 1000
"""Columns that a request may have beside those of the model: they are not used, and reading them takes time."""


class _KeyTwiceError(ValueError):
    """An object has a key twice."""


def read_json(body: bytes) -> Any:
    """Return the value of a JSON body.

    Raises
    ------
    RequestRefusedError
        With status 400 if it is no JSON.
    InputError
        If an object has a key twice, or a text holds half a character.

    Examples
    --------
    >>> read_json(b'{"rows": [{"age": 63, "id": 100000000000000000001}]}')
    {'rows': [{'age': 63, 'id': '100000000000000000001'}]}
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return _read_carefully(body)
    if _may_repeat_a_key(body, value) or _LONG_NUMBER in body.translate(_DIGITS):
        return _read_carefully(body)
    return value


def _may_repeat_a_key(body: bytes, value: Any) -> bool:
    """Return whether there are more colons in the text than the keys and texts that were read account for."""
    n_colons = body.count(b":")
    n_keys = len(value) + sum(map(len, value["rows"])) if has_flat_rows(body, value) else _n_keys(value)
    if n_colons == n_keys:
        return False
    return b"\\" in body or n_colons != n_keys + sum(text.count(":") for text in _texts(value))


def has_flat_rows(body: bytes, value: Any) -> bool:
    """Return whether a value is certainly an object of rows, whose cells are plain values: no bracket is left over."""
    rows = value.get("rows") if type(value) is dict else None
    if type(rows) is not list or body.count(b"[") != 1 or body.count(b"{") != len(rows) + 1:
        return False
    return all(type(row) is dict for row in rows)


def _n_keys(value: Any) -> int:
    """Return the number of keys of all objects."""
    if isinstance(value, dict):
        return len(value) + sum(_n_keys(each) for each in value.values() if type(each) in (dict, list))
    if isinstance(value, list):
        return sum(_n_keys(each) for each in value if type(each) in (dict, list))
    return 0


def _texts(value: Any) -> Iterator[str]:
    """Yield every text, keys among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in chain(value, value.values()) if isinstance(value, dict) else value:
            yield from _texts(each)


def _read_carefully(body: bytes) -> Any:
    decoder = json.JSONDecoder(object_pairs_hook=_unique_keys, parse_int=_integer)
    try:
        text = body.decode("utf-8-sig")
        value = decoder.decode(text)
        if _SURROGATE.search(body):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        fact = f"The body is not JSON: {error.msg.removesuffix(':').lower()} at {place}"
        raise RequestRefusedError.of(400, fact, _ONE_OBJECT) from None
    except UnicodeDecodeError as error:
        fact = f"The body is not UTF-8: byte {error.start + 1} begins no character"
        raise RequestRefusedError.of(400, fact, "Encode the JSON as UTF-8") from None
    except UnicodeEncodeError:
        fact = "The body holds half a character (a lone \\ud800 to \\udfff)"
        raise InputError([Problem(fact, "Write the character in full")]) from None
    except _KeyTwiceError as error:
        raise InputError([Problem(f"An object repeats the key {error}", "Rename or remove one")]) from None
    except RecursionError:
        raise RequestRefusedError.of(400, "The body is nested too deeply", _ONE_OBJECT) from None
    return value


def _unique_keys(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _KeyTwiceError(listed(sorted(quoted(key) for key, n in counts.items() if n > 1)))
    return value


def _integer(digits: str) -> int | str:
    """Return a whole number, or the text of one that no column holds exactly."""
    return int(digits) if len(digits) <= _MAX_INTEGER_DIGITS else digits


def rows_of(
    body: bytes, value: Any, max_rows: int, others: dict[str, Any], n_known: int
) -> Sequence[Mapping[str, Any]]:
    """Return the rows in the value of a JSON body; its other keys are added to ``others``.

    The model has ``n_known`` columns.

    Raises
    ------
    InputError
        If it is not of this shape, with all rows and cells that are not.
    RequestRefusedError
        With status 413 if there are too many rows, or one has too many columns.
    """
    if not isinstance(value, dict):
        raise InputError([Problem(f"The body is {_kind(value)}", _ONE_OBJECT)])
    others |= {name: each for name, each in value.items() if name != "rows"}
    if "rows" not in value:
        raise InputError([Problem("The body has no rows", _ONE_OBJECT)])
    rows = value["rows"]
    if not isinstance(rows, list):
        raise InputError([Problem(f"rows is {_kind(rows)}", "Give a list of objects, one for each row")])
    check_n_rows(len(rows), max_rows)
    check_n_columns(max((len(row) for row in rows if type(row) is dict), default=0), n_known)
    if not has_flat_rows(body, value) and (problems := list(_row_problems(rows))):
        raise InputError(problems)
    return rows


def check_n_rows(n_rows: int, max_rows: int) -> None:
    """Refuse a request without rows, or with more than are allowed."""
    if not n_rows:
        raise InputError([Problem("The request has no rows", "Give at least one")])
    if n_rows > max_rows:
        fact = f"The request has {n_rows:,} rows, more than {max_rows:,}"
        raise RequestRefusedError.of(413, fact, "Send them in several requests")


def check_n_columns(n_columns: int, n_known: int) -> None:
    """Refuse a request with far more columns than the model has."""
    if n_columns > n_known + MAX_UNKNOWN_COLUMNS:
        fact = f"The rows have {n_columns:,} columns, and the model has {n_known:,}"
        raise RequestRefusedError.of(
            413, fact, f"Send the model's columns, with at most {MAX_UNKNOWN_COLUMNS:,} others"
        )


def _row_problems(rows: Sequence[Any]) -> Iterator[Problem]:
    """Yield what is no row and what is no cell, up to a limit."""
    n_bad = 0
    for number, row in enumerate(rows, 1):
        if n_bad >= _MAX_BAD_ROWS:
            return
        if type(row) is not dict:
            n_bad += 1
            yield Problem(f"Row {number} is {_kind(row)}", "Give each row as an object of cells by column")
            continue
        for name, cell in row.items():
            if type(cell) in (dict, list):
                n_bad += 1
                fact = f"Column {quoted(name)} holds {_kind(cell)} in row {number}, not a plain value"
                yield CellProblem(fact, "Spread it over several columns, or write it as text", name, number)


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", bool: "a truth value", str: "a text", type(None): "null"}
    return kinds.get(type(value), "a number")
