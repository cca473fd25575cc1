"""Columns as codes: what a column holds again and again, encoded once for every code instead of once for every row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.encoders import ColumnEncoder
from demarcate.tabular.encoders.part import Encoded, Floats
from demarcate.tabular.encoding import TableEncoder
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
class CodedTable:
    """A table's columns, those in codes whose cells repeat.

    Attributes
    ----------
    coded
        The columns in codes, as few codes a row as `MAX_SHARED` allows.
    rest
        Names of the columns of numbers that are not: too few of their cells are alike.

    Examples
    --------
    >>> from demarcate.tabular.inference import infer_schema
    >>> frame = pl.DataFrame({"thal": ["fixed", "normal"] * 8, "sex": ["f", "m"] * 8, "age": np.arange(16) + 0.5})
    >>> schema = infer_schema(frame)
    >>> parsed = schema.parse(frame)
    >>> encoder = TableEncoder.fit(schema, parsed, np.arange(16))
    >>> table = CodedTable.of([encoder], parsed)
    >>> table.coded[0].columns, table.coded[0].codes[:4].tolist(), table.rest
    (('thal', 'sex'), [0, 5, 0, 5], ('age',))
    """

    coded: tuple[Coded, ...]
    rest: tuple[str, ...]

    @classmethod
    def of(cls, encoders: Sequence[TableEncoder], parsed: ParsedColumns) -> "CodedTable":
        """The parsed columns that these encoders, all of one table, read."""
        found: list[Coded] = []
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
            else:
                rest.append(name)
        return cls(_shared(found), tuple(rest))


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


def _shared(columns: Sequence[Coded]) -> tuple[Coded, ...]:
    """Columns with few codes share them, fewest first."""
    shared: list[Coded] = []
    for column in sorted(columns, key=lambda column: column.n_codes):
        if shared and shared[-1].n_codes * column.n_codes <= MAX_SHARED:
            shared[-1] = shared[-1].beside(column)
        else:
            shared.append(column)
    return tuple(shared)
