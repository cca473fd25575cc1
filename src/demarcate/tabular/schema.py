"""The schema: the columns that a classifier reads, each with its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from demarcate.errors import InputError, Problem
from demarcate.formatting import listed, quoted
from demarcate.presentation import brief_repr
from demarcate.tabular.column_options import NO_CELL_OPTIONS, CellOptions
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.number_format import NumberFormat
from demarcate.tabular.parsed_columns import ParsedColumns
from demarcate.tabular.schema_column import KINDS, Column, Kind
from demarcate.tabular.trained_range import TrainedRanges

__all__ = ["KINDS", "Column", "Kind", "ParsedColumns", "Schema"]

if TYPE_CHECKING:
    from demarcate.tabular.table_reader import TableReader

WRITING_KEYS = ("number_format", "missing")
"""What a column in JSON has only where its cells are not written in the usual way."""
_PLAIN_COLUMN = Column("", "numerical")


@brief_repr
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

    def parse(
        self, frame: pl.DataFrame, trained: TrainedRanges | None = None, cells: CellOptions = NO_CELL_OPTIONS
    ) -> ParsedColumns:
        """Parse a table as `TableReader` does; its rows are compared with the trained ranges."""
        reader = self.reader(trained, cells)
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

    def reader(self, trained: TrainedRanges | None = None, cells: CellOptions = NO_CELL_OPTIONS) -> TableReader:
        """Return a reader for a table that comes in parts, whose cells the caller wants read in a certain way."""
        from demarcate.tabular.table_reader import TableReader

        return TableReader(self.columns, trained, cells)

    def check_usable(self) -> None:
        """Refuse a table without a column of use, with the reason for each column."""
        if not self.used:
            reasons = [f"{quoted(column.name)} ({column.dropped})" for column in self.columns]
            fact = f"No column can tell rows apart: {listed(reasons)}" if reasons else "The table has no columns"
            raise InputError([Problem(fact, "Add columns, or name one to keep as numerical")])

    def to_json(self) -> list[dict[str, Any]]:
        """Return the schema as JSON-ready values."""
        return [_entry_of(column) for column in self.columns]

    @classmethod
    def from_json(cls, document: Sequence[dict[str, Any]]) -> Schema:
        """Return the schema that `to_json` described."""
        return cls(tuple(map(_column_of, document)))


def _entry_of(column: Column) -> dict[str, Any]:
    """Return a column as JSON-ready values, without how its cells are written if that is the usual way."""
    entry = {**asdict(column), "categories": list(column.categories), "missing": list(column.missing)}
    usual = [name for name in WRITING_KEYS if getattr(column, name) == getattr(_PLAIN_COLUMN, name)]
    return {name: value for name, value in entry.items() if name not in usual}


def _column_of(entry: Mapping[str, Any]) -> Column:
    """Return the column of an entry of the schema in JSON; those of early model files have no format of numbers."""
    values = {**entry, "categories": tuple(entry["categories"]), "missing": tuple(entry.get("missing", ()))}
    if "number_format" in entry:
        values["number_format"] = NumberFormat.from_json(entry["number_format"])
    return Column(**values)
