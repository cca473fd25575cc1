"""Columns that name a subject with several rows: a patient's visits, a machine's readings.

A random fold has rows of the same subjects in training, so its score is that of known subjects. What makes a column the
name of a subject rather than a category, a count or an age is evidence of three kinds: rows of one value are alike in
other columns or in the label (of a number: far more so than rows of the next number); many values have a few rows
each, about equally many; and ids look and are called like ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.likeness import MAX_PAIRS, Likeness, Pairs, RowComparison
from demarcate.checks.subject_ids import Grouping, group_option, groupings, name_points
from demarcate.checks.table_view import TableView

MIN_ROWS = 30
MIN_PRESENT_SHARE = 0.95
MAX_FINDINGS = 3
_MIN_PAIRS = 10
_MAX_SORTED_ROWS = 20_000
RULE = "groups"
CONSEQUENCE = (
    "Random folds train on other rows of the subjects that they score, so scores are too good for new subjects"
)


@dataclass(frozen=True)
class _Limits:
    """What the sizes of groups must be."""

    n_groups: int  # at least
    n_rows: float  # of a group on average, at most
    evenness: float  # at least
    shared: float  # share of rows in groups of two and more, at least


# What a column is called decides how much the sizes must show.
_NAMED_LIKE_A_SUBJECT = _Limits(n_groups=4, n_rows=np.inf, evenness=0.1, shared=0.1)
_NAMED_LIKE_AN_ID = _Limits(n_groups=8, n_rows=100, evenness=0.25, shared=0.2)
_BEFORE_COUNTER = _Limits(n_groups=5, n_rows=1000, evenness=0.3, shared=0.5)
_ID_WITH_DIGITS = _Limits(n_groups=8, n_rows=60, evenness=0.4, shared=0.5)
_NUMBER = _Limits(n_groups=10, n_rows=50, evenness=0.45, shared=0.5)
_WORDS = _Limits(n_groups=30, n_rows=15, evenness=0.55, shared=0.5)
_MIN_NOMINAL_SHARE = 0.3
_MIN_WORDS_LIKENESS = 0.3
_MAX_DISTANCE_FROM_UNIFORM = 0.35


@dataclass(frozen=True, eq=False)
class _Sizes:
    """The sizes of groups."""

    n_groups: int
    n_rows: int
    shared: float
    evenness: float  # groups of equal size that would be as even, by Kish, as a share of the groups

    @classmethod
    def of(cls, grouping: Grouping) -> "_Sizes":
        sizes = grouping.sizes.astype(np.float64)
        n_rows = sizes.sum()
        if not n_rows:
            return cls(0, 0, 0.0, 0.0)
        evenness = n_rows**2 / (sizes @ sizes) / len(sizes)
        return cls(len(sizes), int(n_rows), float(sizes[sizes > 1].sum() / n_rows), float(evenness))

    @property
    def mean(self) -> float:
        return self.n_rows / max(self.n_groups, 1)

    def are_within(self, limits: _Limits) -> bool:
        """Return whether the sizes are those of a subject's rows."""
        of_groups = self.n_groups >= limits.n_groups and self.mean <= limits.n_rows
        return of_groups and self.evenness >= limits.evenness and self.shared >= limits.shared


def group_columns(table: TableView) -> Iterator[Finding]:
    """Yield columns that name a subject with several rows, unless the caller has named the groups."""
    if table.n_rows < MIN_ROWS or (table.dependence is not None and table.dependence.groups is not None):
        return
    sized = [(grouping, _Sizes.of(grouping)) for grouping in groupings(table)]
    candidates = [
        (grouping, sizes)
        for grouping, sizes in sized
        if sizes.n_rows >= MIN_PRESENT_SHARE * table.n_rows and sizes.are_within(_limits(grouping))
    ]
    if not candidates:
        return
    comparison = RowComparison(table)
    found = [each for grouping, sizes in candidates if (each := _subjects(grouping, sizes, comparison))]
    found.sort(
        key=lambda each: (-name_points(each.grouping.column), each.grouping.kind == "number", each.sizes.n_groups)
    )
    for index, each in enumerate(found[:MAX_FINDINGS]):
        if not any(_is_nested(each.grouping, other.grouping) for other in found[:index]):
            yield _describe(each)


@dataclass(frozen=True, eq=False)
class _Subjects:
    """A grouping that names subjects."""

    grouping: Grouping
    sizes: _Sizes
    alike: Likeness


def _is_nested(one: Grouping, other: Grouping) -> bool:
    """Return whether all rows of each group of one are in one group of the other, or the other way round."""
    pairs = np.unique(np.stack([one.codes, other.codes]), axis=1)
    return bool(pairs.shape[1] <= max(len(np.unique(one.codes)), len(np.unique(other.codes))))


def _limits(grouping: Grouping) -> _Limits:
    points = name_points(grouping.column)
    if points:
        return _NAMED_LIKE_A_SUBJECT if points == 2 else _NAMED_LIKE_AN_ID
    if grouping.kind == "number":
        return _NUMBER
    if grouping.kind == "counter":
        return _BEFORE_COUNTER
    return _ID_WITH_DIGITS if grouping.has_digits else _WORDS


def _subjects(grouping: Grouping, sizes: _Sizes, comparison: RowComparison) -> _Subjects | None:
    """Return the subjects that a column names; None if it names none."""
    pairs = _pairs(grouping, comparison)
    if len(pairs[0]) < _MIN_PAIRS:
        return None
    alike = comparison.likeness(pairs, grouping.column)
    return _Subjects(grouping, sizes, alike) if _names_subjects(grouping, sizes, alike, comparison) else None


def _names_subjects(grouping: Grouping, sizes: _Sizes, alike: Likeness, comparison: RowComparison) -> bool:
    """Return whether rows of a group are alike as those of a subject, rather than of a category or a number."""
    points = name_points(grouping.column)
    if not alike.is_beyond_chance:
        # Nothing but design makes as many rows of each of many ids.
        return points == 2 and sizes.evenness > 0.99 and sizes.n_groups >= 10 and grouping.has_digits
    if grouping.kind == "number":
        nominal = alike.share_above(_next_alike(grouping, comparison))
        if points:
            return nominal > 0
        return nominal >= _MIN_NOMINAL_SHARE and _distance_from_uniform(grouping, comparison) <= (
            _MAX_DISTANCE_FROM_UNIFORM
        )
    return bool(points or grouping.has_digits or grouping.kind == "counter") or alike.overall >= _MIN_WORDS_LIKENESS


def _pairs(grouping: Grouping, comparison: RowComparison) -> Pairs:
    """Return rows with another row of their group, ``(n_pairs,)`` each."""
    rows = _sampled_rows(grouping, comparison)
    codes = grouping.codes[rows]
    order = np.argsort(codes, kind="stable")
    sizes = np.unique(codes, return_counts=True)[1]
    start, size = np.repeat(np.append(0, np.cumsum(sizes)[:-1]), sizes), np.repeat(sizes, sizes)
    partner = start + (np.arange(len(rows)) - start + size // 2) % size
    is_pair = size > 1
    return _thinned(rows[order][is_pair], rows[order[partner]][is_pair])


def _next_alike(grouping: Grouping, comparison: RowComparison) -> Likeness:
    """Return how alike rows are of one number and the next number that occurs."""
    rows = _sampled_rows(grouping, comparison)
    codes = grouping.codes[rows]
    order = np.argsort(codes, kind="stable")
    rows, codes = rows[order], codes[order]
    values, starts, sizes = np.unique(codes, return_index=True, return_counts=True)
    group = np.repeat(np.arange(len(values)), sizes)
    following = np.minimum(group + 1, len(values) - 1)
    partner = starts[following] + (np.arange(len(rows)) - starts[group]) % sizes[following]
    is_pair = group < len(values) - 1
    return comparison.likeness(_thinned(rows[is_pair], rows[partner][is_pair]), grouping.column)


def _sampled_rows(grouping: Grouping, comparison: RowComparison) -> NDArray[np.int64]:
    """Return distinct rows of a range of groups, at most about 20,000, in an order that their content decides."""
    rows: NDArray[np.int64] = comparison.rows[grouping.codes[comparison.rows] >= 0]
    if len(rows) <= _MAX_SORTED_ROWS:
        return rows
    cumulated = np.cumsum(np.bincount(grouping.codes[rows]))
    middle = int(np.searchsorted(cumulated, len(rows) / 2))
    before = cumulated[middle - 1] if middle else 0
    low = int(np.searchsorted(cumulated, before - _MAX_SORTED_ROWS / 2))
    high = int(np.searchsorted(cumulated, before + _MAX_SORTED_ROWS / 2))
    codes = grouping.codes[rows]
    near: NDArray[np.int64] = rows[(codes >= low) & (codes <= max(high, middle + 1))]
    return near


def _thinned(first: NDArray[np.int64], second: NDArray[np.int64]) -> Pairs:
    """Return at most `MAX_PAIRS` of the pairs, evenly from all groups."""
    kept = np.linspace(0, len(first) - 1, min(len(first), MAX_PAIRS)).astype(np.int64)
    return first[kept], second[kept]


def _distance_from_uniform(grouping: Grouping, comparison: RowComparison) -> float:
    """Return the largest distance of the distinct numbers' distribution from the uniform one over their range.

    Ids are dealt out in order or at random, while measurements crowd in the middle or at one end.
    """
    table = comparison.table
    numbers = {**table.columns, **table.unused}[grouping.column].numbers
    assert numbers is not None
    places = (numbers - numbers[0]) / max(float(np.ptp(numbers)), 1.0)
    return float(np.abs(places - np.linspace(0, 1, len(numbers))).max())


def _describe(subjects: _Subjects) -> Finding:
    grouping, sizes, alike = subjects.grouping, subjects.sizes, subjects.alike
    name, mean = grouping.column, f"{sizes.mean:,.0f}" if sizes.mean >= 10 else f"{sizes.mean:.1f}"
    what = "the part before the counter in each id" if grouping.kind == "counter" else "each value"
    text = (
        f"column {name!r} names {sizes.n_groups:,} subjects of {mean} rows each ({what}). {CONSEQUENCE}, "
        f"also without the column: fit with {group_option(name)} (groups={name!r} in Python)"
    )
    numbers = {
        "kind": grouping.kind,
        "n_groups": sizes.n_groups,
        "n_rows": sizes.n_rows,
        "rows_per_group": sizes.mean,
        "likeness": round(alike.overall, 6),
        "label_likeness": round(alike.of_labels, 6),
    }
    return Finding(RULE, "warning", text, (name,), numbers)
