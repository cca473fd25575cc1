"""The rows that a model was trained on, as far as its file keeps them: ranges of columns, and who the groups were."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import Problem, SettingError
from demarcate.formatting import counted, quoted
from demarcate.presentation import brief_repr
from demarcate.tabular.dependence import SEPARATOR, Dependence
from demarcate.tabular.schema import ParsedColumns, Schema
from demarcate.tabular.timestamps import FIRST_DATE, LAST_DATE
from demarcate.tabular.trained_range import TrainedRange, TrainedRanges

_HASH_BYTES = 8


@brief_repr
@dataclass(frozen=True, eq=False)
class TrainedOn:
    """What a model keeps of its training rows, so that other rows can be compared with them.

    Attributes
    ----------
    n_rows
        The number of training rows.
    ranges
        The values of each numerical column and date that the model reads, by name; none for a column without values.
    group_columns
        The columns whose cells together name a row's group, if columns did.
    groups
        Hashes of the groups trained on (`hash_labels`), int64 ``(n_groups,)``, ascending; None for independent rows.
    time_column
        The column that orders the rows in time, if a column did.
    latest
        The greatest time trained on; None for rows without a time.
    gap
        How much later than its row a label is known, in the unit of ``latest``.
    is_date
        Whether times are dates, in seconds since 1970-01-01.
    weight_column
        The column of the rows' weights, if a column gave them.
    """

    n_rows: int
    ranges: Mapping[str, TrainedRange] = field(default_factory=dict)
    group_columns: tuple[str, ...] = ()
    groups: NDArray[np.int64] | None = None
    time_column: str | None = None
    latest: float | None = None
    gap: float = 0.0
    is_date: bool = False
    weight_column: str | None = None

    def __post_init__(self) -> None:
        problems = []
        if self.n_rows < 1:
            problems.append(Problem(f"A model was trained on {counted(self.n_rows, 'row')}", "Give at least one"))
        for name, values in self.ranges.items():
            if values.n_values > self.n_rows:
                fact = f"Column {quoted(name)} has {counted(values.n_values, 'value')} in {self.n_rows:,} rows"
                problems.append(Problem(fact, "Give at most one for each row"))
        problems += self._group_problems() + self._time_problems()
        if problems:
            raise SettingError.of(problems)

    @classmethod
    def of(
        cls,
        schema: Schema,
        parsed: ParsedColumns,
        dependence: Dependence | None = None,
        weight_column: str | None = None,
    ) -> Self:
        """Collect the values of parsed columns, one column after the other, and what rows depend on."""
        n_rows, ranges = 0, {}
        for column in schema.used:
            cells = parsed[column.name]
            n_rows = len(cells)
            if isinstance(cells, np.ndarray) and (values := TrainedRange.of(cells)):
                ranges[column.name] = values
        if dependence is None:
            return cls(n_rows, ranges, weight_column=weight_column)
        groups, times = dependence.groups, dependence.times
        return cls(
            n_rows,
            ranges,
            dependence.group_columns,
            # Only the groups of these rows: the labels may be those of a larger table.
            None if groups is None else np.unique(hash_labels(dependence.labels)[np.unique(groups)]),
            dependence.time_column,
            None if times is None else float(times.max()),
            dependence.gap,
            dependence.is_date,
            weight_column,
        )

    def as_ranges(self) -> TrainedRanges:
        """Return the ranges that other rows are compared with."""
        return TrainedRanges(self.ranges, 1.0 if self.groups is None else self.n_rows / len(self.groups))

    def knows_groups(self, hashes: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which of these hashes are of groups trained on, in the shape of the hashes."""
        if self.groups is None:
            return np.zeros(hashes.shape, dtype=np.bool_)
        places = np.minimum(np.searchsorted(self.groups, hashes), len(self.groups) - 1)
        return np.asarray(self.groups[places] == hashes)

    def knows_labels(self, labels: Sequence[str]) -> NDArray[np.bool_]:
        """Return which groups were trained on, by their labels; a row without a group is always a new one."""
        are_groups = [not label.startswith(SEPARATOR) for label in labels]
        return self.knows_groups(hash_labels(labels)) & np.array(are_groups, dtype=np.bool_)

    def _group_problems(self) -> list[Problem]:
        if self.groups is None:
            fact = f"The columns of groups are {', '.join(map(quoted, self.group_columns))}, and there are no groups"
            return [Problem(fact, "Give the groups' hashes")] if self.group_columns else []
        problems = []
        if len(set(self.group_columns)) < len(self.group_columns):
            problems.append(Problem("A column of groups is repeated", "Name it once"))
        if self.groups.ndim != 1 or not 1 <= len(self.groups) <= self.n_rows:
            fact = f"There are groups of shape {self.groups.shape} in {counted(self.n_rows, 'row')}"
            problems.append(Problem(fact, "Give from one group to as many as there are rows"))
        elif (self.groups[1:] <= self.groups[:-1]).any():
            problems.append(Problem("The groups' hashes do not ascend", "Sort them, each once"))
        return problems

    def _time_problems(self) -> list[Problem]:
        has_time = self.latest is not None
        problems = []
        if has_time and not math.isfinite(self.latest or 0):
            problems.append(Problem(f"The latest time is {self.latest}", "Give a finite number"))
        elif self.is_date and not FIRST_DATE <= (self.latest or 0) <= LAST_DATE:
            problems.append(Problem("The latest date is outside the years 1 to 9999", "Give one within"))
        if not (0 <= self.gap < math.inf):
            problems.append(Problem(f"The gap is {self.gap}", "Give a finite number from 0 up"))
        if not has_time and (self.time_column is not None or self.gap or self.is_date):
            problems.append(Problem("There is a time column or a gap, and no latest time", "Give the latest time"))
        return problems


def hash_labels(labels: Sequence[str]) -> NDArray[np.int64]:
    """Return a hash of each group's label: the first 8 bytes of the SHA-256 of its text."""
    return np.array([_hash(label) for label in labels], dtype=np.int64)


def _hash(label: str) -> int:
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:_HASH_BYTES], "little", signed=True)
