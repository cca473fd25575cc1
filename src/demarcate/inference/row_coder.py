"""From the cells of a request to coded rows: read, checked, and compared with the training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.errors import InputError, Problem, collected_warnings
from demarcate.formatting import quoted
from demarcate.inference.coded_rows import CellWarning, CodedRows, Floats
from demarcate.tabular.column_options import NO_CELL_OPTIONS
from demarcate.tabular.outside_rows import OutsideRows
from demarcate.tabular.plain_rows import read_plain_rows
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRanges

if TYPE_CHECKING:
    from demarcate.inference.fitted_model import FittedModel

MAX_WARNINGS = 10_000
"""Cells of a request that are warned of one by one; `CodedRows.outside` counts all that are outside."""
_MAX_GAIN = 4
"""How many times the cells of the rows, or of the model's columns, the cells of their table may be."""


@dataclass(frozen=True, eq=False)
class CodedColumn:
    """A column that the model reads, and the code of each word in one of categories."""

    column: Column
    codes: Mapping[str, int]  # of categories: those of the schema first; empty of other columns
    least: float  # values below are outside what was trained on
    greatest: float  # and values above

    @classmethod
    def of(cls, column: Column, encoders: Sequence[TableEncoder], trained: TrainedRanges | None) -> CodedColumn:
        """Return the column with the categories of the schema, and any other that an encoder tells apart."""
        if column.kind in ("categorical", "boolean"):
            words = dict.fromkeys(column.categories)
            for table in encoders:
                words |= dict.fromkeys(table.encoders[table.columns.index(column.name)].vocabulary or ())
                inputs = () if table.leaves is None else table.leaves.inputs
                words |= dict.fromkeys(
                    word for own in inputs if own.name == column.name for word in own.categories or ()
                )
            codes = {word: code for code, word in enumerate(words)}
            return cls(column, codes, -np.inf, len(dict.fromkeys(column.categories)) - 1)
        own = None if trained is None else trained.ranges.get(column.name)
        return cls(column, {}, *((-np.inf, np.inf) if own is None else (own.least, own.greatest)))

    @property
    def name(self) -> str:
        """Return the name of the column."""
        return self.column.name

    @property
    def words(self) -> list[str | None]:
        """Return the word of each code, then one that is none of them, and None for a missing one."""
        return [*self.codes, max(self.codes, key=len, default="") + "?", None]

    def coded(self, cells: Any) -> Floats:
        """Return parsed cells as numbers, NaN where missing, ``(n_rows,)``."""
        if self.column.is_quantity:
            return np.asarray(cells, dtype=np.float64)
        if self.column.kind == "text":
            return np.zeros(len(cells))
        other = len(self.codes)
        words = cells if isinstance(cells, list) else cells.to_list()
        return np.array([np.nan if word is None else self.codes.get(word, other) for word in words], dtype=np.float64)

    def warning(self, row: int, cell: Any) -> CellWarning:
        """Return the warning of a cell that is outside, in a row from 0."""
        if self.column.is_quantity:
            written, least, greatest = map(self.column.written, (float(cell), self.least, self.greatest))
            fact = f"{quoted(self.name)} is {written}: outside {least} to {greatest}, which was trained on"
            return CellWarning(row + 1, self.name, "outside the trained range", fact)
        fact = f"{quoted(self.name)} is new: {quoted(cell)}, read as 'other'"
        return CellWarning(row + 1, self.name, "unseen category", fact)


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
        self._names = {column.name for column in model.schema.columns}
        self._least = np.array([column.least for column in self.columns])
        self._greatest = np.array([column.greatest for column in self.columns])

    def code(self, rows: Sequence[Mapping[str, Any]]) -> CodedRows:
        """Return rows of cells by column name, checked and coded; cells are text or plain values, None is missing.

        A cell of the model's target is not read. A row without a column that other rows have misses its cell there.

        Raises
        ------
        InputError
            If there are no rows, columns are missing, or cells do not fit their columns. Its problems that have a place
            are a `demarcate.errors.ColumnProblem`.
        """
        plain = None
        if self._model.cells == NO_CELL_OPTIONS:
            plain = read_plain_rows(self._model.schema.columns, rows, self._model.target)
        if plain is not None:
            return self.code_parsed(plain)
        self._check_width(rows)
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
        return CodedRows(coded.values, coded.texts, warnings, notes, coded.outside, coded.is_outside)

    def _check_width(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Refuse rows that name so many different columns that their table would be far larger than they are."""
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

    def code_parsed(self, parsed: Mapping[str, Any]) -> CodedRows:
        """Return rows that were read as the schema's columns: float64 arrays of quantities, else lists or series."""
        return self._coded(parsed, None, ())

    def _coded(self, parsed: Mapping[str, Any], outside: OutsideRows | None, notes: Sequence[str]) -> CodedRows:
        values = np.stack([column.coded(parsed[column.name]) for column in self.columns], 1)
        texts = {column.name: tuple(parsed[column.name]) for column in self.columns if column.column.kind == "text"}
        is_outside = (values < self._least) | (values > self._greatest)
        if not is_outside.any():
            return CodedRows(values, texts, (), tuple(notes))
        counts = {column.name: n for column, n in zip(self.columns, is_outside.sum(0).tolist(), strict=True) if n}
        if outside is None:
            outside = OutsideRows(self._model.schema.used, self._model.trained_ranges)
            outside.add(parsed, len(values))
            notes = [message] if (message := outside.message()) else []
        warnings = self._warnings(parsed, is_outside, outside.reported())
        return CodedRows(values, texts, warnings, tuple(notes), counts, outside.is_reported)

    def _warnings(
        self, parsed: Mapping[str, Any], is_outside: NDArray[np.bool_], reported: set[str]
    ) -> tuple[CellWarning, ...]:
        """Return a warning for each cell outside in columns that are reported."""
        places = np.argwhere(is_outside).tolist()
        cells = ((row, self.columns[at]) for row, at in places)
        reported_cells = ((row, column) for row, column in cells if column.name in reported)
        return tuple(
            column.warning(row, parsed[column.name][row]) for row, column in islice(reported_cells, MAX_WARNINGS)
        )
