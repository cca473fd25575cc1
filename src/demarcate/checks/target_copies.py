"""Columns that alone tell the target: copies of it under other names, and numbers that rank its classes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.table_view import Cells, View

VALUES_SHARE = 0.2
RIGHT_SHARE = 0.99
LARGEST_CLASS = 0.95
AUC = 0.999
MIN_ROWS = 30
QUESTION = "Is it known before the label is? If not, leave it out with drop"

_Told = tuple[str, dict[str, float]]


def giveaways(view: View) -> Iterator[Finding]:
    """Columns that give the target away.

    A column does if

    - it has few values, at most one for every five rows, and guessing the most frequent class of each value is right
      for 99% of all rows, while the largest class has less than 95% of them. A missing cell counts as a value; a
      numerical column or a date with many values is judged by whether it is missing;
    - or it is a number or a date, and ranks the rows of two classes with a ROC AUC of 0.999 or more (or 0.001 or less);
      or thresholds on it part three or more classes without an error. Each of two classes needs 30 rows in which it
      is not missing, more classes need 30 together.
    """
    if view.codes is None or view.class_counts.max() >= LARGEST_CLASS * view.n_rows:
        return
    for name, cells in view.cells.items():
        if told := _giveaway(cells, view.codes, view.n_classes):
            text = f"column {name!r} alone gives the target away: {told[0]}. {QUESTION}"
            yield Finding("giveaway", "leak", text, (name,), told[1])


def _giveaway(cells: Cells, codes: NDArray[np.int64], n_classes: int) -> _Told | None:
    """How a column tells the target, if it does."""
    if told := _by_value(
        cells.values, cells.n_values, codes, n_classes, "the most frequent class of each of its {n} values"
    ):
        return told
    if cells.quantities is None:
        return None
    if cells.n_missing:
        missing = cells.is_missing.astype(np.int64)
        if told := _by_value(missing, 2, codes, n_classes, "by whether it is missing"):
            return told
    known = ~cells.is_missing
    values, of_known = cells.values[known], codes[known]
    return _by_rank(values, of_known) if n_classes == 2 else _by_thresholds(values, of_known)


def _by_value(
    values: NDArray[np.int64], n_values: int, codes: NDArray[np.int64], n_classes: int, guess: str
) -> _Told | None:
    n_rows = len(codes)
    if n_values > max(2, VALUES_SHARE * n_rows) or n_rows < MIN_ROWS:
        return None
    counts = np.bincount(values * n_classes + codes, minlength=n_values * n_classes).reshape(n_values, n_classes)
    share = float(counts.max(1).sum() / n_rows)
    if share < RIGHT_SHARE:
        return None
    largest = float(counts.sum(0).max() / n_rows)
    text = f"guessing {guess.format(n=n_values)} is right for {share:.1%} of rows (the largest class has {largest:.1%})"
    return text, {"share_right": share, "largest_class": largest}


def _by_rank(values: NDArray[np.int64], codes: NDArray[np.int64]) -> _Told | None:
    """The ROC AUC of a number that ranks two classes (almost) without error."""
    area = auc(values, codes == 1)
    if area is None or 1 - AUC < area < AUC or min(codes.sum(), len(codes) - codes.sum()) < MIN_ROWS:
        return None
    area = max(area, 1 - area)
    text = f"it ranks the two classes with a ROC AUC of {area:.4f} on the {len(codes):,} rows that have it"
    return text, {"roc_auc": area}


def auc(values: NDArray[np.int64], is_second: NDArray[np.bool_]) -> float | None:
    """The area under the ROC curve of numbered values, ties counting half; None if all rows are of one class.

    Examples
    --------
    >>> auc(np.array([0, 1, 1, 2]), np.array([False, False, True, True]))
    0.875
    """
    n_values = int(values.max()) + 1 if len(values) else 0
    positives = np.bincount(values[is_second], minlength=n_values)
    negatives = np.bincount(values[~is_second], minlength=n_values)
    pairs = float(positives.sum()) * float(negatives.sum())
    below = np.cumsum(negatives) - negatives / 2
    return float(positives @ below) / pairs if pairs else None


def _by_thresholds(values: NDArray[np.int64], codes: NDArray[np.int64]) -> _Told | None:
    """Whether each class has a range of the numbers to itself."""
    present = np.unique(codes)
    if len(values) < MIN_ROWS or len(present) < 2:
        return None
    lows, highs = np.full(present.max() + 1, values.max()), np.zeros(present.max() + 1, dtype=np.int64)
    np.minimum.at(lows, codes, values)
    np.maximum.at(highs, codes, values)
    order = present[np.argsort(lows[present])]
    if not np.all(highs[order][:-1] < lows[order][1:]):
        return None
    n_classes = len(present)
    text = f"thresholds on it part the {n_classes} classes without an error on the {len(values):,} rows that have it"
    return text, {"n_classes_parted": n_classes}
