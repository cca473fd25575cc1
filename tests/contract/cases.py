"""A case of the corpus: a table, and its verdict, written by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cells = Any
"""A list of Python values, None for missing, or a polars series if the case is about its type."""


@dataclass(frozen=True)
class Reading:
    """The expected reading of a column.

    ``values`` are the parsed cells, None for missing; they are omitted if the column is not used or the values do not
    matter. Dates are in seconds since 1970-01-01, UTC. Reasons and notes are parts of the full text.
    """

    kind: str
    values: tuple[Any, ...] | None = None
    dropped: str = ""
    note: str = ""
    written: str = ""


@dataclass(frozen=True)
class Accepted:
    """The table is accepted: its columns without the target, and parts of the warnings."""

    columns: Mapping[str, Reading]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The table is refused, in a message with all these parts: fact, place and value."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A table and its verdict.

    Attributes
    ----------
    name
        The odd property of the table.
    verdict
        The expected result, in every form that can express the table.
    columns
        Names and cells, in order; names may repeat. Empty for a file that contains no table.
    files
        Exact bytes for some forms, by extension. If there are ``columns`` too, they are the content of the bytes.
    target
        The column to predict.
    apart
        Forms that cannot express the case for a reason that their code cannot detect, and the reason.
    """

    name: str
    verdict: Accepted | Refused
    columns: tuple[tuple[str, Cells], ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    target: str = "y"
    apart: Mapping[str, str] = field(default_factory=dict)


def number(*values: float | None, dropped: str = "", note: str = "") -> Reading:
    return Reading("numerical", values or None, dropped, note)


def category(*values: str | None, dropped: str = "", note: str = "") -> Reading:
    return Reading("categorical", values or None, dropped, note)


def boolean(*values: str | None, dropped: str = "", note: str = "") -> Reading:
    return Reading("boolean", values or None, dropped, note)


def text(*values: str | None) -> Reading:
    return Reading("text", values or None)


def date(*values: float | None, written: str = "", dropped: str = "", note: str = "") -> Reading:
    return Reading("date", values or None, dropped, note, written)


def labels(n_rows: int) -> list[str]:
    """Return labels of two classes, alternating."""
    return [("no", "yes")[row % 2] for row in range(n_rows)]


def taken(name: str, columns: Mapping[str, tuple[Cells, Reading]], *warnings: str, **beside: Any) -> Case:
    """Return a case of an accepted table; each column is a pair of cells and expected reading."""
    n_rows = len(next(iter(columns.values()))[0])
    table = tuple((column, cells) for column, (cells, _) in columns.items())
    read = {column.strip(): seen for column, (_, seen) in columns.items()}
    return Case(name, Accepted(read, warnings), (*table, ("y", labels(n_rows))), **beside)


def cells(name: str, values: Sequence[Any], seen: Reading, *warnings: str, **beside: Any) -> Case:
    """Return a case of an accepted table of one odd column ``x``, and of another if the odd one is not used."""
    columns = {"x": (values, seen)}
    if seen.dropped:
        columns["z"] = ([1.5, 2.5] * (len(values) // 2), number(*[1.5, 2.5] * (len(values) // 2)))
    return taken(name, columns, *warnings, **beside)


def words(name: str, values: Sequence[str], **beside: Any) -> Case:
    """Return a case of a table of one odd column of text, whose cells are categories unchanged."""
    return cells(name, values, category(*values), **beside)


def refused(name: str, columns: Sequence[tuple[str, Cells]], *words: str, **beside: Any) -> Case:
    """Return a case of a refused table."""
    return Case(name, Refused(words), tuple(columns), **beside)


def file_refused(name: str, ending: str, content: bytes, *words: str) -> Case:
    """Return a case of a refused file."""
    return Case(name, Refused(words), files={ending: content})


def file_taken(
    name: str, ending: str, content: bytes, columns: Mapping[str, tuple[Cells, Reading]], *warnings: str
) -> Case:
    """Return a case of an accepted file; the labels are those of `labels`."""
    return taken(name, columns, *warnings, files={ending: content})
