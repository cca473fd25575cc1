"""The encoder of a whole table: a column encoder for each column, and one matrix out of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import CategoricalEncoder, ColumnEncoder, DateEncoder, NumericEncoder, PiecewiseEncoder
from demarcate.encoding.bin_edges import MAX_PIECES
from demarcate.tabular.schema import ParsedColumns, Schema


class _Restorer(Protocol):
    def restore(self, numbers: NDArray[np.float64], words: dict[str, Any], /) -> ColumnEncoder: ...


_ENCODERS: dict[str, _Restorer] = {
    "numeric": NumericEncoder,
    "piecewise": PiecewiseEncoder,
    "categorical": CategoricalEncoder,
    "date": DateEncoder,
}
_NAMES: dict[object, str] = {kind: name for name, kind in _ENCODERS.items()}
READS = {
    "numeric": ("numerical",),
    "piecewise": ("numerical",),
    "categorical": ("categorical", "boolean"),
    "date": ("date",),
}
"""The kinds of column each encoder reads."""

MAX_PIECES_IN_ALL, MIN_PIECES = 1024, 4
"""Pieces that all numerical columns together are cut into, at most; none where each would get fewer than the least."""


@dataclass(frozen=True, eq=False)
class TableEncoder:
    """Turns parsed columns into a matrix; fitted on training rows only.

    Attributes
    ----------
    columns
        The columns it reads, in order.
    encoders
        One each.

    Examples
    --------
    >>> import polars as pl
    >>> from demarcate.tabular.schema_inference import infer_schema
    >>> frame = pl.DataFrame({"age": [40.0, 60.0, 80.0], "thal": ["fixed", "normal", "normal"]})
    >>> schema = infer_schema(frame)
    >>> parsed = schema.parse(frame)
    >>> TableEncoder.fit(schema, parsed, rows=np.array([0, 1])).encode(parsed)[:, 0].tolist()
    [-1.0, 1.0, 3.0]
    """

    columns: tuple[str, ...]
    encoders: tuple[ColumnEncoder, ...]

    @classmethod
    def fit(
        cls,
        schema: Schema,
        parsed: ParsedColumns,
        rows: NDArray[np.int64],
        *,
        standardise: bool = True,
        codes: NDArray[np.int64] | None = None,
    ) -> "TableEncoder":
        """Fit every column's encoder on these rows.

        Parameters
        ----------
        schema
            Says which columns are used, and as what.
        parsed
            What ``schema.parse`` made of the table.
        rows
            Training rows.
        standardise
            Whether numbers are brought to a common scale.
        codes
            Each row's class index, ``(n_rows,)``: numerical columns are then also cut into pieces, where the classes of
            training rows part. None for no pieces.
        """
        encoders: list[ColumnEncoder] = []
        n_classes = 0 if codes is None else int(codes.max()) + 1
        n_numerical = sum(column.kind == "numerical" for column in schema.used)
        n_pieces = min(MAX_PIECES, MAX_PIECES_IN_ALL // max(1, n_numerical))
        for column in schema.used:
            cells: Any = parsed[column.name]
            if column.kind == "numerical" and codes is not None and n_pieces >= MIN_PIECES:
                encoders.append(PiecewiseEncoder.fit(cells, rows, codes, n_classes, n_pieces))
            elif column.kind == "numerical":
                encoders.append(NumericEncoder.fit(cells, rows, standardise=standardise))
            elif column.kind == "date":
                encoders.append(DateEncoder.fit(cells, rows))
            else:
                encoders.append(CategoricalEncoder.fit(cells, rows))
        return cls(tuple(column.name for column in schema.used), tuple(encoders))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kind of each column's encoder, as a model file names it."""
        return tuple(_NAMES[type(encoder)] for encoder in self.encoders)

    @property
    def n_encoded(self) -> int:
        """Columns of the matrix."""
        return len(self.names())

    def encode(self, parsed: ParsedColumns) -> NDArray[np.float32]:
        """A matrix ``(n_rows, n_encoded)`` of finite float32."""
        n_rows = len(next(iter(parsed.values())))
        matrix = np.empty((n_rows, self.n_encoded), dtype=np.float32)
        start = 0
        for name, encoder in zip(self.columns, self.encoders, strict=True):
            part = encoder.encode(parsed[name])
            matrix[:, start : start + part.shape[1]] = part
            start += part.shape[1]
        return matrix

    def columns_of(self, name: str) -> slice:
        """Which columns of the matrix a column of the table became.

        Examples
        --------
        >>> from demarcate.encoding import NumericEncoder
        >>> flagged = NumericEncoder(median=0.0, mean=0.0, scale=1.0, flag=True)
        >>> TableEncoder(("age", "dose"), (flagged, flagged)).columns_of("dose")
        slice(2, 4, None)
        """
        place = self.columns.index(name)
        before = sum(len(encoder.names("")) for encoder in self.encoders[:place])
        return slice(before, before + len(self.encoders[place].names("")))

    def select(self, names: Sequence[str]) -> "TableEncoder":
        """The encoder of some of the columns."""
        return TableEncoder(tuple(names), tuple(self.encoders[self.columns.index(name)] for name in names))

    def names(self) -> list[str]:
        """What each column of the matrix stands for."""
        pairs = zip(self.columns, self.encoders, strict=True)
        return [name for column, encoder in pairs for name in encoder.names(column)]

    def state(self) -> tuple[list[dict[str, Any]], NDArray[np.float64]]:
        """The whole state: JSON-ready words, an entry a column, and all numbers in one array."""
        words = [
            {"column": name, "encoder": kind, "n_numbers": len(encoder.numbers), **encoder.words}
            for name, kind, encoder in zip(self.columns, self.kinds, self.encoders, strict=True)
        ]
        return words, np.concatenate([encoder.numbers for encoder in self.encoders])

    @classmethod
    def restore(cls, words: Sequence[dict[str, Any]], numbers: NDArray[np.float64], schema: Schema) -> "TableEncoder":
        """The encoder with the state `state` gave.

        Raises
        ------
        ValueError
            If an encoder does not read the kind of column that the schema has in its place.
        """
        encoders, start = [], 0
        for entry, column in zip(words, schema.used, strict=True):
            if column.kind not in READS[entry["encoder"]]:
                what = f"the {column.kind} column {column.name!r}"
                raise ValueError(f"the encoder {entry['encoder']!r} does not read {what}")
            end = start + entry["n_numbers"]
            encoders.append(_ENCODERS[entry["encoder"]].restore(numbers[start:end], entry))
            start = end
        return cls(tuple(entry["column"] for entry in words), tuple(encoders))
