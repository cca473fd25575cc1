"""Labels: the classes of a target column, and rows as class indices."""

from collections import Counter
from collections.abc import Hashable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem

MIN_CLASS_ROWS = 2
"""Rows a class needs: one to train on and one to be judged by."""
_MAX_CLASSES_SHOWN = 10


def class_codes(labels: Any) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The classes of a target, sorted, and each row's class index.

    Parameters
    ----------
    labels
        One label a row: strings, whole numbers, booleans or other values that sort.

    Returns
    -------
    classes
        ``(n_classes,)``.
    codes
        Class indices, int64 ``(n_rows,)``.

    Raises
    ------
    InputError
        If a label is missing, or there are fewer than two classes, or a class has a single row; all at once.

    Examples
    --------
    >>> classes, codes = class_codes(["no", "yes", "no", "yes"])
    >>> classes.tolist(), codes.tolist()
    (['no', 'yes'], [0, 1, 0, 1])
    """
    cells = labels_of(labels)
    missing = [row for row, label in enumerate(cells, 1) if _is_missing(label)]
    problems = [_missing_problem(missing)] if missing else []
    counts = Counter(label for label in cells if not _is_missing(label))
    problems += _class_problems(counts)
    if problems:
        raise InputError(problems)
    if len({type(label) for label in counts}) > 1:
        cells = [str(label) for label in cells]
    classes, codes = np.unique(np.asarray(cells), return_inverse=True)
    return classes, codes.astype(np.int64)


def labels_of(labels: Any) -> list[Any]:
    """Labels from any container as plain Python values, surrounding space stripped from text."""
    cells = labels.to_list() if hasattr(labels, "to_list") else labels.tolist() if hasattr(labels, "tolist") else labels
    return [cell.strip() if isinstance(cell, str) else cell for cell in cells]


def _is_missing(label: Any) -> bool:
    return label is None or label == "" or label != label or type(label).__name__ in ("NAType", "NaTType")  # noqa: PLR0124


def _missing_problem(rows: list[int]) -> Problem:
    shown = ", ".join(map(str, rows[:5])) + (f" and {len(rows) - 5} more" if len(rows) > 5 else "")
    remedy = "Fill them in, or leave these rows out with --drop-missing-target"
    return Problem("Every row has a label", f"the target is missing in row {shown}", remedy)


def _class_problems(counts: Counter[Hashable]) -> list[Problem]:
    if len(counts) < 2:
        found = f"every label is {next(iter(counts))!r}" if counts else "there is no label"
        return [
            Problem(
                "A classifier separates at least two classes",
                found,
                "Give rows of another class: one class cannot be told from nothing",
            )
        ]
    small = [repr(label) for label, count in counts.items() if count < MIN_CLASS_ROWS]
    if not small:
        return []
    if len(small) == len(counts):
        remedy = "Is the target really a label, and not a number or a name? It may be the wrong column"
    else:
        remedy = "Gather more rows of them, merge them with others, or leave their rows out with --drop-small-classes"
    shown = ", ".join(small[:_MAX_CLASSES_SHOWN])
    shown += f" and {len(small) - _MAX_CLASSES_SHOWN} more" if len(small) > _MAX_CLASSES_SHOWN else ""
    rule = f"Every class has at least {MIN_CLASS_ROWS} rows, to train on and to be judged by"
    return [Problem(rule, f"a single row is of class {shown}", remedy)]
