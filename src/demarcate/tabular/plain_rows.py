"""Rows of values, read without polars where their cells are written plainly.

`TableReader` reads every cell that a table may have, column by column, and polars takes longer to import than a row to
predict. Here only cells are read whose reading is certain; rows with any other are left to that reader, so that both
give the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from types import NoneType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.cells import MAX_EXACT_INTEGER, MISSING_WORDS, boolean_word, category_spelling
from demarcate.tabular.number_format import PLAIN
from demarcate.tabular.schema_column import Column

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}:[0-9]{2})?")
_DAY_FORMAT = re.compile("(?:%d[./-]%m|%m[./-]%d)[./-]%Y|%Y[./-]%m[./-]%d")
_DIGITS = {"%d": "(?P<day>[0-9]{2})", "%m": "(?P<month>[0-9]{2})", "%Y": "(?P<year>[1-9][0-9]{3})"}
_NUMBERS = frozenset({int, float, NoneType})

_Read = Callable[[tuple[Any, ...]], "NDArray[np.float64] | list[str | None]"]


class _NotPlainError(Exception):
    """A cell, or a name, that is for `TableReader`."""


class PlainReader:
    """Reads plain rows of a table with these columns; a cell of the ``target`` is ignored, unless that is a column.

    It keeps nothing of the rows: threads may share it.

    Examples
    --------
    >>> reader = PlainReader([Column("age", "numerical"), Column("ward", "categorical", categories=("a", "b"))])
    >>> reader.read([{"age": "51", "ward": "a"}, {"age": None, "ward": " b "}])
    {'age': array([51., nan]), 'ward': ['a', 'b']}
    >>> reader.read([{"age": "about 50", "ward": "a"}]) is None
    True
    """

    def __init__(self, columns: Sequence[Column], target: str = "") -> None:
        self._names = tuple(column.name for column in columns if not column.dropped)
        self._known = frozenset(column.name for column in columns) | ({target} if target else set())
        self._read = tuple(_reader_of(column) for column in columns if not column.dropped)
        self._cells = itemgetter(*self._names)

    def read(self, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
        """Parse the cells of rows by column name; None where a cell, or a name, is for `TableReader`.

        The cells of a column of words are a list, those of a quantity a float64 array, ``(n_rows,)``.
        """
        try:
            columns = self._columns(rows)
            return {name: read(cells) for name, read, cells in zip(self._names, self._read, columns, strict=True)}
        except _NotPlainError:
            return None

    def unknown(self, rows: Sequence[Any]) -> list[str]:
        """Return the names of cells that belong to no column, in their order; none where a name is for `TableReader`.

        Their cells are not looked at.
        """
        n_names = len(self._names)
        wide = (row for row in rows if isinstance(row, Mapping) and len(row) > n_names)
        names = dict.fromkeys(name for row in wide for name in row if name not in self._known)
        return list(names) if all(map(_is_plain_name, names)) else []

    def known(self, row: Any) -> Any:
        """Return the cells of a row that belong to columns; what is no row, as it is."""
        return {name: row[name] for name in row if name in self._known} if isinstance(row, Mapping) else row

    def _columns(self, rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
        """Return the cells of the columns that are used, each as a tuple."""
        try:
            cells = [*map(self._cells, rows)]
        # A row without a column, or that is no mapping.
        except (LookupError, TypeError):
            raise _NotPlainError from None
        n_names = len(self._names)
        if not cells or any(len(row) != n_names and not row.keys() <= self._known for row in rows):
            raise _NotPlainError
        return [tuple(cells)] if len(self._names) == 1 else [*zip(*cells, strict=True)]


def _is_plain_name(name: object) -> bool:
    """Return whether a name is surely that of a column of its own, as it stands."""
    if not isinstance(name, str):
        return False
    return name.isprintable() and name == name.strip() != "" and not name.startswith(("^", "*"))


def _reader_of(column: Column) -> _Read:
    """Return what reads the cells of a column."""
    read = _reader_of_kind(column)
    if not column.missing:
        return read
    if column.kind == "date":
        return _nothing
    words = frozenset(word.lower() for word in column.missing)
    numbers = frozenset(float(word) for word in words if _NUMBER.fullmatch(word))
    return lambda cells: read(tuple(None if _stands_for_none(cell, words, numbers) else cell for cell in cells))


def _reader_of_kind(column: Column) -> _Read:
    if column.kind == "numerical":
        return _numbers if column.number_format == PLAIN else _only_numbers
    if column.kind == "date":
        return _moment_reader(column.date_format)
    if column.kind == "text":
        return _texts
    known = frozenset(column.categories)

    def words(cells: tuple[Any, ...]) -> list[str | None]:
        return [cell if type(cell) is str and cell in known else _word(column, cell) for cell in cells]

    return words


def _stands_for_none(cell: Any, words: frozenset[str], numbers: frozenset[float]) -> bool:
    """Return whether a cell is one of a column's own words for a missing value, or a number equal to one."""
    if cell is None:
        return False
    if isinstance(cell, str):
        text = _plain(cell).strip()
        return text.lower() in words or (_NUMBER.fullmatch(text) is not None and float(text) in numbers)
    if type(cell) not in (int, float):
        raise _NotPlainError
    return cell in numbers


def _nothing(_: tuple[Any, ...]) -> list[str | None]:
    raise _NotPlainError


def _only_numbers(cells: tuple[Any, ...]) -> NDArray[np.float64]:
    """Read cells that need no reading."""
    if not _NUMBERS.issuperset(map(type, cells)):
        raise _NotPlainError
    # Infinite ones are warned of, and different integers may be the same large number.
    if any(cell is not None and abs(cell) >= MAX_EXACT_INTEGER for cell in cells):
        raise _NotPlainError
    return np.array(cells, dtype=np.float64)


def _numbers(cells: tuple[Any, ...]) -> NDArray[np.float64]:
    if _NUMBERS.issuperset(map(type, cells)):
        return _only_numbers(cells)
    return np.array([*map(_number, cells)], dtype=np.float64)


def _number(cell: Any) -> float:
    if cell is None:
        return math.nan
    if isinstance(cell, str):
        text = _plain(cell).strip()
        if text.lower() in MISSING_WORDS:
            return math.nan
        if not _NUMBER.fullmatch(text):
            raise _NotPlainError
    elif type(cell) not in (int, float, bool) or abs(cell) >= MAX_EXACT_INTEGER:
        raise _NotPlainError
    number = float(cell)
    if math.isinf(number):
        raise _NotPlainError
    return number


def _moment_reader(date_format: str) -> _Read:
    """Return what reads days in a format of digits, and days and moments as ISO 8601 writes them."""
    if date_format and not _DAY_FORMAT.fullmatch(date_format):
        return _nothing
    pattern = re.compile("".join(_DIGITS.get(part, re.escape(part)) for part in re.split("(%.)", date_format)))

    def moment(cell: Any) -> float:
        if cell is None:
            return math.nan
        if not isinstance(cell, str):
            raise _NotPlainError
        text = _plain(cell).strip()
        if text.lower() in MISSING_WORDS:
            return math.nan
        try:
            if date_format and (day := pattern.fullmatch(text)):
                read = datetime(int(day["year"]), int(day["month"]), int(day["day"]), tzinfo=UTC)
            elif _MOMENT.fullmatch(text):
                read = datetime.fromisoformat(text).replace(tzinfo=UTC)
            else:
                raise _NotPlainError
        except ValueError:
            raise _NotPlainError from None
        return read.timestamp()

    return lambda cells: np.array([*map(moment, cells)], dtype=np.float64)


def _texts(cells: tuple[Any, ...]) -> list[str | None]:
    return [None if cell is None else _text(cell) or None for cell in cells]


def _text(cell: Any) -> str:
    """Return text without surrounding space; other values are for `TableReader`."""
    if not isinstance(cell, str) or not cell.isprintable():
        raise _NotPlainError
    # What is a space beyond ASCII, libraries do not agree on: letters and digits are none.
    if not cell.isascii() and not (cell[0].isalnum() and cell[-1].isalnum()):
        raise _NotPlainError
    return cell.strip()


def _plain(cell: str) -> str:
    if not (cell.isascii() and cell.isprintable()):
        raise _NotPlainError
    return cell


def _word(column: Column, cell: Any) -> str | None:
    if cell is None or (type(cell) is float and math.isnan(cell)):
        return None
    if isinstance(cell, str):
        spelling = category_spelling(_text(cell))
    elif type(cell) is bool:
        return str(cell).lower()
    elif type(cell) in (int, float) and abs(cell) < MAX_EXACT_INTEGER:
        spelling = category_spelling(repr(cell))
    else:
        raise _NotPlainError
    return boolean_word(spelling) if column.kind == "boolean" and spelling is not None else spelling
