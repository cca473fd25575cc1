"""Read the cells of a table as the kinds of a schema's columns, and compare its rows with the training rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import starmap
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import (
    MAX_CELLS_KEPT,
    CellProblem,
    ColumnProblem,
    InputError,
    InputWarning,
    Problem,
    warn_caller,
)
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular.column_names import similar_names, unknown_columns
from demarcate.tabular.column_options import NO_CELL_OPTIONS, CellOptions
from demarcate.tabular.date_reader import DateReader
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.missing_words import without_words
from demarcate.tabular.number_reader import NumberReader
from demarcate.tabular.outside_rows import OutsideRows
from demarcate.tabular.parsed_columns import ParsedColumns
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRanges

_MAX_NAMED = 5


@dataclass
class _ColumnNotes:
    """Cells of a column to be reported in the end."""

    n_bad: int = 0
    bad: list[tuple[int, Any]] = field(default_factory=list)  # the row of a cell, from 1, and the cell
    n_infinite: int = 0


class TableReader:
    """Parses a table part by part, and reports problems once for all of it.

    Columns are found by name, in any order. Rows are numbered through all parts. Rows outside what a model was trained
    on are counted in ``outside``: new categories, and values beyond ``trained``, where the model keeps it.
    """

    def __init__(
        self, columns: Sequence[Column], trained: TrainedRanges | None = None, cells: CellOptions = NO_CELL_OPTIONS
    ) -> None:
        self.n_rows = 0  # read so far
        self._cells = cells
        self._known = {column.name for column in columns}
        self._used = [column for column in columns if not column.dropped]
        self._notes = {column.name: _ColumnNotes() for column in self._used}
        self._numbers = {
            column.name: NumberReader(column, cells) for column in self._used if column.kind == "numerical"
        }
        self._dates = {column.name: DateReader(column) for column in self._used if column.kind == "date"}
        self._missing: list[str] = []
        self._unknown: list[str] = []
        self.outside = OutsideRows(self._used, trained)

    @property
    def problems(self) -> list[Problem]:
        """The problems with the table so far."""
        missing = _missing_columns(self._missing, self._unknown) if self._missing else []
        return missing + [self._bad_cells(column) for column in self._used if self._notes[column.name].n_bad]

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
        self.outside.add(parsed, len(frame))
        self.n_rows += len(frame)
        return parsed

    def close(self) -> None:
        """Raise all problems together, or warn of unknown columns, doubtful cells and rows outside the training."""
        if problems := self.problems:
            raise InputError(problems)
        for message in self.messages():
            warn_caller(InputWarning(message))

    def messages(self) -> list[str]:
        """Return what `close` warns of."""
        messages = []
        if self._unknown:
            messages.append(unknown_columns(self._unknown))
        for name, notes in self._notes.items():
            if n := notes.n_infinite:
                infinite = f"{counted(n, 'cell')} {'is' if n == 1 else 'are'} infinite, read as missing"
                messages.append(f"column {quoted(name)}: {infinite}")
        readers: list[DateReader | NumberReader] = [*self._dates.values(), *self._numbers.values()]
        messages += [doubt for reader in readers if (doubt := reader.doubt())]
        outside = self.outside.message()
        return [*messages, outside] if outside else messages

    def _parse_column(self, cells: pl.Series, column: Column) -> NDArray[np.float64] | pl.Series:
        cells = without_words(cells, self._cells.missing)
        if not column.is_quantity:
            return column.parse_words(cells)
        notes, dates = self._notes[column.name], self._dates.get(column.name)
        cells = column.known(cells)
        parsed = dates.parse(cells, self.n_rows) if dates else self._numbers[column.name].parse(cells)
        bad = np.flatnonzero(parsed.bad)
        notes.n_infinite += parsed.n_infinite
        notes.n_bad += len(bad)
        for row in bad[: MAX_CELLS_KEPT - len(notes.bad)].tolist():
            notes.bad.append((self.n_rows + row + 1, cells[row]))
        return parsed.values

    def _bad_cells(self, column: Column) -> Problem:
        notes, dates = self._notes[column.name], self._dates.get(column.name)
        kind = "numbers" if column.kind == "numerical" else "dates"
        if dates and dates.order:
            kind = f"dates, read {dates.order} as those before"
        elif column.kind == "numerical" and column.number_format.unit:
            kind = f"numbers in {quoted(column.number_format.unit)}"
        needed = f"Column {quoted(column.name)} needs {kind}"
        examples = listed([*starmap(_bad_cell, notes.bad)], _MAX_NAMED, total=notes.n_bad)
        remedy = "Correct the cell or leave it empty" if notes.n_bad == 1 else "Correct the cells or leave them empty"
        if column.kind == "numerical" and any({",", "."} & set(str(cell)) for _, cell in notes.bad[:_MAX_NAMED]):
            remedy += ", or say how they are written: --decimal , or --thousands , (decimal, thousands in Python)"
        parts = [
            CellProblem(f"{needed}: {_bad_cell(row, cell)}", remedy, column.name, row, str(cell))
            for row, cell in notes.bad
        ]
        return ColumnProblem(f"{needed}: {examples}", remedy, tuple(parts), notes.n_bad)


def _bad_cell(row: int, cell: Any) -> str:
    return f"row {row} holds {quoted(cell)}"


def _missing_columns(names: Sequence[str], unknown: Sequence[str]) -> list[Problem]:
    """Return one problem for columns that may be there under another name, and one for those that are not."""
    similar = similar_names(names, unknown)
    absent = [name for name in names if name not in similar]
    problems: list[Problem] = []
    if similar:
        columns, them = ("column", "it") if len(similar) == 1 else ("columns", "them")
        pairs = listed([f"{quoted(other)} for {quoted(name)}" for name, other in similar.items()])
        fact = f"Missing {columns}: {listed([*similar], write=quoted)}"
        parts = tuple(
            CellProblem(
                f"Missing column: {quoted(name)}", f"Did you mean {quoted(other)}? Rename it as in training", name
            )
            for name, other in similar.items()
        )
        problems.append(ColumnProblem(fact, f"Did you mean {pairs}? Rename {them} as in training", parts, len(similar)))
    if absent:
        columns, them = ("column", "it") if len(absent) == 1 else ("columns", "them")
        remedy = "Add {0} (cells may be empty), or train without {0}: --drop (drop in Python)"
        fact = f"Missing {columns}: {listed(absent, write=quoted)}"
        parts = tuple(CellProblem(f"Missing column: {quoted(name)}", remedy.format("it"), name) for name in absent)
        problems.append(ColumnProblem(fact, remedy.format(them), parts, len(absent)))
    return problems
