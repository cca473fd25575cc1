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
from demarcate.formatting import counted, is_whole
from demarcate.tabular.cells import categories
from demarcate.tabular.columns import by_microseconds

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


MOST_LABELS = 100_000
"""So many different labels are no classes any more."""


class LabelCount:
    """Counts labels, and says what is wrong with them once, for all of the table.

    Examples
    --------
    >>> count = LabelCount()
    >>> count.add(pl.Series(["no", "yes"]))
    >>> count.add(pl.Series(["yes"]))
    >>> classes, counts = count.classes()
    >>> classes.tolist(), counts.tolist()
    (['no', 'yes'], [1, 2])
    """

    def __init__(self) -> None:
        self._n_rows, self._n_missing = 0, 0
        self._missing: list[int] = []
        self._is_boolean = True
        self._first_row: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def add(self, labels: pl.Series) -> None:
        """Take in the next rows' labels.

        Raises
        ------
        InputError
            If there are too many different ones to be classes.
        """
        words = categories(labels)
        self._is_boolean = self._is_boolean and labels.dtype == pl.Boolean
        missing = np.flatnonzero(words.is_null())
        self._missing += (self._n_rows + 1 + missing[: MAX_ROWS - len(self._missing)]).tolist()
        self._n_missing += len(missing)
        rows = pl.DataFrame({"word": words, "row": np.arange(self._n_rows + 1, self._n_rows + 1 + len(words))})
        counted = rows.drop_nulls().group_by("word").agg(pl.col("row").min(), n=pl.len()).sort("row")
        for word, row, n in counted.iter_rows():
            self._first_row.setdefault(word, row)
            self._counts[word] = self._counts.get(word, 0) + n
        self._n_rows += len(words)
        if len(self._counts) > MOST_LABELS:
            found = f"more than {MOST_LABELS:,} labels differ in the first {self._n_rows:,} rows"
            raise InputError([Problem("Rows of one class share a label", found, "It may be the wrong column")])

    def classes(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The labels, sorted, and how many rows have each, as `class_codes` would find them.

        Raises
        ------
        InputError
            If a label is missing, there are fewer than two classes, or no class has a second row; all at once.
        """
        words, counts = [*self._counts], [*self._counts.values()]
        labels = (
            [word == "true" for word in words] if self._is_boolean else typed_labels(pl.Series(words, dtype=pl.String))
        )
        problems = [missing_problem(self._missing, self._n_missing)] if self._n_missing else []
        problems += measured_problem(labels, [*self._first_row.values()], counts) or class_problems(
            dict(zip(labels, counts, strict=True))
        )
        if problems:
            raise InputError(problems)
        order = sorted(range(len(labels)), key=lambda place: labels[place])
        return np.asarray([labels[place] for place in order]), np.array([counts[place] for place in order])


_MAX_SHOWN = 10
_MAX_COUNTED = 10_000
"""Unknown labels that are told apart; more are not counted."""
_TRUTHS = {"0": "false", "1": "true", "false": "0", "true": "1"}
"""The other way of writing a truth value, which is the same label where these two are the classes."""
_TRUTH_CLASSES = ({"0", "1"}, {"false", "true"})


class LabelReader:
    """Reads the labels of a table that comes in parts, and says what is wrong with them once, for all of it.

    Parameters
    ----------
    classes
        The labels that are known.

    Examples
    --------
    >>> reader = LabelReader(["no", "yes"])
    >>> reader.take(["yes", "no"]).tolist()
    [1, 0]
    >>> reader.take([None, "maybe"]) is None
    True
    >>> [problem.found for problem in reader.problems]
    ['the target is missing in row 3', "'maybe' in 1 row"]
    """

    def __init__(self, classes: Sequence[Any] | NDArray[Any]) -> None:
        known = np.asarray(classes).tolist()
        self._exact = {(type(label), label): place for place, label in enumerate(known)}
        self._spelled = {spelling(label): place for place, label in enumerate(known)}
        self._truths = (
            {_TRUTHS[word]: place for word, place in self._spelled.items()}
            if self._spelled.keys() in _TRUTH_CLASSES
            else {}
        )
        self._n_rows = 0
        self._missing: list[int] = []
        self._n_missing = 0
        self._unknown: Counter[str] = Counter()

    @property
    def problems(self) -> list[Problem]:
        """All that is wrong with the labels so far."""
        problems = [missing_problem(self._missing, self._n_missing)] if self._n_missing else []
        if self._unknown:
            shown = [f"{label!r} in {counted(n, 'row')}" for label, n in self._unknown.most_common(_MAX_SHOWN)]
            n_more = len(self._unknown) - _MAX_SHOWN
            found = ", ".join(shown) + (f" and {n_more} more" if n_more > 0 else "")
            classes = ", ".join(map(repr, self._spelled))
            remedy = f"The classes are {classes}: leave out the rows, or train on such a table"
            problems.append(Problem("Every label is a class the model knows", found, remedy))
        return problems

    def take(self, labels: Any) -> NDArray[np.int64] | None:
        """Class indices of the next rows' labels; None once anything is wrong with any, which `problems` tells.

        Parameters
        ----------
        labels
            One a row, in any container. A polars column is read as categories are: an empty cell is missing.
        """
        if isinstance(labels, pl.Series):
            words = categories(labels)
            distinct = words.drop_nulls().unique(maintain_order=True)
            places = pl.Series([self._place(word) for word in distinct], dtype=pl.Int64)
            codes = words.replace_strict(distinct, places, return_dtype=pl.Int64).fill_null(-1).to_numpy()
            missing = np.flatnonzero(words.is_null())
            unknown = words.filter(codes < 0).drop_nulls().value_counts(sort=True).iter_rows()
        else:
            cells = labels_of(labels)
            missing = np.flatnonzero([is_missing(label) for label in cells])
            codes = np.array([-1 if is_missing(label) else self._place(label) for label in cells], dtype=np.int64)
            unknown = iter([(cells[row], 1) for row in np.flatnonzero(codes < 0) if not is_missing(cells[row])])
        self._missing += (self._n_rows + 1 + missing[: MAX_ROWS - len(self._missing)]).tolist()
        self._n_missing += len(missing)
        self._n_rows += len(codes)
        for label, n in unknown:
            if len(self._unknown) < _MAX_COUNTED or spelling(label) in self._unknown:
                self._unknown[spelling(label)] += n
        return None if self._n_missing or self._unknown else codes

    def _place(self, label: Any) -> int:
        if (type(label), label) in self._exact:
            return self._exact[type(label), label]
        word = spelling(label)
        return self._spelled.get(word, self._truths.get(word, -1))


def known_codes(labels: Any, classes: Sequence[Any] | NDArray[Any]) -> NDArray[np.int64]:
    """Class indices of labels among classes that are already known; 1, 1.0 and "1" are the same label.

    Raises
    ------
    InputError
        If a label is missing or unknown; all at once.

    Examples
    --------
    >>> known_codes(["1", " 0", 1.0, False], np.array([0, 1])).tolist()
    [1, 0, 1, 0]
    """
    reader = LabelReader(classes)
    codes = reader.take(labels_of(labels))
    if codes is None:
        raise InputError(reader.problems)
    return codes
