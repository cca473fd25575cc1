"""Numbers of a table that is read in parts, also where they are written otherwise than those trained on."""

from __future__ import annotations

from dataclasses import replace

from demarcate.formatting import quoted
from demarcate.tabular.cells import ParsedCells, distinct_texts, is_missing_word
from demarcate.tabular.column_options import CellOptions
from demarcate.tabular.formatted_numbers import parse_formatted
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.number_format import NumberFormat
from demarcate.tabular.number_inference import infer_numbers
from demarcate.tabular.schema_column import Column


class NumberReader:
    """Reads the numbers of a column in the format trained on, or else in the one that all cells of a part fit.

    The first part that has cells in another format decides which; the unit stays that of the training. What the caller
    says of separators goes before both.
    """

    def __init__(self, column: Column, options: CellOptions) -> None:
        self._column, self._options = column, options
        self._format = column.number_format
        self._is_decided = False
        self._doubt = ""
        if (options.decimal, options.thousands) != (None, None) and self._format.notation != "duration":
            decimal = options.decimal or ("," if options.thousands == "." else ".")
            thousands = options.thousands or ("" if decimal == self._format.thousands else self._format.thousands)
            self._format = NumberFormat(decimal, thousands, self._format.unit, "number")
            self._is_decided = True

    def doubt(self) -> str:
        """Return a warning if this table's numbers could be read in another way than they are, or nothing."""
        return self._doubt and f"column {quoted(self._column.name)}: {self._doubt}"

    def parse(self, cells: pl.Series) -> ParsedCells:
        """Read the next cells."""
        parsed = parse_formatted(cells, self._format)
        if parsed.bad.any() and not self._is_decided:
            self._choose_format(cells)
            parsed = parse_formatted(cells, self._format)
        return parsed

    def _choose_format(self, cells: pl.Series) -> None:
        """Find the one format that all cells of a part fit, without any odd cell, and in the unit of the training."""
        distinct, trained = distinct_texts(cells), self._column.number_format
        words = distinct.filter(~is_missing_word(distinct))
        reading = infer_numbers(self._column.name, cells, words, self._options)
        if isinstance(reading, str) or reading.odd or reading.other:
            return
        is_same_kind = (reading.format.notation == "duration") == (trained.notation == "duration")
        if reading.format.unit in ("", trained.unit) and is_same_kind:
            self._format, self._is_decided = replace(reading.format, unit=trained.unit), True
            self._doubt = reading.note
