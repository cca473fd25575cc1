"""A table as the rules of the audit look at it: each column's cells as numbers of their distinct values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_groups import first_alike
from demarcate.checks.streaming_checks import Whole
from demarcate.tabular.schema import ParsedColumns, Schema


@dataclass(frozen=True, eq=False)
class Cells:
    """A column's cells, each as the number of its value among the distinct ones.

    Attributes
    ----------
    values
        From 0 on, in ascending order, int64 ``(n_rows,)``; missing cells have the last number.
    counts
        How many rows have each value, ``(n_values,)``, missing included.
    n_missing
        How many cells are missing.
    quantities
        The distinct numbers or dates, ``(n_values - has_missing,)``; None for categories.
    """

    values: NDArray[np.int64]
    counts: NDArray[np.int64]
    n_missing: int
    quantities: NDArray[np.float64] | None

    @classmethod
    def of(cls, column: NDArray[np.float64] | pl.Series) -> "Cells":
        """The cells of a parsed column.

        Examples
        --------
        >>> cells = Cells.of(np.array([2.5, np.nan, 1.0, 2.5]))
        >>> cells.values.tolist(), cells.counts.tolist(), cells.n_missing
        ([1, 2, 0, 1], [1, 2, 1], 1)
        """
        if isinstance(column, pl.Series):
            words = column.drop_nulls().unique().sort()
            numbered = column.cast(pl.Enum(words)).to_physical().cast(pl.Int64)
            found = numbered.fill_null(np.iinfo(np.int64).max).to_numpy()
            n_missing = column.null_count()
        else:
            found = column
            n_missing = int(np.isnan(column).sum())
        distinct, values, counts = np.unique(found, return_inverse=True, return_counts=True)
        quantities = None if isinstance(column, pl.Series) else distinct[: len(distinct) - bool(n_missing)]
        return cls(values.reshape(-1), counts, n_missing, quantities)

    @property
    def n_values(self) -> int:
        """How many distinct values there are, missing included."""
        return len(self.counts)

    @property
    def is_missing(self) -> NDArray[np.bool_]:
        """Where cells are missing, ``(n_rows,)``."""
        return (self.values == self.n_values - 1) if self.n_missing else np.zeros(len(self.values), dtype=bool)


@dataclass(frozen=True, eq=False)
class View:
    """What every rule is given.

    Attributes
    ----------
    schema
        Says which columns are used, and as what.
    parsed
        What ``schema.parse`` made of the table.
    codes
        Class indices, ``(n_rows,)``; None for a table without a target, of which only rules that need none are asked.
    classes
        The labels, ``(n_classes,)``.
    folds
        The group each row was held out in, ``(n_rows,)``, -1 where never; None where nothing was fitted.
    whole
        What is known of the whole table, if these rows are a sample of it; None if they are all.
    """

    schema: Schema
    parsed: ParsedColumns
    codes: NDArray[np.int64] | None = None
    classes: NDArray[Any] = field(default_factory=lambda: np.empty(0))
    folds: NDArray[np.int64] | None = None
    whole: Whole | None = None

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.parsed.values()))) if self.parsed else 0

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.classes)

    @cached_property
    def cells(self) -> Mapping[str, Cells]:
        """The used columns, by name in sorted order: findings do not depend on how a table happens to be arranged."""
        return {name: Cells.of(self.parsed[name]) for name in sorted(column.name for column in self.schema.used)}

    @cached_property
    def first_alike(self) -> NDArray[np.int64]:
        """For each row the first that is the same in every used column."""
        return first_alike(self.parsed)

    @cached_property
    def class_counts(self) -> NDArray[np.int64]:
        """How many rows each class has, ``(n_classes,)``."""
        assert self.codes is not None
        return np.bincount(self.codes, minlength=self.n_classes)

    @property
    def n_table_rows(self) -> int:
        """How many rows the whole table has."""
        return self.whole.n_rows if self.whole else self.n_rows

    @property
    def table_class_counts(self) -> NDArray[np.int64]:
        """How many rows of the whole table each class has, ``(n_classes,)``."""
        return self.class_counts if self.whole is None else self.whole.class_counts

    def missing_by_class(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """How many cells of a column each class has that are missing, and how many rows, both ``(n_classes,)``."""
        assert self.codes is not None
        if self.whole and name in self.whole.missing:
            return self.whole.missing[name], self.whole.class_counts
        return np.bincount(self.codes[self.cells[name].is_missing], minlength=self.n_classes), self.class_counts

    def most_frequent(self, name: str) -> tuple[int, int]:
        """How many rows have a column's most frequent value, and of how many."""
        if self.whole and name in self.whole.most_frequent:
            return self.whole.most_frequent[name], self.whole.n_rows
        return int(self.cells[name].counts.max()), self.n_rows
