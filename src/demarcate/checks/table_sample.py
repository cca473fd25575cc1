"""The first pass over a table that is read in parts: a random sample of its rows, and statistics of its columns."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.cells import is_missing_word, parse_categories
from demarcate.tabular.label_reader import LabelCounter
from demarcate.tabular.labels import label_words
from demarcate.tabular.row_sample import RowSample, random_keys
from demarcate.tabular.schema import Column, Schema
from demarcate.tabular.schema_inference import ROW_NUMBERS

MAX_CHECKED_ROWS = 200_000
"""Rows that data checks see, at most; of a table of more rows a sample of this size."""
_MAX_SPELLINGS = 50
"""Distinct cells above this number are not one value in several spellings."""
_HASH_RANGE = 2**64
_CHUNK = 1 << 20


@dataclass(frozen=True, eq=False)
class TableSample:
    """Random rows of a table, and statistics of all its rows."""

    frame: pl.DataFrame  # the sampled rows in the table's order; all of them up to `MAX_CHECKED_ROWS`
    n_rows: int  # of the table
    n_left_out: int  # further rows, left out for want of a label
    column_stats: "StreamingColumnStats"
    labels: LabelCounter | None  # None without a target

    @property
    def is_complete(self) -> bool:
        """Return whether the sample has all rows of the table."""
        return len(self.frame) == self.n_rows


def sample_table(
    parts: Iterable[pl.DataFrame],
    target: str | None = None,
    *,
    drop_missing: bool = False,
    missing: Sequence[str] = (),
    seed: int = 0,
) -> TableSample:
    """Read a table once, counting the labels in ``target`` and leaving out rows without one if ``drop_missing``.

    Words in ``missing`` are no labels.
    Raises InputError if there are too many labels to be classes.
    """
    sample, column_stats, n_left_out = RowSample(MAX_CHECKED_ROWS, seed), StreamingColumnStats(), 0
    labels = None if target is None else LabelCounter(missing)
    for part in parts:
        rows = labelled_rows(part, target, missing) if drop_missing and target else part
        n_left_out += len(part) - len(rows)
        if target is not None and labels is not None:
            labels.add(rows[target])
        column_stats.add(rows)
        sample.add(rows)
    return TableSample(sample.frame(), sample.n_rows, n_left_out, column_stats, labels)


def labelled_rows(part: pl.DataFrame, target: str, missing: Sequence[str] = ()) -> pl.DataFrame:
    """Return the rows that have a label, which no word in ``missing`` is."""
    return part.filter(label_words(part[target], missing).is_not_null())


class StreamingColumnStats:
    """Statistics of columns that come in parts: which are constant, and which number the rows."""

    def __init__(self) -> None:
        self._constants: dict[str, pl.Series] | None = None
        self._integers: dict[str, _IntegerStats] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Add the next rows."""
        if not len(frame):
            return
        if self._constants is None:
            self._constants = {name: pl.Series(dtype=pl.String) for name in frame.columns}
            self._integers = {name: _IntegerStats() for name in frame.columns}
        for name, before in [*self._constants.items()]:
            spellings = _spellings(frame[name])
            both = None if spellings is None else pl.concat([before, spellings]).unique()
            if both is None or len(both) > 1:
                del self._constants[name]
            else:
                self._constants[name] = both
        for name, stats in [*self._integers.items()]:
            integers = _integers(frame[name])
            if integers is None:
                del self._integers[name]
            else:
                stats.add(integers.to_numpy())

    def correct_schema(self, schema: Schema, keep: Collection[str] = ()) -> Schema:
        """Correct the schema of a sample for the whole table: use columns that vary, drop those that number the rows.

        Columns in ``keep`` are not dropped.
        """
        columns = [self._correct(column, may_drop=column.name not in keep) for column in schema.columns]
        corrected = Schema(tuple(columns))
        # A column that numbers the rows may be the only one.
        return corrected if corrected.used else schema

    def _correct(self, column: Column, *, may_drop: bool) -> Column:
        if column.dropped.startswith("constant") and column.name not in (self._constants or {}):
            return replace(column, dropped="")
        stats = self._integers.get(column.name)
        if column.kind == "numerical" and not column.dropped and may_drop and stats and stats.is_range():
            return replace(column, dropped=ROW_NUMBERS)
        return column


@dataclass
class _IntegerStats:
    """Number, minimum, maximum and summed hashes of integers."""

    n: int = 0
    low: int = 2**62
    high: int = -(2**62)
    hashes: int = 0

    def add(self, values: NDArray[np.int64]) -> None:
        self.n += len(values)
        self.low, self.high = min(self.low, int(values.min())), max(self.high, int(values.max()))
        self.hashes = (self.hashes + int(random_keys(values).sum(dtype=np.uint64))) % _HASH_RANGE

    def is_range(self) -> bool:
        """Return whether they are consecutive integers, each once, in any order."""
        if not self.n or self.high - self.low + 1 != self.n:
            return False
        consecutive = _IntegerStats()
        for begin in range(self.low, self.high + 1, _CHUNK):
            consecutive.add(np.arange(begin, min(begin + _CHUNK, self.high + 1)))
        return consecutive.hashes == self.hashes


def _spellings(column: pl.Series) -> pl.Series | None:
    """Return the distinct cells in their canonical spelling, missing ones as null; None if they are many."""
    distinct = column.unique()
    if len(distinct) > _MAX_SPELLINGS:
        return None
    words = parse_categories(distinct)
    return pl.select(pl.when(~is_missing_word(words)).then(words)).to_series().unique().rename("")


def _integers(column: pl.Series) -> pl.Series | None:
    """Return a column as integers, if every cell is one that float64 holds exactly."""
    if column.dtype == pl.Boolean or not (column.dtype.is_numeric() or column.dtype == pl.String):
        return None
    integers = column.cast(pl.Int64, strict=False)
    if integers.null_count() or not integers.is_between(-(2**53), 2**53).all():
        return None
    if column.dtype.is_float() and (column != integers.cast(pl.Float64)).any():
        return None
    return integers
