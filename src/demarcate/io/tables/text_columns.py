"""A text table kept column by column in a file without a name, to be read as a Parquet file is."""

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import NamedTuple

import polars as pl

from demarcate.io.scratch import read_into, scratch_file, write_all
from demarcate.io.tables.columnar import text_bytes
from demarcate.io.tables.stream import TableStream


class _Chunk(NamedTuple):
    """Consecutive cells of a column, as a Parquet file within the file."""

    start: int
    n_bytes: int
    n_rows: int


@dataclass(frozen=True, eq=False)
class TextColumns:
    """The columns of a text table, read one by one.

    ``sizes`` are the bytes that each column takes in memory, and ``n_bytes`` those of the file.
    """

    name: str  # in messages
    n_rows: int
    sizes: Mapping[str, int]
    n_bytes: int
    _file: FileIO
    _chunks: Mapping[str, list[_Chunk]]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self.sizes)

    @property
    def schema(self) -> Mapping[str, pl.DataType]:
        """The type of every column."""
        return dict.fromkeys(self.sizes, pl.String())

    def column(self, name: str, n_rows: int | None = None) -> pl.Series:
        """Read one column, or its first rows."""
        n_wanted = self.n_rows if n_rows is None else n_rows
        parts, n_read = [pl.Series(name, [], dtype=pl.String)], 0
        for chunk in self._chunks[name]:
            if n_read < n_wanted:
                data = bytearray(chunk.n_bytes)
                read_into(self._file, memoryview(data), chunk.start)
                parts.append(pl.read_parquet(io.BytesIO(data)).to_series().head(n_wanted - n_read))
                n_read += chunk.n_rows
        return pl.concat(parts, rechunk=True)

    def frame(self) -> pl.DataFrame:
        """Read the whole table."""
        return pl.DataFrame([self.column(name) for name in self.columns])


@contextmanager
def store_columns(table: TableStream, folder: Path, n_bytes: int, part_rows: int) -> Iterator[TextColumns]:
    """Read a text table in parts of so many rows into a file in ``folder``, which lasts as long as the context.

    ``n_bytes`` is about the size of the text, for which the disk must have room.
    """
    with scratch_file(folder, n_bytes, f"The columns of '{table.name}'") as file:
        chunks: dict[str, list[_Chunk]] = {name: [] for name in table.columns}
        sizes = dict.fromkeys(table.columns, 0)
        n_rows = end = 0
        for part in table.parts(part_rows):
            n_rows += part.height
            for column in part:
                data = io.BytesIO()
                column.to_frame().write_parquet(data, statistics=False)
                write_all(file, data.getbuffer())
                chunks[column.name].append(_Chunk(end, data.tell(), part.height))
                sizes[column.name] += part.select(text_bytes(column.name)).item()
                end += data.tell()
        yield TextColumns(table.name, n_rows, sizes, end, file, chunks)
