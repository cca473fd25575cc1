"""Columns as codes: what a column holds again and again, encoded once for every code instead of once for every row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.encoding import ColumnEncoder, PiecewiseEncoder, TableEncoder
from demarcate.encoding.base import Encoded, Floats
from demarcate.tabular.schema import ParsedColumns

MAX_CODES, MAX_CODES_IN_ALL = 512, 4096
"""Distinct numbers of a column up to which it is coded, and of all columns together: a code costs memory."""
MAX_SHARED = 256
"""Codes that columns share, at most: sums of so many codes stay in a processor's second cache."""
ROWS_A_CODE = 4
"""Rows a distinct number stands for, on average, from which coding pays."""
MIN_WIDTH = 4
"""Encoded columns from which looking up their sum is faster than summing them."""


@dataclass(frozen=True, eq=False)
class Coded:
    """One or several columns as codes.

    Attributes
    ----------
    columns
        Their names.
    codes
        Which of the codes each row has, int32 ``(n_rows,)``.
    encoded
        What each encoder makes of each code, float32 ``(n_codes, n_encoded)`` each: the encoded columns of ``columns``,
        one after the other.
    """

    columns: tuple[str, ...]
    codes: NDArray[np.int32]
    encoded: tuple[Encoded, ...]

    @property
    def n_codes(self) -> int:
        """How many codes there are."""
        return len(self.encoded[0])

    def beside(self, other: "Coded") -> "Coded":
        """Both as one, with a code for each pair of codes.

        Examples
        --------
        >>> sex = Coded(("sex",), np.array([0, 1], dtype=np.int32), (np.eye(2, dtype=np.float32),))
        >>> old = Coded(("old",), np.array([1, 1], dtype=np.int32), (np.float32([[0], [1]]),))
        >>> both = sex.beside(old)
        >>> both.columns, both.codes.tolist(), both.encoded[0][both.codes].tolist()
        (('sex', 'old'), [1, 3], [[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])
        """
        pairs = [
            np.concatenate([np.repeat(own, other.n_codes, axis=0), np.tile(others, (self.n_codes, 1))], 1)
            for own, others in zip(self.encoded, other.encoded, strict=True)
        ]
        return Coded(self.columns + other.columns, self.codes * np.int32(other.n_codes) + other.codes, tuple(pairs))


@dataclass(frozen=True, eq=False)
class Knotted:
    """A column of numbers that several encoders cut into pieces: what they make of it is linear between knots.

    Attributes
    ----------
    columns
        Its name alone.
    knots
        Those of all encoders, ascending, ``(n_knots,)``.
    encoded
        What each encoder makes of each knot, and last of a missing number, float32 ``(n_knots + 1, n_encoded)`` each.
    """

    columns: tuple[str]
    knots: Floats
    encoded: tuple[Encoded, ...]

    @classmethod
    def of(cls, column: str, encoders: Sequence[PiecewiseEncoder]) -> "Knotted":
        """The knots of these encoders of a column."""
        knots = np.unique(np.concatenate([encoder.knots for encoder in encoders]))
        cells = np.append(knots, np.nan)
        return cls((column,), knots, tuple(encoder.encode(cells) for encoder in encoders))

    @property
    def n_codes(self) -> int:
        """How many codes there are: one for each knot, and one for missing numbers."""
        return len(self.knots) + 1

    def between(self, cells: Floats) -> tuple[NDArray[np.int64], Encoded]:
        """The codes of the knots before and behind each cell, and the share of each in it, both ``(n_rows, 2)``.

        Examples
        --------
        >>> from demarcate.encoding import NumericEncoder
        >>> whole = NumericEncoder(median=0.0, mean=0.0, scale=1.0, flag=False)
        >>> column = Knotted.of("age", [PiecewiseEncoder(whole, np.array([0.0, 2.0, 6.0]))])
        >>> column.knots.tolist()
        [-10.0, 0.0, 2.0, 6.0, 10.0]
        >>> codes, shares = column.between(np.array([3.0, -99.0, np.nan]))
        >>> codes.tolist(), shares.tolist()
        ([[2, 3], [0, 1], [5, 5]], [[0.75, 0.25], [1.0, 0.0], [1.0, 0.0]])
        """
        missing = np.isnan(cells)
        within = np.clip(np.where(missing, self.knots[0], cells), self.knots[0], self.knots[-1])
        after = np.searchsorted(self.knots[1:-1], within, side="right") + 1
        # Halved first: the difference of large floats would overflow. Halving is exact.
        before, behind = self.knots[after - 1] / 2, self.knots[after] / 2
        share = (within / 2 - before) / (behind - before)
        codes = np.where(missing[:, np.newaxis], len(self.knots), np.stack([after - 1, after], 1))
        return codes, np.stack([1 - share, share], 1).astype(np.float32)


@dataclass(frozen=True, eq=False)
class CodedTable:
    """A table's columns, in codes where their cells repeat, or with knots.

    Attributes
    ----------
    coded
        The columns in codes, as few codes a row as `MAX_SHARED` allows.
    knotted
        Columns of numbers with knots: too few of their cells are alike.
    rest
        Names of the other columns, which are encoded quickly.

    Examples
    --------
    >>> from demarcate.tabular.schema_inference import infer_schema
    >>> frame = pl.DataFrame({"thal": ["fixed", "normal"] * 8, "sex": ["f", "m"] * 8, "age": np.arange(16) + 0.5})
    >>> schema = infer_schema(frame)
    >>> parsed = schema.parse(frame)
    >>> encoder = TableEncoder.fit(schema, parsed, np.arange(16))
    >>> table = CodedTable.of([encoder], parsed)
    >>> table.coded[0].columns, table.coded[0].codes[:4].tolist(), table.rest
    (('thal', 'sex'), [0, 5, 0, 5], ('age',))
    """

    coded: tuple[Coded, ...]
    knotted: tuple[Knotted, ...]
    rest: tuple[str, ...]

    @property
    def with_codes(self) -> tuple[Coded | Knotted, ...]:
        """All that has codes: columns in codes, then those with knots."""
        return (*self.coded, *self.knotted)

    @classmethod
    def of(cls, encoders: Sequence[TableEncoder], parsed: ParsedColumns) -> "CodedTable":
        """The parsed columns that these encoders, all of one table, read."""
        found: list[Coded] = []
        knotted: list[Knotted] = []
        rest: list[str] = []
        left = MAX_CODES_IN_ALL
        for place, name in enumerate(encoders[0].columns):
            cells: Any = parsed[name]
            of_column = [encoder.encoders[place] for encoder in encoders]
            if isinstance(cells, pl.Series):
                found.append(_coded_text(name, of_column, cells))
            elif (distinct := _worth_coding(of_column, cells, left)) is not None:
                found.append(_coded_numbers(name, of_column, cells, distinct))
                left -= len(distinct)
            elif (knots := _worth_knots(name, of_column, left)) is not None:
                knotted.append(knots)
                left -= knots.n_codes
            else:
                rest.append(name)
        return cls(_shared(found), tuple(knotted), tuple(rest))


def _coded_text(name: str, encoders: Sequence[ColumnEncoder], cells: pl.Series) -> Coded:
    part = type(encoders[0]).share(encoders, cells)
    assert part.codes is not None, "text is encoded by codes"
    assert part.table is not None, "codes have a table"
    own = [table[:, : len(places)] for table, places in zip(part.table, part.places, strict=True)]
    return Coded((name,), part.codes, tuple(own))


def _coded_numbers(name: str, encoders: Sequence[ColumnEncoder], cells: Floats, distinct: Floats) -> Coded:
    # Missing cells, if there are any, come last, and are found there: NaN sorts behind all numbers.
    codes = np.searchsorted(distinct, cells).astype(np.int32)
    return Coded((name,), codes, tuple(encoder.encode(distinct) for encoder in encoders))


def _worth_coding(encoders: Sequence[ColumnEncoder], cells: Floats, left: int) -> Floats | None:
    """The distinct cells, ascending, NaN last; None where they are too many, or encoded quickly."""
    if max(len(encoder.names("")) for encoder in encoders) < MIN_WIDTH:
        return None
    most = min(MAX_CODES, left, len(cells) // ROWS_A_CODE)
    # Where the first cells already are too many, the others need not be looked at.
    for some in (cells[: 2 * most], cells):
        distinct = pl.Series(some).unique().sort().to_numpy()
        if len(distinct) > most:
            return None
    return np.asarray(distinct)


def _worth_knots(name: str, encoders: Sequence[ColumnEncoder], left: int) -> Knotted | None:
    """The column's knots; None where it has none, they are too many, or it is encoded quickly."""
    pieced = [encoder for encoder in encoders if isinstance(encoder, PiecewiseEncoder)]
    if len(pieced) < len(encoders) or max(len(encoder.edges) for encoder in pieced) < MIN_WIDTH:
        return None
    knotted = Knotted.of(name, pieced)
    return knotted if knotted.n_codes <= left else None


def _shared(columns: Sequence[Coded]) -> tuple[Coded, ...]:
    """Columns with few codes share them, fewest first."""
    shared: list[Coded] = []
    for column in sorted(columns, key=lambda column: column.n_codes):
        if shared and shared[-1].n_codes * column.n_codes <= MAX_SHARED:
            shared[-1] = shared[-1].beside(column)
        else:
            shared.append(column)
    return tuple(shared)
