"""Records of delimited text: the cells of one or, where a quoted cell holds line ends, of several lines."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

MAX_CELL = 1 << 24
"""Characters of a cell. Python's own limit is lower than some documents are long; without any, a quote that is not
closed would make one cell of all that follows."""

COMMENT = "#"


@dataclass(frozen=True)
class Record:
    """The cells between the delimiters, and the first line, with its number in the file."""

    line: int
    text: str
    cells: list[str]
    is_after_blank: bool = False

    @property
    def is_comment(self) -> bool:
        """Whether the line begins like a comment."""
        return self.text.startswith(COMMENT)

    @property
    def n_filled(self) -> int:
        """The number of cells up to the last that is not empty."""
        return max((place for place, cell in enumerate(self.cells, start=1) if cell.strip()), default=0)


class RecordReader:
    """Reads records one after another; lines that ``is_left_out`` tells are passed over where a record would begin."""

    def __init__(
        self,
        lines: Iterable[str],
        delimiter: str,
        *,
        strict: bool = True,
        first_line: int = 1,
        is_left_out: Callable[[int, str], bool] | None = None,
    ) -> None:
        self._lines, self._is_left_out = lines, is_left_out
        self._records = csv.reader(self._feed(), delimiter=delimiter, strict=strict)
        self._begins = True
        self.n_lines = first_line - 1
        """Lines of the file that have been read or passed over."""
        self.line, self.text, self.last = first_line, "", ""

    def _feed(self) -> Iterator[str]:
        for line in self._lines:
            self.n_lines += 1
            if self._begins:
                if self._is_left_out is not None and line.startswith(COMMENT) and self._is_left_out(self.n_lines, line):
                    continue
                self._begins, self.line, self.text = False, self.n_lines, line
            self.last = line
            yield line

    def next(self) -> list[str] | None:
        """Return the cells of the next record, none for a blank line; None at the end.

        Raises
        ------
        csv.Error
            If quotes are broken; ``line`` is then where the record begins.
        """
        self._begins = True
        limit = csv.field_size_limit(MAX_CELL)
        try:
            return next(self._records, None)
        finally:
            csv.field_size_limit(limit)


def sample_records(lines: Iterable[str], delimiter: str, first_line: int = 1) -> list[Record]:
    """Return the records of some lines as far as they can be read, comments among them, without blank lines."""
    records: list[Record] = []

    def take_comment(number: int, line: str) -> bool:
        records.append(Record(number, line, split_line(line, delimiter)))
        return True

    reader = RecordReader(lines, delimiter, strict=False, first_line=first_line, is_left_out=take_comment)
    try:
        is_after_blank = False
        while (cells := reader.next()) is not None:
            if cells:
                records.append(Record(reader.line, reader.text, cells, is_after_blank))
            is_after_blank = not cells
    except csv.Error:
        pass
    return records


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the cells of a single line, whatever its quotes."""
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return line.rstrip("\r\n").split(delimiter)
