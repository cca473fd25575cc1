"""Tables read from files, whatever the format."""

import os
from typing import IO

import polars as pl

from demarcate.io.tables.stream import TableStream, stream_table

__all__ = ["TableStream", "read_table", "stream_table"]


def read_table(
    source: str | os.PathLike[str] | IO[bytes],
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    skip_rows: int | None = None,
    header: bool | None = None,
    timeout: float = 30.0,
) -> pl.DataFrame:
    r"""Read a table as it is written, or report everything that is wrong with it.

    It has at least one row and one column, and column names that differ. The format follows from the extension, or from
    the first bytes where there is none that is known:

    =============== ============================================ ==================================================
    format          extensions                                   columns
    =============== ============================================ ==================================================
    CSV             ``.csv``, ``.txt``, ``.data``                strings; an empty cell is null
    TSV             ``.tsv``, ``.tab``                           the same
    JSON lines      ``.jsonl``, ``.ndjson``                      whole numbers, numbers, truth values, else strings
    Parquet         ``.parquet``, ``.pq``                        as stored
    Arrow, Feather  ``.arrow``, ``.feather``, ``.ipc``           as stored
    =============== ============================================ ==================================================

    Text is not interpreted: ``007`` stays ``007`` and ``NA`` stays ``NA``. Data that gzip, bzip2, xz or zstandard
    compressed are unpacked first.

    Lines of a CSV or TSV file that are neither the header nor rows are left out, with a warning that names them: a
    first line ``sep=;``, titles and comments before the header, units below it, comments and repeated headers between
    the rows, totals and remarks after them. Where rows have one cell more than the header, the first may be their name.

    Parameters
    ----------
    source
        A path; ``-`` for standard input; an address that starts with ``http://`` or ``https://``; or a file opened
        for reading bytes.
    encoding
        The encoding of a text format. None means UTF-8, or UTF-16 where the file starts with its byte order mark.
    delimiter
        The character between the cells of a row. None means a tab for ``.tsv`` and ``.tab``, and else whichever of
        comma, semicolon, tab and ``|`` is most frequent in the header, or makes a table of more lines.
    skip_rows
        Number of lines of a CSV or TSV file before its header (or its first row), from 0 up. None finds out.
    header
        Whether a CSV or TSV file has column names. False calls its columns ``column_1``, ``column_2`` and so on; True
        makes the first line the names, after ``skip_rows``, and every other line a row. None is a header, and a first
        line that is a row like the others is refused.
    timeout
        Seconds that a web server may be silent; above 0.

    Raises
    ------
    InputError
        If the source cannot be read, or the table in it is refused: rows not as wide as the header, column names
        that repeat, no rows, bytes that are not text, quotes that are not closed, cells that hold lists, damage.
    SettingError
        If a setting is out of its range.

    Warns
    -----
    InputWarning
        If a column of a text format has no name; it is called ``column_<position>``. If lines are left out.

    Examples
    --------
    >>> import io
    >>> read_table(io.BytesIO(b"name,dose\nBond,007\nMoss,\n")).rows()
    [('Bond', '007'), ('Moss', None)]
    >>> read_table(io.BytesIO(b"name,dose\nBond,007,x\n"))
    Traceback (most recent call last):
    demarcate.errors.InputError: 'the file object' has 1 row not as wide as the header (2 cells): line 2 (data row 1)
    has 3. Add or remove cells, or put quotes around a cell that contains the delimiter.
    """
    table = stream_table(
        source, encoding=encoding, delimiter=delimiter, skip_rows=skip_rows, header=header, timeout=timeout
    )
    return pl.concat(table, rechunk=True)
