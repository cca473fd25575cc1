"""The schema: the columns that a classifier reads, each with its kind, and the reader of tables that have them."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, InputWarning, Problem, SettingError
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular.cells import ParsedCells, parse_booleans, parse_categories, parse_numbers
from demarcate.tabular.dates import DATE_FORMATS, format_timestamp, parse_dates

Kind = Literal["numerical", "categorical", "boolean", "date"]
KINDS: tuple[Kind, ...] = ("numerical", "categorical", "boolean", "date")

ParsedColumns = Mapping[str, NDArray[np.float64] | pl.Series]
"""Columns ready to encode: float64 for numbers and dates (NaN where missing), String series for the rest."""

_MAX_NAMED = 5
_MAX_UNSEEN_COUNTED = 100_000
"""Categories not seen in training that are told apart in each column; more are not counted."""


@dataclass(frozen=True)
class Column:
    """One column as it was in training."""

    name: str
    kind: Kind
    dropped: str = ""  # why it is not used; empty if it is
    note: str = ""  # for the user
    # Every category seen, sorted; none of a column dropped as id-like, whose values may be names of people.
    categories: tuple[str, ...] = ()
    date_format: str = ""  # of dates in text; empty for ISO 8601

    def __post_init__(self) -> None:
        texts = (self.name, self.dropped, self.note, self.date_format, *self.categories)
        if self.kind not in KINDS or not all(isinstance(text, str) for text in texts):
            raise SettingError(f"a column has text for its name and a kind of {', '.join(KINDS)}, got {self}")
        if self.date_format not in ("", *DATE_FORMATS):
            raise SettingError(f"a date format must be one of {', '.join(DATE_FORMATS)}, got {self.date_format!r}")

    @property
    def is_quantity(self) -> bool:
        """Whether its cells are quantities, not words."""
        return self.kind in ("numerical", "date")

    def parse_quantities(self, cells: pl.Series) -> ParsedCells:
        """Read the cells of a numerical column or a date."""
        return parse_numbers(cells) if self.kind == "numerical" else parse_dates(cells, self.date_format)

    def written(self, quantity: float) -> str:
        """Return a number, or a date from its seconds, as text."""
        return f"{quantity:.15g}" if self.kind == "numerical" else format_timestamp(quantity)

    def parse_words(self, cells: pl.Series) -> pl.Series:
        """Read the cells of a categorical or boolean column."""
        return parse_booleans(cells) if self.kind == "boolean" else parse_categories(cells)


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in order."""

    columns: tuple[Column, ...]

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns that a classifier reads."""
        return tuple(column for column in self.columns if not column.dropped)

    @property
    def dropped(self) -> tuple[Column, ...]:
        """The columns that it does not read, each with its reason."""
        return tuple(column for column in self.columns if column.dropped)

    def parse(self, frame: pl.DataFrame) -> ParsedColumns:
        """Parse a table as `TableReader` does."""
        reader = self.reader()
        parsed = reader.parse(frame)
        reader.close()
        assert parsed is not None, "a table with problems is refused"
        return parsed

    def parse_unused(self, frame: pl.DataFrame) -> ParsedColumns:
        """Parse the columns that are not used, except constant ones: they may name what rows have in common."""
        return {
            column.name: column.parse_quantities(frame[column.name]).values
            if column.is_quantity
            else column.parse_words(frame[column.name])
            for column in self.dropped
            if column.name in frame.columns and not column.dropped.startswith("constant")
        }

    def reader(self) -> "TableReader":
        """Return a reader for a table that comes in parts."""
        return TableReader(self.columns)

    def check_usable(self) -> None:
        """Refuse a table without a column of use, with the reason for each column."""
        if not self.used:
            reasons = [f"{quoted(column.name)} ({column.dropped})" for column in self.columns]
            fact = f"No column can tell rows apart: {listed(reasons)}" if reasons else "The table has no columns"
            raise InputError([Problem(fact, "Add columns, or name one to keep as numerical")])

    def to_json(self) -> list[dict[str, Any]]:
        """Return the schema as JSON-ready values."""
        return [{**asdict(column), "categories": list(column.categories)} for column in self.columns]

    @classmethod
    def from_json(cls, document: Sequence[dict[str, Any]]) -> "Schema":
        """Return the schema that `to_json` described."""
        return cls(tuple(Column(**{**entry, "categories": tuple(entry["categories"])}) for entry in document))


@dataclass
class _ColumnNotes:
    """Cells of a column to be reported in the end."""

    n_bad: int = 0
    bad: list[str] = field(default_factory=list)
    n_infinite: int = 0
    unseen: dict[str, None] = field(default_factory=dict)


class TableReader:
    """Parses a table part by part, and reports problems once for all of it.

    Columns are found by name, in any order. Rows are numbered through all parts.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self.n_rows = 0  # read so far
        self._known = {column.name for column in columns}
        self._used = [column for column in columns if not column.dropped]
        self._notes = {column.name: _ColumnNotes() for column in self._used}
        self._missing: list[str] = []
        self._unknown: list[str] = []

    @property
    def problems(self) -> list[Problem]:
        """The problems with the table so far."""
        missing = [_missing_columns(self._missing)] if self._missing else []
        return missing + [
            _bad_cells(column, notes) for column in self._used if (notes := self._notes[column.name]).n_bad
        ]

    def parse(self, frame: pl.DataFrame) -> ParsedColumns | None:
        """Parse the next rows; return None once the table has problems, which `close` raises."""
        parsed = self.parse_leniently(frame)
        return None if self._missing or any(notes.n_bad for notes in self._notes.values()) else parsed

    def parse_leniently(self, frame: pl.DataFrame) -> ParsedColumns:
        """Parse the next rows with bad cells as missing."""
        # Looking a name up in a frame of thousands of columns takes as long as listing all of them.
        cells = {column.name: column for column in frame.get_columns()}
        if not self.n_rows:
            self._missing = [column.name for column in self._used if column.name not in cells]
            self._unknown = [name for name in frame.columns if name not in self._known]
        parsed = {
            column.name: self._parse_column(cells[column.name], column)
            for column in self._used
            if column.name not in self._missing
        }
        self.n_rows += len(frame)
        return parsed

    def close(self) -> None:
        """Raise all problems together, or warn of unknown columns, infinite numbers and unseen categories."""
        if problems := self.problems:
            raise InputError(problems)
        if self._unknown:
            _warn(f"unknown columns are not used: {listed(self._unknown, _MAX_NAMED, write=quoted)}")
        for name, notes in self._notes.items():
            if n := notes.n_infinite:
                infinite = f"{counted(n, 'cell')} {'is' if n == 1 else 'are'} infinite, read as missing"
                _warn(f"column {quoted(name)}: {infinite}")
        for name, notes in self._notes.items():
            if notes.unseen:
                shown = listed([*notes.unseen], _MAX_NAMED, write=quoted)
                _warn(f"column {quoted(name)}: categories not seen in training, read as 'other': {shown}")

    def _parse_column(self, cells: pl.Series, column: Column) -> NDArray[np.float64] | pl.Series:
        notes = self._notes[column.name]
        if not column.is_quantity:
            words = column.parse_words(cells)
            if len(notes.unseen) < _MAX_UNSEEN_COUNTED:
                unseen = words.filter(~words.is_in(list(column.categories))).drop_nulls().unique(maintain_order=True)
                notes.unseen.update(dict.fromkeys(unseen))
            return words
        parsed = column.parse_quantities(cells)
        bad = np.flatnonzero(parsed.bad)
        notes.n_infinite += parsed.n_infinite
        notes.n_bad += len(bad)
        for row in bad[: _MAX_NAMED - len(notes.bad)].tolist():
            notes.bad.append(f"row {self.n_rows + row + 1} holds {quoted(cells[row])}")
        return parsed.values


def _missing_columns(names: Sequence[str]) -> Problem:
    columns, them = ("column", "it") if len(names) == 1 else ("columns", "them")
    remedy = f"Add {them} (cells may be empty), or train without {them}: --drop"
    return Problem(f"Missing {columns}: {listed(names, write=quoted)}", remedy)


def _bad_cells(column: Column, notes: _ColumnNotes) -> Problem:
    kind = "numbers" if column.kind == "numerical" else "dates"
    fact = f"Column {quoted(column.name)} needs {kind}: {listed(notes.bad, _MAX_NAMED, total=notes.n_bad)}"
    remedy = "Correct the cell or leave it empty" if notes.n_bad == 1 else "Correct the cells or leave them empty"
    return Problem(fact, remedy)


def _warn(message: str) -> None:
    warnings.warn(InputWarning(message), stacklevel=5)
