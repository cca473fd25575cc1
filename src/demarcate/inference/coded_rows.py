"""Rows that were read and checked, as numbers that one table of them can be joined from and computed together.

Whoever computes rows of several requests at once has each request read on its own: what a request holds decides how its
cells are read, and a bad cell refuses that request alone. What is joined are numbers that can do no harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.presentation import brief_repr

Floats = NDArray[np.float64]
Texts = tuple[str | None, ...]
WarningKind = Literal["unseen category", "outside the trained range", "read as missing"]


@dataclass(frozen=True)
class CellWarning:
    """One cell that is read otherwise than it may be meant, or unlike those that the model was trained on.

    Attributes
    ----------
    row
        The row, from 1.
    column
        The name of the column.
    kind
        ``unseen category``, ``outside the trained range`` or ``read as missing``.
    text
        The same in words.
    """

    row: int
    column: str
    kind: WarningKind
    text: str


@brief_repr
@dataclass(frozen=True, eq=False)
class CodedRows:
    """Rows of one request, accepted, as numbers in the order of the schema's used columns.

    Attributes
    ----------
    values
        ``(n_rows, n_columns)``, NaN where missing: numbers, dates in seconds since 1970-01-01 UTC, and of categories
        their codes (`demarcate.inference.row_coder.RowCoder`). Those of a column of text are 0.
    texts
        The texts of each column of text, ``(n_rows,)``, None where missing.
    warnings
        Cells to warn of, in the order of rows.
    notes
        Sentences about the whole request, as reading a table gives them as warnings.
    outside
        By column, how many cells are categories that the training did not have, or beyond its range; columns without
        such a cell are left out.
    is_outside
        Whether cells are outside by more than chance.
    """

    values: Floats
    texts: Mapping[str, Texts] = field(default_factory=dict)
    warnings: tuple[CellWarning, ...] = ()
    notes: tuple[str, ...] = ()
    outside: Mapping[str, int] = field(default_factory=dict)
    is_outside: bool = False

    def __len__(self) -> int:
        return len(self.values)

    @classmethod
    def join(cls, parts: Sequence[Self]) -> Self:
        """Return the rows of several requests to one model one after the other, without what there is to say of each.

        Examples
        --------
        >>> rows = CodedRows.join([CodedRows(np.zeros((2, 3))), CodedRows(np.ones((1, 3)))])
        >>> rows.values[:, 0].tolist()
        [0.0, 0.0, 1.0]
        """
        if len(parts) == 1:
            return cls(parts[0].values, parts[0].texts)
        texts = {name: _joined(part.texts[name] for part in parts) for name in parts[0].texts}
        return cls(np.concatenate([part.values for part in parts]), texts)

    def select(self, rows: slice) -> Self:
        """Return some of the rows, without what there is to say of them."""
        return type(self)(self.values[rows], {name: texts[rows] for name, texts in self.texts.items()})


def _joined(parts: Iterable[Texts]) -> Texts:
    return tuple(text for part in parts for text in part)
