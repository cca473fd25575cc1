"""CSV and its relatives: text cells between delimiters, every row as wide as the header."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NoReturn

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted, listed
from demarcate.io.tables.cell_kinds import is_error_value
from demarcate.io.tables.delimiter import sep_line
from demarcate.io.tables.fast_delimited import FastReader, RegularRows, equal_parts
from demarcate.io.tables.footers import (
    MAX_FOOTERS,
    Footers,
    are_totals,
    footer_note,
    lines_note,
    may_be_footer,
)
from demarcate.io.tables.header import name_columns, warn, warn_of_unnamed
from demarcate.io.tables.line_layout import LineLayout, find_layout
from demarcate.io.tables.lines import LineReader
from demarcate.io.tables.records import COMMENT, Record, RecordReader, split_line

_MAX_RAGGED = 10_000
"""Rows of a wrong width after which no more are looked for."""
_MANY = 10
"""Rows of a wrong width from which the header may be wrong, where they are more than half of all."""
_SAMPLE_LINES, _SAMPLE_CHARACTERS = 300, 1 << 20
"""The first lines, by which the layout is found."""
_KEPT_CHARACTERS = 1000
"""Characters of a line that are kept for messages."""


class DelimitedReader:
    """Reads delimited text as a table of strings, whose header is the first line that is not blank, if none is better.

    Cells are exactly those of Python's ``csv`` in strict mode; an empty cell is null, a blank line is skipped, and
    white space around column names is removed. Once one row is wrong, all others that are wrong are reported with it.
    Lines that are neither the header nor rows are left out, with a warning (`find_layout`). ``skip_rows`` is the number
    of lines before the header, ``header`` whether there is one; with True all other lines are rows.
    """

    def __init__(
        self,
        blocks: Iterable[str],
        name: str,
        delimiter: str | None = None,
        *,
        skip_rows: int | None = None,
        header: bool | None = None,
        warns: bool = True,
    ) -> None:
        lines = LineReader(blocks)
        skipped = list(islice(lines, skip_rows or 0))
        if delimiter is None and (separated := sep_line(skipped)) is not None:
            delimiter = separated[1]
        sample, n_used = _first_lines(lines)
        is_told, first_line = skip_rows is not None or header is True, len(skipped) + 1
        self.layout = layout = find_layout(
            sample[:n_used], name, delimiter=delimiter, first_line=first_line, header=header, is_told=is_told
        )
        self._name, self._warns, self._is_exact = name, warns, header is True
        self._n_rows, self._ragged, self._broken, self._comments = 0, list[str](), list[Problem](), list[Record]()
        self._has_comments = not self._is_exact and not _begin_like_comments(layout)
        self._width = layout.width
        self._records = RecordReader(
            chain(sample[layout.line - first_line :], lines),
            layout.delimiter,
            first_line=layout.line,
            is_left_out=self._is_comment,
        )
        self._numbered_rows = self._read_rows()
        self._fast: FastReader | None = None
        has_names = layout.header is not None or not layout.first
        places = range(1, self._width + 1)
        self.columns = tuple(self._read_names(skip_rows) if has_names else (f"column_{place}" for place in places))
        self._n_sample_lines = len(skipped) + len(sample)
        self._fast = FastReader(lines, self.columns, layout.delimiter, self._count_certain)
        if warns and layout.notes:
            warn(f"'{name}': {'; '.join(layout.notes)}")

    def _read_names(self, skip_rows: int | None) -> list[str]:
        """Read the header, and refuse it with all rows that are wrong."""
        cells = self._next_record() or []
        header = self.layout.header
        if header is None or cells != self.layout.first:
            # Longer than the sample, or written in quotes that are wrong.
            header = tuple(cells)
            self._width = len(header)
        names, problems = name_columns(header, self._name)
        if not header and not self._broken:
            fact = f"'{self._name}' is blank"
            if skip_rows:
                fact = f"'{self._name}' has nothing after the {counted(skip_rows, 'line')} that skip_rows leaves out"
            problems = [Problem(fact, "Give a file with a header and rows")]
        if problems or self._broken:
            self._refuse(problems)
        if self._warns and header == tuple(cells):
            warn_of_unnamed(header, names, self._name)
        return names

    def parts(self, n_rows: int) -> Iterator[pl.DataFrame]:
        """Iterate over all rows, so many at a time."""
        yield from equal_parts(self._frames(n_rows), n_rows)
        if not self._n_rows:
            raise InputError([Problem(f"'{self._name}' has a header and no rows", "Give a file with rows in it")])

    def _frames(self, n_rows: int) -> Iterator[pl.DataFrame]:
        """Iterate over all rows, at most so many at a time where they are read one by one."""
        pending: list[list[str]] = []
        for row in self._rows():
            if isinstance(row, RegularRows):
                if pending:
                    yield self._frame(pending)
                    pending = []
                yield row.frame
            else:
                pending.append(row)
                if len(pending) == n_rows:
                    yield self._frame(pending)
                    pending = []
        if pending:
            yield self._frame(pending)

    def _frame(self, rows: Sequence[Sequence[str]]) -> pl.DataFrame:
        columns = zip(self.columns, zip(*rows, strict=True), strict=True)
        frame = pl.DataFrame([pl.Series(column, cells, dtype=pl.String) for column, cells in columns])
        # All columns in one go: one by one, thousands of them take seconds.
        return frame.with_columns(pl.all().replace("", None))

    def _rows(self) -> Iterator[list[str] | RegularRows]:
        """Iterate over the cells of all rows, all of the same width."""
        for row in self._numbered_rows:
            if isinstance(row, RegularRows):
                self._n_rows += row.frame.height
                yield row
                continue
            line, cells = row
            self._n_rows += 1
            if len(cells) != self._width:
                self._add_ragged(line, cells)
                self._refuse()
            yield cells
        if self._broken:
            self._refuse()

    def _refuse(self, problems: Sequence[Problem] = ()) -> NoReturn:
        """Raise these problems with those of all rows that follow."""
        self._warns = False
        for row in self._numbered_rows:
            if isinstance(row, RegularRows):
                self._n_rows += row.frame.height
                continue
            line, cells = row
            self._n_rows += 1
            if len(cells) != self._width:
                self._add_ragged(line, cells)
            if len(self._ragged) == _MAX_RAGGED:
                break
        ragged = []
        if n_ragged := len(self._ragged):
            number = f"{'at least ' if n_ragged == _MAX_RAGGED else ''}{counted(n_ragged, 'row')}"
            fact = f"'{self._name}' has {number} not as wide as the header ({counted(self._width, 'cell')})"
            remedy = "Add or remove cells, or put quotes around a cell that contains the delimiter"
            if self._width == 1:
                remedy += "; for another delimiter: --delimiter (delimiter=)"
            if n_ragged > _MANY and 2 * n_ragged > self._n_rows:
                remedy += "; if the header is on another line, name the lines before it: --skip-rows N (skip_rows=N)"
            ragged = [Problem(f"{fact}: {listed(self._ragged)}", remedy)]
        raise InputError([*problems, *ragged, *self._broken])

    def _add_ragged(self, line: int, cells: Sequence[str]) -> None:
        self._ragged.append(f"line {line} (data row {self._n_rows}) has {len(cells)}")

    def _read_rows(self) -> Iterator[tuple[int, list[str]] | RegularRows]:
        """Read the records that are rows, right or wrong, with their lines; warn of those that are none."""
        width, layout, records = self._width, self.layout, self._records
        if self._is_exact:
            while (cells := self._next_record()) is not None:
                yield records.line, cells
                yield from self._read_regular()
            return
        footers = Footers(width, layout.rows)
        repeated: list[Record] = []
        while (cells := self._next_record()) is not None:
            if layout.trims_rows and len(cells) > width and not any(map(str.strip, cells[width:])):
                cells = cells[:width]
            if may_be_footer(cells, width) and len(footers.held) < MAX_FOOTERS:
                footers.held.append(Record(records.line, records.text[:_KEPT_CHARACTERS], cells))
            elif cells == layout.repeatable:
                repeated.append(Record(records.line, records.text[:_KEPT_CHARACTERS], cells))
            else:
                line = records.line
                footers.has_rows = True
                if footers.held:
                    yield from ((record.line, record.cells) for record in footers.release())
                yield line, cells
                yield from self._read_regular()
        rows, after = footers.at_end(is_cut=not records.last.endswith(("\n", "\r")))
        yield from ((record.line, record.cells) for record in rows)
        self._warn_of_lines(repeated, footers.odd, after)

    def _read_regular(self) -> Iterator[RegularRows]:
        """Read the rows that follow the sample as long as they are regular, unless this did not work a moment ago."""
        if self._fast is None:
            return
        self._fast.n_strict -= 1
        if self._fast.n_strict < 1 and self._records.n_lines >= self._n_sample_lines:
            for rows in self._fast.read():
                self._records.n_lines += rows.n_lines
                yield rows

    def _count_certain(self, frame: pl.DataFrame) -> int:
        """Return how many records at the beginning are rows for certain: no comments, totals, or the header again."""
        if self._is_exact:
            return frame.height
        first, repeatable = frame.to_series(0), self.layout.repeatable
        special = are_totals(frame) | first.str.starts_with(COMMENT).fill_null(value=False)
        if repeatable and len(repeatable) == frame.width and (first.fill_null("") == repeatable[0]).any():
            cells = zip(self.columns, repeatable, strict=True)
            repeats = (pl.col(name).eq_missing(pl.lit(cell or None)) for name, cell in cells)
            special |= frame.select(pl.all_horizontal(repeats)).to_series()
        n_certain = int(special.to_numpy().argmax()) if special.any() else frame.height
        # The last ones may come after the table, if nothing else follows.
        while n_certain and may_be_footer([cell or "" for cell in frame.row(n_certain - 1)], self._width):
            n_certain -= 1
        return n_certain

    def _warn_of_lines(self, repeated: list[Record], odd: list[Record], after: list[Record]) -> None:
        """Warn of lines between and after the rows that are none, or may be none."""
        kinds = (
            (self._comments, "is left out as a comment", "are left out as comments"),
            (repeated, "is left out as the header again", "are left out as the header again"),
            (odd, "is read as a row, but may be a total", "are read as rows, but may be totals"),
        )
        notes = [lines_note(records, *words) for records, *words in kinds if records]
        if after:
            notes.append(footer_note(after))
        if notes and self._warns:
            has_left_out = self._comments or repeated or after
            keep = " (to read all lines below the header as rows: --header, header=True)" if has_left_out else ""
            warn(f"'{self._name}': {'; '.join(notes)}{keep}")

    def _next_record(self) -> list[str] | None:
        """Read the next record but blank lines; None at the end, and after broken quoting, which ends all reading."""
        records, left_out = self._records, self.layout.left_out
        if self._broken:
            return None
        try:
            cells = records.next()
            while cells is not None and (not cells or records.line in left_out or self._is_blank(cells)):
                cells = records.next()
        except csv.Error as error:
            fact = f"'{self._name}' has a record that cannot be read, starting on line {records.line}: {error}"
            self._broken.append(Problem(fact, "Close the quote, and write a quote inside a quoted cell twice"))
            return None
        return cells

    def _is_blank(self, cells: Sequence[str]) -> bool:
        """Tell whether a line holds nothing but spaces, where rows have several cells."""
        return len(cells) == 1 and self._width > 1 and not self._is_exact and not self._records.text.strip()

    def _is_comment(self, number: int, line: str) -> bool:
        """Tell whether a line among rows is a comment: none begins so, and it is not as wide or not a number."""
        cells = split_line(line, self.layout.delimiter)
        if not self._has_comments or self._width < 2 or number == self.layout.line or is_error_value(cells[0]):
            return False
        is_clear = len(cells) == 1 or (line.startswith(("# ", "##")) and len(cells) != self._width)
        if not is_clear and not self.layout.begins_with_numbers:
            return False
        self._comments.append(Record(number, line[:_KEPT_CHARACTERS], cells))
        return True


def _first_lines(lines: Iterator[str]) -> tuple[list[str], int]:
    """Take the first lines; return them, and the number of those by which the layout is found, at least one."""
    sample: list[str] = []
    n_characters = 0
    for line in islice(lines, _SAMPLE_LINES):
        sample.append(line)
        n_characters += len(line)
        if n_characters > _SAMPLE_CHARACTERS:
            return sample, max(1, len(sample) - 1)
    return sample, len(sample)


def _begin_like_comments(layout: LineLayout) -> bool:
    """Tell whether rows, or the header, begin with the character of comments."""
    return any(cells and cells[0].startswith(COMMENT) for cells in (layout.first, *layout.rows))
