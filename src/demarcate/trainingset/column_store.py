"""Parsed columns in a file, read one at a time or a few rows at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import FileIO
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.io.scratch import read_into, write_all

Cells = NDArray[np.float64] | pl.Series

CELL_BYTES = 8
"""What a cell takes in the file, at most."""


@dataclass(frozen=True, eq=False)
class _Place:
    """Where a column is in the file, and of text the categories that are numbered there, as an Enum series."""

    start: int
    categories: pl.Series | None

    @property
    def dtype(self) -> np.dtype[Any]:
        # One number more than there are categories stands for a missing cell.
        return np.dtype(np.float64) if self.categories is None else np.min_scalar_type(len(self.categories))


class StoredColumns(Mapping[str, Cells]):
    """What `Schema.parse` makes of a table, in a file: asked for a column, it reads that column.

    A whole column of text comes as an Enum series, which takes a byte or a few a cell where text takes 16 and more;
    some rows of it come as text.

    Parameters
    ----------
    file
        Empty, open for reading and writing; whoever gave it closes it.
    n_rows
        Rows in every column.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryFile(buffering=0) as file:
    ...     columns = StoredColumns(file, 3)
    ...     columns.add("age", [np.array([63.0, np.nan]), np.array([58.0])])
    ...     columns.add("thal", [pl.Series(["fixed", "normal", None])], categories=["fixed", "normal"])
    ...     columns["age"].tolist(), columns["thal"].dtype, columns.rows(slice(1, 3))["thal"].to_list()
    ([63.0, nan, 58.0], Enum(categories=['fixed', 'normal']), ['normal', None])
    """

    def __init__(self, file: FileIO, n_rows: int) -> None:
        self._file, self.n_rows = file, n_rows
        self._places: dict[str, _Place] = {}

    def add(self, name: str, parts: Iterable[Cells], categories: Sequence[str] | None = None) -> None:
        """Put a column behind those there are.

        Parameters
        ----------
        name
            Its name.
        parts
            Its cells, consecutive ones together.
        categories
            Of text: everything that a cell may say.

        Raises
        ------
        InputError
            If the disk is full.
        """
        words = None if categories is None else pl.Series(categories, dtype=pl.String)
        place = _Place(self._file.seek(0, 2), None if words is None else words.cast(pl.Enum(words)))
        for cells in parts:
            stored = cells if isinstance(cells, np.ndarray) else _numbered(cells, place.categories)
            write_all(self._file, np.ascontiguousarray(stored, dtype=place.dtype).view(np.uint8).data)
        self._places[name] = place

    def rows(self, rows: slice) -> dict[str, Cells]:
        """Neighbouring rows of every column."""
        start, end, _ = rows.indices(self.n_rows)
        return {name: _as_text(self._read(name, start, end)) for name in self}

    def chosen(self, rows: NDArray[np.int64]) -> dict[str, Cells]:
        """Some rows of every column, by their numbers."""
        return {name: _as_text(self[name][rows]) for name in self}

    def __getitem__(self, name: str) -> Cells:
        return self._read(name, 0, self.n_rows)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def _read(self, name: str, start: int, end: int) -> Cells:
        place = self._places[name]
        found = np.empty(end - start, dtype=place.dtype)
        read_into(self._file, found.view(np.uint8).data, place.start + start * place.dtype.itemsize)
        if place.categories is None:
            return found
        numbers = pl.Series(name, found).cast(pl.UInt32)
        return place.categories.gather(numbers.set(numbers == len(place.categories), None)).alias(name)


def _numbered(cells: pl.Series, categories: pl.Series | None) -> NDArray[np.uint32]:
    """Each cell as the number of its category, and one more than the last where it is missing."""
    assert categories is not None
    numbers = cells.cast(categories.dtype).to_physical().cast(pl.UInt32)
    return numbers.fill_null(len(categories)).to_numpy()


def _as_text(cells: Cells) -> Cells:
    return cells.cast(pl.String) if isinstance(cells, pl.Series) else cells
