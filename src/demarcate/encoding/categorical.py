"""Categories, one-hot, with columns for rare, unseen and missing ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import NO_TARGET, TEXTS, ColumnEncoder, Encoded, FitContext, Floats, SharedColumn, State
from demarcate.errors import SettingError
from demarcate.presentation import brief_repr
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import Column

MIN_ROWS = 3
"""Training rows of a category with a column of its own, at least; rarer ones share ``other``."""
MAX_CATEGORIES = 128
"""Categories with a column of their own, at most, the most frequent ones; the rest share ``other``."""


@brief_repr
@dataclass(frozen=True, eq=False)
class CategoricalEncoder(ColumnEncoder):
    """A categorical column, one-hot.

    Rare categories share the column ``other``, so that the network learns to handle unfamiliar categories. If no
    training row was rare (or missing), there is no such column; such a cell is then encoded as the average training
    row, which favours no class.
    """

    kind = "categorical"
    reads = ("categorical", "boolean")
    state_fields: ClassVar = {"kept": TEXTS}
    max_width = MAX_CATEGORIES + 2

    categories: tuple[str, ...]  # those with a column of their own, sorted
    shares: Floats  # of training rows: each category, ``other``, missing, (len(categories) + 2,)

    def __post_init__(self) -> None:
        if len(self.shares) != len(self.categories) + 2 or not np.all((self.shares >= 0) & (self.shares <= 1)):
            raise SettingError(
                f"there must be a share for each category and two more, got {self.categories}, {self.shares}"
            )

    @classmethod
    def fit(cls, cells: pl.Series, rows: NDArray[np.int64], context: FitContext = NO_TARGET) -> Self:  # noqa: ARG003
        """Fit on some rows of categories, null where missing."""
        train = cells[rows].rename("category")
        counts = train.drop_nulls().value_counts(name="count").filter(pl.col("count") >= MIN_ROWS)
        frequent = counts.sort(["count", "category"], descending=[True, False]).head(MAX_CATEGORIES).sort("category")
        n_missing = train.null_count()
        n_other = len(train) - n_missing - int(frequent["count"].sum())
        totals = np.array([*frequent["count"], n_other, n_missing], dtype=np.float64)
        return cls(tuple(frequent["category"]), totals / max(len(train), 1))

    @classmethod
    def from_state(cls, array: Floats, json: Mapping[str, Any]) -> CategoricalEncoder:
        """Return the encoder with this state."""
        return cls(tuple(json["kept"]), np.array(array))

    @classmethod
    def state_sizes_for(cls, json: Mapping[str, Any]) -> range:
        """Return the number of shares."""
        n_shares = len(json["kept"]) + 2
        return range(n_shares, n_shares + 1)

    @classmethod
    def max_width_for(cls, column: Column) -> int:
        """Return the number of categories, with ``other`` and missing."""
        return min(len(column.categories) + 2, cls.max_width)

    @classmethod
    def share(cls, encoders: Sequence[CategoricalEncoder], cells: pl.Series) -> SharedColumn:
        """Share the column between encoders of it, as `share_categories` does."""
        return share_categories(encoders, cells)

    @property
    def state(self) -> State:
        """Return the shares, and the categories."""
        return self.shares, {"kept": list(self.categories)}

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """Return the categories with a column of their own."""
        return self.categories

    def encode(self, cells: pl.Series) -> Encoded:
        """Encode cells ``(n_rows,)`` as ``(n_rows, n_encoded)``; each row sums to 1."""
        table = np.eye(len(self.shares))
        table[self.shares == 0] = self.shares
        table = table[:, self._present()].astype(np.float32)
        return np.take(table, category_codes(self.categories, cells), axis=0)

    def names(self, column: str) -> list[str]:
        """Return one name per category, and those of ``other`` and missing where training rows had them."""
        every = [f"{column} = {category}" for category in self.categories]
        every += [f"{column} = other", f"{column} is missing"]
        return [every[index] for index in self._present()]

    def _present(self) -> Sequence[int]:
        """Return the indices of the shares above 0."""
        return [index for index, share in enumerate(self.shares) if share > 0]


class Categories(Protocol):
    """What encoders of categories have in common."""

    @property
    def categories(self) -> tuple[str, ...]:
        """Return the categories that the encoding tells apart."""

    @property
    def width(self) -> int:
        """Return the number of encoded columns."""

    def encode(self, cells: pl.Series) -> Encoded:
        """Encode cells ``(n_rows,)`` as ``(n_rows, n_encoded)``."""


def share_categories(encoders: Sequence[Categories], cells: pl.Series) -> SharedColumn:
    """Share a column between encoders of it: codes of all their categories, and each one's table of codes."""
    categories = sorted({category for encoder in encoders for category in encoder.categories})
    unseen = max(categories, key=len, default="") + "?"
    every = pl.Series([*categories, unseen, None], dtype=pl.String)
    widths = [encoder.width for encoder in encoders]
    table = np.zeros((len(encoders), len(every), max(widths)), dtype=np.float32)
    for index, encoder in enumerate(encoders):
        table[index, :, : widths[index]] = encoder.encode(every)
    columns = tuple(tuple(("category", at) for at in range(width)) for width in widths)
    codes = category_codes(categories, cells).astype(np.int32)
    return SharedColumn((), np.empty((len(encoders), 4, 0)), columns, codes, table)


def category_codes(categories: Sequence[str], cells: pl.Series | list[str | None]) -> NDArray[np.uint32]:
    """Return each cell's index among the categories: one past the last for others, two past it for missing.

    The cells of a few rows may come as a list.
    """
    if isinstance(cells, list):
        return list_codes({category: code for code, category in enumerate(categories)}, cells)
    return enum_codes(pl.Enum(categories), cells)


def enum_codes(dtype: pl.Enum, cells: pl.Series | list[str | None]) -> NDArray[np.uint32]:
    """Return each cell's index as `category_codes` does, among the categories of a type, which takes time to make."""
    if isinstance(cells, list):
        cells = pl.Series(cells, dtype=pl.String)
    # As an Enum it takes a fraction of the time and memory of a replacement.
    codes = cells.cast(dtype, strict=False).to_physical().cast(pl.UInt32)
    n_missing = cells.null_count()
    if codes.null_count() > n_missing:
        codes = codes.fill_null(len(dtype.categories))
    if n_missing:
        is_missing = cells.is_null()
        codes = codes.fill_null(0).set(is_missing, len(dtype.categories) + 1)
    return codes.to_numpy()


def list_codes(codes: Mapping[str, int], cells: list[str | None]) -> NDArray[np.uint32]:
    """Return the codes of a few cells as `category_codes` does, from those of the categories."""
    others, missing = len(codes), len(codes) + 1
    return np.array([missing if cell is None else codes.get(cell, others) for cell in cells], dtype=np.uint32)
