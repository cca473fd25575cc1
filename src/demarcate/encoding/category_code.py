"""Categories as whole numbers, the way many lessons encode them, for comparison with one-hot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import NO_TARGET, TEXTS, ColumnEncoder, Encoded, FitContext, Floats, SharedColumn, State
from demarcate.encoding.categorical import category_codes, share_categories
from demarcate.encoding.tree_leaves import FILE_FORMAT
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import Column


@brief_repr
@dataclass(frozen=True, eq=False)
class CategoryCodeEncoder(ColumnEncoder):
    """A categorical column as one number: 1, 2, 3 and so on in the order in which training rows show the categories.

    Unseen and missing categories are 0. The numbers say of categories what they do not mean, an order and distances,
    and a network has to undo it; that is what the comparison with `CategoricalEncoder` shows.
    """

    kind = "category_code"
    reads = ("categorical", "boolean")
    state_fields: ClassVar = {"kept": TEXTS}
    state_sizes = range(1)
    max_width = 1
    file_format = FILE_FORMAT

    categories: tuple[str, ...]  # in the order of their codes, from 1

    @classmethod
    def applies(cls, column: Column, context: FitContext) -> bool:  # noqa: ARG003 - the context alone decides
        """Return whether categories are encoded as whole numbers."""
        return context.category_encoding == "integer"

    @classmethod
    def fit(cls, cells: pl.Series, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> Self:  # noqa: ARG003
        """Fit on some rows of categories, null where missing."""
        return cls(tuple(cells[rows].drop_nulls().cast(pl.String).unique(maintain_order=True)))

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> CategoryCodeEncoder:  # noqa: ARG003
        """Return the encoder with this state."""
        return cls(tuple(json["kept"]))

    @classmethod
    def share(cls, encoders: Sequence[CategoryCodeEncoder], cells: pl.Series) -> SharedColumn:
        """Share the column between encoders of it, as `share_categories` does."""
        return share_categories(encoders, cells)

    @property
    def state(self) -> State:
        """Return no numbers, and the categories in the order of their codes."""
        return np.empty(0), {"kept": list(self.categories)}

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Return the categories."""
        return self.categories

    def encode(self, cells: pl.Series) -> Encoded:
        """Encode cells ``(n_rows,)`` as ``(n_rows, 1)``: codes from 1 up, 0 for unseen and missing categories."""
        codes = np.array([*range(1, len(self.categories) + 1), 0, 0], dtype=np.float32)
        return codes[category_codes(self.categories, cells)][:, np.newaxis]

    def names(self, column: str) -> list[str]:
        """Return the name of the column."""
        return [column]
