"""CSV and its relatives: text cells between delimiters, every row as wide as the header."""

import csv
import re

import polars as pl

from demarcate.datasets.reading.header import column_names, warn_of_unnamed
from demarcate.datasets.reading.text import lines
from demarcate.errors import InputError, Problem

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


def read_delimited(text: str, name: str, delimiter: str) -> pl.DataFrame:
    r"""Read delimited text as a table of strings; nothing is guessed about what a cell means.

    Parameters
    ----------
    text
        The whole table, its first line that is not blank being the header.
    name
        How messages call the table.
    delimiter
        The character between cells.

    Returns
    -------
    polars.DataFrame
        ``(n_rows, n_columns)`` of strings, exactly as Python's ``csv`` in strict mode reads them; an empty cell is
        null, a blank line is skipped, and white space around column names is removed.

    Raises
    ------
    InputError
        If there is no header or no row, a row is not as wide as the header, column names repeat, a quote is not
        closed, or a cell is longer than ``csv.field_size_limit()``.

    Warns
    -----
    InputWarning
        If a column has no name and is called ``column_<position>``.

    Examples
    --------
    >>> read_delimited("age,thal\n63,fixed\n67,\n", "heart.csv", ",").rows()
    [('63', 'fixed'), ('67', None)]
    """
    header, rows, problems = _records(text, name, delimiter)
    if not header and not problems:
        problems = [Problem("A table has a header and rows", f"'{name}' is blank", "Give a file with rows in it")]
    names, repeated = column_names(header, name)
    problems = [*repeated, *problems]
    if not rows and not problems:
        problems = [Problem("A table has rows", f"'{name}' has a header and none", "Give a file with rows in it")]
    if problems:
        raise InputError(problems)
    warn_of_unnamed(header, names, name)
    columns = [
        pl.Series(column, cells, dtype=pl.String) for column, cells in zip(names, zip(*rows, strict=True), strict=True)
    ]
    return pl.DataFrame([column.replace("", None) for column in columns])


def _records(text: str, name: str, delimiter: str) -> tuple[list[str], list[list[str]], list[Problem]]:
    """The header, the rows and what is wrong with them; after broken quoting nothing further can be trusted."""
    header: list[str] = []
    rows: list[list[str]] = []
    problems: list[Problem] = []
    reader = csv.reader(lines(text), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            problems.append(_broken(name, line, str(error)))
            break
        if cells is None:
            break
        if not cells:
            continue
        if not header:
            header = cells
            continue
        rows.append(cells)
        if len(cells) != len(header):
            problems.append(_ragged(name, line, len(rows), len(cells), len(header)))
    return header, rows, problems


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
