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
from demarcate.formatting import counted, is_whole, listed, quoted
from demarcate.tabular.cells import parse_categories
from demarcate.tabular.columns import by_microseconds, is_missing

MAX_ROWS_NAMED = 5
_MAX_NUMERIC_CLASSES = 10
_WHOLE_FLOAT = re.compile(r"^-?[0-9]+\.0$")


def encode_labels(labels: Any) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Return the sorted classes ``(n_classes,)`` and each row's class index ``(n_rows,)``.

    Labels are strings, integers or booleans; all are taken as text if any is of another type or types are mixed.
    All problems are reported together: missing labels, fewer than two classes, no class with a second row.
    """
    cells = to_labels(labels)
    are_missing = [is_missing_label(label) for label in cells]
    problems = missing_problems([row for row, missing in enumerate(are_missing, 1) if missing])
    present = [label for label, missing in zip(cells, are_missing, strict=True) if not missing]
    kinds = {type(label) for label in present}
    if not (kinds <= {int, float} or kinds <= {str} or kinds <= {bool}):
        present = [canonical_label(label) for label in present]
    counts = Counter(present)
    for label in counts:
        if isinstance(label, str) and not is_whole(label):
            fact = f"The label in row {cells.index(label) + 1} holds half a character"
            problems.append(Problem(fact, "Write the character in full"))
    problems += regression_problems(cells) or class_problems(counts)
    if problems:
        raise InputError(problems)
    classes = sorted(counts)
    codes = {label: code for code, label in enumerate(classes)}
    return np.asarray(classes), np.fromiter((codes[label] for label in present), np.int64, len(present))


def typed_labels(column: pl.Series) -> list[Any]:
    """Return labels as integers if every one is, as booleans if stored so, else as text; None where missing.

    Rows of one label share one object: a table has many rows and few classes.
    """
    if column.dtype == pl.Boolean:
        return column.to_list()
    text = parse_categories(column)
    distinct = text.unique().drop_nulls()
    are_integers = distinct.str.contains(r"^-?[0-9]{1,15}$").all() and not distinct.str.contains(r"^-?0[0-9]").any()
    labels = np.array([*(distinct.cast(pl.Int64) if are_integers else distinct), None], dtype=object)
    codes = text.cast(pl.Enum(distinct)).to_physical().cast(pl.UInt32).fill_null(len(distinct))
    typed: list[Any] = labels[codes.to_numpy()].tolist()
    return typed


def canonical_label(label: Any) -> str:
    """Return a label as text that does not depend on its type: 1, 1.0 and " 1" are ``1``, True is ``true``."""
    text = str(label).strip()
    if text.lower() in ("true", "false"):
        return text.lower()
    return text.removesuffix(".0") if _WHOLE_FLOAT.match(text) else text


def to_labels(labels: Any) -> list[Any]:
    """Return labels from any container as plain Python values, text without surrounding space."""
    labels = by_microseconds(labels) if isinstance(labels, np.ndarray) else labels
    cells = labels.to_list() if hasattr(labels, "to_list") else labels.tolist() if hasattr(labels, "tolist") else labels
    return [_plain_label(cell) for cell in cells]


def _plain_label(cell: Any) -> Any:
    cell = by_microseconds(cell).item() if isinstance(cell, np.generic) else cell
    return cell.strip() if isinstance(cell, str) else cell


def is_missing_label(label: Any) -> bool:
    """Tell whether a label is a missing value or empty text."""
    return is_missing(label) or label == ""


def missing_problems(rows: Sequence[int], n_missing: int | None = None) -> list[Problem]:
    """Report missing labels by their rows, counted from 1; ``n_missing`` if only the first rows are known."""
    n_missing = len(rows) if n_missing is None else n_missing
    if not n_missing:
        return []
    place = f"row {rows[0]}" if n_missing == 1 else f"rows {listed(rows, MAX_ROWS_NAMED, total=n_missing)}"
    remedy = "Fill it in, or leave out rows without a label (--drop-missing-target)"
    return [Problem(f"The target is missing in {place}", remedy)]


def regression_problems(
    cells: Sequence[Any], rows: Sequence[int] | None = None, counts: Sequence[int] | None = None
) -> list[Problem]:
    """Report labels that are numbers with fractions: they are measurements, not classes.

    As text such numbers may name classes (doses, say) unless there are many. Cells are the labels of all rows, or the
    distinct ones with the first row of each, counted from 1, and the number of its rows.
    """
    rows, counts = rows or range(1, len(cells) + 1), counts or [1] * len(cells)
    present = [index for index, label in enumerate(cells) if not is_missing_label(label)]
    as_text = [cells[index] for index in present if not isinstance(cells[index], float)]
    n_present = sum(counts[index] for index in present)
    if as_text and len({cells[index] for index in present}) <= max(_MAX_NUMERIC_CLASSES, n_present / 10):
        return []
    numbers = [_finite_number(label) for label in cells]
    fractions = [index for index, number in enumerate(numbers) if number is not None and number % 1]
    if not fractions or any(_finite_number(label) is None for label in as_text):
        return []
    n_more = sum(counts[index] for index in fractions) - 1
    more = f", and {counted(n_more, 'more row')} hold fractions" if n_more else ""
    fact = f"The label in row {rows[fractions[0]]} is {cells[fractions[0]]}{more}"
    return [Problem(fact, "This looks like regression: cut the numbers into classes and name them")]


def class_problems(counts: Mapping[Any, int]) -> list[Problem]:
    """Report classes that nothing can be learned from, given the number of rows of each."""
    if len(counts) < 2:
        fact = f"Every label is {quoted(next(iter(counts)))}" if counts else "There is no label"
        return [Problem(fact, "Give rows of another class: a classifier separates at least two classes")]
    return [different_labels_problem(f"All {len(counts)} labels differ")] if max(counts.values()) == 1 else []


def different_labels_problem(fact: str) -> Problem:
    """Return the problem of a target with too many distinct labels to be classes."""
    return Problem(fact, "Check the target column: rows of one class share a label, unlike names and measurements")


def _finite_number(label: Any) -> float | None:
    try:
        number = math.nan if isinstance(label, bool) else float(label)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
