"""Columns that hold the mean of the target over some grouping of the rows, this row's label included."""

from collections.abc import Iterator
from functools import partial, reduce

import numpy as np
from numpy.typing import NDArray

from demarcate.tabular.audit.finding import Finding
from demarcate.tabular.audit.view import Cells, View

MIN_VALUES = 5
_EXACT = 1e-6
_ROUNDED = 5.1e-4
_WHOLE = 1e-7
_MOST_GROUPS = 10_000


def encodings(view: View) -> Iterator[Finding]:
    """Columns of numbers that are means of the target.

    Where rows are grouped, by a category say, and each is given the mean of the target over its group, the rows of one
    value have exactly that mean: no measurement does. Means drawn towards the overall mean p by a weight a,
    (n m + a p) / (n + a), are recognised by the same a in every group.

    A column of fewer than five values is passed over.
    """
    if view.codes is None:
        return
    means = _targets(view)
    for name, cells in view.cells.items():
        if cells.quantities is None or len(cells.quantities) < MIN_VALUES:
            continue
        for what, target in means:
            how = _is_mean(cells, target)
            if how:
                text = (
                    f"column {name!r} holds {how} of {what} over the rows of each of its "
                    f"{len(cells.quantities):,} values: it was made from the labels, the row's own included, and tells "
                    "them where rows are few. Leave it out with drop; categories are encoded inside the folds"
                )
                yield Finding("encoding", "leak", text, (name,), {"n_values": len(cells.quantities)})
                break


def _targets(view: View) -> list[tuple[str, NDArray[np.float64]]]:
    """What means may be of: each class's indicator, and whole-numbered labels themselves."""
    assert view.codes is not None
    ordered = [("the labels", view.codes.astype(np.float64))] if view.n_classes > 2 else []
    if np.issubdtype(view.classes.dtype, np.number):
        ordered = [("the labels", view.classes[view.codes].astype(np.float64))]
    return ordered + [
        (f"whether the label is {view.classes[code]}", (view.codes == code).astype(np.float64))
        for code in range(view.n_classes)
    ]


def _is_mean(cells: Cells, target: NDArray[np.float64]) -> str:
    """How the column is a mean of the target, in words; empty if it is not."""
    assert cells.quantities is not None
    n_known = len(cells.quantities)
    values, n = cells.quantities, cells.counts[:n_known]
    means = np.bincount(cells.values, weights=target, minlength=cells.n_values)[:n_known] / n
    # Values that each occur in one row say nothing of means; a measurement is mostly such.
    if n_known > len(target) / 1.5:
        return ""
    spread = np.ptp(values)
    slope, offset = np.polyfit(values - values.mean(), means, 1, w=np.sqrt(n))
    off = np.abs(means - (offset + slope * (values - values.mean())))
    if off.max() <= _EXACT * max(np.ptp(means), 1e-12) and abs(slope) * spread > _EXACT:
        return "exactly the mean"
    if np.abs(means - values).max() <= _ROUNDED and n_known > MIN_VALUES and np.ptp(means) > 100 * _ROUNDED:
        return "the (rounded) mean"
    return "the smoothed mean" if _is_smoothed(values, n, means, float(target.mean())) else ""


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
