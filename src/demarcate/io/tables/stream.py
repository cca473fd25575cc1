"""Tables in parts of consecutive rows, which need not fit in memory."""

import math
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO

import polars as pl

from demarcate.errors import InputError, Problem, SettingError
from demarcate.io.tables.columnar import ARROW_FILE_MAGIC, ColumnarTable
from demarcate.io.tables.compression import unpack
from demarcate.io.tables.content import MAX_BYTES, Content, join_blocks
from demarcate.io.tables.delimited import DelimitedReader
from demarcate.io.tables.formats import detect_format
from demarcate.io.tables.json_lines import read_json_lines
from demarcate.io.tables.source import Source, find_source
from demarcate.io.tables.text import decode_blocks

_PART_CELLS = 1 << 22
_MAX_PART_ROWS, _MIN_PART_ROWS = 1 << 17, 1 << 9
_TAB_SUFFIXES = (".tsv", ".tab")


@dataclass(frozen=True, eq=False)
class TableStream:
    """A table whose rows are read as they are needed.

    Iterating gives frames of consecutive rows, with the types of `demarcate.datasets.read_table`; an error in a row is
    raised when the row is reached.

    Attributes
    ----------
    name, columns
        The table's name in messages, and the names of its columns.
    n_rows
        The number of rows, where the format gives it, else None.
    again
        Whether it can be iterated more than once: standard input, for one, cannot.
    parts, part_rows
        The function that iterating calls, and its argument: the rows of a part, of which the last may have fewer.
    """

    name: str
    columns: tuple[str, ...]
    n_rows: int | None
    again: bool
    parts: Callable[[int], Iterator[pl.DataFrame]]
    part_rows: int

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return self.parts(self.part_rows)

    def still(self, path: str | None) -> "TableStream":
        """Return the same stream, which also refuses a file at ``path`` that changes until the last part is read."""
        before = _file_state(path)

        def parts(n_rows: int) -> Iterator[pl.DataFrame]:
            yield from self.parts(n_rows)
            if _file_state(path) != before:
                remedy = "Read it again once nothing writes to it, or read a copy"
                raise InputError([Problem(f"'{self.name}' changed while it was read", remedy)])

        return replace(self, parts=parts)


def stream_table(
    source: str | os.PathLike[str] | IO[bytes],
    *,
    part_rows: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    skip_rows: int | None = None,
    header: bool | None = None,
    timeout: float = 30.0,
) -> TableStream:
    r"""Open a table to be read in parts, none of which is kept.

    Text, Parquet and Arrow files are read as far as they are needed. JSON lines, Arrow streams, a web server's answer,
    and Parquet that comes from a pipe or is packed, are read whole first, up to 2 GiB.

    Parameters
    ----------
    source, encoding, delimiter, skip_rows, header, timeout
        As for `demarcate.datasets.read_table`.
    part_rows
        Rows of a part, at least 1; None for about four million cells.

    Raises
    ------
    InputError
        If the source cannot be read, or the table is refused before its first row.
    SettingError
        If a setting is out of its range.

    Examples
    --------
    >>> import io
    >>> table = stream_table(io.BytesIO(b"name,dose\nBond,007\nMoss,1\nPike,2\n"), part_rows=2)
    >>> table.columns, [part["name"].to_list() for part in table]
    (('name', 'dose'), [['Bond', 'Moss'], ['Pike']])
    """
    _check_settings(delimiter, timeout, part_rows)
    _check_layout(skip_rows, header)
    located = find_source(source, timeout)
    is_packed, blocks = unpack(located.blocks(), located.name)
    first = next(blocks, b"")
    if not first:
        raise InputError([Problem(f"'{located.name}' is empty", "Give a file with a header and rows")])
    blocks = chain([first], blocks)
    kind = detect_format(Content(located.name, located.suffix, first))
    if kind != "delimited" and (skip_rows is not None or header is not None):
        fact = f"'{located.name}' holds {kind.title()}, which has no lines before or without names"
        raise InputError([Problem(fact, "Leave out --skip-rows and --no-header (skip_rows and header)")])
    match kind:
        case "delimited":
            layout = TextLayout(encoding, delimiter, skip_rows, header)
            text = _stream_text(located, blocks, layout, part_rows)
            return text.still(located.path if located.is_rereadable else None)
        case "json lines":
            lines = decode_blocks([_read_whole(blocks, located.name)], located.name, encoding)
            frame = read_json_lines("".join(lines), located.name)
            rows = part_rows or _default_part_rows(frame.width)
            return TableStream(located.name, tuple(frame.columns), frame.height, True, frame.iter_slices, rows)
        case "arrow" | "parquet" as kind:
            path = located.path if located.is_rereadable and not is_packed else None
            if kind == "arrow" and not first.startswith(ARROW_FILE_MAGIC):
                path = None
            data = _read_whole(blocks, located.name) if path is None else str(Path(path).absolute())
            table = ColumnarTable.of(data, located.name, kind.title())
            rows = part_rows or _default_part_rows(len(table.columns))
            return TableStream(located.name, table.columns, table.n_rows, True, table.parts, rows).still(path)


@dataclass(frozen=True)
class TextLayout:
    """How a user says that a text table is written; None is found out."""

    encoding: str | None
    delimiter: str | None
    skip_rows: int | None
    header: bool | None

    def reader(self, blocks: Iterable[bytes], name: str, *, warns: bool = True) -> DelimitedReader:
        """Return the strict reader of these bytes."""
        text = decode_blocks(blocks, name, self.encoding)
        return DelimitedReader(text, name, self.delimiter, skip_rows=self.skip_rows, header=self.header, warns=warns)


def _check_layout(skip_rows: object, header: object) -> None:
    """Refuse settings of lines that are out of their range."""
    if skip_rows is not None and (type(skip_rows) is not int or skip_rows < 0):
        raise SettingError(f"skip_rows must be a whole number from 0 up, got {skip_rows!r}")
    if header is not None and type(header) is not bool:
        raise SettingError(f"header must be True, False or None, got {header!r}")


def _check_settings(delimiter: object, timeout: object, part_rows: object) -> None:
    """Refuse settings of `stream_table` that are out of their range."""
    is_character = delimiter is None or (isinstance(delimiter, str) and len(delimiter) == 1)
    if not is_character or delimiter in ("\r", "\n", '"', "\0"):
        raise SettingError(f"delimiter must be one character that is no line end and no quote, got {delimiter!r}")
    if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not 0 < timeout < math.inf:
        raise SettingError(f"timeout must be a number of seconds above 0, got {timeout!r}")
    if part_rows is not None and (type(part_rows) is not int or part_rows < 1):
        raise SettingError(f"part_rows must be a whole number from 1 up, got {part_rows!r}")


def _file_state(path: str | None) -> tuple[int, int, int] | None:
    """Return the inode, size and time of change of a file."""
    if path is None or not Path(path).exists():
        return None
    status = Path(path).stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _default_part_rows(n_columns: int) -> int:
    return max(_MIN_PART_ROWS, min(_MAX_PART_ROWS, _PART_CELLS // max(1, n_columns)))


def _stream_text(located: Source, blocks: Iterable[bytes], layout: TextLayout, part_rows: int | None) -> TableStream:
    if layout.delimiter is None and located.suffix in _TAB_SUFFIXES:
        layout = replace(layout, delimiter="\t")
    reader = layout.reader(blocks, located.name)
    unread = [reader]

    def parts(n_rows: int) -> Iterator[pl.DataFrame]:
        if unread:
            yield from unread.pop().parts(n_rows)
        elif located.is_rereadable:
            again = unpack(located.blocks(), located.name)[1]
            yield from layout.reader(again, located.name, warns=False).parts(n_rows)
        else:
            raise SettingError(f"{located.name} can be read only once, and has been read")

    rows = part_rows or _default_part_rows(len(reader.columns))
    return TableStream(located.name, reader.columns, None, located.is_rereadable, parts, rows)


def _read_whole(blocks: Iterable[bytes], name: str) -> bytes:
    data = join_blocks(blocks)
    if data is None:
        fact = f"'{name}' holds more than {MAX_BYTES / 1024**3:g} GiB, and has to be read whole"
        raise InputError([Problem(fact, "Unpack it, or save it as Parquet or CSV")])
    return data
