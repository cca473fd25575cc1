"""What a case of the corpus is: a table, and the verdict on it, written down by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Cells = Any
"""A list of Python values, None where there is none, or a polars series where the type is the point."""


@dataclass(frozen=True)
class Seen:
    """A column as it should be understood.

    ``values`` are what its cells say, None where missing; they are left out where the column is not used, or where they
    are of no interest. Dates are in seconds since 1970-01-01, UTC. Reasons and notes are given in part.
    """

    kind: str
    values: tuple[Any, ...] | None = None
    dropped: str = ""
    note: str = ""
    written: str = ""


@dataclass(frozen=True)
class Taken:
    """The table can be learned from: its columns without the target, and what the user is warned of, in part."""

    columns: Mapping[str, Seen]
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The table is refused, in a message that holds all these words: rule, place and value."""

    words: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """A table and the verdict on it.

    Attributes
    ----------
    name
        What is odd about it.
    verdict
        What should become of it, through every door that it fits through.
    columns
        Names and cells, in order; names may repeat. Empty where the point is a file that says no table.
    files
        Exact bytes for some doors, by extension. Where ``columns`` are given as well, they are what the bytes say.
    target
        The column to predict.
    apart
        Doors that the case does not fit through for a reason that the door cannot know, and the reason.
    """

    name: str
    verdict: Taken | Refused
    columns: tuple[tuple[str, Cells], ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    target: str = "y"
    apart: Mapping[str, str] = field(default_factory=dict)


def number(*values: float | None, dropped: str = "", note: str = "") -> Seen:
    return Seen("numerical", values or None, dropped, note)


def category(*values: str | None, dropped: str = "", note: str = "") -> Seen:
    return Seen("categorical", values or None, dropped, note)


def boolean(*values: str | None, dropped: str = "", note: str = "") -> Seen:
    return Seen("boolean", values or None, dropped, note)


def date(*values: float | None, written: str = "", dropped: str = "", note: str = "") -> Seen:
    return Seen("date", values or None, dropped, note, written)


def labels(n_rows: int) -> list[str]:
    """Two classes in turn."""
    return [("no", "yes")[row % 2] for row in range(n_rows)]


def taken(name: str, columns: Mapping[str, tuple[Cells, Seen]], *warnings: str, **beside: Any) -> Case:
    """A table that is taken, each column beside how it should be understood."""
    n_rows = len(next(iter(columns.values()))[0])
    given = tuple((column, cells) for column, (cells, _) in columns.items())
    read = {column.strip(): seen for column, (_, seen) in columns.items()}
    return Case(name, Taken(read, warnings), (*given, ("y", labels(n_rows))), **beside)


def cells(name: str, values: Sequence[Any], seen: Seen, *warnings: str, **beside: Any) -> Case:
    """A table of one odd column ``x``, which is taken, and of another where the odd one is of no use."""
    columns = {"x": (values, seen)}
    if seen.dropped:
        columns["z"] = ([1.5, 2.5] * (len(values) // 2), number(*[1.5, 2.5] * (len(values) // 2)))
    return taken(name, columns, *warnings, **beside)


def words(name: str, values: Sequence[str], **beside: Any) -> Case:
    """A table of one odd column of words, each a category as it is written."""
    return cells(name, values, category(*values), **beside)


def refused(name: str, columns: Sequence[tuple[str, Cells]], *words: str, **beside: Any) -> Case:
    """A table that is refused."""
    return Case(name, Refused(words), tuple(columns), **beside)


def file_refused(name: str, ending: str, content: bytes, *words: str) -> Case:
    """A file that is refused."""
    return Case(name, Refused(words), files={ending: content})


def file_taken(
    name: str, ending: str, content: bytes, columns: Mapping[str, tuple[Cells, Seen]], *warnings: str
) -> Case:
    """A file that says a table, which is taken; the labels are those of `labels`."""
    return taken(name, columns, *warnings, files={ending: content})
