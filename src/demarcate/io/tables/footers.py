"""Lines at the end of a table that are no rows: totals, counts of rows, remarks."""

from collections import Counter
from collections.abc import Iterator, Sequence

import polars as pl

from demarcate.formatting import listed, quoted
from demarcate.io.tables.cell_kinds import (
    TOTAL_LIKE,
    cell_kind,
    column_cells,
    column_kind,
    is_footer,
    is_ruler,
    is_total,
)
from demarcate.io.tables.records import Record

MAX_FOOTERS = 20
_MIN_WORDS = 3


def may_be_footer(cells: Sequence[str], width: int) -> bool:
    """Tell whether a record, if it is at the end of a table, may be something else than a row."""
    if len(cells) != width:
        return True
    if width > 1 and not cells[-1] and not any(cells[1:]):
        return True
    first = cells[0] or next(filter(None, cells), "")
    return is_total(first) or (first is not cells[0] and sum(map(bool, cells)) <= len(cells) / 2)


def _first_word(cells: Sequence[str]) -> str:
    return next(filter(None, map(str.strip, cells)), "")


def are_totals(frame: pl.DataFrame) -> pl.Series:
    """Return of which rows the first cell that is not empty is a total; empty cells are null in ``frame``."""
    first = frame.to_series(0)
    for column in frame.get_columns()[1:]:
        if first.null_count():
            first = first.zip_with(first.is_not_null(), column)
    words = first.filter(first.str.contains(TOTAL_LIKE)).unique()
    totals = [word for word in words if is_total(word)]
    if not totals:
        return pl.repeat(value=False, n=frame.height, eager=True)
    return first.is_in(totals).fill_null(value=False)


class Footers:
    """Holds records that may come after a table until it is known whether they do."""

    def __init__(self, width: int, rows: Sequence[Sequence[str]]) -> None:
        self._width, self._rows = width, [row for row in rows if not may_be_footer(row, width)]
        self._words = Counter(word for row in rows if (word := _first_word(row)))
        self.held: list[Record] = []
        self.has_rows = False
        self.odd: list[Record] = []
        """Records that look like totals and were read as rows."""

    def release(self) -> list[Record]:
        """Return the records that are held after all as rows: another row came."""
        held, self.held = self.held, []
        self.odd += [record for record in held if self._looks_total(record)]
        return held

    def at_end(self, *, is_cut: bool) -> tuple[list[Record], list[Record]]:
        """Return the records held at the end that are rows, and those that come after the table, which has rows."""
        held, self.held = self.held, []
        if not self.has_rows:
            return held, []
        is_after = [self._comes_after(record, is_cut=is_cut and record is held[-1]) for record in held]
        n_rows = max((place for place, after in enumerate(is_after, start=1) if not after), default=0)
        rows, after = held[:n_rows], held[n_rows:]
        is_last = not after and rows
        self.odd += [record for record in rows if self._looks_total(record) or (is_last and self._may_be_total(record))]
        return rows, after

    def _may_be_total(self, record: Record) -> bool:
        """Tell whether the last record begins like a total, or has numbers alone where rows have more."""
        filled = [cell for cell in map(str.strip, record.cells) if cell]
        # The letter n may begin a total, and is a word for no.
        is_named = bool(filled) and is_total(filled[0]) and any(cell_kind(cell) == "number" for cell in filled[1:])
        n_lacking = sum(self._lacks(record.cells))
        has_numbers = bool(filled) and {cell_kind(cell) for cell in filled} == {"number"}
        return (is_named and self._words[filled[0]] <= 1) or (has_numbers and n_lacking > 1 and not record.cells[0])

    def _comes_after(self, record: Record, *, is_cut: bool) -> bool:
        filled = [cell.strip() for cell in record.cells if cell.strip()]
        if not filled:
            return self._width > 1
        if len(record.cells) > self._width or (len(record.cells) == self._width and not self._is_padded(record)):
            return self._looks_total(record)
        return self._is_remark(record, filled, is_cut=is_cut)

    def _is_padded(self, record: Record) -> bool:
        """Tell whether a record as wide as the table has one cell alone, where rows have more."""
        return not any(map(str.strip, record.cells[1:])) and any(self._lacks(record.cells))

    def _is_remark(self, record: Record, filled: Sequence[str], *, is_cut: bool) -> bool:
        """Tell whether a line narrower than the table is a total or a remark, and not a row that lacks cells."""
        if is_ruler(record.text) or is_total(filled[0]) or is_footer(filled[0]):
            return True
        if cell_kind(filled[0]) != "word":
            return False
        if len(filled) > 1 and not filled[0].endswith((":", "=")):
            return self._is_foreign(record.cells)
        is_among_numbers = self._kind(0) in ("number", "date")
        is_prose = len(filled[0].split()) >= _MIN_WORDS or ":" in filled[0]
        return is_among_numbers or (is_prose and not is_cut)

    def _is_foreign(self, cells: Sequence[str]) -> bool:
        """Tell whether cells are words in the first column and all others where rows have numbers or dates."""
        kinds = {cell_kind(cell) for place, cell in enumerate(cells) if self._kind(place) in ("number", "date")}
        return self._kind(0) in ("number", "date") and kinds <= {"word", "missing"}

    def _looks_total(self, record: Record) -> bool:
        """Tell whether a record as wide as the table is a total: its word is among numbers, or cells lack beside it."""
        if len(record.cells) != self._width or self._width < 2:
            return False
        place = next((place for place, cell in enumerate(record.cells) if cell.strip()), 0)
        # The record itself may be among the first rows.
        if not is_total(record.cells[place]) or self._words[_first_word(record.cells)] > 1:
            return False
        return any(self._lacks(record.cells)) or self._kind(place) in ("number", "date")

    def _lacks(self, cells: Sequence[str]) -> Iterator[bool]:
        """Iterate over the columns: whether a cell is empty where no row has an empty one."""
        return (not cell.strip() and all(column_cells(self._rows, place)) for place, cell in enumerate(cells))

    def _kind(self, place: int) -> str:
        return column_kind(column_cells(self._rows, place))


def footer_note(records: Sequence[Record]) -> str:
    """Return what is said of lines that come after a table."""
    shown = listed([record.text.strip() for record in records], 2, write=quoted)
    if len(records) == 1:
        return f"line {records[0].line} ({shown}) comes after the rows, and is left out"
    return f"lines {records[0].line} to {records[-1].line} ({shown}) come after the rows, and are left out"


def lines_note(records: Sequence[Record], one: str, many: str) -> str:
    """Return what is said of lines between the rows: ``lines 3, 7 and 2 more ('# x')`` and what of them."""
    numbers = listed([record.line for record in records], 4)
    lines, what = ("line", one) if len(records) == 1 else ("lines", many)
    return f"{lines} {numbers} ({quoted(records[0].text.strip())}) {what}"
