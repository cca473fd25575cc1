"""A first reading of a table in parts: rows drawn from it, and what only all of its rows can tell."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_count import Copies, CopyCount, contents
from demarcate.checks.duplicate_groups import comparable
from demarcate.tabular.cells import is_missing_word, parse_categories
from demarcate.tabular.label_reader import LabelCounter
from demarcate.tabular.row_sample import RowSample, random_keys
from demarcate.tabular.schema import Column, ParsedColumns, Schema
from demarcate.tabular.schema_inference import ROW_NUMBERS

MOST_JUDGED = 200_000

"""Of a table of more rows so many are drawn, and the rules are asked of them."""


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
        self.bits = (self.bits + int(random_keys(values).sum(dtype=np.uint64))) % _BITS

    def are_a_range(self) -> bool:
        """Whether they are consecutive numbers, each once, in any order."""
        if not self.n or self.high - self.low + 1 != self.n:
            return False
        bits = 0
        for begin in range(self.low, self.high + 1, _RANGE):
            values = np.arange(begin, min(begin + _RANGE, self.high + 1))
            bits = (bits + int(random_keys(values).sum(dtype=np.uint64))) % _BITS
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
            return replace(column, dropped=ROW_NUMBERS)
        return column


@dataclass(frozen=True, eq=False)
class Drawn:
    """Rows drawn from a table, and what is known of all.

    Attributes
    ----------
    frame
        The rows drawn, in the table's order; all of them while they are no more than `MOST_JUDGED`.
    n_rows
        How many there are in the table.
    n_left_out
        How many more had no label and were to be left out.
    seen
        Its columns.
    labels
        Its labels, counted; None if it has no target.
    """

    frame: pl.DataFrame
    n_rows: int
    n_left_out: int
    seen: ColumnsSeen
    labels: LabelCounter | None

    @property
    def is_whole(self) -> bool:
        """Whether the rows drawn are all there are."""
        return len(self.frame) == self.n_rows


def draw(
    parts: Iterable[pl.DataFrame], target: str | None = None, *, drop_missing: bool = False, seed: int = 0
) -> Drawn:
    """Read a table once.

    Parameters
    ----------
    parts
        Its rows.
    target
        The column of its labels, if it has one whose classes are to be counted.
    drop_missing
        Whether rows without a label are left out.
    seed
        Decides which rows are drawn.

    Raises
    ------
    InputError
        If there are too many labels to be classes.

    Examples
    --------
    >>> drawn = draw([pl.DataFrame({"age": [63, 41, 57], "sick": ["no", "yes", "no"]})], "sick")
    >>> drawn.is_whole, drawn.labels.classes()[1].tolist()
    (True, [2, 1])
    """
    sample, seen, n_left_out = RowSample(MOST_JUDGED, seed), ColumnsSeen(), 0
    labels = None if target is None else LabelCounter()
    for part in parts:
        rows = labelled(part, target) if drop_missing and target else part
        n_left_out += len(part) - len(rows)
        if target is not None and labels is not None:
            labels.add(rows[target])
        seen.add(rows)
        sample.add(rows)
    return Drawn(sample.frame(), sample.n_rows, n_left_out, seen, labels)


def labelled(part: pl.DataFrame, target: str) -> pl.DataFrame:
    """The rows of a part that have a label.

    Examples
    --------
    >>> labelled(pl.DataFrame({"age": [63, 41], "sick": ["", "yes"]}), "sick")["age"].to_list()
    [41]
    """
    return part.filter(parse_categories(part[target]).is_not_null())


_FREQUENT = 0.95

"""The share of a sample from which a value's rows are counted in the whole table."""


@dataclass(frozen=True, eq=False)
class Whole:
    """Counts over all rows of a table.

    Attributes
    ----------
    n_rows
        How many rows it has.
    class_counts
        How many rows each class has, ``(n_classes,)``; all rows together where there is no target.
    missing
        How many cells of each class are missing, ``(n_classes,)``, by column.
    most_frequent
        How many rows have a column's most frequent value, by column, where that is nearly all.
    copies
        How many rows repeat another; None where nobody looked.
    """

    n_rows: int
    class_counts: NDArray[np.int64]
    missing: Mapping[str, NDArray[np.int64]]
    most_frequent: Mapping[str, int]
    copies: Copies | None


class WholeCount:
    """Counts over a table that comes in parts.

    Parameters
    ----------
    sample
        Rows drawn at random from it, parsed.
    n_classes
        How many classes there are; 1 where there is no target.

    Examples
    --------
    >>> cells = {"age": np.array([30.0, np.nan, 30.0])}
    >>> count = WholeCount(cells, 2)
    >>> count.add(cells, np.array([0, 1, 1]))
    >>> whole = count.whole()
    >>> whole.class_counts.tolist(), whole.missing["age"].tolist(), whole.copies.n
    ([1, 2], [0, 1], 1)
    """

    def __init__(self, sample: ParsedColumns, n_classes: int) -> None:
        self._copies = CopyCount(contents(sample))
        self._class_counts = np.zeros(n_classes, dtype=np.int64)
        self._missing = {name: np.zeros(n_classes, dtype=np.int64) for name in sample}
        self._values = {
            name: value for name, cells in sample.items() if (value := _frequent(comparable(cells))) is not None
        }
        self._most_frequent = dict.fromkeys(self._values, 0)

    def add(self, parsed: ParsedColumns, codes: NDArray[np.int64]) -> None:
        """Take in rows: their parsed columns and their classes, all 0 where there is no target."""
        n_classes = len(self._class_counts)
        self._class_counts += np.bincount(codes, minlength=n_classes)
        self._copies.add(contents(parsed), codes)
        for name, cells in parsed.items():
            column = comparable(cells)
            self._missing[name] += np.bincount(codes[column.is_null().to_numpy()], minlength=n_classes)
            if name in self._values:
                self._most_frequent[name] += int(column.eq_missing(self._values[name]).sum())

    def whole(self) -> Whole:
        """The counts so far."""
        n_rows = int(self._class_counts.sum())
        return Whole(n_rows, self._class_counts, self._missing, self._most_frequent, self._copies.copies())


def _frequent(column: pl.Series) -> pl.Series | None:
    """A column's most frequent value as a series of one, if nearly all rows have it."""
    counts = column.alias("value").value_counts(sort=True, name="rows")
    return counts["value"].head(1) if len(counts) and counts["rows"][0] >= _FREQUENT * len(column) else None


_FEW = 50

"""More different cells than that are not one value in several spellings."""

_BITS = 2**64

_RANGE = 1 << 20


def _spellings(column: pl.Series) -> pl.Series | None:
    """The different cells of a column in their one spelling, missing ones as none; None if they are many."""
    distinct = column.unique()
    if len(distinct) > _FEW:
        return None
    words = parse_categories(distinct)
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
