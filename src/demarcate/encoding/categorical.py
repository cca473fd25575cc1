"""Categories: a column each, with places for what is rare, unseen or missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.encoding.base import Encoded, Floats, Part, Place
from demarcate.errors import SettingError

MIN_ROWS = 3
"""Training rows a category needs for a column of its own; rarer ones share ``other``."""
MAX_CATEGORIES = 128
"""The most categories of a column that get one of their own, most frequent first; the rest share ``other``."""


@dataclass(frozen=True, eq=False)
class CategoricalEncoder:
    """A categorical column, one-hot.

    Rare categories share the place ``other``, so that the network learns what an unfamiliar category is worth and a
    category never seen has somewhere to go. When no training row was rare (or none was missing) nothing was learned for
    that place; such a cell is then encoded as the average training row: it says nothing either way.

    Attributes
    ----------
    kept
        Categories with a column of their own, sorted.
    shares
        The average training row: the share of each kept category, then of ``other``, then of missing,
        ``(len(kept) + 2,)``.

    Examples
    --------
    >>> cells = pl.Series(["a"] * 6 + ["b"] * 3 + ["c"])
    >>> encoder = CategoricalEncoder.fit(cells, np.arange(10))
    >>> encoder.names("x")
    ['x = a', 'x = b', 'x = other']
    >>> print(encoder.encode(pl.Series(["b", "never seen", None])))
    [[0.  1.  0. ]
     [0.  0.  1. ]
     [0.6 0.3 0.1]]
    """

    kept: tuple[str, ...]
    shares: Floats

    def __post_init__(self) -> None:
        if len(self.shares) != len(self.kept) + 2 or not np.all((self.shares >= 0) & (self.shares <= 1)):
            raise SettingError(f"there is a share for each category and two more: got {self.kept} and {self.shares}")

    @classmethod
    def fit(
        cls, cells: pl.Series, rows: np.ndarray[Any, Any], *, max_categories: int = MAX_CATEGORIES
    ) -> "CategoricalEncoder":
        """Fit on some rows of a column of categories, null where missing."""
        seen = cells[rows].rename("category")
        counts = seen.drop_nulls().value_counts(name="count").filter(pl.col("count") >= MIN_ROWS)
        kept = counts.sort(["count", "category"], descending=[True, False]).head(max_categories).sort("category")
        n_missing = seen.null_count()
        n_other = len(seen) - n_missing - int(kept["count"].sum())
        totals = np.array([*kept["count"], n_other, n_missing], dtype=np.float64)
        return cls(tuple(kept["category"]), totals / max(len(seen), 1))

    @property
    def numbers(self) -> Floats:
        """The shares."""
        return self.shares

    @property
    def words(self) -> dict[str, Any]:
        """The kept categories."""
        return {"kept": list(self.kept)}

    @classmethod
    def restore(cls, numbers: Floats, words: Mapping[str, Any]) -> "CategoricalEncoder":
        """The encoder with this state."""
        return cls(tuple(words["kept"]), np.array(numbers))

    def encode(self, cells: pl.Series) -> Encoded:
        """Cells ``(n_rows,)`` as ``(n_rows, n_encoded)``; each row sums to 1."""
        return np.take(self._table(), _places(self.kept, cells), axis=0)

    @classmethod
    def share(cls, encoders: Sequence["CategoricalEncoder"], cells: pl.Series) -> Part:
        """The column once for all these encoders of it: codes of what any of them kept, and each one's table of codes.

        Examples
        --------
        >>> cells = pl.Series(["a"] * 6 + ["b"] * 3)
        >>> encoders = [CategoricalEncoder.fit(cells, np.array(rows)) for rows in (range(6), range(9))]
        >>> part = CategoricalEncoder.share(encoders, cells)
        >>> part.codes.tolist(), part.table.shape, [len(places) for places in part.places]
        ([0, 0, 0, 0, 0, 0, 1, 1, 1], (2, 4, 2), [1, 2])
        """
        kept = sorted({category for encoder in encoders for category in encoder.kept})
        unseen = max(kept, key=len, default="") + "?"
        every = pl.Series([*kept, unseen, None], dtype=pl.String)
        widths = [len(encoder.names("")) for encoder in encoders]
        table = np.zeros((len(encoders), len(every), max(widths)), dtype=np.float32)
        for index, encoder in enumerate(encoders):
            table[index, :, : widths[index]] = encoder.encode(every)
        columns: list[tuple[Place, ...]] = [tuple(("category", at) for at in range(width)) for width in widths]
        codes = _places(kept, cells).astype(np.int32)
        return Part((), np.empty((len(encoders), 4, 0)), tuple(columns), codes, table)

    def names(self, column: str) -> list[str]:
        """One name a kept category, and those of the places that were learned."""
        every = [f"{column} = {category}" for category in self.kept] + [f"{column} = other", f"{column} is missing"]
        return [every[place] for place in self._learned()]

    def _learned(self) -> Sequence[int]:
        """The places with training rows: all kept ones, and ``other`` and missing where there were any."""
        return [place for place, share in enumerate(self.shares) if share > 0]

    def _table(self) -> Encoded:
        """What each place is encoded as, ``(len(kept) + 2, n_encoded)``."""
        table = np.eye(len(self.shares))
        table[self.shares == 0] = self.shares
        return table[:, self._learned()].astype(np.float32)


def _places(kept: Sequence[str], cells: pl.Series) -> NDArray[np.uint32]:
    """The place of each cell's category among the kept ones; one past them for others, two past them for missing."""
    # As an Enum it takes a fraction of the time and memory that a replacement does.
    codes = cells.cast(pl.Enum(kept), strict=False).to_physical().cast(pl.UInt32).fill_null(len(kept))
    return codes.set(cells.is_null(), len(kept) + 1).to_numpy()
