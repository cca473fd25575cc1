"""Columns that alone predict the target: copies of it under other names, and numbers that rank its classes."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.information_gain import contingency_table, rank_auc
from demarcate.checks.subject_ids import what_dropping_hides
from demarcate.checks.table_view import FactorizedColumn, TableView
from demarcate.formatting import percent

MAX_VALUES_SHARE = 0.2
MIN_ACCURACY = 0.99
MAX_CLASS_SHARE = 0.95
MIN_AUC = 0.999
MIN_ROWS = 30
REMEDY = "Leave it out with drop unless it is known before the label"

_Reason = tuple[str, dict[str, float]]


def target_copies(table: TableView) -> Iterator[Finding]:
    """Yield columns that alone determine the target, if its largest class has less than 95% of the rows.

    Those that name subjects of several rows are left to the check of these.
    Either predicting the most frequent class of each value is right for 99% of the rows, with at most one value per
    five rows (numbers of more values are tested by whether they are missing). Or a number or date ranks two classes
    with a ROC AUC of at least 0.999, or at most 0.001, or thresholds on it separate more classes without an error; each
    of two classes needs 30 rows where it is not missing, more classes need 30 together.
    """
    if table.codes is None or table.class_counts.max() >= MAX_CLASS_SHARE * table.n_rows:
        return
    for name, column in table.columns.items():
        if name not in table.suspects and (reason := _reason(column, table.codes, table.n_classes)):
            text = f"column {name!r} alone predicts the target: {reason[0]}. {REMEDY}{what_dropping_hides(table, name)}"
            yield Finding("giveaway", "leak", text, (name,), reason[1])


def _reason(column: FactorizedColumn, codes: NDArray[np.int64], n_classes: int) -> _Reason | None:
    """Return how a column determines the target, and figures, if it does."""
    values = f"the most frequent class of each of its {column.n_values} values"
    if reason := _by_value(column.value_codes, column.n_values, codes, n_classes, values):
        return reason
    if column.numbers is None:
        return None
    if column.n_missing:
        missing = column.is_missing.astype(np.int64)
        if reason := _by_value(missing, 2, codes, n_classes, "by whether it is missing"):
            return reason
    present = ~column.is_missing
    values_present, codes_present = column.value_codes[present], codes[present]
    return (_by_rank if n_classes == 2 else _by_thresholds)(values_present, codes_present)


def _by_value(
    values: NDArray[np.int64], n_values: int, codes: NDArray[np.int64], n_classes: int, guess: str
) -> _Reason | None:
    """Return the accuracy of predicting the most frequent class of each value, if it is high."""
    n_rows = len(codes)
    if n_values > max(2, MAX_VALUES_SHARE * n_rows) or n_rows < MIN_ROWS:
        return None
    counts = contingency_table(values, n_values, codes, n_classes)
    accuracy = float(counts.max(1).sum() / n_rows)
    if accuracy < MIN_ACCURACY:
        return None
    largest = float(counts.sum(0).max() / n_rows)
    text = (
        f"predicting {guess} is right for {percent(accuracy, 1)} of rows (the largest class has {percent(largest, 1)})"
    )
    return text, {"share_right": accuracy, "largest_class": largest}


def _by_rank(values: NDArray[np.int64], codes: NDArray[np.int64]) -> _Reason | None:
    """Return the ROC AUC of a number that ranks two classes (almost) without error."""
    area = rank_auc(values, codes == 1)
    if area is None or 1 - MIN_AUC < area < MIN_AUC or min(codes.sum(), len(codes) - codes.sum()) < MIN_ROWS:
        return None
    area = max(area, 1 - area)
    text = f"it ranks the two classes with a ROC AUC of {area:.4f} on the {len(codes):,} rows where it is not missing"
    return text, {"roc_auc": area}


def _by_thresholds(values: NDArray[np.int64], codes: NDArray[np.int64]) -> _Reason | None:
    """Return the number of classes that have a range of the numbers each, if all have."""
    classes = np.unique(codes)
    if len(values) < MIN_ROWS or len(classes) < 2:
        return None
    lows, highs = np.full(classes.max() + 1, values.max()), np.zeros(classes.max() + 1, dtype=np.int64)
    np.minimum.at(lows, codes, values)
    np.maximum.at(highs, codes, values)
    order = classes[np.argsort(lows[classes])]
    if not np.all(highs[order][:-1] < lows[order][1:]):
        return None
    text = (
        f"thresholds on it separate the {len(classes)} classes without an error on the {len(values):,} rows where it "
        "is not missing"
    )
    return text, {"n_classes_parted": len(classes)}
