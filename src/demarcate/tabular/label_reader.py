"""Labels of a table that comes in parts: counted to find the classes, or read as classes that are known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular.cells import number_spelling
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.label_checks import MAX_ROWS_NAMED, LabelRows, different_labels_problem, missing_problems
from demarcate.tabular.label_spelling import KnownSpellings
from demarcate.tabular.label_types import is_missing_label, to_labels
from demarcate.tabular.labels import canonical_label, classes_of_rows, label_words, typed_labels

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


@dataclass(frozen=True, eq=False)
class CountedClasses:
    """Sorted classes and their numbers of rows, both ``(n_classes,)``, and what a person should know of the labels."""

    classes: NDArray[Any]
    counts: NDArray[np.int64]
    notices: tuple[str, ...]


class LabelCounter:
    """Counts labels part by part, and reports problems once for the whole table; words in ``missing`` are none."""

    def __init__(self, missing: Sequence[str] = ()) -> None:
        self._missing_words = missing
        self._missing = _MissingRows()
        self._is_boolean = True
        self._first_row: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def add(self, labels: pl.Series) -> None:
        """Count the next rows' labels; too many distinct ones are refused before they fill the memory."""
        words = label_words(labels, self._missing_words)
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

    def classes(self, *, merge: bool = False) -> CountedClasses:
        """Return the classes, sorted as `read_labels` does, their numbers of rows, and warnings."""
        words = pl.Series([*self._counts], dtype=pl.String)
        labels = (words == "true").to_list() if self._is_boolean else typed_labels(words)
        rows = map(LabelRows, self._first_row.values(), self._counts.values())
        by_label = dict(zip(labels, rows, strict=True))
        classes, codes, notices = classes_of_rows(by_label, self._missing.problems(), merge=merge)
        counts = np.zeros(len(classes), dtype=np.int64)
        for label, n_rows in by_label.items():
            counts[codes[label]] += n_rows.n
        return CountedClasses(classes, counts, notices)


class LabelReader:
    """Reads labels part by part as indices of known classes, and reports problems once for the whole table.

    1, 1.0 and "1" are the same label, if there are not both. ``merge`` knows all spellings of a word; words in
    ``missing`` are no labels of a table's column.
    """

    def __init__(
        self, classes: Sequence[Any] | NDArray[Any], *, merge: bool = False, missing: Sequence[str] = ()
    ) -> None:
        self._missing_words = missing
        known = np.asarray(classes).tolist()
        self._by_value = {(type(label), label): code for code, label in enumerate(known)}
        self._by_text = {canonical_label(label): code for code, label in enumerate(known)}
        for code, label in enumerate(known):
            for text in _file_spellings(label):
                self._by_text.setdefault(text, code)
        booleans = self._by_text if self._by_text.keys() in _BOOLEAN_CLASSES else {}
        self._by_other_spelling = {_OTHER_SPELLINGS[word]: code for word, code in booleans.items()}
        self._spellings = KnownSpellings(self._by_text) if merge else None
        self._classes = listed(known, write=lambda label: quoted(canonical_label(label)))
        self._missing = _MissingRows()
        self._unknown: Counter[str] = Counter()

    @property
    def n_classes(self) -> int:
        """The number of classes."""
        return len(self._by_value)

    @property
    def problems(self) -> list[Problem]:
        """The problems with the labels so far."""
        problems = self._missing.problems()
        if self._unknown:
            unknown = [f"{quoted(label)} in {counted(n, 'row')}" for label, n in self._unknown.most_common()]
            remedy = f"The classes are {self._classes}: leave out the rows, or train on a table that has them"
            problems.append(Problem(f"Unknown labels: {listed(unknown)}", remedy))
        return problems

    def read(self, labels: Any) -> NDArray[np.int64] | None:
        """Return the class indices of the next rows, or None once there are `problems`."""
        if isinstance(labels, pl.Series):
            words = label_words(labels, self._missing_words)
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
        code = self._by_text.get(word, self._by_other_spelling.get(word, -1))
        return self._spellings.code(word) if code < 0 and self._spellings else code


def _file_spellings(label: Any) -> Iterator[str]:
    """Yield how a file or a table's column may spell a label that is neither text nor a whole number."""
    if isinstance(label, Decimal | float):
        yield number_spelling(str(label))
    elif isinstance(label, date):
        yield label.isoformat()
        if isinstance(label, datetime):
            # As polars writes it: fractions of a second without zeros at their end.
            yield label.isoformat(" ").rstrip("0").rstrip(".") if label.microsecond else label.isoformat(" ")


def encode_known_labels(
    labels: Any, classes: Sequence[Any] | NDArray[Any], *, merge: bool = False
) -> NDArray[np.int64]:
    """Return each row's index among known classes ``(n_rows,)``; missing and unknown labels are refused together."""
    reader = LabelReader(classes, merge=merge)
    codes = reader.read(to_labels(labels))
    if codes is None:
        raise InputError(reader.problems)
    return codes
