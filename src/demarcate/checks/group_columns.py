"""Columns that name a subject with several rows: a patient's visits, a machine's readings.

A random fold has rows of the same subjects in training, so its score is that of known subjects. What makes a column the
name of a subject rather than a category, a count or an age is evidence of three kinds: rows of one value are alike in
other columns or in the label (of a number: far more so than rows of the next number); many values have a few rows
each, about equally many; and ids look and are called like ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from demarcate.checks.finding import Finding
from demarcate.checks.group_sizes import CONSEQUENCE, RULE, GroupSizes, SizeLimits
from demarcate.checks.likeness import Likeness, RowComparison
from demarcate.checks.row_pairs import next_group_pairs, same_group_pairs, whole_groups
from demarcate.checks.subject_ids import Grouping, group_option, groupings, name_points
from demarcate.checks.table_view import TableView

MIN_ROWS = 30
MIN_PRESENT_SHARE = 0.95
MAX_FINDINGS = 3
_MIN_PAIRS = 10
_MAX_ROWS = 20_000
# What a column is called decides how much the sizes must show.
_NAMED_LIKE_A_SUBJECT = SizeLimits(n_groups=4, n_rows=np.inf, evenness=0.1, shared=0.1)
_NAMED_LIKE_AN_ID = SizeLimits(n_groups=8, n_rows=100, evenness=0.25, shared=0.2)
_BEFORE_COUNTER = SizeLimits(n_groups=5, n_rows=1000, evenness=0.3, shared=0.5)
_ID_WITH_DIGITS = SizeLimits(n_groups=8, n_rows=60, evenness=0.4, shared=0.5)
_NUMBER = SizeLimits(n_groups=10, n_rows=50, evenness=0.45, shared=0.5)
_WORDS = SizeLimits(n_groups=30, n_rows=15, evenness=0.55, shared=0.5)
_MIN_NOMINAL_SHARE = 0.3
_MIN_WORDS_LIKENESS = 0.3
_MAX_DISTANCE_FROM_UNIFORM = 0.35


def group_columns(table: TableView) -> Iterator[Finding]:
    """Yield columns that name a subject with several rows, unless the caller has named the groups."""
    if table.n_rows < MIN_ROWS or (table.dependence is not None and table.dependence.groups is not None):
        return
    sized = [(grouping, GroupSizes.of(grouping.codes)) for grouping in groupings(table)]
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
    sizes: GroupSizes
    alike: Likeness


def _is_nested(one: Grouping, other: Grouping) -> bool:
    """Return whether all rows of each group of one are in one group of the other, or the other way round."""
    pairs = np.unique(np.stack([one.codes, other.codes]), axis=1)
    return bool(pairs.shape[1] <= max(len(np.unique(one.codes)), len(np.unique(other.codes))))


def _limits(grouping: Grouping) -> SizeLimits:
    points = name_points(grouping.column)
    if points:
        return _NAMED_LIKE_A_SUBJECT if points == 2 else _NAMED_LIKE_AN_ID
    if grouping.kind == "number":
        return _NUMBER
    if grouping.kind == "counter":
        return _BEFORE_COUNTER
    return _ID_WITH_DIGITS if grouping.has_digits else _WORDS


def _subjects(grouping: Grouping, sizes: GroupSizes, comparison: RowComparison) -> _Subjects | None:
    """Return the subjects that a column names; None if it names none."""
    rows = whole_groups(grouping.codes, comparison.rows, _MAX_ROWS)
    pairs = same_group_pairs(grouping.codes, rows)
    if len(pairs[0]) < _MIN_PAIRS:
        return None
    alike = comparison.likeness(pairs, (grouping.column,))
    beside = alike
    if grouping.kind == "number":
        beside = comparison.likeness(next_group_pairs(grouping.codes, rows), (grouping.column,))
    return _Subjects(grouping, sizes, alike) if _names_subjects(grouping, sizes, alike, beside, comparison) else None


def _names_subjects(
    grouping: Grouping, sizes: GroupSizes, alike: Likeness, beside: Likeness, comparison: RowComparison
) -> bool:
    """Return whether rows of a group are alike as those of a subject, rather than of a category or a number."""
    points = name_points(grouping.column)
    if not alike.is_beyond_chance:
        # Nothing but design makes as many rows of each of many ids.
        return points == 2 and sizes.evenness > 0.99 and sizes.n_groups >= 10 and grouping.has_digits
    if grouping.kind == "number":
        nominal = alike.share_above(beside)
        if points:
            return nominal > 0 or alike.is_above(beside)
        return nominal >= _MIN_NOMINAL_SHARE and _distance_from_uniform(grouping, comparison) <= (
            _MAX_DISTANCE_FROM_UNIFORM
        )
    return bool(points or grouping.has_digits or grouping.kind == "counter") or alike.overall >= _MIN_WORDS_LIKENESS


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
    name = grouping.column
    what = "the part before the counter in each id" if grouping.kind == "counter" else "each value"
    text = (
        f"column {name!r} names {sizes.in_words()} ({what}). {CONSEQUENCE}, "
        f"also without the column: fit with {group_option(name)} (groups={name!r} in Python)"
    )
    numbers = {
        "kind": grouping.kind,
        **sizes.to_json(),
        "likeness": round(alike.overall, 6),
        "label_likeness": round(alike.of_labels, 6),
    }
    return Finding(RULE, "warning", text, (name,), numbers)
