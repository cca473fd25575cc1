"""Columns that hold the mean of the target over some grouping of the rows, this row's label included."""

from collections.abc import Iterator, Sequence
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.information_gain import binned
from demarcate.checks.table_view import Cells, View

MIN_VALUES = 5
MIN_ROWS = 100
_BINS = 8
_NEAR = 0.1
_REACH = 0.7
_EXACT = 1e-6
_ROUNDED = 5.1e-4
_WHOLE = 1e-7
_MOST_GROUPS = 10_000
_LARGEST = 1e12
"""Means of labels are smaller than this, in whatever units; larger numbers have no digits left to tell."""


def encodings(view: View) -> Iterator[Finding]:
    """Columns of numbers that are means of the target, or near them.

    Where rows are grouped, by a category say, and each is given the mean of the target over its group, the rows of one
    value have exactly that mean: no measurement does. Means drawn towards the overall mean p by a weight a,
    (n m + a p) / (n + a), are recognised by the same a in every group.

    With noise on them such means still lie where the target's do: from one bin of the column to the next, over 0.7 of
    the range from 0 to 1 or more, the share of a class is what the column says, within 0.1. That is a warning, since
    another model's probabilities do as well.

    A column of fewer than five values is passed over.
    """
    if view.codes is None:
        return
    targets = _targets(view)
    distinct = view.first_alike == np.arange(view.n_rows)
    # Rows that were repeated after the means were taken would change them.
    subsets = [np.ones(view.n_rows, dtype=bool)] + ([] if distinct.all() else [distinct])
    for name, cells in view.cells.items():
        if cells.quantities is None or len(cells.quantities) < MIN_VALUES or np.abs(cells.quantities).max() > _LARGEST:
            continue
        if said := _said(cells, view, targets, subsets):
            text = (
                f"column {name!r} holds {said} over the rows of each of its {len(cells.quantities):,} values: it was "
                "made from the labels, the row's own included, and tells them where rows are few. Leave it out with "
                "drop; categories are encoded inside the folds"
            )
            yield Finding("encoding", "leak", text, (name,), {"n_values": len(cells.quantities)})
        elif (code := _followed(cells, view)) is not None:
            text = (
                f"column {name!r} follows the share of {str(view.classes[code])!r} among the rows, as means with noise "
                "would, or another model's probability: if it was made from these labels, leave it out with drop"
            )
            yield Finding("encoding", "warning", text, (name,))


def _said(
    cells: Cells,
    view: View,
    targets: Sequence[tuple[str, NDArray[np.float64]]],
    subsets: Sequence[NDArray[np.bool_]],
) -> str:
    """Which mean a column is exactly, in words; empty if none."""
    assert cells.quantities is not None
    assert view.codes is not None
    if len(cells.quantities) > view.n_rows / 1.5:
        return ""
    counts = (_counts(cells, view.codes, view.n_classes, rows) for rows in subsets)
    found = (
        f"{how} of {what}"
        for of_rows in counts
        for what, target in targets
        if (how := _is_mean(cells.quantities, of_rows, target))
    )
    return next(found, "")


def _followed(cells: Cells, view: View) -> int | None:
    """The class whose share in each bin of a column is what the column says, if there is one."""
    assert cells.quantities is not None
    assert view.codes is not None
    values = cells.quantities
    known = ~cells.is_missing
    if known.sum() < MIN_ROWS or values[0] < -0.5 or values[-1] > 1.5 or np.ptp(values) < _REACH:
        return None
    bins, n_bins = binned(cells, _BINS)
    bins = bins[known]
    n = np.bincount(bins, minlength=n_bins)
    held = n >= MIN_ROWS / _BINS / 2
    said = np.bincount(bins, weights=values[cells.values[known]], minlength=n_bins)[held] / n[held]
    for code in range(view.n_classes):
        share = np.bincount(bins, weights=view.codes[known] == code, minlength=n_bins)[held] / n[held]
        error = 2 * np.sqrt(share * (1 - share) / n[held])
        if np.ptp(share) >= _REACH and np.all(np.abs(share - said) <= _NEAR + error):
            return code
    return None


def _targets(view: View) -> list[tuple[str, NDArray[np.float64]]]:
    """What means may be of, and what each class counts in it, ``(n_classes,)``: labels as numbers, and indicators."""
    is_number = np.issubdtype(view.classes.dtype, np.number)
    numbers = view.classes.astype(np.float64) if is_number else np.arange(view.n_classes, dtype=np.float64)
    indicators = [
        (f"whether the label is {label}", row) for label, row in zip(view.classes, np.eye(view.n_classes), strict=True)
    ]
    return [("the labels", numbers), *indicators]


def _counts(cells: Cells, codes: NDArray[np.int64], n_classes: int, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many of the rows have each number and class, ``(n_numbers, n_classes)``."""
    assert cells.quantities is not None
    known = rows & ~cells.is_missing
    n_numbers = len(cells.quantities)
    placed = cells.values[known] * n_classes + codes[known]
    return np.bincount(placed, minlength=n_numbers * n_classes).reshape(n_numbers, n_classes)


def _is_mean(values: NDArray[np.float64], counts: NDArray[np.int64], target: NDArray[np.float64]) -> str:
    """How numbers are means of the target, in words; empty if they are not."""
    n = counts.sum(1)
    means = counts @ target / n
    middle = (values - values.mean()) / np.ptp(values)
    slope, offset = np.polyfit(middle, means, 1)
    off = np.abs(means - (offset + slope * middle))
    if np.ptp(means) == 0:
        return ""
    if off.max() <= _EXACT * np.ptp(means):
        return "exactly the mean"
    if np.abs(means - values).max() <= _ROUNDED and np.ptp(means) > 100 * _ROUNDED:
        return "the (rounded) mean"
    return "the smoothed mean" if _is_smoothed(values, n, means, float(n @ means / n.sum())) else ""


def _is_smoothed(values: NDArray[np.float64], n: NDArray[np.int64], means: NDArray[np.float64], overall: float) -> bool:
    """Whether values are (n m + a p) / (n + a) with one a.

    Groups of equal size and mean have one value between them. Solved for a, such values give it as often as there are
    groups: all are multiples of one number.
    """
    apart = np.abs(values - overall) > 1e-9
    if apart.sum() < MIN_VALUES:
        return False
    multiples = n[apart] * (means[apart] - values[apart]) / (values[apart] - overall)
    if multiples.min() <= _EXACT:
        return False
    weight = reduce(partial(_common_divisor, tolerance=_WHOLE * float(multiples.max())), multiples.tolist())
    return bool(multiples.max() <= _MOST_GROUPS * weight)


def _common_divisor(one: float, other: float, tolerance: float) -> float:
    """Euclid's algorithm for numbers known to a tolerance, which it falls below if they have no divisor."""
    while other > tolerance:
        one, other = other, one % other
        if one - other < tolerance:
            other = 0.0
    return one
