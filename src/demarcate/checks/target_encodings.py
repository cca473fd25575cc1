"""Columns that hold the mean of the target over groups of rows, each row's own label included."""

from collections.abc import Iterator, Sequence
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.information_gain import contingency_table, quantile_bins
from demarcate.checks.table_view import FactorizedColumn, TableView

MIN_VALUES = 5
MIN_ROWS = 100
_BINS = 8
_NEAR = 0.1
_MIN_RANGE = 0.7
_EXACT = 1e-6
_ROUNDED = 5.1e-4
_DIVISOR_TOLERANCE = 1e-7
_MAX_GROUP_ROWS = 10_000
_LARGEST = 1e12
"""Means of labels are smaller than this, in whatever units; larger numbers have no significant digits left."""


def target_encodings(table: TableView) -> Iterator[Finding]:
    """Yield columns of numbers that are means of the target, or near them, and that no earlier check has found.

    Rows of one value have exactly that mean of the target, as no measurement has; means smoothed towards the overall
    mean p, (n m + a p) / (n + a), have the same weight a in every group. With noise, the share of a class equals the
    column within 0.1 in each bin, over at least 0.7 of the range from 0 to 1: only a warning, since another model's
    probabilities look the same. Columns of fewer than five values are skipped.
    """
    if table.codes is None:
        return
    targets = _targets(table)
    distinct = table.first_equal_rows == np.arange(table.n_rows)
    # Rows that were repeated after the means were taken would change them.
    subsets = [np.ones(table.n_rows, dtype=bool)] + ([] if distinct.all() else [distinct])
    for name, column in table.columns.items():
        numbers = column.numbers
        if numbers is None or len(numbers) < MIN_VALUES or np.abs(numbers).max() > _LARGEST or name in table.suspects:
            continue
        if mean := _exact_mean(column, table, targets, subsets):
            text = (
                f"column {name!r} is {mean} over the rows of each of its {len(numbers):,} values: it was computed from "
                "the labels, each row's own included. Leave it out with drop; categories are encoded inside the folds"
            )
            yield Finding("encoding", "leak", text, (name,), {"n_values": len(numbers)})
        elif (code := _near_mean(column, table)) is not None:
            text = (
                f"column {name!r} follows the share of {str(table.classes[code])!r} among the rows, like target means "
                "with noise or another model's probabilities. If computed from these labels, leave it out with drop"
            )
            yield Finding("encoding", "warning", text, (name,))


def _exact_mean(
    column: FactorizedColumn,
    table: TableView,
    targets: Sequence[tuple[str, NDArray[np.float64]]],
    subsets: Sequence[NDArray[np.bool_]],
) -> str:
    """Return in words the mean that a column is exactly; empty if it is none."""
    assert column.numbers is not None
    assert table.codes is not None
    if len(column.numbers) > table.n_rows / 1.5:
        return ""
    present = (rows & ~column.is_missing for rows in subsets)
    counts = (
        contingency_table(column.value_codes[rows], len(column.numbers), table.codes[rows], table.n_classes)
        for rows in present
    )
    means = (
        f"{kind} of {what}"
        for of_rows in counts
        for what, target in targets
        if (kind := _mean_kind(column.numbers, of_rows, target))
    )
    return next(means, "")


def _near_mean(column: FactorizedColumn, table: TableView) -> int | None:
    """Return the class whose share in each bin of a column is near the column's mean there, if there is one."""
    assert column.numbers is not None
    assert table.codes is not None
    numbers, present = column.numbers, ~column.is_missing
    if present.sum() < MIN_ROWS or numbers[0] < -0.5 or numbers[-1] > 1.5 or np.ptp(numbers) < _MIN_RANGE:
        return None
    bins, n_bins = quantile_bins(column, _BINS)
    bins = bins[present]
    n = np.bincount(bins, minlength=n_bins)
    filled = n >= MIN_ROWS / _BINS / 2
    means = np.bincount(bins, weights=numbers[column.value_codes[present]], minlength=n_bins)[filled] / n[filled]
    for code in range(table.n_classes):
        share = np.bincount(bins, weights=table.codes[present] == code, minlength=n_bins)[filled] / n[filled]
        error = 2 * np.sqrt(share * (1 - share) / n[filled])
        if np.ptp(share) >= _MIN_RANGE and np.all(np.abs(share - means) <= _NEAR + error):
            return code
    return None


def _targets(table: TableView) -> list[tuple[str, NDArray[np.float64]]]:
    """Return what may be averaged, with the value of each class ``(n_classes,)``: labels as numbers, and indicators."""
    is_number = np.issubdtype(table.classes.dtype, np.number)
    numbers = table.classes.astype(np.float64) if is_number else np.arange(table.n_classes, dtype=np.float64)
    indicators = [
        (f"whether the label is {label}", row)
        for label, row in zip(table.classes, np.eye(table.n_classes), strict=True)
    ]
    return [("the labels", numbers), *indicators]


def _mean_kind(values: NDArray[np.float64], counts: NDArray[np.int64], target: NDArray[np.float64]) -> str:
    """Return in words which kind of means of the target the values are; empty if they are none."""
    n = counts.sum(1)
    means = counts @ target / n
    centred = (values - values.mean()) / np.ptp(values)
    residuals = np.abs(means - np.polyval(np.polyfit(centred, means, 1), centred))
    if np.ptp(means) == 0:
        return ""
    if residuals.max() <= _EXACT * np.ptp(means):
        return "exactly the mean"
    if np.abs(means - values).max() <= _ROUNDED and np.ptp(means) > 100 * _ROUNDED:
        return "the (rounded) mean"
    return "the smoothed mean" if _is_smoothed(values, n, means, float(n @ means / n.sum())) else ""


def _is_smoothed(values: NDArray[np.float64], n: NDArray[np.int64], means: NDArray[np.float64], overall: float) -> bool:
    """Return whether values are (n m + a p) / (n + a) with one a.

    Groups of equal size and mean have one value between them. Solved for a, such values give it once per group: all
    are multiples of one number.
    """
    apart = np.abs(values - overall) > 1e-9
    if apart.sum() < MIN_VALUES:
        return False
    multiples = n[apart] * (means[apart] - values[apart]) / (values[apart] - overall)
    if multiples.min() <= _EXACT:
        return False
    tolerance = _DIVISOR_TOLERANCE * float(multiples.max())
    weight = reduce(partial(_common_divisor, tolerance=tolerance), multiples.tolist())
    return bool(multiples.max() <= _MAX_GROUP_ROWS * weight)


def _common_divisor(one: float, other: float, tolerance: float) -> float:
    """Return the greatest common divisor of numbers known to a tolerance; below the tolerance if there is none."""
    while other > tolerance:
        one, other = other, one % other
        if one - other < tolerance:
            other = 0.0
    return one
