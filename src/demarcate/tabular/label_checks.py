"""Labels that are no classes: refused where nothing can be learned of them, and warned of where a person would ask."""

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from demarcate.errors import Problem
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular.cells import MISSING_WORDS
from demarcate.tabular.label_spelling import spelling_notice
from demarcate.tabular.label_types import is_missing_label, type_problems

MAX_ROWS_NAMED = 5
_MAX_NUMERIC_CLASSES = 10
_MAX_NUMBERED_CLASSES = 20
"""More classes than this that are numbers look like a quantity, unless they are numbered through and about even."""
_MAX_CODE_RATIO, _MAX_EVEN_RATIO = 10, 3
"""Rows of the largest class for each of the smallest: codes of classes are more even than values of a quantity."""
_UNKNOWN_WORDS = (MISSING_WORDS - {"", "none", "nil"}) | {"unknown", "??", "???", "--", "---", "n.d.", "n/d", "#n/d"}
"""Labels that are rather a missing one, in any case; ``none`` is an answer."""
_SEPARATORS = "|;,"
_BRACKETS = "[](){}'\" "


@dataclass(frozen=True)
class LabelRows:
    """A distinct label's first row, counted from 1, and the number of its rows."""

    first: int
    n: int


def label_problems(labels: Mapping[Any, LabelRows]) -> list[Problem]:
    """Report what makes the labels of a table, without missing ones, no classes."""
    problems = type_problems((label, rows.first) for label, rows in labels.items())
    if problems:
        return problems
    firsts, counts = [rows.first for rows in labels.values()], [rows.n for rows in labels.values()]
    return regression_problems([*labels], firsts, counts) or several_labels_problems(labels)


def label_notices(labels: Mapping[Any, LabelRows]) -> list[str]:
    """Return warnings of labels that can be learned, but that are hardly the classes that a person means."""
    counts = {label: rows.n for label, rows in labels.items() if isinstance(label, str)}
    notices = [spelling_notice(counts), _missing_notice(labels), _number_notice(labels)]
    return [notice for notice in notices if notice]


def missing_problems(rows: Sequence[int], n_missing: int | None = None) -> list[Problem]:
    """Report missing labels by their rows, counted from 1; ``n_missing`` if only the first rows are known."""
    n_missing = len(rows) if n_missing is None else n_missing
    if not n_missing:
        return []
    place = f"row {rows[0]}" if n_missing == 1 else f"rows {listed(rows, MAX_ROWS_NAMED, total=n_missing)}"
    remedy = "Fill it in, or leave out rows without a label: --drop-missing-target (in Python y and X without them)"
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


def several_labels_problems(labels: Mapping[Any, LabelRows]) -> list[Problem]:
    """Report labels that are lists, such as ``a|b``: many are made of few."""
    texts = {label: rows for label, rows in labels.items() if isinstance(label, str)}
    for separator in _SEPARATORS:
        parts = {label: _parts(label, separator) for label in texts}
        lists = {label: atoms for label, atoms in parts.items() if len(atoms) > 1}
        if not lists or not _are_lists(parts, lists, is_rare=separator != ","):
            continue
        atoms = [*dict.fromkeys(atom for each in parts.values() for atom in each)]
        label = min(lists, key=lambda each: texts[each].first)
        made = f"{len(parts)} labels are made of {len(atoms)}: {listed(atoms, write=quoted)}"
        fact = f"The label in row {texts[label].first} is {quoted(label)}, and {made}"
        remedy = "This looks like several labels a row: not supported. Predict one of them at a time, from a column of "
        return [Problem(fact, f"{remedy}yes and no for each")]
    return []


def _parts(label: str, separator: str) -> list[str]:
    parts = (part.strip(_BRACKETS) for part in label.strip(_BRACKETS).split(separator))
    return [part for part in parts if part]


def _are_lists(parts: Mapping[str, list[str]], lists: Mapping[str, list[str]], *, is_rare: bool) -> bool:
    """Tell whether labels are lists of few words: words return, and are fewer than labels or labels of their own.

    A comma is common within names, so that its lists need both.
    """
    n_labels: dict[str, int] = {}
    for atoms in parts.values():
        for atom in set(atoms):
            n_labels[atom] = n_labels.get(atom, 0) + 1
    listed_atoms = {atom for atoms in lists.values() for atom in atoms}
    if any(_finite_number(atom) is not None for atom in listed_atoms) and not is_rare:
        return False  # 1,5 is a number with a decimal comma
    n_returning = sum(n_labels[atom] > 1 for atom in listed_atoms)
    singles = {atoms[0] for label, atoms in parts.items() if len(atoms) == 1}
    are_fewer, stand_alone = len(n_labels) < len(parts), len(singles & listed_atoms) > 1
    if 2 * n_returning <= len(listed_atoms):
        return False
    return are_fewer or stand_alone if is_rare else are_fewer and (stand_alone or n_returning == len(listed_atoms))


def _missing_notice(labels: Mapping[Any, LabelRows]) -> str:
    words = {label: rows for label, rows in labels.items() if isinstance(label, str)}
    unknown = [label for label in words if label.strip().casefold() in _UNKNOWN_WORDS]
    if "+" in {label.strip() for label in words}:
        unknown = [label for label in unknown if label.strip() != "-"]
    if not unknown:
        return ""
    shown = listed(
        [f"{quoted(label)} ({counted(words[label].n, 'row')}, first {words[label].first})" for label in unknown]
    )
    what = "is a class, although it looks" if len(unknown) == 1 else "are classes, although they look"
    written = shlex.quote(",".join(unknown))
    remedy = f"--missing {written} --drop-missing-target leaves out these rows (in Python y and X without them)"
    return f"the label {shown} {what} like a missing label. {remedy}"


def _number_notice(labels: Mapping[Any, LabelRows]) -> str:
    """Return a warning of classes that are the values of a quantity rather than codes."""
    numbers = [_finite_number(label) for label in labels]
    if len(numbers) <= _MAX_NUMERIC_CLASSES or any(number is None for number in numbers):
        return ""
    values = sorted(number for number in numbers if number is not None)
    counts = [rows.n for rows in labels.values()]
    ratio = max(counts) / min(counts)
    is_numbered = values[0] in (0, 1) and values[-1] - values[0] == len(values) - 1
    are_few = len(values) <= _MAX_NUMBERED_CLASSES
    if (is_numbered and (are_few or ratio <= _MAX_CODE_RATIO)) or (are_few and ratio <= _MAX_EVEN_RATIO):
        return ""
    fact = f"the {len(values)} classes are numbers from {values[0]:g} to {values[-1]:g}"
    remedy = "This looks like a number to predict: cut it into a few ranges and name them, if near numbers are alike"
    return f"{fact}. {remedy}"


def _finite_number(label: Any) -> float | None:
    try:
        number = math.nan if isinstance(label, bool) else float(label)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
