"""How much memory a table takes, and whether it fits in what ``--memory`` allows."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from demarcate.encoding.encoder_registry import max_width, max_width_without_target
from demarcate.encoding.tree_leaves import FITTED_WIDTH
from demarcate.errors import InputError, Problem, SettingError
from demarcate.formatting import sized
from demarcate.tabular import Schema
from demarcate.tabular.schema import KINDS

TABLE_COPIES = 4
"""Copies of a table in memory at most: as read, as parsed, and numbered for the audit."""
ROW_BYTES = 64
"""Bytes of a row in memory wherever its cells are: label, weight, place in each network's order."""
READINGS = 2
"""Encodings for each of the training sets of folds: with leaves of trees and without; both are stored as wide."""
COLUMN_COPIES = 5
"""Copies of a column in memory at most while it is read, parsed and binned."""
SAMPLE_SHARE, SAMPLED_CELL_BYTES, SAMPLED_NUMBER_BYTES, MAX_SAMPLE = 4, 64, 16, 100_000
"""A sample takes one such share of the budget: bytes a cell for the audit, and bytes an encoded number for logistic
regression. It has at most so many rows."""
CHUNK_SHARE, MIN_CHUNK_ROWS = 8, 256
"""A chunk of rows to encode takes one such share of the budget, and has at least so many rows."""

_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}


@dataclass(frozen=True)
class MemoryBudget:
    """Bytes that a fit may take beside the program itself, above 0."""

    n_bytes: int

    def __post_init__(self) -> None:
        if self.n_bytes < 1:
            raise SettingError(f"memory must be a number of bytes above 0, got {self.n_bytes}")

    @classmethod
    def of(cls, text: str) -> "MemoryBudget":
        """Read an amount of memory as people write it: ``500MB``, ``1.5 GB``, ``2GiB``."""
        amount = re.fullmatch(r"\s*(\d+\.?\d*)\s*([KMGT]I?)B\s*", text, re.IGNORECASE)
        n_bytes = int(float(amount[1]) * _UNITS[amount[2].upper()]) if amount else 0
        if not 1 <= n_bytes < 2**62:
            raise SettingError(f"memory must be an amount such as 500MB, 1GB or 2GiB, got {text!r}")
        return cls(n_bytes)

    def holds(self, n_rows: int, sizes: Mapping[str, int], types: Mapping[str, pl.DataType], n_encodings: int) -> bool:
        """Return whether a table with columns of these sizes in bytes fits in memory with all its encodings.

        ``types`` are those of the columns beside the target; they bound the encoded width. ``n_encodings`` is the
        number of training sets that encoders are fitted on.
        """
        width = sum(map(_max_width, types.values())) + FITTED_WIDTH
        n_bytes = TABLE_COPIES * sum(sizes.values()) + n_rows * (ROW_BYTES + 4 * width * n_encodings * READINGS)
        return n_bytes <= self.n_bytes

    def check(self, n_rows: int, sizes: Mapping[str, int]) -> None:
        """Refuse a table whose rows, or whose largest columns, exceed the budget even on disk."""
        limit = f"--memory allows {sized(self.n_bytes)}"
        problems = [
            Problem(
                f"Column {name!r} takes {sized(size)} and {sized(COLUMN_COPIES * size)} while it is read, but {limit}",
                "Allow more, or leave the column out with --drop",
            )
            for name, size in sizes.items()
            if COLUMN_COPIES * size > self.n_bytes
        ]
        if ROW_BYTES * n_rows > self.n_bytes:
            fact = f"{n_rows:,} rows take {sized(ROW_BYTES * n_rows)} beside their cells, but {limit}"
            problems.append(Problem(fact, "Allow more, or take a sample of the rows"))
        if problems:
            raise InputError(problems)

    def column_rows(self, n_rows: int, n_bytes: int) -> int:
        """Return how many rows of a column can be read at once, where all ``n_rows`` take ``n_bytes``."""
        return min(n_rows, max(1, n_rows * self.n_bytes // (COLUMN_COPIES * n_bytes)))

    def chunk_rows(self, row_bytes: int) -> int:
        """Return how many rows of this size can be encoded at once."""
        return max(MIN_CHUNK_ROWS, self.n_bytes // CHUNK_SHARE // row_bytes)

    def sample_rows(self, schema: Schema) -> int:
        """Return how many rows the audit and logistic regression can hold at once."""
        widths = [max_width_without_target(column) for column in schema.used]
        row_bytes = SAMPLED_CELL_BYTES * len(widths) + SAMPLED_NUMBER_BYTES * sum(widths)
        return min(MAX_SAMPLE, max(1, self.n_bytes // SAMPLE_SHARE // row_bytes))


def _max_width(dtype: pl.DataType) -> int:
    """Return the largest number of encoded columns of a column of this type; text may turn out as any kind."""
    if dtype.is_numeric():
        return max_width(("numerical",))
    return max_width(("date",) if dtype.is_temporal() else KINDS)
