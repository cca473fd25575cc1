"""From the cells of a request to coded rows: read, checked, and compared with the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem, collected_warnings
from demarcate.formatting import listed, quoted
from demarcate.inference.coded_column import CodedColumn
from demarcate.inference.coded_rows import CellWarning, CodedRows
from demarcate.inference.usual_row import UsualRow
from demarcate.tabular.column_names import unknown_columns
from demarcate.tabular.column_options import NO_CELL_OPTIONS
from demarcate.tabular.outside_rows import OutsideRows
from demarcate.tabular.plain_rows import PlainReader

if TYPE_CHECKING:
    from demarcate.inference.fitted_model import FittedModel

MAX_WARNINGS = 10_000
"""Cells of a request that are warned of one by one; `CodedRows.outside` counts all that are outside."""
_MAX_GAIN = 4
"""How many times the cells of the rows, or of the model's columns, the cells of their table may be."""


class RowCoder:
    """Codes the rows of requests to a model, each request on its own.

    It keeps nothing of a request: threads may share it.

    Parameters
    ----------
    model
        The model that the rows are for. Its ``cells`` say how the cells of tables are written.

    Examples
    --------
    >>> import demarcate
    >>> classifier = demarcate.DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2)
    >>> model = classifier.fit(*demarcate.datasets.moons(n_samples=40)).predictor_
    >>> RowCoder(model).code([{"x1": 0.5, "x2": "1e-1"}, {"x1": None, "x2": 0}]).values.tolist()
    [[0.5, 0.1], [nan, 0.0]]
    """

    def __init__(self, model: FittedModel) -> None:
        self.columns = tuple(
            CodedColumn.of(column, model.encoders, model.trained_ranges) for column in model.schema.used
        )
        self._model = model
        self._usual = UsualRow(self.columns)
        self._plain = PlainReader(model.schema.columns, model.target)
        self._texts = tuple(column.name for column in model.schema.used if column.kind == "text")
        self._names = {column.name for column in model.schema.columns}
        self._least = np.array([column.least for column in self.columns])
        self._greatest = np.array([column.greatest for column in self.columns])

    @property
    def n_columns(self) -> int:
        """The number of columns of the model, those among them that it does not use."""
        return len(self._names)

    def code(self, rows: Sequence[Mapping[str, Any]]) -> CodedRows:
        """Return rows of cells by column name, checked and coded; cells are text or plain values, None is missing.

        A cell of the model's target is not read. A row without a column that other rows have misses its cell there.

        Raises
        ------
        InputError
            If there are no rows, columns are missing, or cells do not fit their columns. Its problems that have a place
            are a `demarcate.errors.ColumnProblem`.
        """
        plain = self.code_plainly(rows)
        if plain is not None:
            return plain
        self._check_rows(rows)
        coded = self.code_table(list(rows))
        gaps = (
            CellWarning(row, column.name, "read as missing", f"the row has no {quoted(column.name)}: read as missing")
            for row, cells in enumerate(rows, 1)
            for column in self.columns
            if column.name not in cells
        )
        first_gaps = tuple(islice(gaps, MAX_WARNINGS + 1))
        if not first_gaps:
            return coded
        every = sorted((*first_gaps, *coded.warnings), key=lambda warning: warning.row)
        warnings, notes = tuple(every[:MAX_WARNINGS]), coded.notes
        if len(every) > MAX_WARNINGS:
            notes += (f"More than {MAX_WARNINGS:,} cells are warned of: the first of them are listed",)
        return replace(coded, warnings=warnings, notes=notes)

    def code_plainly(self, rows: Sequence[Mapping[str, Any]]) -> CodedRows | None:
        """Return rows as `code` does where all their cells are written plainly, which takes no time; else None."""
        if self._model.cells != NO_CELL_OPTIONS:
            return None
        usual = self._usual.code(rows[0]) if len(rows) == 1 else None
        if usual is not None:
            return CodedRows(usual)
        unknown = self._plain.unknown(rows)
        plain = self._plain.read([*map(self._plain.known, rows)] if unknown else rows)
        return None if plain is None else self._coded(plain, None, (unknown_columns(unknown),) if unknown else ())

    def _check_rows(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Refuse rows that are no mappings, or that name so many columns that their table would be far larger."""
        others = [f"row {at} is of type {type(row).__name__}" for at, row in enumerate(rows, 1) if not _is_row(row)]
        if others or not rows:
            fact = f"A row maps columns to cells: {listed(others)}" if others else "There are no rows"
            raise InputError([Problem(fact, "Give each row as a mapping, and at least one")])
        names = set(chain.from_iterable(rows))
        n_given = sum(map(len, rows))
        if len(names) * len(rows) > _MAX_GAIN * (n_given + len(self._names) * len(rows)):
            fact = f"The rows name {len(names):,} columns, and have {n_given / len(rows):,.1f} each"
            raise InputError([Problem(fact, "Give the model's columns alone")])

    def code_table(self, table: Any) -> CodedRows:
        """Return the rows of a table, anything that `demarcate.tabular.as_frame` takes, as `code` does."""
        from demarcate.tabular.frame import as_frame

        with collected_warnings() as warnings:
            frame = as_frame(table)
        if self._model.target in frame.columns and self._model.target not in self._names:
            frame = frame.drop(self._model.target)
        reader = self._model.reader()
        parsed = reader.parse(frame)
        if problems := reader.problems:
            raise InputError(problems)
        assert parsed is not None, "a table with problems is refused"
        return self._coded(parsed, reader.outside, [*map(str, warnings), *reader.messages()])

    def values_of(self, parsed: Mapping[str, Any]) -> CodedRows:
        """Return rows that were read as the schema's columns, compared with nothing.

        Quantities are float64 arrays, other columns lists or series.
        """
        columns = [column.coded(parsed[column.name]) for column in self.columns]
        values = np.concatenate(columns).reshape(len(columns), -1).T
        texts = {name: tuple(parsed[name]) for name in self._texts}
        return CodedRows(values, texts)

    def _coded(self, parsed: Mapping[str, Any], outside: OutsideRows | None, notes: Sequence[str]) -> CodedRows:
        coded = self.values_of(parsed)
        is_outside = (coded.values < self._least) | (coded.values > self._greatest)
        if not is_outside.any():
            return replace(coded, notes=tuple(notes))
        counts = {column.name: n for column, n in zip(self.columns, is_outside.sum(0).tolist(), strict=True) if n}
        if outside is None:
            outside = OutsideRows(self._model.schema.used, self._model.trained_ranges)
            outside.add(parsed, len(coded))
            notes = [*notes, message] if (message := outside.message()) else notes
        warnings = self._warnings(parsed, is_outside, outside.reported())
        return replace(coded, warnings=warnings, notes=tuple(notes), outside=counts, is_outside=outside.is_reported)

    def _warnings(
        self, parsed: Mapping[str, Any], is_outside: NDArray[np.bool_], reported: set[str]
    ) -> tuple[CellWarning, ...]:
        """Return a warning for each cell outside in columns that are reported, up to `MAX_WARNINGS`."""
        is_told = is_outside & np.array([column.name in reported for column in self.columns])
        places = islice(zip(*(own.tolist() for own in np.nonzero(is_told)), strict=True), MAX_WARNINGS)
        cells = ((row, self.columns[at]) for row, at in places)
        return tuple(_warning(column, row, parsed[column.name][row]) for row, column in cells)


def _is_row(row: Any) -> bool:
    return isinstance(row, Mapping)


def _warning(column: CodedColumn, row: int, cell: Any) -> CellWarning:
    """Return the warning of a cell that is outside, in a row from 0."""
    if column.column.is_quantity:
        written, least, greatest = map(column.column.written, (float(cell), column.least, column.greatest))
        text = f"{quoted(column.name)} is {written}: outside {least} to {greatest}, which was trained on"
        return CellWarning(row + 1, column.name, "outside the trained range", text)
    text = f"{quoted(column.name)} is new: {quoted(cell)}, read as 'other'"
    return CellWarning(row + 1, column.name, "unseen category", text)
