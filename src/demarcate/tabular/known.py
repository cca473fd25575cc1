"""Labels among classes that are already known, all at once or part by part."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.tabular.labels import MAX_ROWS, is_missing, labels_of, missing_problem, spelling
from demarcate.tabular.values import categories
from demarcate.words import counted

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
