"""The classes of a target that comes part by part, and how many rows each has."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.tabular.labels import MAX_ROWS, class_problems, measured_problem, missing_problem, typed_labels
from demarcate.tabular.values import categories

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
