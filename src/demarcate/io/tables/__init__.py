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

    Text is not interpreted: ``007`` stays ``007`` and ``NA`` stays ``NA``. Gzip data are unpacked first.

    Parameters
    ----------
    source
        A path; ``-`` for standard input; an address that starts with ``http://`` or ``https://``; or a file opened
        for reading bytes.
    encoding
        The encoding of a text format. None means UTF-8, or UTF-16 where the file starts with its byte order mark.
    delimiter
        The character between the cells of a row. None means a tab for ``.tsv`` and ``.tab``, and else whichever of
        comma, semicolon, tab and ``|`` is most frequent in the header.
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
        If a column of a text format has no name; it is called ``column_<position>``.

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
    table = stream_table(source, encoding=encoding, delimiter=delimiter, timeout=timeout)
    return pl.concat(table, rechunk=True)
