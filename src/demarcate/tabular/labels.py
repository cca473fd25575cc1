"""Labels: the classes of a target column, and rows as class indices."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.tabular.plain import by_microseconds
from demarcate.tabular.values import categories
from demarcate.words import is_whole

MAX_ROWS = 5
"""Rows that a message names."""
_MAX_NUMBER_NAMES = 10
_WHOLE = re.compile(r"^-?[0-9]+\.0$")


def class_codes(labels: Any) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The classes of a target, sorted, and each row's class index.

    Parameters
    ----------
    labels
        One label a row: strings, whole numbers or booleans. Whatever else they are, dates or several types, all are
        taken as text.

    Returns
    -------
    classes
        ``(n_classes,)``.
    codes
        Class indices, int64 ``(n_rows,)``.

    Raises
    ------
    InputError
        If a label is missing, there are fewer than two classes, or no class has a second row; all at
        once.

    Examples
    --------
    >>> classes, codes = class_codes(["no", "yes", "no", "yes"])
    >>> classes.tolist(), codes.tolist()
    (['no', 'yes'], [0, 1, 0, 1])
    """
    cells = labels_of(labels)
    missing = [row for row, label in enumerate(cells, 1) if is_missing(label)]
    problems = [missing_problem(missing, len(missing))] if missing else []
    present = [label for label in cells if not is_missing(label)]
    kinds = {type(label) for label in present}
    if not (kinds <= {int, float} or kinds <= {str} or kinds <= {bool}):
        present = [spelling(label) for label in present]
    counts = Counter(present)
    problems += [_half(cells, label) for label in counts if isinstance(label, str) and not is_whole(label)]
    problems += measured_problem(cells) or class_problems(counts)
    if problems:
        raise InputError(problems)
    classes = sorted(counts)
    places = {label: place for place, label in enumerate(classes)}
    return np.asarray(classes), np.fromiter((places[label] for label in present), np.int64, len(present))


def typed_labels(column: pl.Series) -> list[Any]:
    """Labels as whole numbers if every one is, as booleans if stored so, else as text; None where missing.

    Rows of one label share one object: a table has many rows and few classes.

    Examples
    --------
    >>> typed_labels(pl.Series(["1", " 0", "1.0", ""])), typed_labels(pl.Series(["01", "2"]))
    ([1, 0, 1, None], ['01', '2'])
    """
    if column.dtype == pl.Boolean:
        return column.to_list()
    text = categories(column)
    distinct = text.unique().drop_nulls()
    whole = distinct.str.contains(r"^-?[0-9]{1,15}$").all() and not distinct.str.contains(r"^-?0[0-9]").any()
    labels = np.array([*(distinct.cast(pl.Int64) if whole else distinct), None], dtype=object)
    places = text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32).fill_null(len(distinct))
    found: list[Any] = labels[places.to_numpy()].tolist()
    return found


def spelling(label: Any) -> str:
    """A label's one spelling, whatever type it has.

    Examples
    --------
    >>> spelling(" 1.0"), spelling(True), spelling("yes")
    ('1', 'true', 'yes')
    """
    text = str(label).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    return text.removesuffix(".0") if _WHOLE.match(text) else text


def labels_of(labels: Any) -> list[Any]:
    """Labels from any container as plain Python values, surrounding space stripped from text."""
    labels = by_microseconds(labels) if isinstance(labels, np.ndarray) else labels
    cells = labels.to_list() if hasattr(labels, "to_list") else labels.tolist() if hasattr(labels, "tolist") else labels
    return [_label(cell) for cell in cells]


def _label(cell: Any) -> Any:
    cell = by_microseconds(cell).item() if isinstance(cell, np.generic) else cell
    return cell.strip() if isinstance(cell, str) else cell


def is_missing(label: Any) -> bool:
    """Whether a label is none.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    if type(label).__name__ in ("NoneType", "NAType", "NaTType"):
        return True
    return label == "" or (isinstance(label, float) and math.isnan(label))


def missing_problem(rows: Sequence[int], n_missing: int) -> Problem:
    """What is wrong with missing labels: the first of their rows, counted from 1, and how many there are.

    Examples
    --------
    >>> print(missing_problem([3, 8], 2).found)
    the target is missing in row 3, 8
    """
    shown = ", ".join(map(str, rows[:MAX_ROWS])) + (f" and {n_missing - MAX_ROWS} more" if n_missing > MAX_ROWS else "")
    remedy = "Fill them in, or leave these rows out (--drop-missing-target)"
    return Problem("Every row has a label", f"the target is missing in row {shown}", remedy)


def _half(cells: Sequence[Any], label: str) -> Problem:
    found = f"the label in row {cells.index(label) + 1} holds half a character"
    return Problem("Texts hold whole characters", found, "Write the character in full")


def measured_problem(
    cells: Sequence[Any], rows: Sequence[int] | None = None, counts: Sequence[int] | None = None
) -> list[Problem]:
    """What to say when labels are numbers with fractions: they are measured, and no classes.

    As text such numbers may name classes (doses, say), but hardly when there are many of them.

    Parameters
    ----------
    cells
        Labels, one for each row, or the different ones.
    rows, counts
        The first row that has each, counted from 1, and how many have it; None if there is one for each row.

    Examples
    --------
    >>> [problem.found for problem in measured_problem([1.5, 2.0], [1, 4], [30, 20])]
    ['row 1 holds 1.5, and 29 more rows hold fractions']
    """
    rows, counts = rows or range(1, len(cells) + 1), counts or [1] * len(cells)
    present = [place for place, label in enumerate(cells) if not is_missing(label)]
    as_text = [cells[place] for place in present if not isinstance(cells[place], float)]
    n_present = sum(counts[place] for place in present)
    if as_text and len({cells[place] for place in present}) <= max(_MAX_NUMBER_NAMES, n_present / 10):
        return []
    numbers = [_number(label) for label in cells]
    measured = [place for place, number in enumerate(numbers) if number is not None and number % 1]
    if not measured or any(_number(label) is None for label in as_text):
        return []
    n_more = sum(counts[place] for place in measured) - 1
    more = f", and {n_more} more rows hold fractions" if n_more else ""
    found = f"row {rows[measured[0]]} holds {cells[measured[0]]}{more}"
    remedy = "This looks like regression: cut the numbers into classes and name them"
    return [Problem("A label names a class", found, remedy)]


def _number(label: Any) -> float | None:
    """A label as a finite number, if it is one."""
    if isinstance(label, bool):
        return None
    try:
        number = float(label)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def class_problems(counts: Mapping[Any, int]) -> list[Problem]:
    """What to say of classes with so many rows that nothing can be learned from.

    Examples
    --------
    >>> [problem.found for problem in class_problems({"yes": 20})]
    ["every label is 'yes'"]
    """
    if len(counts) < 2:
        found = f"every label is {next(iter(counts))!r}" if counts else "there is no label"
        remedy = "Give rows of another class: one class cannot be told from nothing"
        return [Problem("A classifier separates at least two classes", found, remedy)]
    if max(counts.values()) == 1:
        remedy = "It may be the wrong column: a label is neither a number that is measured nor a name"
        return [Problem("Rows of one class share a label", f"all {len(counts)} labels differ", remedy)]
    return []
