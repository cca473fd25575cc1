"""Rows of a table outside what a model was trained on: values beyond its range, and new categories.

Of rows like the training rows some hold values beyond all of those: the k largest of N training rows and n other rows
are all other ones with probability n! (N + n - k)! / ((n - k)! (N + n)!). A column is reported where fewer rows than it
has are explained by that (with a chance of 0.001 for all columns together), or where a value is far beyond the range.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import listed, percent, quoted
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRange, TrainedRanges

_CHANCE = 1e-3
_MAX_NAMED, _MAX_CATEGORIES_NAMED = 5, 3
_MAX_NEW_COUNTED = 100_000
"""New categories that are told apart in each column; more are not counted."""
_LEAST_SHARE = 1e-3
_MAX_PATTERNS = 10_000
"""Sets of columns that rows are outside in, told apart; further ones count as outside in all columns."""


@dataclass
class _Side:
    """The values of a column below its range, or above it."""

    n_rows: int = 0
    n_far: int = 0
    extreme: float = 0.0
    row: int = 0  # of the extreme value, from 1


@dataclass
class _Quantities:
    """A column of numbers or dates."""

    column: Column
    trained: TrainedRange
    n_values: int = 0
    below: _Side = field(default_factory=_Side)
    above: _Side = field(default_factory=_Side)

    def add(self, values: NDArray[np.float64], n_before: int) -> NDArray[np.bool_] | None:
        """Count the next values; return which are outside, or None if none is."""
        self.n_values += len(values) - int(np.isnan(values).sum())
        outside = None
        low, high = self.trained.far
        for side, sign, limit, far in (
            (self.below, -1.0, self.trained.least, low),
            (self.above, 1.0, self.trained.greatest, high),
        ):
            is_beyond = values < limit if sign < 0 else values > limit
            if not is_beyond.any():
                continue
            outside = is_beyond if outside is None else outside | is_beyond
            side.n_rows += int(is_beyond.sum())
            side.n_far += int((values < far if sign < 0 else values > far).sum())
            place = int(np.nanargmax(sign * values))
            if not side.row or sign * values[place] > sign * side.extreme:
                side.extreme, side.row = float(values[place]), n_before + place + 1
        return outside

    def is_reported(self, rows_per_group: float, chance: float) -> bool:
        """Return whether there are more values outside than chance explains, or one far outside."""
        return any(
            side.n_far or _tail_chance(side.n_rows, self.n_values, self.trained.n_values, rows_per_group) < chance
            for side in (self.below, self.above)
            if side.n_rows
        )

    def example(self) -> str:
        side = max(self.below, self.above, key=lambda side: (side.n_far, side.n_rows))
        values = (side.extreme, self.trained.least, self.trained.greatest)
        value, least, greatest = map(self.column.written, values)
        return f"{value} in row {side.row:,}; trained on {least} to {greatest}"


@dataclass
class _Words:
    """A column of categories."""

    column: Column
    new: dict[str, int] = field(default_factory=dict)  # the row of each new category, from 1

    def add(self, words: pl.Series | list[str | None], n_before: int) -> NDArray[np.bool_] | None:
        """Count the next words; return which are new, or None if none is."""
        if isinstance(words, list):
            return self._add_list(words, n_before)
        if self.column.has_only_categories(words):
            return None
        is_new = (~words.is_in(list(self.column.categories))).fill_null(value=False)
        if len(self.new) < _MAX_NEW_COUNTED:
            for word in words.filter(is_new).unique(maintain_order=True):
                if word not in self.new:
                    self.new[word] = n_before + int(words.index_of(word) or 0) + 1
        return is_new.to_numpy()

    def _add_list(self, words: list[str | None], n_before: int) -> NDArray[np.bool_] | None:
        is_new = np.array([word is not None and word not in self.column.categories for word in words])
        for place in np.flatnonzero(is_new).tolist():
            self.new.setdefault(str(words[place]), n_before + place + 1)
        return is_new if is_new.any() else None

    def example(self) -> str:
        first, *_ = self.new.values()
        shown = listed([*self.new], _MAX_CATEGORIES_NAMED, write=quoted)
        return f"new: {shown}, read as 'other'; row {first:,}"


class OutsideRows:
    """Counts the rows of a table, read in parts, that are outside what a model was trained on."""

    def __init__(self, columns: Sequence[Column], trained: TrainedRanges | None) -> None:
        self._n_rows = 0
        self._rows_per_group = 1.0 if trained is None else trained.rows_per_group
        ranges: Mapping[str, TrainedRange] = {} if trained is None else trained.ranges
        self._columns: dict[str, _Quantities | _Words] = {}
        for column in columns:
            if column.kind in ("categorical", "boolean"):
                self._columns[column.name] = _Words(column)
            elif column.name in ranges:
                self._columns[column.name] = _Quantities(column, ranges[column.name])
        # How many rows are outside in exactly these columns.
        self._patterns: Counter[frozenset[str]] = Counter()

    def add(self, parsed: Mapping[str, NDArray[np.float64] | pl.Series | list[str | None]], n_rows: int) -> None:
        """Count the next rows."""
        outside = {}
        for name, column in self._columns.items():
            cells = parsed.get(name)
            if cells is None:
                continue
            is_outside = column.add(cells, self._n_rows)  # type: ignore[arg-type]
            if is_outside is not None:
                outside[name] = is_outside
        self._n_rows += n_rows
        if outside:
            self._count_patterns(outside)

    @property
    def is_reported(self) -> bool:
        """Whether rows are outside by more than chance."""
        return bool(self.reported())

    def message(self) -> str:
        """Return the rows and columns outside, with an example of each column, or nothing if there is none."""
        reported = self.reported()
        if not reported:
            return ""
        rows: Counter[str] = Counter()
        n_outside = 0
        for pattern, n in self._patterns.items():
            n_outside += n if pattern & reported else 0
            rows.update(dict.fromkeys(pattern & reported, n))
        is_single, place = self._n_rows == 1, {name: place for place, name in enumerate(self._columns)}
        columns = [
            f"{quoted(name)}{'' if is_single else f' in {_share(n, self._n_rows)}'} ({self._columns[name].example()})"
            for name, n in sorted(rows.items(), key=lambda item: (-item[1], place[item[0]]))
        ]
        who = "the row holds" if is_single else f"{_share(n_outside, self._n_rows)} of {self._n_rows:,} rows hold"
        fact = f"{who} values outside what was trained on: {listed(columns, _MAX_NAMED)}"
        return f"{fact}. Check units, codes and spelling, or train on such rows"

    def reported(self) -> set[str]:
        """Return the columns with more values outside than chance explains, or one far outside, or a new category."""
        n_sides = 2 * sum(isinstance(column, _Quantities) for column in self._columns.values())
        reported = set()
        for name, column in self._columns.items():
            if isinstance(column, _Words):
                is_reported = bool(column.new)
            else:
                is_reported = column.is_reported(self._rows_per_group, _CHANCE / n_sides)
            if is_reported:
                reported.add(name)
        return reported

    def _count_patterns(self, outside: Mapping[str, NDArray[np.bool_]]) -> None:
        names, flags = [*outside], np.stack([*outside.values()], axis=1)
        packed = np.packbits(flags[flags.any(axis=1)], axis=1)
        patterns, counts = np.unique(packed, axis=0, return_counts=True)
        for bits, count in zip(
            np.unpackbits(patterns, axis=1, count=len(names)).tolist(), counts.tolist(), strict=True
        ):
            pattern = frozenset(name for name, bit in zip(names, bits, strict=True) if bit)
            is_known = pattern in self._patterns or len(self._patterns) < _MAX_PATTERNS
            self._patterns[pattern if is_known else frozenset(names)] += count


def _tail_chance(n_outside: int, n_rows: int, n_trained: int, rows_per_group: float) -> float:
    """Return the chance that so many of the rows are beyond all training rows if they are alike.

    Rows of a group are much the same: each group counts as one row.
    """
    k, n, trained = (int(count / rows_per_group) for count in (n_outside, n_rows, n_trained))
    log_chance = math.lgamma(n + 1) - math.lgamma(n - k + 1) + math.lgamma(trained + n - k + 1)
    return math.exp(min(0.0, log_chance - math.lgamma(trained + n + 1)))


def _share(n: int, n_rows: int) -> str:
    """Return a share of the rows in percent, or their number where that would be next to none."""
    share = n / n_rows
    return percent(share, 1).replace(".0%", "%") if share >= _LEAST_SHARE else f"{n:,}"
