"""A column of coded rows: what its numbers stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.encoding.categorical import enum_codes
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRanges

Floats = NDArray[np.float64]


@brief_repr
@dataclass(frozen=True, eq=False)
class CodedColumn:
    """A column that a model reads.

    Numbers are themselves, dates are seconds since 1970-01-01 UTC. Of categories each that was seen in training has a
    code, in the order of the schema, and any other word has the next; texts have no number. Missing cells are NaN.
    """

    column: Column
    codes: Mapping[str, int]  # of categories: those of the schema, then any other that an encoder tells apart
    least: float  # numbers below are outside what was trained on
    greatest: float  # and numbers above

    @classmethod
    def of(cls, column: Column, encoders: Sequence[TableEncoder], trained: TrainedRanges | None) -> CodedColumn:
        """Return the column of a model with these encoders and trained ranges."""
        if column.kind in ("categorical", "boolean"):
            words = dict.fromkeys(column.categories)
            n_seen = len(words)
            for table in encoders:
                words |= dict.fromkeys(table.encoders[table.columns.index(column.name)].vocabulary or ())
                inputs = () if table.leaves is None else table.leaves.inputs
                tested = [own.categories or () for own in inputs if own.name == column.name]
                words |= dict.fromkeys(chain.from_iterable(tested))
            return cls(column, {word: code for code, word in enumerate(words)}, -np.inf, n_seen - 1)
        own = None if trained is None else trained.ranges.get(column.name)
        return cls(column, {}, *((-np.inf, np.inf) if own is None else (own.least, own.greatest)))

    @property
    def name(self) -> str:
        """Return the name of the column."""
        return self.column.name

    @property
    def has_codes(self) -> bool:
        """Return whether its cells are words that have codes."""
        return self.column.kind in ("categorical", "boolean")

    @cached_property
    def words(self) -> list[str | None]:
        """The word of each code, then one that is none of them, and None for a missing one."""
        return [*self.codes, max(self.codes, key=len, default="") + "?", None]

    def coded(self, cells: Any) -> Floats:
        """Return parsed cells, a list, a series or an array ``(n_rows,)``, as numbers."""
        if self.column.is_quantity:
            return np.asarray(cells, dtype=np.float64)
        if not self.has_codes:
            return np.zeros(len(cells))
        if isinstance(cells, list):
            other = len(self.codes)
            numbers = [np.nan if word is None else self.codes.get(word, other) for word in cells]
            return np.array(numbers, dtype=np.float64)
        codes = enum_codes(self._dtype, cells).astype(np.float64)
        codes[codes > len(self.codes)] = np.nan
        return codes

    @cached_property
    def _dtype(self) -> pl.Enum:
        """The type of the categories, which takes time to make."""
        return pl.Enum(list(self.codes))
