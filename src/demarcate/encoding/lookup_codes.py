"""Columns as codes whose encodings are known before a table is: those of categories, and of knots between numbers.

Where a table repeats cells of other columns, these have codes for that table alone: they are encoded once per distinct
value, instead of once per row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import ColumnEncoder, Encoded, Floats
from demarcate.encoding.categorical import enum_codes, list_codes
from demarcate.encoding.table_encoder import TableEncoder
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import ParsedColumns

MAX_REPEATED, MAX_TABLE_REPEATED = 512, 4096
"""Distinct numbers of a column, and of all columns of a table together, that have codes in this table at most."""
MAX_CODES, CODES_PER_INPUT = 1 << 14, 2
"""Codes of all columns that do not depend on a table: at most this many, or this many for each input of an encoder if
that is more. A code has a number for each unit of the first layers."""
MAX_SHARED = 256
"""Codes that columns share, at most: their sums stay in a processor's second cache."""
ROWS_PER_CODE = 4
"""Rows per distinct cell, on average, from which codes of a table pay."""

_Column = TypeVar("_Column", bound="CategoryColumn | RepeatedCells")


@dataclass(frozen=True, eq=False)
class CategoryColumn:
    """A column of categories: a code for each that an encoder knows, for any other, and for a missing one."""

    name: str
    categories: tuple[str, ...]  # the known ones
    encoded: tuple[Encoded, ...]  # each encoder's encodings of all codes, (n_codes, n_encoded)

    @classmethod
    def of(cls, name: str, encoders: Sequence[ColumnEncoder]) -> Self | None:
        """Combine the categories of all encoders of a column; None if an encoder tells other text apart."""
        vocabularies = [own for encoder in encoders if (own := encoder.vocabulary) is not None]
        if len(vocabularies) < len(encoders):
            return None
        categories = sorted(set().union(*vocabularies))
        unseen = max(categories, key=len, default="") + "?"
        every = [*categories, unseen, None]
        return cls(name, tuple(categories), tuple(encoder.encode(every) for encoder in encoders))

    @property
    def n_codes(self) -> int:
        """Return the number of codes."""
        return len(self.encoded[0])

    def codes(self, cells: pl.Series | list[str | None]) -> NDArray[np.uint32]:
        """Return the code of each cell, ``(n_rows,)``."""
        return list_codes(self._codes, cells) if isinstance(cells, list) else enum_codes(self._dtype, cells)

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {category: code for code, category in enumerate(self.categories)}

    @cached_property
    def _dtype(self) -> pl.Enum:
        """The type of the categories, which takes time to make."""
        return pl.Enum(self.categories)


@dataclass(frozen=True, eq=False)
class KnotColumn:
    """A column of numbers whose encodings are linear between knots, except for some numbers with codes of their own."""

    name: str
    knots: Floats  # those of all encoders, ascending, (n_knots,)
    exceptions: Floats  # those of all encoders, ascending, (n_exceptions,)
    encoded: tuple[Encoded, ...]  # each encoder's encodings of the knots, of a missing number, of the exceptions

    @classmethod
    def of(cls, name: str, encoders: Sequence[ColumnEncoder]) -> Self | None:
        """Combine the knots of all encoders of a column; None if an encoder has none."""
        knots = [own for encoder in encoders if (own := encoder.knots) is not None]
        if len(knots) < len(encoders):
            return None
        every = np.unique(np.concatenate(knots))
        # Two knots are one if half their distance rounds to 0.
        every = every[np.append(True, np.diff(every / 2) > 0)]
        if len(every) < 2:
            return None
        exceptions = np.unique(np.concatenate([encoder.exceptions for encoder in encoders]))
        between = np.append(every, np.nan)
        encoded = [np.concatenate([own.encode_between(between), own.encode(exceptions)]) for own in encoders]
        return cls(name, every, exceptions, tuple(encoded))

    @property
    def n_codes(self) -> int:
        """Return the number of codes: one for each knot, for missing numbers, and for each exception."""
        return len(self.encoded[0])

    def interpolate(self, cells: Floats) -> tuple[NDArray[np.int32], Encoded]:
        """Return the codes of the knots below and above each cell, and their weights, both ``(n_rows, 2)``.

        Missing cells and exceptions have their own code twice.
        """
        missing = np.isnan(cells)
        within = np.clip(np.where(missing, self.knots[0], cells), self.knots[0], self.knots[-1])
        below = np.searchsorted(self.knots[1:-1], within, side="right")
        # Halved first: the difference of large floats would overflow. Halving is exact.
        halves = self.knots / 2
        lower = halves[below]
        weights = np.empty((len(cells), 2), dtype=np.float32)
        weights[:, 1] = (within / 2 - lower) / (halves[below + 1] - lower)
        np.subtract(1, weights[:, 1], out=weights[:, 0])
        codes = np.empty((len(cells), 2), dtype=np.int32)
        codes[:, 0] = below
        codes[:, 1] = below + 1
        codes[missing] = len(self.knots)
        if len(self.exceptions):
            places = np.searchsorted(self.exceptions, cells)
            own = np.flatnonzero(np.append(self.exceptions, np.nan)[places] == cells)
            codes[own] = (len(self.knots) + 1 + places[own])[:, np.newaxis]
        return codes, weights


@dataclass(frozen=True, eq=False)
class LookupColumns:
    """The columns that encoders of one table read, by the way that their encodings are looked up."""

    categories: tuple[tuple[CategoryColumn, ...], ...]  # columns that share codes, as few groups as `MAX_SHARED` allows
    knots: tuple[KnotColumn, ...]
    rest: tuple[str, ...]  # names of the columns that are encoded row by row

    @classmethod
    def of(cls, encoders: Sequence[TableEncoder]) -> Self:
        """Sort the columns; those of most codes are encoded row by row where all together would have too many."""
        columns: list[CategoryColumn | KnotColumn] = []
        for name, *own in zip(encoders[0].columns, *(encoder.encoders for encoder in encoders), strict=True):
            column = CategoryColumn.of(name, own) or KnotColumn.of(name, own)
            columns += [column] if column else []
        columns.sort(key=lambda column: column.n_codes)
        limit = max(MAX_CODES, CODES_PER_INPUT * max(encoder.n_encoded for encoder in encoders))
        n_codes = np.cumsum([column.n_codes for column in columns])
        columns = columns[: int((n_codes <= limit).sum())]
        looked_up = {column.name for column in columns}
        categories = [column for column in columns if isinstance(column, CategoryColumn)]
        return cls(
            tuple(shared_groups(categories)),
            tuple(column for column in columns if isinstance(column, KnotColumn)),
            tuple(name for name in encoders[0].columns if name not in looked_up),
        )


@dataclass(frozen=True, eq=False)
class RepeatedCells:
    """The distinct cells of a column of one table, and each row's index among them."""

    name: str
    distinct: Any  # as the column, (n_codes,)
    codes: NDArray[np.int32]  # (n_rows,)

    @classmethod
    def of(cls, name: str, cells: Any, codes_left: int) -> Self | None:
        """Return the column so; None if distinct cells are too many."""
        if isinstance(cells, pl.Series):
            return cls._of_text(name, cells, codes_left)
        return cls._of_numbers(name, cells, codes_left)

    @property
    def n_codes(self) -> int:
        """Return the number of distinct cells."""
        return len(self.distinct)

    @classmethod
    def _of_text(cls, name: str, cells: pl.Series, codes_left: int) -> Self | None:
        max_codes = min(codes_left, len(cells) // ROWS_PER_CODE)
        if cells[: 2 * max_codes].n_unique() > max_codes:
            return None
        distinct = cells.unique().cast(pl.String).sort(nulls_last=True)
        if len(distinct) > max_codes:
            return None
        present = distinct.drop_nulls()
        codes = cells.cast(pl.Enum(present)).to_physical().cast(pl.Int32).fill_null(len(present)).to_numpy()
        return cls(name, distinct, codes)

    @classmethod
    def _of_numbers(cls, name: str, cells: Floats, codes_left: int) -> Self | None:
        max_codes = min(MAX_REPEATED, codes_left, len(cells) // ROWS_PER_CODE)
        # Where the first cells already are too many, the others need no search.
        for some in (cells[: 2 * max_codes], cells):
            distinct = pl.Series(some).unique().sort().to_numpy()
            if len(distinct) > max_codes:
                return None
        # NaN sorts behind all numbers: missing cells have the last code.
        return cls(name, distinct, np.searchsorted(distinct, cells).astype(np.int32))


def repeated_columns(parsed: ParsedColumns) -> list[RepeatedCells]:
    """Return those of a table's columns whose cells repeat, with `MAX_TABLE_REPEATED` distinct cells in all."""
    repeated: list[RepeatedCells] = []
    codes_left = MAX_TABLE_REPEATED
    for name, cells in parsed.items():
        column = RepeatedCells.of(name, cells, codes_left)
        if column:
            repeated.append(column)
            codes_left -= column.n_codes
    return repeated


def shared_groups(columns: Sequence[_Column]) -> list[tuple[_Column, ...]]:
    """Group columns of few codes, those of fewest first, that are looked up by the combination of their codes."""
    groups: list[tuple[_Column, ...]] = []
    n_codes = MAX_SHARED
    for column in sorted(columns, key=lambda column: column.n_codes):
        n_codes *= column.n_codes
        if groups and n_codes <= MAX_SHARED:
            groups[-1] = (*groups[-1], column)
        else:
            groups.append((column,))
            n_codes = column.n_codes
    return groups


def combined_codes(codes: Sequence[NDArray[Any]], group: Sequence[_Column]) -> NDArray[Any]:
    """Return a code for each combination of the codes of a group's columns, which are the digits of one number."""
    combined, *others = codes
    for own, column in zip(others, group[1:], strict=True):
        combined = combined.astype(np.int32) * np.int32(column.n_codes) + own.astype(np.int32)
    return combined
