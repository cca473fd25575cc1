"""What only a whole table can tell of a column: that all of its cells are the same, or that it numbers the rows."""

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from demarcate.tabular.inference import NUMBERS_ROWS
from demarcate.tabular.sampling import mixed
from demarcate.tabular.schema import Column, Schema
from demarcate.tabular.values import categories, is_missing_word

_FEW = 50
"""More different cells than that are not one value in several spellings."""
_BITS = 2**64
_RANGE = 1 << 20


@dataclass
class _Numbers:
    """Whole numbers met so far: how many, from where to where, and the sum of their mixed bits."""

    n: int = 0
    low: int = 2**62
    high: int = -(2**62)
    bits: int = 0

    def add(self, numbers: pl.Series) -> None:
        values = numbers.to_numpy()
        self.n += len(values)
        self.low, self.high = min(self.low, int(values.min())), max(self.high, int(values.max()))
        self.bits = (self.bits + int(mixed(values).sum(dtype=np.uint64))) % _BITS

    def are_a_range(self) -> bool:
        """Whether they are consecutive numbers, each once, in any order."""
        if not self.n or self.high - self.low + 1 != self.n:
            return False
        bits = 0
        for begin in range(self.low, self.high + 1, _RANGE):
            values = np.arange(begin, min(begin + _RANGE, self.high + 1))
            bits = (bits + int(mixed(values).sum(dtype=np.uint64))) % _BITS
        return bits == self.bits


class ColumnsSeen:
    """Looks at the columns of a table that comes in parts.

    Examples
    --------
    >>> from demarcate.tabular import infer_schema
    >>> seen = ColumnsSeen()
    >>> for begin in (0, 50):
    ...     seen.add(pl.DataFrame({"row": range(begin, begin + 50), "unit": ["a"] * 49 + ["b"]}))
    >>> sample = pl.DataFrame({"row": [3, 20, 64], "unit": ["a", "a", "a"]})
    >>> [column.dropped for column in seen.mended(infer_schema(sample)).columns]
    ['id-like: it numbers the rows', '']
    """

    def __init__(self) -> None:
        self._same: dict[str, pl.Series] | None = None
        self._numbers: dict[str, _Numbers] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Take in the next rows."""
        if not len(frame):
            return
        if self._same is None:
            self._same = {name: pl.Series(dtype=pl.String) for name in frame.columns}
            self._numbers = {name: _Numbers() for name in frame.columns}
        for name, before in [*self._same.items()]:
            words = _spellings(frame[name])
            both = None if words is None else pl.concat([before, words]).unique()
            if both is None or len(both) > 1:
                del self._same[name]
            else:
                self._same[name] = both
        for name, met in [*self._numbers.items()]:
            numbers = _whole_numbers(frame[name])
            if numbers is None:
                del self._numbers[name]
            else:
                met.add(numbers)

    def mended(self, schema: Schema, kept: Collection[str] = ()) -> Schema:
        """The schema of a sample of the rows as the whole table would have it, but for columns that are to be kept."""
        columns = [self._mended(column, is_kept=column.name in kept) for column in schema.columns]
        # A column that numbers the rows may be all there is.
        mended = Schema(tuple(columns))
        return mended if mended.used else schema

    def _mended(self, column: Column, *, is_kept: bool) -> Column:
        if column.dropped.startswith("constant") and column.name not in (self._same or {}):
            return replace(column, dropped="")
        met = self._numbers.get(column.name)
        if column.kind == "numerical" and not column.dropped and not is_kept and met and met.are_a_range():
            return replace(column, dropped=NUMBERS_ROWS)
        return column


def _spellings(column: pl.Series) -> pl.Series | None:
    """The different cells of a column in their one spelling, missing ones as none; None if they are many."""
    distinct = column.unique()
    if len(distinct) > _FEW:
        return None
    words = categories(distinct)
    return pl.select(pl.when(~is_missing_word(words)).then(words)).to_series().unique().rename("")


def _whole_numbers(column: pl.Series) -> pl.Series | None:
    """A column as whole numbers, if every cell is one that a range could hold."""
    if column.dtype == pl.Boolean or not (column.dtype.is_numeric() or column.dtype == pl.String):
        return None
    numbers = column.cast(pl.Int64, strict=False)
    if numbers.null_count() or not numbers.is_between(-(2**53), 2**53).all():
        return None
    if column.dtype.is_float() and (column != numbers.cast(pl.Float64)).any():
        return None
    return numbers
