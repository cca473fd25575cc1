"""The encoder of a whole table: a column encoder for each column, and one matrix of all encoded columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import ColumnEncoder, FitContext
from demarcate.encoding.encoder_registry import checked_encoder, encoder_for
from demarcate.tabular.schema import ParsedColumns, Schema


@dataclass(frozen=True, eq=False)
class TableEncoder:
    """A fitted encoder of parsed columns as a matrix: the columns it reads, in order, and an encoder for each."""

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
        """Fit every column's encoder on these training rows of the table that the schema parsed.

        With class indices ``codes`` ``(n_rows,)``, numerical columns are also split into bins that separate the classes
        of the training rows. Without ``standardise``, numbers are encoded unscaled.
        """
        n_numerical = sum(column.kind == "numerical" for column in schema.used)
        context = FitContext(standardise, codes, n_numerical)
        encoders = [encoder_for(column.kind, context).fit(parsed[column.name], rows, context) for column in schema.used]
        return cls(tuple(column.name for column in schema.used), tuple(encoders))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Return the kind of each column's encoder, its name in model files."""
        return tuple(encoder.kind for encoder in self.encoders)

    @property
    def n_encoded(self) -> int:
        """Return the number of columns of the matrix."""
        return len(self.names())

    def encode(self, parsed: ParsedColumns) -> NDArray[np.float32]:
        """Encode rows as a matrix ``(n_rows, n_encoded)`` of finite float32."""
        n_rows = len(next(iter(parsed.values())))
        matrix = np.empty((n_rows, self.n_encoded), dtype=np.float32)
        start = 0
        for name, encoder in zip(self.columns, self.encoders, strict=True):
            encoded = encoder.encode(parsed[name])
            matrix[:, start : start + encoded.shape[1]] = encoded
            start += encoded.shape[1]
        return matrix

    def columns_of(self, name: str) -> slice:
        """Return the matrix columns that encode one column of the table."""
        index = self.columns.index(name)
        before = sum(len(encoder.names("")) for encoder in self.encoders[:index])
        return slice(before, before + len(self.encoders[index].names("")))

    def select(self, names: Sequence[str]) -> "TableEncoder":
        """Return the encoder of some of the columns."""
        return TableEncoder(tuple(names), tuple(self.encoders[self.columns.index(name)] for name in names))

    def names(self) -> list[str]:
        """Return the names of the columns of the matrix."""
        pairs = zip(self.columns, self.encoders, strict=True)
        return [name for column, encoder in pairs for name in encoder.names(column)]

    def state(self) -> tuple[list[dict[str, Any]], NDArray[np.float64]]:
        """Return the whole state: a JSON-ready entry for each column, and all numbers in one array."""
        arrays, fields = zip(*(encoder.state for encoder in self.encoders), strict=True)
        entries = [
            {"column": name, "encoder": kind, "n_numbers": len(array), **own}
            for name, kind, array, own in zip(self.columns, self.kinds, arrays, fields, strict=True)
        ]
        return entries, np.concatenate(arrays)

    @classmethod
    def from_state(
        cls, entries: Sequence[dict[str, Any]], numbers: NDArray[np.float64], schema: Schema
    ) -> "TableEncoder":
        """Return the encoder with the result of `state`; raise ValueError if it does not suit the schema."""
        encoders, start = [], 0
        for entry, column in zip(entries, schema.used, strict=True):
            encoder = checked_encoder(entry, column.kind, f"column {column.name!r}")
            end = start + entry["n_numbers"]
            encoders.append(encoder.from_state(numbers[start:end], entry))
            start = end
        return cls(tuple(entry["column"] for entry in entries), tuple(encoders))
