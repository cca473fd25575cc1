"""A table's fingerprint: the same for the same cells, whatever file or library they came from."""

import hashlib
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.schema import ParsedColumns


class Fingerprint:
    """A fingerprint in the making, of a table that comes part by part; how it is parted does not change it.

    Examples
    --------
    >>> made = Fingerprint()
    >>> made.add({"age": np.array([63.0])}, np.array([0]))
    >>> made.add({"age": np.array([np.nan])}, np.array([1]))
    >>> made.hexdigest() == fingerprint({"age": np.array([63.0, np.nan])}, np.array([0, 1]))
    True
    """

    def __init__(self) -> None:
        self._columns: dict[tuple[str, int], hashlib._Hash] = {}
        self._codes = hashlib.sha256()

    def add(self, parsed: ParsedColumns, codes: NDArray[np.int64]) -> None:
        """Take in the next rows: their parsed columns, the same ones in every part, and their class indices."""
        for name, cells in parsed.items():
            for place, content in enumerate(_contents(cells)):
                self._columns.setdefault((name, place), hashlib.sha256()).update(content)
        self._codes.update(codes.astype("<i8").tobytes())

    def hexdigest(self) -> str:
        """SHA-256 of the digests of all columns and of the class indices, as hexadecimal digits."""
        digest = hashlib.sha256()
        for (name, place), column in self._columns.items():
            digest.update(f"{place} {name}\n".encode() + column.digest())
        digest.update(self._codes.digest())
        return digest.hexdigest()


def fingerprint(parsed: ParsedColumns, codes: NDArray[np.int64]) -> str:
    """SHA-256 of parsed columns and class indices, as hexadecimal digits.

    Examples
    --------
    >>> cells = {"age": np.array([63.0, np.nan]), "thal": pl.Series(["fixed", None])}
    >>> fingerprint(cells, np.array([0, 1]))[:12]
    'cc4a9d4a027b'
    """
    made = Fingerprint()
    made.add(parsed, codes)
    return made.hexdigest()


def _contents(cells: NDArray[np.float64] | pl.Series) -> Iterator[bytes]:
    """What is digested of a column's cells: the numbers, or the lengths of texts and the texts."""
    if isinstance(cells, pl.Series):
        # Lengths keep neighbouring cells apart whatever they hold; -1 stands for none.
        yield cells.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8").tobytes()
        yield "".join(cells.drop_nulls()).encode()
    else:
        # One NaN for all, and no zero below zero.
        yield (np.where(np.isnan(cells), np.nan, cells) + 0.0).astype("<f8").tobytes()
