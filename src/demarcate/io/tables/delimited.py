"""CSV and its relatives: text cells between delimiters, every row as wide as the header."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NoReturn

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.io.tables.header import column_names, warn_of_unnamed
from demarcate.io.tables.text import lines

_MAX_PROBLEMS = 10_000
"""Wrong rows after which no more are looked for."""

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
    """The delimiter that stands most often in the header, outside quotes; a comma where there is none.

    Examples
    --------
    >>> guess_delimiter("age;'sex, at birth';target"), guess_delimiter("age")
    (';', ',')
    """
    blank = _BLANK_LINES.match(text)
    line = _HEADER.match(text, blank.end() if blank else 0)
    header = _QUOTED.sub("", line[0] if line else "")
    return max(_DELIMITERS, key=header.count)


class Delimited:
    r"""Delimited text as a table of strings, row by row; nothing is guessed about what a cell means.

    Cells are exactly what Python's ``csv`` in strict mode reads; an empty cell is null, a blank line is skipped, and
    white space around column names is removed.

    Parameters
    ----------
    blocks
        The text in pieces, its first line that is not blank being the header.
    name
        How messages call the table.
    delimiter
        The character between cells; None for what the header suggests.

    Raises
    ------
    InputError
        If there is no header, or column names repeat; wrong rows are then told as well.

    Warns
    -----
    InputWarning
        If a column has no name and is called ``column_<position>``.

    Examples
    --------
    >>> table = Delimited(["age,thal\n63,fixed\n67,\n58,normal\n"], "heart.csv")
    >>> table.columns, [part.rows() for part in table.parts(2)]
    (('age', 'thal'), [[('63', 'fixed'), ('67', None)], [('58', 'normal')]])
    """

    def __init__(self, blocks: Iterable[str], name: str, delimiter: str | None = None) -> None:
        blocks = iter(blocks)
        first = next(blocks, "")
        rows = csv.reader(
            lines(chain([first] if first else [], blocks)), delimiter=delimiter or guess_delimiter(first), strict=True
        )
        self._name, self._rows = name, rows
        self._n_rows, self._problems = 0, list[Problem]()
        header = self._record() or []
        self._width = len(header)
        names, repeated = column_names(header, name)
        if not header and not self._problems:
            repeated = [Problem("A table has a header and rows", f"'{name}' is blank", "Give a file with rows in it")]
        if repeated or self._problems:
            self._refuse(repeated)
        warn_of_unnamed(header, names, name)
        self.columns = tuple(names)

    def parts(self, n_rows: int) -> Iterator[pl.DataFrame]:
        """All rows, so many at a time.

        Raises
        ------
        InputError
            If there is no row, a row is not as wide as the header, a quote is not closed, or a cell is longer than
            ``MAX_CELL``; once one row is wrong, all the others that are wrong are told with it.
        """
        while rows := self._next(n_rows):
            columns = zip(self.columns, zip(*rows, strict=True), strict=True)
            series = [pl.Series(column, cells, dtype=pl.String) for column, cells in columns]
            yield pl.DataFrame([column.replace("", None) for column in series])
        if not self._n_rows:
            found = f"'{self._name}' has a header and none"
            raise InputError([Problem("A table has rows", found, "Give a file with rows in it")])

    def _next(self, n_rows: int) -> list[list[str]]:
        rows: list[list[str]] = []
        while len(rows) < n_rows and not self._problems and (cells := self._record()):
            rows.append(cells)
            self._check(cells)
        if self._problems:
            self._refuse()
        return rows

    def _check(self, cells: list[str]) -> None:
        self._n_rows += 1
        if len(cells) != self._width:
            self._problems.append(_ragged(self._name, self._line, self._n_rows, len(cells), self._width))

    def _record(self) -> list[str] | None:
        """The next line that is not blank; after broken quoting nothing further can be trusted."""
        cells: list[str] | None = []
        while cells is not None and not cells:
            self._line = self._rows.line_num + 1
            limit = csv.field_size_limit(MAX_CELL)
            try:
                cells = next(self._rows, None)
            except csv.Error as error:
                self._problems.append(_broken(self._name, self._line, str(error)))
                return None
            finally:
                csv.field_size_limit(limit)
        return cells

    def _refuse(self, problems: Sequence[Problem] = ()) -> NoReturn:
        """Say everything that is wrong, also further down."""
        while len(self._problems) < _MAX_PROBLEMS and (cells := self._record()):
            self._check(cells)
        raise InputError([*problems, *self._problems])


def _ragged(name: str, line: int, row: int, cells: int, width: int) -> Problem:
    return Problem(
        "Every row has as many cells as the header",
        f"'{name}' line {line} (data row {row}) has {cells}, the header {width}",
        "Add or remove cells, or put quotes around a cell that contains the delimiter",
    )


def _broken(name: str, line: int, reason: str) -> Problem:
    return Problem(
        "Quotes are closed and cells are of ordinary length",
        f"'{name}' line {line}, where the record starts: {reason}",
        "Close the quote and write a quote inside a quoted cell twice",
    )
