"""Dates of a table that is read in parts, also where they are spelled otherwise than those trained on."""

from __future__ import annotations

import numpy as np

from demarcate.formatting import quoted
from demarcate.tabular.cells import ParsedCells, is_missing_word
from demarcate.tabular.date_formats import NUMBER_FORMATS, day_month_order, is_day_month_ambiguous, other_orders
from demarcate.tabular.date_numbers import count_format
from demarcate.tabular.dates import as_text, matching_formats, parse_dates
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema_column import Column


class DateReader:
    """Reads the dates of a column in the format trained on or ISO 8601, or else in the one that all other cells fit.

    The first part that has cells in another format decides which: all cells of the part that are not ISO 8601 fit it.
    A table is in one format: once cells were read in the format trained on, no other is tried. Numbers may count from
    another zero than those trained on, or days where these were text: their size says which.
    """

    def __init__(self, column: Column) -> None:
        self._column = column
        self._format = column.date_format
        self._is_decided = False
        self._is_ambiguous = False
        self._example = ""  # the first cell in another format, with its row

    @property
    def order(self) -> str:
        """The order of day and month in which this table is read, if it could be another: "day first"."""
        return day_month_order(self._format) if self._example else ""

    def parse(self, cells: pl.Series, n_before: int) -> ParsedCells:
        """Read the next cells, of which the first is that after ``n_before`` rows."""
        if not self._is_decided:
            self._choose_count(cells, n_before)
        parsed = self._parse(cells, self._format)
        if parsed.bad.any() and not self._is_decided:
            self._choose_format(cells, n_before)
            parsed = self._parse(cells, self._format)
        elif self._is_ambiguous:
            # A day above 12 settles which number is the day.
            others = other_orders(self._format)
            self._is_ambiguous = not all(self._parse(cells, other).bad.any() for other in others)
        # A format trained on that is ISO 8601 is read whatever else is.
        self._is_decided |= bool(self._format) and not np.isnan(parsed.values).all()
        return parsed

    def doubt(self) -> str:
        """Return a warning if this table's dates may be read otherwise than they are meant, or nothing."""
        trained = day_month_order(self._column.date_format)
        where = f"column {quoted(self._column.name)}: dates such as {self._example} are read"
        remedy = "Write them as 2024-12-31 to be sure"
        if self._example and self._format in NUMBER_FORMATS:
            return f"{where} as {NUMBER_FORMATS[self._format][0]}. {remedy}"
        if not self._example or not (self._is_ambiguous or trained not in ("", self.order)):
            return ""
        if self._is_ambiguous:
            return f"{where} {self.order}, and could be the other way round. {remedy}"
        return f"{where} {self.order}, and those trained on {trained}. {remedy}"

    def _parse(self, cells: pl.Series, date_format: str) -> ParsedCells:
        return parse_dates(cells, date_format, self._column.missing)

    def _choose_count(self, cells: pl.Series, n_before: int) -> None:
        """Choose what numbers count from, if all cells are numbers too large or small to count as those trained on."""
        if cells.dtype in (pl.Date, pl.Datetime, pl.Boolean):
            return
        text = as_text(cells)
        is_present = ~is_missing_word(text) & ~text.is_in(list(self._column.missing)).fill_null(value=False)
        numbers = text.filter(is_present).cast(pl.Float64, strict=False)
        if not len(numbers) or numbers.has_nulls():
            return
        date_format = count_format(numbers.to_numpy(), excel=self._column.date_format in NUMBER_FORMATS)
        if date_format and date_format != self._format:
            self._format, self._is_decided = date_format, True
            self._set_example(text, is_present.to_numpy(), n_before)

    def _choose_format(self, cells: pl.Series, n_before: int) -> None:
        text = as_text(cells)
        is_other = np.isnan(self._parse(text, "").values) & ~is_missing_word(text).to_numpy()
        is_other &= ~text.is_in(list(self._column.missing)).fill_null(value=False).to_numpy()
        formats = matching_formats(text.filter(pl.Series(is_other)).unique(maintain_order=True))
        if formats:
            self._format, self._is_decided = formats[0], True
            self._is_ambiguous = is_day_month_ambiguous(formats)
            self._set_example(text, is_other, n_before)

    def _set_example(self, text: pl.Series, is_other: np.ndarray, n_before: int) -> None:
        row = int(is_other.argmax())
        self._example = f"{quoted(text[row])} in row {n_before + row + 1}"
