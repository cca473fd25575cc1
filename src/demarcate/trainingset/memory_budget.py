"""How much memory a table takes, and whether it is allowed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from demarcate.encoding.registry import max_width, max_width_without_target
from demarcate.errors import InputError, Problem, SettingError
from demarcate.formatting import sized
from demarcate.tabular import Schema
from demarcate.tabular.schema import KINDS

RULE = "What is made of a table stays within --memory"
TABLE_TIMES = 4
"""A table that is in memory is there up to so many times: as read, parsed, and numbered for the audit."""
ROW_BYTES = 64
"""What a row takes in memory wherever its cells are: its label, its weight, its place in each network's order."""
COLUMN_TIMES = 5
"""A column that is read, parsed and cut into pieces is in memory up to so many times."""
SAMPLE_SHARE, SAMPLED_CELL, SAMPLED_NUMBER, MAX_SAMPLE = 4, 64, 16, 100_000
"""A sample takes one such share of what is allowed: so many bytes a cell for the audit, and so many an encoded number
for logistic regression. It never has more rows than this."""
CHUNK_SHARE, FEWEST_ROWS = 8, 256
"""Rows are encoded as many at a time as such a share of what is allowed holds, and no fewer than so many."""

_UNITS = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "KI": 2**10, "MI": 2**20, "GI": 2**30, "TI": 2**40}


@dataclass(frozen=True)
class Allowance:
    """What a fit may take of the memory, beside the program itself.

    Attributes
    ----------
    n_bytes
        Above 0.

    Examples
    --------
    >>> Allowance(256_000_000).chunk_rows(1000)
    32000
    """

    n_bytes: int

    def __post_init__(self) -> None:
        if self.n_bytes < 1:
            raise SettingError(f"memory is a number of bytes above 0: got {self.n_bytes}")

    def holds(self, n_rows: int, columns: Mapping[str, int], schema: Mapping[str, pl.DataType], encodings: int) -> bool:
        """Whether a table and all that is made of it is within what is allowed.

        Parameters
        ----------
        n_rows
            Its rows.
        columns
            What each column takes, in bytes.
        schema
            The types of the columns beside the target, from which follows how wide they may be once encoded.
        encodings
            In how many encodings its rows are kept at once.
        """
        width = sum(map(_max_width, schema.values()))
        needed = TABLE_TIMES * sum(columns.values()) + n_rows * (ROW_BYTES + 4 * width * encodings)
        return needed <= self.n_bytes

    def check(self, n_rows: int, columns: Mapping[str, int]) -> None:
        """Refuse a table whose rows or largest column is beyond what is allowed.

        Raises
        ------
        InputError
            With the figures, of each column that is too large.

        Examples
        --------
        >>> Allowance(1_000_000).check(100, {"note": 3_000_000})
        Traceback (most recent call last):
        demarcate.errors.InputError: What is made of a table stays within --memory: column 'note' takes 3.0 MB and
        reading it 15 MB, and 1.0 MB are allowed. Allow more, or leave the column out with --drop.
        """
        allowed = f"{sized(self.n_bytes)} are allowed"
        problems = [
            Problem(
                RULE,
                f"column {name!r} takes {sized(size)} and reading it {sized(COLUMN_TIMES * size)}, and {allowed}",
                "Allow more, or leave the column out with --drop",
            )
            for name, size in columns.items()
            if COLUMN_TIMES * size > self.n_bytes
        ]
        if ROW_BYTES * n_rows > self.n_bytes:
            found = f"{n_rows:,} rows take {sized(ROW_BYTES * n_rows)} beside their cells, and {allowed}"
            problems.append(Problem(RULE, found, "Allow more, or take a sample of the rows"))
        if problems:
            raise InputError(problems)

    def column_rows(self, n_rows: int, n_bytes: int) -> int:
        """How many rows of a column may be read at once, if all of its rows take so many bytes."""
        return min(n_rows, max(1, n_rows * self.n_bytes // (COLUMN_TIMES * n_bytes)))

    def chunk_rows(self, row_bytes: int) -> int:
        """How many rows may be worked on at once that take so many bytes each."""
        return max(FEWEST_ROWS, self.n_bytes // CHUNK_SHARE // row_bytes)

    def sample_rows(self, schema: Schema) -> int:
        """How many rows can be looked at all at once, by the audit and by logistic regression."""
        widths = [max_width_without_target(column) for column in schema.used]
        row_bytes = SAMPLED_CELL * len(widths) + SAMPLED_NUMBER * sum(widths)
        return min(MAX_SAMPLE, max(1, self.n_bytes // SAMPLE_SHARE // row_bytes))


def allowance(text: str) -> Allowance:
    """An amount of memory as people write it: ``500MB``, ``1.5 GB``, ``2GiB``.

    Raises
    ------
    SettingError
        If it is none.

    Examples
    --------
    >>> allowance("1.5 GB").n_bytes, allowance("2GiB").n_bytes
    (1500000000, 2147483648)
    """
    found = re.fullmatch(r"\s*(\d+\.?\d*)\s*([KMGT]I?)B\s*", text, re.IGNORECASE)
    n_bytes = int(float(found[1]) * _UNITS[found[2].upper()]) if found else 0
    if not 1 <= n_bytes < 2**62:
        raise SettingError(f"memory is an amount such as 500MB, 1GB or 2GiB: got {text!r}")
    return Allowance(n_bytes)


def _max_width(dtype: pl.DataType) -> int:
    """Return the largest number of encoded columns of a column of this type; text may turn out as any kind."""
    if dtype.is_numeric():
        return max_width(("numerical",))
    return max_width(("date",) if dtype.is_temporal() else KINDS)
