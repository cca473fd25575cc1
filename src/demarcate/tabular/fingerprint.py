"""A table's fingerprint: the same for the same cells, whatever file or library they came from."""

import hashlib

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.reader import ParsedColumns


def fingerprint(parsed: ParsedColumns, codes: NDArray[np.int64]) -> str:
    """SHA-256 of parsed columns and class indices, as hexadecimal digits.

    Examples
    --------
    >>> cells = {"age": np.array([63.0, np.nan]), "thal": pl.Series(["fixed", None])}
    >>> fingerprint(cells, np.array([0, 1]))[:12]
    '3cc6760dbe9a'
    """
    digest = hashlib.sha256()
    for name, cells in parsed.items():
        digest.update(f"{name}\n".encode())
        if isinstance(cells, pl.Series):
            # Lengths keep neighbouring cells apart whatever they hold; -1 stands for none.
            digest.update(cells.str.len_bytes().cast(pl.Int64).fill_null(-1).to_numpy().astype("<i8").tobytes())
            digest.update("".join(cells.drop_nulls()).encode())
        else:
            # One NaN for all, and no zero below zero.
            digest.update((np.where(np.isnan(cells), np.nan, cells) + 0.0).astype("<f8").tobytes())
    digest.update(codes.astype("<i8").tobytes())
    return digest.hexdigest()
