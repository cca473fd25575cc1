"""Labels of a table that comes in parts: counted to find the classes, or read as classes that are known."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular.cells import parse_categories
from demarcate.tabular.labels import (
    MAX_ROWS_NAMED,
    canonical_label,
    class_problems,
    different_labels_problem,
    is_missing_label,
    missing_problems,
    regression_problems,
    to_labels,
    typed_labels,
)

MAX_CLASSES = 100_000
_MAX_UNKNOWN_COUNTED = 10_000
_OTHER_SPELLINGS = {"0": "false", "1": "true", "false": "0", "true": "1"}
"""Booleans are also written as numbers, which are the same labels where these two are the classes."""
_BOOLEAN_CLASSES = ({"0", "1"}, {"false", "true"})


class _MissingRows:
    """Counts missing labels, and notes the first of their rows."""

    def __init__(self) -> None:
        self.n_rows = self.n_missing = 0
        self._first: list[int] = []

    def add(self, is_missing: NDArray[np.bool_]) -> None:
        rows = np.flatnonzero(is_missing)
        self._first += (self.n_rows + 1 + rows[: MAX_ROWS_NAMED - len(self._first)]).tolist()
        self.n_missing += len(rows)
        self.n_rows += len(is_missing)

    def problems(self) -> list[Problem]:
        return missing_problems(self._first, self.n_missing)


class LabelCounter:
    """Counts labels part by part, and reports problems once for the whole table."""

    def __init__(self) -> None:
        self._missing = _MissingRows()
        self._is_boolean = True
        self._first_row: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def add(self, labels: pl.Series) -> None:
        """Count the next rows' labels; too many distinct ones are refused before they fill the memory."""
        words = parse_categories(labels)
        self._is_boolean = self._is_boolean and labels.dtype == pl.Boolean
        first = self._missing.n_rows + 1
        self._missing.add(words.is_null().to_numpy())
        rows = pl.DataFrame({"word": words, "row": np.arange(first, first + len(words))})
        counts = rows.drop_nulls().group_by("word").agg(pl.col("row").min(), n=pl.len()).sort("row")
        for word, row, n in counts.iter_rows():
            self._first_row.setdefault(word, row)
            self._counts[word] = self._counts.get(word, 0) + n
        if len(self._counts) > MAX_CLASSES:
            fact = f"More than {MAX_CLASSES:,} labels differ in the first {self._missing.n_rows:,} rows"
            raise InputError([different_labels_problem(fact)])

    def classes(self) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """Return the classes, sorted as `encode_labels` does, and their numbers of rows, both ``(n_classes,)``."""
        words, counts = pl.Series([*self._counts], dtype=pl.String), [*self._counts.values()]
        labels = (words == "true").to_list() if self._is_boolean else typed_labels(words)
        rows_of_labels = dict(zip(labels, counts, strict=True))
        problems = self._missing.problems()
        problems += regression_problems(labels, [*self._first_row.values()], counts) or class_problems(rows_of_labels)
        if problems:
            raise InputError(problems)
        classes = sorted(rows_of_labels)
        return np.asarray(classes), np.array([rows_of_labels[label] for label in classes])


class LabelReader:
    """Reads labels part by part as indices of known classes, and reports problems once for the whole table.

    1, 1.0 and "1" are the same label.
    """

    def __init__(self, classes: Sequence[Any] | NDArray[Any]) -> None:
        known = np.asarray(classes).tolist()
        self._by_value = {(type(label), label): code for code, label in enumerate(known)}
        self._by_text = {canonical_label(label): code for code, label in enumerate(known)}
        booleans = self._by_text if self._by_text.keys() in _BOOLEAN_CLASSES else {}
        self._by_other_spelling = {_OTHER_SPELLINGS[word]: code for word, code in booleans.items()}
        self._missing = _MissingRows()
        self._unknown: Counter[str] = Counter()

    @property
    def problems(self) -> list[Problem]:
        """The problems with the labels so far."""
        problems = self._missing.problems()
        if self._unknown:
            unknown = [f"{quoted(label)} in {counted(n, 'row')}" for label, n in self._unknown.most_common()]
            classes = listed([*self._by_text], write=quoted)
            remedy = f"The classes are {classes}: leave out the rows, or train on a table that has them"
            problems.append(Problem(f"Unknown labels: {listed(unknown)}", remedy))
        return problems

    def read(self, labels: Any) -> NDArray[np.int64] | None:
        """Return the class indices of the next rows, or None once there are `problems`."""
        if isinstance(labels, pl.Series):
            words = parse_categories(labels)
            distinct = words.drop_nulls().unique(maintain_order=True)
            known = pl.Series([self.code(word) for word in distinct], dtype=pl.Int64)
            codes = words.replace_strict(distinct, known, return_dtype=pl.Int64).fill_null(-1).to_numpy()
            is_missing = words.is_null().to_numpy()
            unknown = words.filter(codes < 0).drop_nulls().value_counts(sort=True).iter_rows()
        else:
            cells = to_labels(labels)
            is_missing = np.array([is_missing_label(label) for label in cells], dtype=bool)
            codes = np.array([self.code(label) for label in cells], dtype=np.int64)
            codes[is_missing] = -1
            unknown = iter([(cells[row], 1) for row in np.flatnonzero((codes < 0) & ~is_missing)])
        self._missing.add(is_missing)
        for label, n in unknown:
            word = canonical_label(label)
            if len(self._unknown) < _MAX_UNKNOWN_COUNTED or word in self._unknown:
                self._unknown[word] += n
        return None if self._missing.n_missing or self._unknown else codes

    def code(self, label: Any) -> int:
        """Return the class index of a label, -1 for an unknown one."""
        if (type(label), label) in self._by_value:
            return self._by_value[type(label), label]
        word = canonical_label(label)
        return self._by_text.get(word, self._by_other_spelling.get(word, -1))


def encode_known_labels(labels: Any, classes: Sequence[Any] | NDArray[Any]) -> NDArray[np.int64]:
    """Return each row's index among known classes ``(n_rows,)``; missing and unknown labels are refused together."""
    reader = LabelReader(classes)
    codes = reader.read(to_labels(labels))
    if codes is None:
        raise InputError(reader.problems)
    return codes
