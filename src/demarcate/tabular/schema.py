"""The schema: which columns a classifier reads, and as what."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, InputWarning, Problem, SettingError
from demarcate.formatting import counted, quoted
from demarcate.tabular import cells as values
from demarcate.tabular.dates import DATE_FORMATS, dates

Kind = Literal["numerical", "categorical", "boolean", "date"]
KINDS: tuple[Kind, ...] = ("numerical", "categorical", "boolean", "date")

_MAX_NAMED = 5


@dataclass(frozen=True)
class Column:
    """One column, as it was seen when fitting.

    Attributes
    ----------
    name
        Its name.
    kind
        ``numerical``, ``categorical``, ``boolean`` or ``date``.
    dropped
        Why it is not used; empty if it is.
    note
        What else a user should know about it; may be empty.
    categories
        For ``categorical`` and ``boolean``: every category seen, sorted; none of a column dropped as id-like, whose
        values may be names of people.
    date_format
        For ``date`` read from text: the way it is written; empty for ISO 8601.
    """

    name: str
    kind: Kind
    dropped: str = ""
    note: str = ""
    categories: tuple[str, ...] = ()
    date_format: str = ""

    def __post_init__(self) -> None:
        texts = (self.name, self.dropped, self.note, self.date_format, *self.categories)
        if self.kind not in KINDS or not all(isinstance(text, str) for text in texts):
            raise SettingError(f"a column has text for its name and a kind of {', '.join(KINDS)}: got {self}")
        if self.date_format not in ("", *DATE_FORMATS):
            raise SettingError(f"a date format is one of {', '.join(DATE_FORMATS)}: got {self.date_format!r}")


@dataclass(frozen=True)
class Schema:
    """The columns of a table, in order.

    Examples
    --------
    >>> schema = Schema((Column("age", "numerical"), Column("thal", "categorical", categories=("fixed", "normal"))))
    >>> sorted(schema.parse(pl.DataFrame({"thal": ["fixed"], "age": ["80"]})))
    ['age', 'thal']
    >>> schema.parse(pl.DataFrame({"age": ["old"]}))
    Traceback (most recent call last):
    demarcate.errors.InputError: 2 problems:
    - Every column the model was trained on is there: 'thal' is missing. Add it (leave cells empty where unknown).
    - Column 'age' holds numbers: row 1 holds 'old'. Mend the cell or leave it empty.
    """

    columns: tuple[Column, ...]

    @property
    def used(self) -> tuple[Column, ...]:
        """The columns a classifier reads."""
        return tuple(column for column in self.columns if not column.dropped)

    @property
    def dropped(self) -> tuple[Column, ...]:
        """The columns it does not, each with its reason."""
        return tuple(column for column in self.columns if column.dropped)

    def parse(self, frame: pl.DataFrame) -> "ParsedColumns":
        """Read a table's cells as the schema's kinds.

        Columns are found by name, in any order. Unknown columns and categories never seen are warned of.

        Raises
        ------
        InputError
            If columns are missing or cells do not say what their column holds; all of them in one message.
        """
        reader = self.reader()
        parsed = reader.take(frame)
        reader.close()
        assert parsed is not None, "what is not read is refused"
        return parsed

    def reader(self) -> "TableReader":
        """The same for a table that comes in parts."""
        return TableReader(self.columns)

    def check_usable(self) -> None:
        """Refuse a table none of whose columns is of use.

        Raises
        ------
        InputError
            With the reason for each column.
        """
        if not self.used:
            reasons = "; ".join(f"{column.name!r} is {column.dropped}" for column in self.columns[:_MAX_NAMED])
            rule = "A classifier needs at least one column that can tell rows apart"
            raise InputError(
                [Problem(rule, reasons or "there are none", "Add columns, or name one to keep as numerical")]
            )

    def to_json(self) -> list[dict[str, Any]]:
        """The schema as JSON-ready values."""
        return [{**asdict(column), "categories": list(column.categories)} for column in self.columns]

    @classmethod
    def from_json(cls, document: Sequence[dict[str, Any]]) -> "Schema":
        """The schema `to_json` described."""
        return cls(tuple(Column(**{**entry, "categories": tuple(entry["categories"])}) for entry in document))


_MAX_COUNTED = 100_000
"""Categories not seen in training that are told apart in each column; more are not counted."""

ParsedColumns = Mapping[str, NDArray[np.float64] | pl.Series]
"""Columns ready to encode: float64 for numbers and dates (NaN where missing), String series for the rest."""


@dataclass
class _Notes:
    """What there is to say of a column so far."""

    n_bad: int = 0
    bad: list[str] = field(default_factory=list)
    n_infinite: int = 0
    unseen: dict[str, None] = field(default_factory=dict)


class TableReader:
    """Reads a table in parts, and says what is to be said of it once, for all of it.

    Columns are found by name, in any order. Rows are numbered through all parts.

    Parameters
    ----------
    columns
        Those of the schema.

    Attributes
    ----------
    n_rows
        Rows read so far.

    Examples
    --------
    >>> from demarcate.tabular.schema import Column
    >>> reader = TableReader([Column("age", "numerical")])
    >>> reader.take(pl.DataFrame({"age": ["80", "61"]}))["age"].tolist()
    [80.0, 61.0]
    >>> reader.take(pl.DataFrame({"age": ["old"]})) is None
    True
    >>> reader.close()
    Traceback (most recent call last):
    demarcate.errors.InputError: Column 'age' holds numbers: row 3 holds 'old'. Mend the cell or leave it empty.
    """

    def __init__(self, columns: Sequence["Column"]) -> None:
        self.n_rows = 0
        self._known = {column.name for column in columns}
        self._used = [column for column in columns if not column.dropped]
        self._notes = {column.name: _Notes() for column in self._used}
        self._missing: list[str] = []
        self._extra: list[str] = []

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the table so far."""
        rule, remedy = "Every column the model was trained on is there", "Add it (leave cells empty where unknown)"
        missing = [Problem(rule, f"{name!r} is missing", remedy) for name in self._missing]
        return missing + [
            _bad_cells(column, notes) for column in self._used if (notes := self._notes[column.name]).n_bad
        ]

    def take(self, frame: pl.DataFrame) -> ParsedColumns | None:
        """Read the next rows; None once anything is wrong with the table, which `close` tells."""
        parsed = self.read(frame)
        return None if self._missing or any(notes.n_bad for notes in self._notes.values()) else parsed

    def read(self, frame: pl.DataFrame) -> "ParsedColumns":
        """The next rows as far as they can be read: bad cells are missing."""
        # Looked up by name in a frame of thousands of columns, each would take as long as all of them.
        cells = {column.name: column for column in frame.get_columns()}
        if not self.n_rows:
            self._missing = [column.name for column in self._used if column.name not in cells]
            self._extra = [name for name in frame.columns if name not in self._known]
        parsed = {
            column.name: self._read(cells[column.name], column)
            for column in self._used
            if column.name not in self._missing
        }
        self.n_rows += len(frame)
        return parsed

    def close(self) -> None:
        """Say what there is to say of the table: what is wrong with it, or else what was made of it.

        Raises
        ------
        InputError
            If columns are missing or cells do not say what their column holds; all of them in one message.

        Warns
        -----
        InputWarning
            Of columns that are not known, infinite numbers and categories never seen.
        """
        if problems := self.problems:
            raise InputError(problems)
        if self._extra:
            _warn(f"the model does not know {_listed(self._extra, len(self._extra))}: not used")
        for name, notes in self._notes.items():
            if n := notes.n_infinite:
                _warn(f"column {name!r}: {counted(n, 'cell')} {'is' if n == 1 else 'are'} infinite, read as missing")
        for name, notes in self._notes.items():
            if n := len(notes.unseen):
                what = "a category" if n == 1 else "categories"
                shown = _listed(list(notes.unseen), n)
                _warn(f"column {name!r} holds {what} not seen in training, read as 'other': {shown}")

    def _read(self, cells: pl.Series, column: "Column") -> NDArray[np.float64] | pl.Series:
        notes = self._notes[column.name]
        if column.kind in ("categorical", "boolean"):
            words = (values.booleans if column.kind == "boolean" else values.categories)(cells)
            if len(notes.unseen) < _MAX_COUNTED:
                unseen = words.filter(~words.is_in(list(column.categories))).drop_nulls().unique(maintain_order=True)
                notes.unseen.update(dict.fromkeys(unseen))
            return words
        read = values.numbers(cells) if column.kind == "numerical" else dates(cells, column.date_format)
        bad = np.flatnonzero(read.bad)
        notes.n_infinite += read.n_infinite
        notes.n_bad += len(bad)
        for row in bad[: _MAX_NAMED - len(notes.bad)].tolist():
            notes.bad.append(f"row {self.n_rows + row + 1} holds {quoted(cells[row])}")
        return read.values


def _bad_cells(column: "Column", notes: _Notes) -> Problem:
    more = notes.n_bad - len(notes.bad)
    found = ", ".join([*notes.bad, *([f"{more} more"] if more else [])])
    what = "numbers" if column.kind == "numerical" else "dates"
    remedy = "Mend the cell or leave it empty" if notes.n_bad == 1 else "Mend the cells or leave them empty"
    return Problem(f"Column {column.name!r} holds {what}", found, remedy)


def _listed(names: Sequence[str], n: int) -> str:
    shown = ", ".join(map(quoted, names[:_MAX_NAMED]))
    return shown + (f" and {n - _MAX_NAMED} more" if n > _MAX_NAMED else "")


def _warn(message: str) -> None:
    warnings.warn(InputWarning(message), stacklevel=5)
