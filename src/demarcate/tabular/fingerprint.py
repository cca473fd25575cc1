"""A table's fingerprint: the same for the same cells, whatever file or library they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import ParsedColumns


class Fingerprint:
    """Digests a table in parts; their boundaries do not change the result."""

    def __init__(self) -> None:
        self._columns: dict[tuple[str, int], hashlib._Hash] = {}
        self._codes = hashlib.sha256()

    def add(self, parsed: ParsedColumns, codes: NDArray[np.int64]) -> None:
        """Digest the next rows: the same parsed columns in every part, and class indices ``(n_rows,)``."""
        for name, cells in parsed.items():
            for index, content in enumerate(_contents(cells)):
                self._columns.setdefault((name, index), hashlib.sha256()).update(content)
        self._codes.update(codes.astype("<i8").tobytes())

    def hexdigest(self) -> str:
        """Return the SHA-256 of the digests of all columns and of the class indices, in hexadecimal digits."""
        digest = hashlib.sha256()
        for (name, index), column in self._columns.items():
            digest.update(f"{index} {name}\n".encode() + column.digest())
        digest.update(self._codes.digest())
        return digest.hexdigest()


def fingerprint(parsed: ParsedColumns, codes: NDArray[np.int64]) -> str:
    """Return the SHA-256 of parsed columns and class indices ``(n_rows,)``, in hexadecimal digits."""
    digest = Fingerprint()
    digest.add(parsed, codes)
    return digest.hexdigest()


def _contents(cells: NDArray[np.float64] | pl.Series) -> Iterator[bytes]:
    if isinstance(cells, pl.Series):
        # Lengths keep neighbouring cells apart whatever they hold; -1 is a missing cell.
        yield cells.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8").tobytes()
        yield "".join(cells.drop_nulls()).encode()
    else:
        # One NaN for all, and no negative zero.
        yield (np.where(np.isnan(cells), np.nan, cells) + 0.0).astype("<f8").tobytes()
