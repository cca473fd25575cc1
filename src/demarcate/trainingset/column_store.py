"""Parsed columns in a file, read one column at a time or a few rows at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.io.scratch import read_into, write_all

Cells = NDArray[np.float64] | pl.Series

CELL_BYTES = 8
"""Largest size of a cell in the file."""


@dataclass(frozen=True, eq=False)
class _StoredTexts:
    """Offset of a column of texts in the file, where their bytes follow one another, and the end of each among them.

    An empty text stands for a missing one.
    """

    start: int
    ends: NDArray[np.int64]  # (n_rows + 1,), the first is 0

    def read(self, file: FileIO, name: str, start: int, end: int) -> pl.Series:
        """Return the texts of consecutive rows."""
        own = self.ends[start : end + 1]
        content = bytearray(int(own[-1] - own[0]))
        read_into(file, memoryview(content), self.start + int(own[0]))
        places = (own - own[0]).tolist()
        texts = [content[begin:stop].decode() or None for begin, stop in pairwise(places)]
        return pl.Series(name, texts, dtype=pl.String)


@dataclass(frozen=True, eq=False)
class _StoredColumn:
    """Offset of a column in the file, and the categories of text as an Enum series."""

    start: int
    categories: pl.Series | None

    @property
    def dtype(self) -> np.dtype[Any]:
        # The number after the last category stands for a missing cell.
        return np.dtype(np.float64) if self.categories is None else np.min_scalar_type(len(self.categories))


class ColumnStore(Mapping[str, Cells]):
    """The parsed columns of a table in an empty file, which the caller opens and closes.

    A whole column of categories is an Enum series, which takes a byte or a few a cell in place of 16 and more; rows of
    it are text. Columns of texts, which hardly repeat, are kept as they are.
    """

    def __init__(self, file: FileIO, n_rows: int) -> None:
        self._file, self.n_rows = file, n_rows
        self._columns: dict[str, _StoredColumn | _StoredTexts] = {}

    def add(self, name: str, parts: Iterable[Cells], categories: Sequence[str] | None = None) -> None:
        """Append a column, given in parts of consecutive cells; text comes with all its categories."""
        words = None if categories is None else pl.Series(categories, dtype=pl.String)
        column = _StoredColumn(self._file.seek(0, 2), None if words is None else words.cast(pl.Enum(words)))
        for cells in parts:
            values = cells if isinstance(cells, np.ndarray) else _category_codes(cells, column.categories)
            write_all(self._file, np.ascontiguousarray(values, dtype=column.dtype).view(np.uint8).data)
        self._columns[name] = column

    def add_texts(self, name: str, parts: Iterable[Cells]) -> None:
        """Append a column of texts, given in parts of consecutive cells, null where missing."""
        start, ends = self._file.seek(0, 2), [np.zeros(1, dtype=np.int64)]
        for cells in parts:
            assert isinstance(cells, pl.Series)
            texts = cells.fill_null("")
            write_all(self._file, memoryview("".join(texts).encode()))
            ends.append(ends[-1][-1] + texts.str.len_bytes().cast(pl.Int64).cum_sum().to_numpy())
        self._columns[name] = _StoredTexts(start, np.concatenate(ends))

    def rows(self, rows: slice) -> dict[str, Cells]:
        """Return consecutive rows of every column."""
        start, end, _ = rows.indices(self.n_rows)
        return {name: _as_text(self._read(name, start, end)) for name in self}

    def take(self, rows: NDArray[np.int64]) -> dict[str, Cells]:
        """Return the rows with the given numbers, of every column."""
        return {name: _as_text(self[name][rows]) for name in self}

    def __getitem__(self, name: str) -> Cells:
        return self._read(name, 0, self.n_rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def _read(self, name: str, start: int, end: int) -> Cells:
        column = self._columns[name]
        if isinstance(column, _StoredTexts):
            return column.read(self._file, name, start, end)
        values = np.empty(end - start, dtype=column.dtype)
        read_into(self._file, values.view(np.uint8).data, column.start + start * column.dtype.itemsize)
        if column.categories is None:
            return values
        codes = pl.Series(name, values).cast(pl.UInt32)
        return column.categories.gather(codes.set(codes == len(column.categories), None)).alias(name)


def _category_codes(cells: pl.Series, categories: pl.Series | None) -> NDArray[np.uint32]:
    """Return the index of each cell's category; a missing cell has the index after the last."""
    assert categories is not None
    codes = cells.cast(categories.dtype).to_physical().cast(pl.UInt32)
    return codes.fill_null(len(categories)).to_numpy()


def _as_text(cells: Cells) -> Cells:
    return cells.cast(pl.String) if isinstance(cells, pl.Series) else cells
