"""CSV and its relatives: text cells between delimiters, every row as wide as the header."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NoReturn

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted, listed
from demarcate.io.tables.header import name_columns, warn_of_unnamed
from demarcate.io.tables.text import split_lines

_MAX_RAGGED = 10_000
"""Rows of a wrong width after which no more are looked for."""

MAX_CELL = 1 << 24
"""Characters of a cell. Python's own limit is lower than some documents are long; without any, a quote that is not
closed would make one cell of all that follows."""

_DELIMITERS = (",", ";", "\t", "|")
_BLANK_LINES = re.compile(r"[\r\n]*")
# No group captures: with possessive quantifiers, Python 3.11.2 may lose the span of one (python/cpython#101955).
_HEADER = re.compile(
    r"""(?: (?<![^,;\t|\r\n]) "[^"]*+(?:""[^"]*+)*+"   # a quoted cell, which may hold line ends
          | [^\r\n]                                     # anything else on the line
        )*+""",
    re.VERBOSE,
)
_QUOTED = re.compile(r'(?<![^,;\t|\r\n])"[^"]*+(?:""[^"]*+)*+"')


def guess_delimiter(text: str) -> str:
    """Return the most frequent delimiter of the header, outside quotes; a comma where there is none."""
    blank = _BLANK_LINES.match(text)
    line = _HEADER.match(text, blank.end() if blank else 0)
    header = _QUOTED.sub("", line[0] if line else "")
    return max(_DELIMITERS, key=header.count)


class DelimitedReader:
    """Reads delimited text, whose first line that is not blank is the header, as a table of strings.

    Cells are exactly those of Python's ``csv`` in strict mode; an empty cell is null, a blank line is skipped, and
    white space around column names is removed. Once one row is wrong, all others that are wrong are reported with it.
    """

    def __init__(self, blocks: Iterable[str], name: str, delimiter: str | None = None) -> None:
        blocks = iter(blocks)
        first = next(blocks, "")
        lines = split_lines(chain([first] if first else [], blocks))
        self._records = csv.reader(lines, delimiter=delimiter or guess_delimiter(first), strict=True)
        self._name = name
        self._n_rows, self._ragged, self._broken = 0, list[str](), list[Problem]()
        header = self._next_record() or []
        self._width = len(header)
        names, problems = name_columns(header, name)
        if not header and not self._broken:
            problems = [Problem(f"'{name}' is blank", "Give a file with a header and rows")]
        if problems or self._broken:
            self._refuse(problems)
        warn_of_unnamed(header, names, name)
        self.columns = tuple(names)

    def parts(self, n_rows: int) -> Iterator[pl.DataFrame]:
        """Iterate over all rows, so many at a time."""
        while rows := self._next_rows(n_rows):
            columns = zip(self.columns, zip(*rows, strict=True), strict=True)
            series = [pl.Series(column, cells, dtype=pl.String) for column, cells in columns]
            yield pl.DataFrame([column.replace("", None) for column in series])
        if not self._n_rows:
            raise InputError([Problem(f"'{self._name}' has a header and no rows", "Give a file with rows in it")])

    def _next_rows(self, n_rows: int) -> list[list[str]]:
        rows: list[list[str]] = []
        while len(rows) < n_rows and not self._ragged and not self._broken and (cells := self._next_record()):
            rows.append(cells)
            self._check_width(cells)
        if self._ragged or self._broken:
            self._refuse()
        return rows

    def _check_width(self, cells: Sequence[str]) -> None:
        self._n_rows += 1
        if len(cells) != self._width:
            self._ragged.append(f"line {self._line} (data row {self._n_rows}) has {len(cells)}")

    def _next_record(self) -> list[str] | None:
        """Read the next line that is not blank; None at the end, and after broken quoting, which ends all reading."""
        cells: list[str] | None = []
        while cells is not None and not cells:
            self._line = self._records.line_num + 1
            limit = csv.field_size_limit(MAX_CELL)
            try:
                cells = next(self._records, None)
            except csv.Error as error:
                fact = f"'{self._name}' has a record that cannot be read, starting on line {self._line}: {error}"
                self._broken.append(Problem(fact, "Close the quote, and write a quote inside a quoted cell twice"))
                return None
            finally:
                csv.field_size_limit(limit)
        return cells

    def _refuse(self, problems: Sequence[Problem] = ()) -> NoReturn:
        """Raise these problems with those of all rows that follow."""
        while len(self._ragged) < _MAX_RAGGED and not self._broken and (cells := self._next_record()):
            self._check_width(cells)
        ragged = []
        if n_ragged := len(self._ragged):
            number = f"{'at least ' if n_ragged == _MAX_RAGGED else ''}{counted(n_ragged, 'row')}"
            fact = f"'{self._name}' has {number} not as wide as the header ({counted(self._width, 'cell')})"
            remedy = "Add or remove cells, or put quotes around a cell that contains the delimiter"
            ragged = [Problem(f"{fact}: {listed(self._ragged)}", remedy)]
        raise InputError([*problems, *ragged, *self._broken])
