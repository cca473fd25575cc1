"""Schema inference: the kind of each column, and whether it is of use."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.formatting import listed, quoted
from demarcate.tabular.cells import (
    MAX_EXACT_INTEGER,
    are_boolean_words,
    distinct_texts,
    find_numbers,
    is_missing_word,
    odd_beside_booleans,
    parse_categories,
    slices,
)
from demarcate.tabular.code_names import code_note
from demarcate.tabular.column_options import NO_COLUMN_OPTIONS, ColumnOptions
from demarcate.tabular.date_inference import (
    NO_DATES,
    DateReading,
    read_counted_dates,
    read_dates,
    read_typed_dates,
)
from demarcate.tabular.missing_words import without_words
from demarcate.tabular.named_dates import named_dates
from demarcate.tabular.number_inference import NumberReading, are_groups_of_three, infer_numbers, settle
from demarcate.tabular.odd_cells import OddCells
from demarcate.tabular.schema import Column, Kind, Schema
from demarcate.tabular.sentinels import sentinel_note
from demarcate.tabular.text_inference import is_text

DROPPED_BY_CALLER = "asked to drop it"
ROW_NUMBERS = "id-like: it numbers the rows"
GROUP_ROLE, TIME_ROLE, WEIGHT_ROLE = "names the groups of rows", "orders the rows in time", "weighs the rows"
"""Why a column is no feature that the caller gives another role."""
BY_CALLER = (DROPPED_BY_CALLER, GROUP_ROLE, TIME_ROLE, WEIGHT_ROLE)
"""Reasons that the caller knows."""
_NO_ROLES: Mapping[str, str] = MappingProxyType({})
_ALL_MISSING = "constant: every cell is missing"
_TOO_LARGE = "whole numbers too large to be exact quantities: read as codes"

_MIN_ID_SHARE = 0.95
_MIN_ID_ROWS = 30
_KIND_OF_TYPE: dict[type[pl.DataType], Kind] = {
    pl.Boolean: "boolean",
    pl.Date: "date",
    pl.Datetime: "date",
    pl.Categorical: "categorical",
}


def infer_schema(
    frame: pl.DataFrame, options: ColumnOptions = NO_COLUMN_OPTIONS, roles: Mapping[str, str] = _NO_ROLES
) -> Schema:
    """Infer the kind of each column of a table without its target, and whether it is of use.

    Text is numerical if every cell that is not missing is a number, a date if all are dates in one format, boolean if
    they are two words for yes and no, text if most cells are different ones of several words (`is_text`); else
    categorical. Numbers are numerical, also when few differ: only a user knows that 1 to 4 are names. A column with a
    single value, or with a new one in (nearly) every row that is no text, is dropped, unless the caller names its kind.
    ``roles`` are columns that are no features, unless named so, with the reason.
    """
    inference = ColumnInference(frame.columns, options, roles)
    return inference.schema([inference.infer(cells) for cells in frame.get_columns()])


class ColumnInference:
    """Infers columns one by one, as `infer_schema` does, so that they need not be in memory together."""

    def __init__(
        self,
        names: Sequence[str],
        options: ColumnOptions = NO_COLUMN_OPTIONS,
        roles: Mapping[str, str] = _NO_ROLES,
    ) -> None:
        self._options, self._named, self._roles = options, options.by_setting(), roles
        self._readings: dict[str, NumberReading] = {}  # of columns of numbers in text
        self._date_formats = {name.strip(): date_format for name, date_format in options.dates.items()}
        self._decimals: set[str] = set()  # separators of plain numbers in text
        _check_names(names, self._named)

    def infer(self, cells: pl.Series) -> Column:
        """Infer a column from all its cells as `as_frame` gives them."""
        missing = self._options.cells.missing
        cells = without_words(cells, missing)
        column = self._infer(cells)
        return replace(column, missing=(*missing, *column.missing)) if missing else column

    def schema(self, columns: Sequence[Column]) -> Schema:
        """Return the schema of inferred columns: if all are dropped, one that numbers the rows is used after all.

        Numbers that could be read in two ways are read as the other columns are.
        """
        readings = dict(zip(self._readings, settle([*self._readings.values()], self._decimals), strict=True))
        columns = [
            _settled(column, self._readings[column.name], readings[column.name])
            if column.name in readings and column.kind == "numerical"
            else column
            for column in columns
        ]
        if all(column.dropped for column in columns):
            columns = [replace(column, dropped="") if column.dropped == ROW_NUMBERS else column for column in columns]
        return Schema(tuple(columns))

    def _infer(self, cells: pl.Series) -> Column:  # noqa: PLR0911 - one line an option
        name = cells.name
        if name in self._named["drop"]:
            return replace(self._infer_kind(cells), dropped=DROPPED_BY_CALLER)
        if name in self._named["categorical"]:
            words = pl.concat([parse_categories(part).unique() for part in slices(cells)])
            return Column(name, "categorical", categories=tuple(_sorted_distinct(words)))
        if name in self._named["text"]:
            return Column(name, "text")
        if name in self._named["numerical"]:
            return self._with_numbers(cells)
        if name in self._named["dates"]:
            return _date_column(name, named_dates(cells, self._date_formats[name]))
        if name in self._roles:
            return replace(self._infer_kind(cells), dropped=self._roles[name])
        return _with_categories(self._infer_kind(cells), cells)

    def _with_numbers(self, cells: pl.Series) -> Column:
        """Return a column that is numerical by the caller's word, whose cells are to be numbers of one format."""
        column = Column(cells.name, "numerical")
        if cells.dtype != pl.String:
            return column
        words = distinct_texts(cells)
        words = words.filter(~is_missing_word(words))
        if find_numbers(words)[0].all() and not self._is_format_doubtful(words):
            return column
        reading = infer_numbers(cells.name, cells, words, self._options.cells)
        return column if isinstance(reading, str) else self._read(column, replace(reading, odd=()))

    def _read(self, column: Column, reading: NumberReading) -> Column:
        """Return a column of numbers in text that are read in a certain way, which other columns may change."""
        self._readings[column.name] = reading
        missing = (*column.missing, *reading.odd)
        return replace(column, number_format=reading.shortest_format, missing=missing, note=reading.note)

    def _infer_kind(self, cells: pl.Series) -> Column:
        name, dtype = cells.name, cells.dtype
        if cells.null_count() == len(cells):
            return Column(name, "categorical")
        if dtype == pl.String:
            return self._infer_text_kind(cells)
        if kind := _KIND_OF_TYPE.get(dtype.base_type()):
            return _date_column(name, read_typed_dates(cells)) if kind == "date" else Column(name, kind)
        if dtype.is_integer() and max(int(cells.max()), -int(cells.min())) >= MAX_EXACT_INTEGER:  # type: ignore[arg-type]
            return _with_dates(Column(name, "categorical", note=_TOO_LARGE), cells)
        return _with_dates(Column(name, "numerical"), cells)

    def _infer_text_kind(self, cells: pl.Series) -> Column:  # noqa: PLR0911 - one line a kind
        name = cells.name
        distinct = distinct_texts(cells)
        words = distinct.filter(~is_missing_word(distinct))
        if not len(words):
            return Column(name, "categorical")
        is_number, is_too_large = find_numbers(words)
        if is_number.all():
            numbers = words.cast(pl.Float64).alias(name)
            if is_too_large.any():
                return _with_dates(Column(name, "categorical", note=_TOO_LARGE), numbers)
            if not self._is_format_doubtful(words):
                self._decimals |= {"."} if words.str.contains(".", literal=True).any() else set()
                return _with_dates(Column(name, "numerical"), numbers)
        if are_boolean_words(words):
            return Column(name, "boolean")
        dates = read_dates(cells, words)
        if dates.date_format is not None:
            return _date_column(name, dates)
        if odd := odd_beside_booleans(words):
            stray = OddCells.of(cells, odd, words)
            if stray.are_few:
                return Column(name, "boolean", missing=stray.words, note=stray.note("yes and no", name))
        reading = infer_numbers(name, cells, words, self._options.cells)
        if isinstance(reading, str):
            return Column(name, "categorical", note=dates.note or reading)
        return self._read(Column(name, "numerical"), reading)

    def _is_format_doubtful(self, words: pl.Series) -> bool:
        """Return whether numbers may have other separators than in programming languages."""
        options = self._options.cells
        return options.decimal is not None or options.thousands is not None or are_groups_of_three(words)


def _check_names(columns: Sequence[str], named: Mapping[str, Sequence[str]]) -> None:
    """Refuse settings that name columns which do not exist, or a column twice."""
    problems = []
    for name in dict.fromkeys(name for names in named.values() for name in names if name in columns):
        settings = [setting for setting, names in named.items() if name in names]
        if len(settings) > 1:
            problems.append(Problem(f"Column {quoted(name)} is in {' and '.join(settings)}", "Name it once"))
    for setting, names in named.items():
        unknown = [name for name in dict.fromkeys(names) if name not in columns]
        if unknown:
            fact = f"{setting} names columns that the table does not have: {listed(unknown, write=quoted)}"
            problems.append(Problem(fact, f"The columns are {listed(columns, 20, write=quoted)}"))
    if problems:
        raise InputError(problems)


def _settled(column: Column, before: NumberReading, after: NumberReading) -> Column:
    """Return a column of numbers in text as the other columns have it read."""
    note = column.note.replace(before.note, after.note).removeprefix(". ") if before.note else column.note
    return replace(column, number_format=after.shortest_format, note=note)


def _with_dates(column: Column, numbers: pl.Series) -> Column:
    """Return a column of numbers as dates where they cannot be anything else, or with a note that they may be."""
    reading = read_counted_dates(numbers)
    if reading is NO_DATES:
        return column
    if reading.date_format is None:
        return replace(column, note=reading.note)
    return _date_column(column.name, reading)


def _date_column(name: str, reading: DateReading) -> Column:
    return Column(name, "date", date_format=reading.date_format or "", note=reading.note, missing=reading.missing)


def _with_categories(column: Column, cells: pl.Series) -> Column:
    """Return the column with its categories, and with the reason if it is of no use."""
    if column.is_quantity:
        values = column.parse_quantities(cells).values
        dropped = _useless_quantities(column, values[~np.isnan(values)], len(cells))
        return replace(column, dropped=dropped, note=column.note if dropped else _with_doubts(column, values))
    parts = [(words.unique(), len(words) - words.null_count()) for words in map(column.parse_words, slices(cells))]
    distinct, n_words = _sorted_distinct(pl.concat([words for words, _ in parts])), sum(n for _, n in parts)
    if not len(distinct) or (cells.dtype == pl.String and is_missing_word(distinct).all()):
        return replace(column, dropped=_ALL_MISSING)
    if len(distinct) == 1 and n_words == len(cells):
        return replace(column, categories=tuple(distinct), dropped=f"constant: every cell is {quoted(distinct[0])}")
    if column.kind == "categorical" and cells.dtype == pl.String and is_text(distinct, n_words):
        return Column(column.name, "text", note=column.note, missing=column.missing)
    if column.kind == "categorical" and n_words >= _MIN_ID_ROWS and len(distinct) > _MIN_ID_SHARE * n_words:
        return replace(column, dropped=f"id-like: {len(distinct)} different values in {n_words} rows")
    return replace(column, categories=tuple(distinct))


def _with_doubts(column: Column, values: NDArray[np.float64]) -> str:
    """Return the note of a column of numbers or dates, and of those among them that may be none."""
    are_dates = column.kind == "date"
    doubts = [sentinel_note(values, column.written, are_dates=are_dates)]
    if not are_dates:
        doubts.append(code_note(column.name, values))
    return ". ".join(filter(None, (column.note, *doubts)))


def _sorted_distinct(words: pl.Series) -> pl.Series:
    return words.unique().drop_nulls().sort()


def _useless_quantities(column: Column, present: NDArray[np.float64], n_rows: int) -> str:
    """Return why numbers or dates cannot help, or an empty string."""
    if not len(present):
        return _ALL_MISSING
    if len(present) == n_rows and present.min() == present.max():
        return f"constant: every cell is {quoted(column.written(present[0]))}"
    if column.kind == "numerical" and len(present) >= _MIN_ID_ROWS and _are_consecutive(present):
        return ROW_NUMBERS
    return ""


def _are_consecutive(present: NDArray[np.float64]) -> bool:
    """Tell whether numbers are consecutive integers, each once, in any order."""
    low = present.min()
    has_span = low == np.floor(low) and present.max() == low + len(present) - 1
    return bool(has_span and np.all(np.diff(np.sort(present)) == 1))
