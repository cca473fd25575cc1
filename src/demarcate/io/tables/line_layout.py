"""Where the table in a delimited text begins, and what its lines are: titles, comments, names, units, rows."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted, listed, quoted
from demarcate.io.tables.cell_kinds import cell_kind, column_cells, column_kind, described, is_ruler
from demarcate.io.tables.delimiter import (
    guess_delimiter,
    most_frequent_delimiter,
    refuse_spaced_columns,
    sep_line,
)
from demarcate.io.tables.first_row import compare_with_rows
from demarcate.io.tables.records import Record, sample_records

_MAX_PREAMBLE = 100
_MAX_ROWS = 100
_MIN_ROW_NAMES = 3
_MAX_DESCRIPTIONS = 4
"""Lines of units and the like below a header."""


@dataclass(frozen=True)
class LineLayout:
    """How the lines of a delimited text are read."""

    delimiter: str
    line: int = 1
    """Number of the line on which the header begins, or the first row where there is none."""
    header: tuple[str, ...] | None = None
    """The names as they are written, and nothing for row names; None without a header."""
    width: int = 0
    """Cells of a row."""
    left_out: frozenset[int] = frozenset()
    """Numbers of lines below the header that are no rows: units, rulers."""
    trims_rows: bool = False
    """Whether empty cells at the end of a row, beyond its width, do not count."""
    notes: tuple[str, ...] = ()
    """What is read otherwise than as a header and rows."""
    first: list[str] = field(default_factory=list)
    """The cells of the first record read, the header or a row."""
    rows: tuple[list[str], ...] = field(default=(), repr=False)
    """The first rows."""

    @cached_property
    def begins_with_numbers(self) -> bool:
        """Whether the first cells of rows are numbers or dates."""
        return column_kind(column_cells(self.rows, 0)) in ("number", "date")

    @cached_property
    def repeatable(self) -> list[str] | None:
        """The cells of the header, if no row can have the same: a column's others are numbers or dates."""
        names = self.header if self.width > 1 else None
        for place, name in enumerate(names or ()):
            if cell_kind(name) == "word" and column_kind(column_cells(self.rows, place)) in ("number", "date"):
                return self.first
        return None


def find_layout(
    lines: Sequence[str], name: str, *, delimiter: str | None, first_line: int, header: bool | None, is_told: bool
) -> LineLayout:
    """Find the layout of a text by its first lines, of which the first has the number ``first_line``.

    ``header`` says whether there is one; None finds out. ``is_told`` says that the first of the lines is the header,
    or without one a row.
    """
    notes: list[str] = []
    separated = sep_line(lines)
    if separated is not None and first_line == 1:
        index, by_file = separated
        delimiter, first_line, lines = delimiter or by_file, index + 2, lines[index + 1 :]
        notes.append(f"line {index + 1} ({quoted(f'sep={by_file}')}) names the delimiter and is left out")
    if delimiter is None:
        is_header = header is True
        delimiter = most_frequent_delimiter("".join(lines)) if is_header else guess_delimiter(lines, first_line)
        if delimiter == " ":
            notes.append(
                "its cells are taken to be separated by spaces (another delimiter: --delimiter, delimiter in Python)"
            )
    records = sample_records(lines, delimiter, first_line)
    if header is not True:
        refuse_spaced_columns(records, name)
    if not records:
        return LineLayout(delimiter, first_line, notes=tuple(notes))
    return _Finder(name, records, header, is_told).layout(LineLayout(delimiter, notes=tuple(notes)))


class _Finder:
    """Finds the layout of the first records of a text."""

    def __init__(self, name: str, records: list[Record], header: bool | None, is_told: bool) -> None:
        self.name, self.records, self.has_header, self.is_told = name, records, header, is_told
        widths = Counter(len(record.cells) for record in records if not record.is_comment)
        self.width = max(widths, key=lambda width: (widths[width], width), default=len(records[0].cells))

    def layout(self, layout: LineLayout) -> LineLayout:
        """Complete a layout that has a delimiter."""
        start = 0 if self.is_told else self._start()
        first, rest = self.records[start], self._rows_after(start)
        notes = [*layout.notes, *self._on_preamble(start)]
        names: tuple[str, ...] | None = None
        if self.has_header is False:
            rows, width = [first, *rest], max(self.width, 1)
        elif self.has_header:
            rows, names, width = rest, tuple(first.cells), len(first.cells)
        else:
            rows, left_out, more = self._without_descriptions(rest)
            layout = replace(layout, left_out=left_out)
            names, width, others = self._names(first, rows)
            notes += [*more, *others]
            if not self.is_told:
                self._refuse_row(first, rows)
        cells = [record.cells for record in rows[:_MAX_ROWS]]
        n_trimmed = sum(len(row) > width and not any(map(str.strip, row[width:])) for row in cells)
        is_trimmed = not self.has_header and 2 * n_trimmed > len(cells)
        if is_trimmed and (names is None or len(names) == len(first.cells)):
            notes.append(f"rows such as line {rows[0].line} end in a delimiter too many: nothing is after it")
        return replace(
            layout,
            line=first.line,
            header=names,
            width=width,
            trims_rows=is_trimmed,
            notes=tuple(notes),
            first=first.cells,
            rows=tuple(cells),
        )

    def _rows_after(self, index: int) -> list[Record]:
        return [record for record in self.records[index + 1 :] if not record.is_comment]

    def _start(self) -> int:
        """Return the index of the record that is the header, or without one the first row."""
        indices = [index for index in range(min(_MAX_PREAMBLE, len(self.records))) if not self._is_comment(index)]
        if self.has_header is False:
            return next((index for index in indices if len(self.records[index].cells) == self.width), 0)
        if self._begins_plainly():
            return 0
        for start in (self._after_blank_line(), self._next_full_header()):
            if start is not None:
                return start
        for index in indices:
            if self._is_header(index):
                self._refuse_single_column(index)
                return index
            record = self.records[index]
            if len(record.cells) == self.width and record.n_filled >= self._filled_width():
                break
        self._refuse_rows_after_titles()
        return 0

    def _begins_plainly(self) -> bool:
        """Tell whether the first record is as wide as the table, and neither a comment nor a title."""
        first = self.records[0]
        if self._is_comment(0) or len(first.cells) != self.width:
            return False
        if 0 < first.n_filled <= max(1, self.width // 2) and self.width > 1:
            return self._next_full_header() is None
        return self._after_blank_line() is None

    def _is_comment(self, index: int) -> bool:
        """Tell whether a record that begins like a comment is one, and not the names of the rows below it."""
        record = self.records[index]
        if not record.is_comment:
            return False
        rows = [row.cells for row in self._rows_after(index)]
        is_last = index + 1 < len(self.records) and not self.records[index + 1].is_comment
        if len(record.cells) != self.width or self.width < 2 or not is_last:
            return not (index == 0 and len(record.cells) == self.width)
        return compare_with_rows(rows[0], rows[1:]) == "names"

    def _is_header(self, index: int) -> bool:
        record, rows = self.records[index], self._rows_after(index)
        n_names = record.n_filled
        if not rows or n_names < 2 or len({*map(str.strip, record.cells[:n_names])}) < n_names:
            return False
        if not (
            len(record.cells) == self.width or n_names == self._filled_width() or self._has_row_names(record, rows)
        ):
            return False
        if (
            any(cell_kind(cell) in ("number", "date") for cell in record.cells)
            or sum(map(bool, record.cells)) < n_names - 1
        ):
            return compare_with_rows(record.cells, [row.cells for row in rows]) == "names"
        return (
            n_names >= max(2, self._filled_width() - 1)
            and compare_with_rows(record.cells, [row.cells for row in rows]) != "row"
        )

    def _filled_width(self) -> int:
        """Return the number of cells of a row up to the last column that is not empty."""
        return max((record.n_filled for record in self.records if len(record.cells) == self.width), default=0)

    def _next_full_header(self) -> int | None:
        """Return the index of a header that follows titles padded with empty cells."""
        for index, record in enumerate(self.records[:_MAX_PREAMBLE]):
            if record.n_filled == self._filled_width() and all(map(str.strip, record.cells[: record.n_filled])):
                rows = [row.cells for row in self._rows_after(index)]
                is_named = index > 0 and compare_with_rows(record.cells, rows) == "names"
                return index if is_named and self._is_header(index) else None
            if record.n_filled > max(1, self.width // 2):
                return None
        return None

    def _after_blank_line(self) -> int | None:
        """Return the index of a header that a blank line parts from lines as wide as it is, none of them a row."""
        for index, record in enumerate(self.records[: min(_MAX_PREAMBLE, len(self.records) // 2)]):
            if index and record.is_after_blank and self._is_named(index) and (index > 1 or not self._is_named(0)):
                rows = self._cells_after(index)
                if described(record.cells, rows):
                    return None
                is_row = (compare_with_rows(before.cells, rows) == "row" for before in self.records[:index])
                return None if any(is_row) else index
        return None

    def _is_named(self, index: int) -> bool:
        return compare_with_rows(self.records[index].cells, self._cells_after(index)) == "names"

    def _cells_after(self, index: int) -> list[list[str]]:
        return [row.cells for row in self._rows_after(index)[:_MAX_ROWS]]

    def _has_row_names(self, record: Record, rows: Sequence[Record]) -> bool:
        """Tell whether a header is one name short because its rows begin with their own names, as those of R do."""
        if len(record.cells) != self.width - 1 or len(rows) < _MIN_ROW_NAMES:
            return False
        first = [row.cells[0] for row in rows if len(row.cells) == self.width]
        if len(first) < _MIN_ROW_NAMES or len(set(first)) < len(first) or not all(first):
            return False
        if all(row.text.startswith('"') for row in rows):
            return True
        if column_kind(first) == "word":
            return not any(cell_kind(cell) == "number" for cell in first)
        return first in ([str(place) for place in range(start, start + len(first))] for start in (0, 1))

    def _without_descriptions(self, rows: list[Record]) -> tuple[list[Record], frozenset[int], list[str]]:
        """Return the rows without lines of units, types and dashes below the header, their numbers, and notes."""
        notes: list[str] = []
        lines: set[int] = set()
        described_as = ""
        while rows and len(lines) < _MAX_DESCRIPTIONS:
            record = rows[0]
            cells = [row.cells for row in rows[1:_MAX_ROWS]]
            if is_ruler(record.text):
                what = "is a ruler"
            elif described_as := described(record.cells, cells, described_as):
                shown = listed([cell.strip() for cell in record.cells if cell.strip()], 4, write=quoted)
                what = f"holds {described_as} ({shown})"
            else:
                break
            notes.append(f"line {record.line} {what} and is left out")
            lines.add(record.line)
            rows = rows[1:]
        return rows, frozenset(lines), notes

    def _names(self, header: Record, rows: Sequence[Record]) -> tuple[tuple[str, ...], int, list[str]]:
        """Return the names, the width of the rows, and notes on names that are too few or too many."""
        cells, notes = header.cells, list[str]()
        if cells[0].startswith("# "):
            cells = [cells[0][2:], *cells[1:]]
            notes.append(f"line {header.line}, the header, begins with '#', which is not taken for a part of the name")
        widths = Counter(len(row.cells) for row in rows)
        usual = widths.most_common(1)[0][0] if widths else len(cells)
        n_names = header.n_filled
        n_used = max((row.n_filled for row in rows if len(row.cells) == usual), default=len(cells))
        if n_used <= n_names < len(cells) and n_names:
            is_everywhere = usual >= len(cells)
            which = (
                f"the lines end, like line {header.line}," if is_everywhere else f"line {header.line}, the header, ends"
            )
            note = f"{which} in a delimiter too many: nothing is after it"
            return tuple(cells[:n_names]), n_names, [*notes, note]
        is_trailing = all(not any(map(str.strip, row.cells[len(cells) :])) for row in rows)
        if not is_trailing and self._has_row_names(header, rows):
            note = (
                f"the header, line {header.line}, has one name less than rows have cells: the first column is row names"
            )
            return ("", *cells), len(cells) + 1, [*notes, f"{note} and is called 'column_1'"]
        return tuple(cells), len(cells), notes

    def _on_preamble(self, start: int) -> list[str]:
        if not start:
            return []
        before, header = self.records[:start], self.records[start]
        lines = f"lines {before[0].line} to {before[-1].line}" if start > 1 else f"line {before[0].line}"
        shown = listed([record.text.strip() for record in before], 2, write=quoted)
        what = "the first row" if self.has_header is False else "the header"
        told = f"{what} is line {header.line} (otherwise: --skip-rows N, skip_rows in Python)"
        return [
            f"{lines} ({shown}) {'come' if start > 1 else 'comes'} before the table and {_is(start)} left out; {told}"
        ]

    def _refuse_single_column(self, index: int) -> None:
        """Refuse a text whose first line is a title, or the name of its only column: nothing else tells."""
        first = self.records[0]
        is_word = len(first.cells) == 1 and len(first.cells[0].split()) == 1 and first.cells[0].strip().isalnum()
        if index == 1 and is_word and not self._is_named(1):
            line, skipped = first.line, f"--skip-rows {first.line} (skip_rows={first.line})"
            fact = (
                f"'{self.name}' line {line} ({quoted(first.text.strip())}) has one cell, and those below have "
                f"{self.width}: it may be a title, or the name of an only column"
            )
            remedy = f"Give {skipped} for a title, or --header (header=True) for a name"
            raise InputError([Problem(fact, remedy)])

    def _refuse_rows_after_titles(self) -> None:
        """Refuse a table without names below lines that are none of its rows."""
        fits = (index for index, record in enumerate(self.records) if len(record.cells) == self.width)
        index = next(fits, 0)
        are_titles = all(record.n_filled <= max(1, self.width // 2) for record in self.records[:index])
        if index and are_titles and self.width > 1 and not self._rows_are_ragged(index):
            n_skipped = self.records[index].line - 1
            before, first = self.records[0], self.records[index]
            fact = (
                f"'{self.name}' has {counted(n_skipped, 'line')} before its table, such as line {before.line} "
                f"({quoted(before.text.strip())}), and line {first.line} is a row, not a header: {_shown(first)}"
            )
            remedy = f"Read it with --skip-rows {n_skipped} --no-header (skip_rows={n_skipped}, header=False)"
            raise InputError([Problem(f"{fact}", remedy)])

    def _rows_are_ragged(self, index: int) -> bool:
        rows = [record for record in self.records[index:] if not record.is_comment]
        is_row = compare_with_rows(rows[0].cells, [row.cells for row in rows[1:]]) == "row"
        return not is_row or sum(len(row.cells) == self.width for row in rows) < 0.9 * len(rows)

    def _refuse_row(self, first: Record, rows: Sequence[Record]) -> None:
        if compare_with_rows(first.cells, [row.cells for row in rows]) == "row":
            fact = f"'{self.name}' line {first.line} is a row like those below it, not a header: {_shown(first)}"
            remedy = (
                "Read it with --no-header (header=False), which calls columns column_1 and so on, or, if these are "
                "names, with --header (header=True)"
            )
            raise InputError([Problem(fact, remedy)])


def _is(n: int) -> str:
    return "is" if n == 1 else "are"


def _shown(record: Record) -> str:
    return listed([cell.strip() for cell in record.cells], 5, write=quoted)
