"""The encoder of a whole table: a column encoder for each column, and one matrix out of all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.encoders import CategoricalEncoder, ColumnEncoder, DateEncoder, NumericEncoder
from demarcate.tabular.schema import ParsedColumns, Schema


class _Restorer(Protocol):
    def restore(self, numbers: NDArray[np.float64], words: dict[str, Any], /) -> ColumnEncoder: ...


_ENCODERS: dict[str, _Restorer] = {
    "numeric": NumericEncoder,
    "categorical": CategoricalEncoder,
    "date": DateEncoder,
}
_ENCODER_OF_KIND = {"numerical": "numeric", "categorical": "categorical", "boolean": "categorical", "date": "date"}


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
    >>> from demarcate.tabular.inference import infer_schema
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
        cls, schema: Schema, parsed: ParsedColumns, rows: NDArray[np.int64], *, standardise: bool = True
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
        """
        encoders: list[ColumnEncoder] = []
        for column in schema.used:
            cells: Any = parsed[column.name]
            if column.kind == "numerical":
                encoders.append(NumericEncoder.fit(cells, rows, standardise=standardise))
            elif column.kind == "date":
                encoders.append(DateEncoder.fit(cells, rows))
            else:
                encoders.append(CategoricalEncoder.fit(cells, rows))
        return cls(tuple(column.name for column in schema.used), tuple(encoders))

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
        >>> from demarcate.tabular.encoders import NumericEncoder
        >>> flagged = NumericEncoder(median=0.0, mean=0.0, scale=1.0, flag=True)
        >>> TableEncoder(("age", "dose"), (flagged, flagged)).columns_of("dose")
        slice(2, 4, None)
        """
        place = self.columns.index(name)
        before = sum(len(encoder.names("")) for encoder in self.encoders[:place])
        return slice(before, before + len(self.encoders[place].names("")))

    def names(self) -> list[str]:
        """What each column of the matrix stands for."""
        pairs = zip(self.columns, self.encoders, strict=True)
        return [name for column, encoder in pairs for name in encoder.names(column)]

    def state(self, schema: Schema) -> tuple[list[dict[str, Any]], NDArray[np.float64]]:
        """The whole state: JSON-ready words, an entry a column, and all numbers in one array."""
        kinds = {column.name: _ENCODER_OF_KIND[column.kind] for column in schema.used}
        words = [
            {"column": name, "encoder": kinds[name], "n_numbers": len(encoder.numbers), **encoder.words}
            for name, encoder in zip(self.columns, self.encoders, strict=True)
        ]
        return words, np.concatenate([encoder.numbers for encoder in self.encoders])

    @classmethod
    def restore(cls, words: Sequence[dict[str, Any]], numbers: NDArray[np.float64]) -> "TableEncoder":
        """The encoder with the state `state` gave."""
        encoders, start = [], 0
        for entry in words:
            end = start + entry["n_numbers"]
            encoders.append(_ENCODERS[entry["encoder"]].restore(numbers[start:end], entry))
            start = end
        return cls(tuple(entry["column"] for entry in words), tuple(encoders))
