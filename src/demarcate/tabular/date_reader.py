"""Dates of a table that is read in parts, also where they are spelled otherwise than those trained on."""

import numpy as np
import polars as pl

from demarcate.formatting import quoted
from demarcate.tabular.cells import ParsedCells, is_missing_word, strip
from demarcate.tabular.dates import (
    day_month_order,
    is_day_month_ambiguous,
    matching_formats,
    parse_dates,
    swapped_order,
)
from demarcate.tabular.schema_column import Column


class DateReader:
    """Reads the dates of a column in the format trained on or ISO 8601, or else in the one that all other cells fit.

    The first part that has cells in another format decides which: all cells of the part that are not ISO 8601 fit it.
    A table is in one format: once cells were read in the format trained on, no other is tried.
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
        parsed = parse_dates(cells, self._format)
        if parsed.bad.any() and not self._is_decided:
            self._choose_format(cells, n_before)
            parsed = parse_dates(cells, self._format)
        elif self._is_ambiguous:
            # A day above 12 settles which number is the day.
            self._is_ambiguous = not parse_dates(cells, swapped_order(self._format)).bad.any()
        # A format trained on that is ISO 8601 is read whatever else is.
        self._is_decided |= bool(self._format) and not np.isnan(parsed.values).all()
        return parsed

    def doubt(self) -> str:
        """Return a warning if day and month of this table's dates may be read the wrong way round, or nothing."""
        trained = day_month_order(self._column.date_format)
        if not self._example or not (self._is_ambiguous or trained not in ("", self.order)):
            return ""
        where = f"column {quoted(self._column.name)}: dates such as {self._example} are read {self.order}"
        if self._is_ambiguous:
            return f"{where}, and could be the other way round. Write them as 2024-12-31 to be sure"
        return f"{where}, and those trained on {trained}. Write them as 2024-12-31 to be sure"

    def _choose_format(self, cells: pl.Series, n_before: int) -> None:
        text = strip(cells)
        is_other = np.isnan(parse_dates(text).values) & ~is_missing_word(text).to_numpy()
        formats = matching_formats(text.filter(pl.Series(is_other)).unique(maintain_order=True))
        if formats:
            row = int(is_other.argmax())
            self._format, self._is_decided = formats[0], True
            self._is_ambiguous = is_day_month_ambiguous(formats)
            self._example = f"{quoted(text[row])} in row {n_before + row + 1}"
