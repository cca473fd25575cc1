"""A table as parts of consecutive rows, so that it need not fit in memory."""

import math
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO

import polars as pl

from demarcate.errors import InputError, Problem, SettingError
from demarcate.io.tables.columnar import ARROW_FILE_MAGIC, Columnar
from demarcate.io.tables.content import MAX_BYTES, Content, joined, unpacked
from demarcate.io.tables.delimited import Delimited
from demarcate.io.tables.formats import recognise
from demarcate.io.tables.json_lines import read_json_lines
from demarcate.io.tables.source import Source, locate
from demarcate.io.tables.text import decode, decoded

_CELLS = 1 << 22
_MOST_ROWS, _FEWEST_ROWS = 1 << 17, 1 << 9
_TAB_SUFFIXES = (".tsv", ".tab")


@dataclass(frozen=True, eq=False)
class TableStream:
    """A table whose rows are read as they are asked for.

    Iterating gives frames of consecutive rows, typed as `demarcate.datasets.read_table` types them; what is wrong with
    rows is said when they are reached. After the last frame every row has been given.

    Attributes
    ----------
    name
        How messages call the table.
    columns
        The names of its columns.
    n_rows
        How many rows there are, where the format says so.
    again
        Whether it can be iterated more than once: standard input, for one, cannot.
    parts
        What iterating calls, with the number of rows a part.
    part_rows
        Rows in a part; the last may have fewer.
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
        """The same, but a file at ``path`` that is another after the last part than it is now is refused."""
        before = _state(path)

        def parts(n_rows: int) -> Iterator[pl.DataFrame]:
            yield from self.parts(n_rows)
            if _state(path) != before:
                rule, found = "A table stands still while it is read", f"'{self.name}' changed"
                raise InputError([Problem(rule, found, "Read it again once nothing writes to it, or read a copy")])

        return replace(self, parts=parts)


def stream_table(
    source: str | os.PathLike[str] | IO[bytes],
    *,
    part_rows: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    timeout: float = 30.0,
) -> TableStream:
    r"""Open a table to be read in parts; nothing of it is kept.

    Text, Parquet and Arrow files are read as far as they are asked for. JSON lines, Arrow streams, what a server sends,
    and Parquet that comes from a pipe or is packed, are read whole first, up to 2 GiB.

    Parameters
    ----------
    source, encoding, delimiter, timeout
        As for `demarcate.datasets.read_table`.
    part_rows
        Rows in a part, at least 1; None for about four million cells.

    Raises
    ------
    InputError
        If the source cannot be read, or what can be seen of the table before its rows is refused.
    SettingError
        If a setting has a value it cannot have.

    Examples
    --------
    >>> import io
    >>> table = stream_table(io.BytesIO(b"name,dose\nBond,007\nMoss,1\nPike,2\n"), part_rows=2)
    >>> table.columns, [part["name"].to_list() for part in table]
    (('name', 'dose'), [['Bond', 'Moss'], ['Pike']])
    """
    check_settings(delimiter, timeout, part_rows)
    located = locate(source, timeout)
    packed, blocks = unpacked(located.blocks(), located.name)
    first = next(blocks, b"")
    if not first:
        found = f"'{located.name}' is empty"
        raise InputError([Problem("A table has a header and rows", found, "Give a file with rows in it")])
    content = Content(located.name, located.suffix, first)
    blocks = chain([first], blocks)
    match recognise(content):
        case "delimited":
            text = _of_text(located, blocks, encoding, delimiter, part_rows)
            return text.still(located.path if located.again else None)
        case "json lines":
            frame = read_json_lines(decode(_whole(content, blocks), encoding), located.name)
            return _of_frame(located.name, frame, part_rows)
        case "arrow" | "parquet" as kind:
            in_place = located.path if located.again and not packed else None
            if kind == "arrow" and not first.startswith(ARROW_FILE_MAGIC):
                in_place = None
            of_file = _whole(content, blocks).data if in_place is None else str(Path(in_place).absolute())
            table = Columnar.of(of_file, located.name, kind.title())
            rows = part_rows or _part_rows(len(table.columns))
            return TableStream(located.name, table.columns, table.n_rows, True, table.parts, rows).still(in_place)


def check_settings(delimiter: object, timeout: object, part_rows: object = None) -> None:
    """Refuse settings of a reader that it cannot have.

    Raises
    ------
    SettingError
        If there is one.
    """
    known = delimiter is None or (isinstance(delimiter, str) and len(delimiter) == 1)
    if not known or delimiter in ("\r", "\n", '"', "\0"):
        raise SettingError(f"delimiter is one character that is no line end and no quote: got {delimiter!r}")
    if not isinstance(timeout, int | float) or isinstance(timeout, bool) or not 0 < timeout < math.inf:
        raise SettingError(f"timeout is a number of seconds above 0: got {timeout!r}")
    if part_rows is not None and (type(part_rows) is not int or part_rows < 1):
        raise SettingError(f"a part has at least 1 row: got {part_rows!r}")


def _state(path: str | None) -> tuple[int, int, int] | None:
    """What tells a file from what it was before."""
    if path is None or not Path(path).exists():
        return None
    status = Path(path).stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _part_rows(n_columns: int) -> int:
    return max(_FEWEST_ROWS, min(_MOST_ROWS, _CELLS // max(1, n_columns)))


def _of_text(
    located: Source, blocks: Iterable[bytes], encoding: str | None, delimiter: str | None, part_rows: int | None
) -> TableStream:
    if delimiter is None and located.suffix in _TAB_SUFFIXES:
        delimiter = "\t"
    table = Delimited(decoded(blocks, located.name, encoding), located.name, delimiter)
    unread = [table]

    def parts(n_rows: int) -> Iterator[pl.DataFrame]:
        if unread:
            yield from unread.pop().parts(n_rows)
        elif located.again:
            anew = decoded(unpacked(located.blocks(), located.name)[1], located.name, encoding)
            yield from Delimited(anew, located.name, delimiter).parts(n_rows)
        else:
            raise SettingError(f"{located.name} can be read once: it was")

    rows = part_rows or _part_rows(len(table.columns))
    return TableStream(located.name, table.columns, None, located.again, parts, rows)


def _of_frame(name: str, frame: pl.DataFrame, part_rows: int | None) -> TableStream:
    rows = part_rows or _part_rows(frame.width)
    return TableStream(name, tuple(frame.columns), frame.height, True, frame.iter_slices, rows)


def _whole(content: Content, blocks: Iterable[bytes]) -> Content:
    data = joined(blocks)
    if data is None:
        rule = "What is not CSV, nor a Parquet or Arrow file that is not packed, is read whole"
        found = f"'{content.name}' holds more than {MAX_BYTES / 1024**3:g} GiB"
        raise InputError([Problem(rule, found, "Unpack it, or save it as Parquet or CSV")])
    return replace(content, data=data)
