"""One row as most requests have it, coded in a few microseconds."""

import math
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from demarcate.inference.coded_column import CodedColumn, Floats
from demarcate.tabular.cells import MAX_EXACT_INTEGER

_SPELLINGS: Mapping[type, Callable[[Any], str]] = {bool: lambda cell: "true" if cell else "false"}


class UsualRow:
    """Codes a row of exactly the columns of a model whose cells are numbers, known categories or None.

    Whatever is to be read, or to be warned of, is left to `RowCoder`, which gives the same for these rows.
    """

    def __init__(self, columns: Sequence[CodedColumn]) -> None:
        self._names = tuple(column.name for column in columns)
        self._cells = itemgetter(*self._names)
        self._rules = [rule for column in columns if (rule := _rule(column)) is not None]
        # The cells of a single column would come without a tuple around them.
        self._is_for_any = len(self._rules) == len(columns) > 1

    def code(self, row: Mapping[str, Any]) -> Floats | None:
        """Return a row's numbers ``(1, n_columns)``, or None if it is not for this."""
        if not self._is_for_any or type(row) is not dict or len(row) != len(self._names):
            return None
        numbers: list[float] = []
        try:
            for cell, (codes, least, greatest) in zip(self._cells(row), self._rules, strict=True):
                kind = type(cell)
                if cell is None:
                    numbers.append(math.nan)
                elif codes is not None:
                    code = codes[cell if kind is str else _SPELLINGS[kind](cell)]
                    if code > greatest:
                        return None
                    numbers.append(code)
                elif (kind is float or kind is int) and least <= cell <= greatest:
                    numbers.append(cell)
                else:
                    return None
        except KeyError:
            return None
        return np.array([numbers], dtype=np.float64)


def _rule(column: CodedColumn) -> tuple[Mapping[str, int] | None, float, float] | None:
    """Return the codes of a column's words, if they have any, and the bounds of its numbers; None for other cells."""
    if column.column.missing or column.column.kind in ("date", "text"):
        return None
    if column.has_codes:
        return column.codes, 0, column.greatest
    largest = MAX_EXACT_INTEGER - 1
    return None, max(column.least, -largest), min(column.greatest, largest)
