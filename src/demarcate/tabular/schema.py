"""The schema: which columns a classifier reads, and as what."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import polars as pl

from demarcate.errors import InputError, Problem, SettingError
from demarcate.tabular.dates import DATE_FORMATS
from demarcate.tabular.reader import ParsedColumns, TableReader

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

    def parse(self, frame: pl.DataFrame) -> ParsedColumns:
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

    def reader(self) -> TableReader:
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
