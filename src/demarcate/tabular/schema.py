"""The schema: which columns a classifier reads, and as what."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, InputWarning, Problem, SettingError
from demarcate.tabular import values
from demarcate.tabular.dates import DATE_FORMATS, dates
from demarcate.words import counted

Kind = Literal["numerical", "categorical", "boolean", "date"]
KINDS: tuple[Kind, ...] = ("numerical", "categorical", "boolean", "date")

_MAX_NAMED = 5
_MAX_QUOTED = 60

ParsedColumns = Mapping[str, NDArray[np.float64] | pl.Series]
"""Columns ready to encode: float64 for numbers and dates (NaN where missing), String series for the rest."""


def quoted(cell: object) -> str:
    """A cell as a message quotes it: a whole document would drown the rest.

    Examples
    --------
    >>> quoted("old"), len(quoted("a document " * 1000))
    ("'old'", 63)
    """
    text = repr(cell)
    return text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}..."


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

    def parse(self, frame: pl.DataFrame) -> ParsedColumns:
        """Read a table's cells as the schema's kinds.

        Columns are found by name, in any order. Unknown columns and categories never seen are warned of.

        Raises
        ------
        InputError
            If columns are missing or cells do not say what their column holds; all of them in one message.
        """
        problems = [
            Problem(
                "Every column the model was trained on is there",
                f"{column.name!r} is missing",
                "Add it (leave cells empty where unknown)",
            )
            for column in self.used
            if column.name not in frame.columns
        ]
        read = {column.name: _parse(frame[column.name], column) for column in self.used if column.name in frame.columns}
        for column in self.used:
            if column.name in read:
                problems += _bad_cells(frame[column.name], column, _bad_of(read[column.name]))
        if problems:
            raise InputError(problems)
        self._warn_of_extra(frame)
        for name, cells in read.items():
            if isinstance(cells, values.Parsed) and cells.n_infinite:
                told = f"{counted(cells.n_infinite, 'cell')} {'is' if cells.n_infinite == 1 else 'are'}"
                _warn(f"column {name!r}: {told} infinite, read as missing")
        parsed = {name: cells if isinstance(cells, pl.Series) else cells.values for name, cells in read.items()}
        self._warn_of_unseen(parsed)
        return parsed

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

    def _warn_of_extra(self, frame: pl.DataFrame) -> None:
        known = {column.name for column in self.columns}
        extra = [name for name in frame.columns if name not in known]
        if extra:
            _warn(f"the model does not know {_listed(extra)}: not used")

    def _warn_of_unseen(self, parsed: ParsedColumns) -> None:
        for column in self.used:
            cells = parsed[column.name]
            if isinstance(cells, pl.Series):
                unseen = cells.filter(~cells.is_in(list(column.categories))).drop_nulls().unique(maintain_order=True)
                if len(unseen):
                    what = "a category" if len(unseen) == 1 else "categories"
                    _warn(
                        f"column {column.name!r} holds {what} not seen in training, read as 'other': {_listed(unseen)}"
                    )


def _bad_of(parsed: values.Parsed | pl.Series) -> NDArray[np.bool_]:
    """Where cells do not say what they should; any text is a category."""
    return np.zeros(len(parsed), dtype=bool) if isinstance(parsed, pl.Series) else parsed.bad


def _parse(cells: pl.Series, column: Column) -> values.Parsed | pl.Series:
    if column.kind == "numerical":
        return values.numbers(cells)
    if column.kind == "date":
        return dates(cells, column.date_format)
    return (values.booleans if column.kind == "boolean" else values.categories)(cells)


def _bad_cells(cells: pl.Series, column: Column, bad: NDArray[np.bool_]) -> list[Problem]:
    rows = np.flatnonzero(bad)
    if not len(rows):
        return []
    found = [f"row {row + 1} holds {quoted(cells[int(row)])}" for row in rows[:_MAX_NAMED]]
    found += [f"{len(rows) - _MAX_NAMED} more"] if len(rows) > _MAX_NAMED else []
    what = "numbers" if column.kind == "numerical" else "dates"
    remedy = "Mend the cell or leave it empty" if len(rows) == 1 else "Mend the cells or leave them empty"
    return [Problem(f"Column {column.name!r} holds {what}", ", ".join(found), remedy)]


def _listed(names: Sequence[str] | pl.Series) -> str:
    shown = ", ".join(map(quoted, names[:_MAX_NAMED]))
    return shown + (f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else "")


def _warn(message: str) -> None:
    warnings.warn(InputWarning(message), stacklevel=4)
