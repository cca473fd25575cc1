"""A table as the data checks see it: every column's cells as codes of its distinct values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_groups import first_equal_rows
from demarcate.checks.table_counts import TableCounts
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.schema import Kind, ParsedColumns, Schema


@dataclass(frozen=True, eq=False)
class FactorizedColumn:
    """A column's cells as codes of its distinct values, in ascending order; missing cells have the last code."""

    value_codes: NDArray[np.int64]  # (n_rows,)
    counts: NDArray[np.int64]  # rows of each value, (n_values,), missing included
    n_missing: int
    numbers: NDArray[np.float64] | None  # distinct numbers or dates, without missing; None for categories

    @classmethod
    def of(cls, cells: NDArray[np.float64] | pl.Series) -> "FactorizedColumn":
        """Factorize parsed cells ``(n_rows,)``."""
        if isinstance(cells, pl.Series):
            categories = cells.drop_nulls().unique().sort()
            codes = cells.cast(pl.Enum(categories)).to_physical().cast(pl.Int64)
            values = codes.fill_null(np.iinfo(np.int64).max).to_numpy()
            n_missing = cells.null_count()
        else:
            values = cells
            n_missing = int(np.isnan(cells).sum())
        distinct, value_codes, counts = np.unique(values, return_inverse=True, return_counts=True)
        numbers = None if isinstance(cells, pl.Series) else distinct[: len(distinct) - bool(n_missing)]
        return cls(value_codes.reshape(-1), counts, n_missing, numbers)

    @property
    def n_values(self) -> int:
        """Return the number of distinct values, missing included."""
        return len(self.counts)

    @property
    def is_missing(self) -> NDArray[np.bool_]:
        """Return a mask of the missing cells, ``(n_rows,)``."""
        missing = self.value_codes == self.n_values - 1
        return missing if self.n_missing else np.zeros(len(self.value_codes), dtype=bool)


@dataclass(frozen=True, eq=False)
class TableView:
    """The input of a data check: all rows of a table, or a sample with counts over all of them."""

    schema: Schema
    parsed: ParsedColumns
    codes: NDArray[np.int64] | None = None  # class indices, (n_rows,); None without a target
    classes: NDArray[Any] = field(default_factory=lambda: np.empty(0))  # labels, (n_classes,)
    folds: NDArray[np.int64] | None = None  # the fold each row was held out in, -1 if never; None without a fit
    counts: TableCounts | None = None  # over the whole table, if the rows are a sample of it
    unused_cells: ParsedColumns = field(default_factory=dict)  # of columns that are not used, but may name subjects
    dependence: Dependence | None = None  # groups and times of the rows, if the caller named them
    suspects: set[str] = field(default_factory=set)  # columns of leaks and warnings of the checks that ran before

    @property
    def n_rows(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.parsed.values()))) if self.parsed else 0

    @property
    def n_classes(self) -> int:
        """Return the number of classes."""
        return len(self.classes)

    @cached_property
    def columns(self) -> Mapping[str, FactorizedColumn]:
        """Return the used columns, sorted by name: findings do not depend on the order of columns."""
        names = sorted(column.name for column in self.schema.used)
        return {name: FactorizedColumn.of(self.parsed[name]) for name in names}

    @cached_property
    def unused(self) -> Mapping[str, FactorizedColumn]:
        """Return the columns that are not used, but whose cells are known, sorted by name."""
        return {name: FactorizedColumn.of(self.unused_cells[name]) for name in sorted(self.unused_cells)}

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """Return the kind of each column."""
        return {column.name: column.kind for column in self.schema.columns}

    @cached_property
    def first_equal_rows(self) -> NDArray[np.int64]:
        """Return for each row the first that equals it in every used column."""
        return first_equal_rows(self.parsed)

    @cached_property
    def class_counts(self) -> NDArray[np.int64]:
        """Return the rows of each class, ``(n_classes,)``."""
        assert self.codes is not None
        return np.bincount(self.codes, minlength=self.n_classes)

    @property
    def n_table_rows(self) -> int:
        """Return the number of rows of the whole table."""
        return self.counts.n_rows if self.counts else self.n_rows

    @property
    def table_class_counts(self) -> NDArray[np.int64]:
        """Return the rows of each class in the whole table, ``(n_classes,)``."""
        return self.counts.class_counts if self.counts else self.class_counts

    def missing_by_class(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return a column's missing cells and all rows by class, both ``(n_classes,)``."""
        assert self.codes is not None
        if self.counts and name in self.counts.missing:
            return self.counts.missing[name], self.counts.class_counts
        missing = self.codes[self.columns[name].is_missing]
        return np.bincount(missing, minlength=self.n_classes), self.class_counts

    def most_frequent(self, name: str) -> tuple[int, int]:
        """Return the number of rows with a column's most frequent value, and the number of all rows."""
        if self.counts and name in self.counts.most_frequent:
            return self.counts.most_frequent[name], self.counts.n_rows
        return int(self.columns[name].counts.max()), self.n_rows
