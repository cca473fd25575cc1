"""Columns as codes: repeated cells are encoded once per distinct value, instead of once per row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.encoding.base import ColumnEncoder, Encoded, Floats
from demarcate.encoding.cross_fitting import CrossFittedEncoder
from demarcate.encoding.table_encoder import TableEncoder
from demarcate.encoding.text_components import TextEncoder
from demarcate.tabular.schema import ParsedColumns

MAX_CODES, MAX_TABLE_CODES = 512, 4096
"""Codes of a numerical column, and of all numerical columns together, at most: a code costs memory."""
MAX_SHARED = 256
"""Codes that columns share, at most: their sums stay in a processor's second cache."""
ROWS_PER_CODE = 4
"""Rows per distinct cell, on average, from which codes pay."""
MIN_WIDTH, MIN_KNOTS = 4, 6
"""Encoded columns, or knots of an encoder, from which looking up their sum is faster than computing it."""


@dataclass(frozen=True, eq=False)
class CodedColumns:
    """One or several columns as codes."""

    columns: tuple[str, ...]  # their names
    codes: NDArray[np.int32]  # each row's code, (n_rows,)
    encoded: tuple[Encoded, ...]  # each encoder's encodings of all codes, (n_codes, n_encoded), columns in order

    @property
    def n_codes(self) -> int:
        """Return the number of codes."""
        return len(self.encoded[0])

    def combine(self, other: "CodedColumns") -> "CodedColumns":
        """Return both as one, with a code for each pair of codes."""
        pairs = [
            np.concatenate([np.repeat(own, other.n_codes, axis=0), np.tile(others, (self.n_codes, 1))], 1)
            for own, others in zip(self.encoded, other.encoded, strict=True)
        ]
        codes = self.codes * np.int32(other.n_codes) + other.codes
        return CodedColumns(self.columns + other.columns, codes, tuple(pairs))


@dataclass(frozen=True, eq=False)
class InterpolatedColumn:
    """A column of numbers whose encodings are linear between knots."""

    columns: tuple[str]  # its name
    knots: Floats  # those of all encoders, ascending, (n_knots,)
    encoded: tuple[Encoded, ...]  # each encoder's encodings of the knots, and last of a missing number

    @classmethod
    def of(cls, name: str, encoders: Sequence[ColumnEncoder], knots: Sequence[Floats]) -> "InterpolatedColumn":
        """Combine the knots of all encoders of a column."""
        every = np.unique(np.concatenate(knots))
        cells = np.append(every, np.nan)
        return cls((name,), every, tuple(encoder.encode(cells) for encoder in encoders))

    @property
    def n_codes(self) -> int:
        """Return the number of codes: one for each knot, and one for missing numbers."""
        return len(self.knots) + 1

    def interpolate(self, cells: Floats) -> tuple[NDArray[np.int64], Encoded]:
        """Return the codes of the knots below and above each cell, and their weights, both ``(n_rows, 2)``."""
        missing = np.isnan(cells)
        within = np.clip(np.where(missing, self.knots[0], cells), self.knots[0], self.knots[-1])
        above = np.searchsorted(self.knots[1:-1], within, side="right") + 1
        # Halved first: the difference of large floats would overflow. Halving is exact.
        lower, upper = self.knots[above - 1] / 2, self.knots[above] / 2
        weight = (within / 2 - lower) / (upper - lower)
        codes = np.where(missing[:, np.newaxis], len(self.knots), np.stack([above - 1, above], 1))
        return codes, np.stack([1 - weight, weight], 1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class CodedTable:
    """A table's columns, as codes where their cells repeat, or interpolated between knots."""

    coded: tuple[CodedColumns, ...]  # combined to as few as `MAX_SHARED` allows
    interpolated: tuple[InterpolatedColumn, ...]  # columns of numbers with too many distinct cells
    rest: tuple[str, ...]  # names of the other columns, which are encoded quickly

    @property
    def with_codes(self) -> tuple[CodedColumns | InterpolatedColumn, ...]:
        """Return the coded columns, then the interpolated ones."""
        return (*self.coded, *self.interpolated)

    @classmethod
    def of(cls, encoders: Sequence[TableEncoder], parsed: ParsedColumns) -> "CodedTable":
        """Code the parsed columns that these encoders, all of one table, read."""
        coded: list[CodedColumns] = []
        interpolated: list[InterpolatedColumn] = []
        rest: list[str] = []
        codes_left = MAX_TABLE_CODES
        for index, name in enumerate(encoders[0].columns):
            cells: Any = parsed[name]
            of_column = [encoder.encoders[index] for encoder in encoders]
            column: CodedColumns | InterpolatedColumn | None
            if isinstance(cells, pl.Series):
                column = _code_categories(name, of_column, cells)
            else:
                column = _code_numbers(name, of_column, cells, codes_left) or _interpolate(name, of_column, codes_left)
                codes_left -= column.n_codes if column else 0
            if column is None:
                rest.append(name)
            elif isinstance(column, CodedColumns):
                coded.append(column)
            else:
                interpolated.append(column)
        return cls(_combine(coded), tuple(interpolated), tuple(rest))


def _code_categories(name: str, encoders: Sequence[ColumnEncoder], cells: pl.Series) -> CodedColumns | None:
    """Return a column of categories as codes; None if its encoders have no codes."""
    if any(isinstance(encoder, CrossFittedEncoder | TextEncoder) for encoder in encoders):
        return _code_distinct(name, encoders, cells)
    shared = type(encoders[0]).share(encoders, cells)
    if shared.codes is None or shared.table is None:
        return None
    own = [table[:, : len(columns)] for table, columns in zip(shared.table, shared.columns, strict=True)]
    return CodedColumns((name,), shared.codes, tuple(own))


def _code_distinct(name: str, encoders: Sequence[ColumnEncoder], cells: pl.Series) -> CodedColumns | None:
    """Return a column of text with a code for each distinct cell; None if these are too many."""
    max_codes = min(MAX_TABLE_CODES, len(cells) // ROWS_PER_CODE)
    if cells[: 2 * max_codes].n_unique() > max_codes:
        return None
    distinct = cells.unique().cast(pl.String).sort(nulls_last=True)
    if len(distinct) > max_codes:
        return None
    present = distinct.drop_nulls()
    codes = cells.cast(pl.Enum(present)).to_physical().cast(pl.Int32).fill_null(len(present)).to_numpy()
    return CodedColumns((name,), codes, tuple(encoder.encode(distinct) for encoder in encoders))


def _code_numbers(name: str, encoders: Sequence[ColumnEncoder], cells: Floats, codes_left: int) -> CodedColumns | None:
    """Return a column of numbers as codes; None if distinct ones are too many, or encoded quickly."""
    if max(len(encoder.names("")) for encoder in encoders) < MIN_WIDTH:
        return None
    max_codes = min(MAX_CODES, codes_left, len(cells) // ROWS_PER_CODE)
    # Where the first cells already are too many, the others need no search.
    for some in (cells[: 2 * max_codes], cells):
        distinct = pl.Series(some).unique().sort().to_numpy()
        if len(distinct) > max_codes:
            return None
    # NaN sorts behind all numbers: missing cells have the last code.
    codes = np.searchsorted(distinct, cells).astype(np.int32)
    return CodedColumns((name,), codes, tuple(encoder.encode(distinct) for encoder in encoders))


def _interpolate(name: str, encoders: Sequence[ColumnEncoder], codes_left: int) -> InterpolatedColumn | None:
    """Return a column between knots; None if it has none, they are too many, or it is encoded quickly."""
    knots = [own for encoder in encoders if (own := encoder.knots) is not None]
    if len(knots) < len(encoders) or max(map(len, knots)) < MIN_KNOTS:
        return None
    column = InterpolatedColumn.of(name, encoders, knots)
    return column if column.n_codes <= codes_left else None


def _combine(columns: Sequence[CodedColumns]) -> tuple[CodedColumns, ...]:
    """Combine columns of few codes, those of fewest first."""
    combined: list[CodedColumns] = []
    for column in sorted(columns, key=lambda column: column.n_codes):
        if combined and combined[-1].n_codes * column.n_codes <= MAX_SHARED:
            combined[-1] = combined[-1].combine(column)
        else:
            combined.append(column)
    return tuple(combined)
