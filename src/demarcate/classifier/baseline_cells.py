"""Cells for logistic regression: of a number that stands for a missing value it would make the largest of all."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular import ParsedColumns, Schema
from demarcate.tabular.sentinels import sentinels


class CellsWithoutSentinels(Mapping[str, Any]):
    """Parsed columns, one read when it is asked for, in which values that stand for none are missing.

    A standardised -999 leaves all ages nearly equal, and a linear model nothing to learn from them.
    """

    def __init__(self, parsed: ParsedColumns, values: Mapping[str, list[float]]) -> None:
        self._parsed, self._values = parsed, values

    @staticmethod
    def values_of(schema: Schema, parsed: ParsedColumns, rows: NDArray[np.int64]) -> dict[str, list[float]]:
        """Return the values that stand for none among some rows, by column."""
        found = {
            column.name: sentinels(np.asarray(parsed[column.name])[rows], are_dates=column.kind == "date")
            for column in schema.used
            if column.is_quantity
        }
        return {name: values for name, values in found.items() if values}

    def __getitem__(self, name: str) -> Any:
        cells = self._parsed[name]
        values = self._values.get(name)
        return cells if values is None else np.where(np.isin(cells, values), np.nan, cells)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parsed)

    def __len__(self) -> int:
        return len(self._parsed)
