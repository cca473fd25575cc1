"""A caller's own split of a table's rows: row numbers, masks, or a splitter of scikit-learn, read and checked."""

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import Problem, SettingError
from demarcate.formatting import counted, listed, quoted
from demarcate.tabular import as_frame
from demarcate.tabular.dependent_splits import rows_to_train_on
from demarcate.trainingset.read_data import array_of
from demarcate.trainingset.training_set import TrainingSet

_NAMES = {2: ("training", "test"), 3: ("training", "validation", "test")}
"""What the parts of a split are, by their number."""
_FORMS = (
    "Give (train_rows, test_rows) or (train_rows, validation_rows, test_rows), each row numbers or a mask, or a "
    "splitter of scikit-learn"
)


@dataclass(frozen=True, eq=False)
class RowSplit:
    """Row numbers to train on, to test on and to validate on; the last are empty where nobody chose them.

    A caller's own rows stay in the caller's order, in which they are shuffled.
    """

    train: NDArray[np.int64]
    test: NDArray[np.int64]
    validation: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def among(self, rows: NDArray[np.int64]) -> "RowSplit":
        """Return the split of a table that has only these of its rows, ascending."""
        parts = (self.train, self.test, self.validation)
        return RowSplit(*(np.searchsorted(rows, part[np.isin(part, rows)]) for part in parts))


def read_own_splits(split: Any, table: TrainingSet, data: Any, *, most: int = 1) -> list[RowSplit]:
    """Return a caller's splits of a table's rows: one, or as many as ``most``; raise SettingError with all problems.

    Parts are row numbers from 0, boolean masks ``(n_rows,)``, or pandas indexes, which name rows by the index of the
    table in ``data``. A splitter of scikit-learn gets rows, classes and groups.
    """
    index = getattr(data[0], "index", None) if isinstance(data, tuple) else None
    every = _parts_of_splits(split, table)
    if len(every) not in (1, most):
        wanted = "one is needed" if most == 1 else f"there are {most} seeds"
        fact = f"split has {counted(len(every), 'split')}, and {wanted}"
        raise SettingError.of([Problem(fact, _number_remedy(len(every), most))])
    return [checked_split(parts, table, index) for parts in every]


def _number_remedy(n_splits: int, most: int) -> str:
    if most == 1:
        return "Give one pair of rows, or a splitter of one split such as ShuffleSplit(1, test_size=0.2)"
    return f"Set seeds={n_splits}, a split for each seed, or give one split for all"


def _parts_of_splits(split: Any, table: TrainingSet) -> list[Sequence[Any]]:
    """Return the parts of each split."""
    if hasattr(split, "get_n_splits"):
        return _splits_of_splitter(split, table)
    if isinstance(split, str | bytes) or not isinstance(split, Iterable) or hasattr(split, "dtype"):
        raise SettingError.of([Problem(f"split is of type {type(split).__name__}, and is to be rows", _FORMS)])
    parts = list(split)
    if parts and all(_is_split(part) for part in parts):
        return parts
    if len(parts) in _NAMES:
        return [parts]
    if len(parts) == 4:
        fact = "split has 4 parts, as train_test_split(X, y) returns them"
        remedy = (
            "Give them as train((X_train, y_train), networks, X_test=X_test, y_test=y_test), or split row numbers: "
            "split=train_test_split(range(len(X)), random_state=42)"
        )
        raise SettingError.of([Problem(fact, remedy)])
    raise SettingError.of([Problem(f"split has {counted(len(parts), 'part')}, not two or three", _FORMS)])


def _is_split(part: Any) -> bool:
    """Tell whether a part is itself two or three lists of rows."""
    return isinstance(part, tuple | list) and len(part) in _NAMES and all(np.ndim(array_of(own)) == 1 for own in part)


def _splits_of_splitter(splitter: Any, table: TrainingSet) -> list[Sequence[Any]]:
    groups = None if table.dependence is None else table.dependence.groups
    rows = np.zeros((len(table.codes), 1))
    with warnings.catch_warnings():
        # A splitter that does not know groups ignores them, and rows of one group on both sides are refused below.
        warnings.filterwarnings("ignore", "The groups parameter is ignored", UserWarning)
        try:
            return list(splitter.split(rows, table.codes, groups))
        except (TypeError, ValueError) as error:
            fact = f"{type(splitter).__name__} cannot split these rows: {str(error).rstrip('.')}"
            raise SettingError.of([Problem(fact, "Change its settings, or give row numbers")]) from None


def checked_split(parts: Sequence[Any], table: TrainingSet, index: Any = None) -> RowSplit:
    """Return the parts of one split as row numbers, or raise SettingError with all that is wrong with them."""
    names, n_rows = _NAMES[len(parts)], len(table.codes)
    problems: list[Problem] = []
    rows = {name: _row_numbers(name, part, n_rows, index, problems) for name, part in zip(names, parts, strict=True)}
    if not problems:
        problems += [*_overlaps(rows), *_missing_classes(rows["training"], table)]
    if not problems:
        problems += _dependent_rows(rows, table)
    if problems:
        raise SettingError.of(problems)
    chosen = {"validation": rows["validation"]} if "validation" in rows else {}
    return RowSplit(rows["training"], rows["test"], **chosen)


def _row_numbers(name: str, part: Any, n_rows: int, index: Any, problems: list[Problem]) -> NDArray[np.int64]:
    """Return a part as row numbers; add what is wrong with it to the problems, and return no rows then."""
    try:
        rows = _numbers_of(name, part, n_rows, index)
    except _NotRowsError as error:
        problems.append(error.problem)
        return np.empty(0, dtype=np.int64)
    outside = rows[(rows < 0) | (rows >= n_rows)]
    distinct, counts = np.unique(rows, return_counts=True)
    if not len(rows):
        problems.append(Problem(f"There are no {name} rows", "Give at least one"))
    elif len(outside):
        fact = (
            f"{_rows_in_words(outside)} of the {name} rows {_is(outside)} not in the table, which has {n_rows:,} rows"
        )
        problems.append(Problem(fact, f"Count from 0 to {n_rows - 1}"))
    elif len(distinct) < len(rows):
        repeated = distinct[counts > 1]
        fact = f"{_rows_in_words(repeated)} {_is(repeated)} more than once among the {name} rows"
        is_mask = len(rows) == n_rows and set(distinct.tolist()) <= {0, 1}
        remedy = (
            "A mask is of booleans: mask.astype(bool)" if is_mask else "Name each once; sample_weight counts it twice"
        )
        problems.append(Problem(fact, remedy))
    return rows


class _NotRowsError(Exception):
    """A part of a split that cannot be read as rows."""

    def __init__(self, fact: str, remedy: str) -> None:
        self.problem = Problem(fact, remedy)


def _numbers_of(name: str, part: Any, n_rows: int, index: Any) -> NDArray[np.int64]:
    """Return a part as integers, whatever they are; raise `_NotRowsError`."""
    if hasattr(part, "get_indexer"):
        return _rows_of_index(name, part, index)
    if hasattr(part, "columns"):
        frame = as_frame(part)
        if frame.width != 1:
            fact = f"The {name} rows are a table of {counted(frame.width, 'column')}, not row numbers"
            raise _NotRowsError(
                fact, "Split row numbers, as train_test_split(range(len(X))) does, or give X_test and y_test"
            )
        part = frame.to_series()
    try:
        values = np.asarray(array_of(part))
    except ValueError:
        raise _NotRowsError(f"The {name} rows are lists of different lengths", _FORMS) from None
    if values.ndim != 1:
        raise _NotRowsError(f"The {name} rows have shape {values.shape}, not (n,)", _FORMS)
    if values.dtype == object and all(isinstance(value, bool | np.bool_) for value in values):
        values = values.astype(bool)
    if values.dtype.kind == "b":
        if len(values) != n_rows:
            fact = (
                f"The mask of {name} rows has {counted(len(values), 'value')}, and the table {counted(n_rows, 'row')}"
            )
            raise _NotRowsError(fact, "Give one for each row")
        return np.flatnonzero(values)
    if values.dtype.kind not in "iu" and len(values):
        fact = f"The {name} rows hold {quoted(values[0].item() if hasattr(values[0], 'item') else values[0])}"
        raise _NotRowsError(fact, "Rows are whole numbers from 0, or a mask of booleans")
    return values.astype(np.int64)


def _rows_of_index(name: str, labels: Any, index: Any) -> NDArray[np.int64]:
    """Return the positions of labels of a pandas index."""
    if not hasattr(index, "get_indexer") or not index.is_unique:
        why = "has no index" if not hasattr(index, "get_indexer") else "has an index that repeats itself"
        raise _NotRowsError(f"The {name} rows are an index of pandas, and the table {why}", "Give row numbers")
    rows = np.asarray(index.get_indexer(labels), dtype=np.int64)
    if (rows < 0).any():
        unknown = labels[rows < 0][:5].tolist()
        shown = listed(unknown, total=int((rows < 0).sum()), write=quoted)
        raise _NotRowsError(f"The index of the table has none of the {name} rows {shown}", "Give labels of its index")
    return rows


def _overlaps(rows: dict[str, NDArray[np.int64]]) -> list[Problem]:
    """Return a problem for each two parts that share rows."""
    names, problems = list(rows), []
    for place, name in enumerate(names):
        for other in names[place + 1 :]:
            shared = np.intersect1d(rows[name], rows[other])
            if len(shared):
                fact = f"{_rows_in_words(shared)} {_is(shared)} among the {name} rows and among the {other} rows"
                problems.append(Problem(fact, "Leave each out of one: a score is of rows that were not trained on"))
    return problems


def _missing_classes(train: NDArray[np.int64], table: TrainingSet) -> list[Problem]:
    """Return a problem if the training rows are without rows of a class."""
    of_train = np.bincount(table.codes[train], minlength=len(table.classes))
    of_table = np.bincount(table.codes, minlength=len(table.classes))
    missing = [
        f"{label!r} ({counted(n, 'row')} elsewhere)"
        for label, own, n in zip(table.classes.tolist(), of_train.tolist(), of_table.tolist(), strict=True)
        if not own
    ]
    if not missing:
        return []
    fact = f"No training row has the class {listed(missing)}"
    remedy = "Give rows of every class, as train_test_split(..., stratify=y) does, or take its rows out of the table"
    return [Problem(fact, remedy)]


def _dependent_rows(rows: dict[str, NDArray[np.int64]], table: TrainingSet) -> list[Problem]:
    """Return a problem if training rows are of the groups of other rows, or not before them."""
    if table.dependence is None:
        return []
    scored = np.sort(rows["test"])
    learned = np.concatenate([own for name, own in rows.items() if name != "test"])
    wrong = np.setdiff1d(learned, rows_to_train_on(len(table.codes), scored, table.dependence))
    if not len(wrong):
        return []
    fact = f"{_rows_in_words(wrong)} {_is(wrong)} trained on, and of a group of test rows or not known before them"
    return [Problem(fact, "Split by group and by time, as GroupShuffleSplit does, or leave out groups and time")]


def _rows_in_words(rows: NDArray[np.int64]) -> str:
    """Return ``Row 3``, or ``Rows 3, 7 and 12 more``."""
    shown = listed(rows[:5].tolist(), 5, total=len(rows))
    return f"{'Row' if len(rows) == 1 else 'Rows'} {shown}"


def _is(rows: NDArray[np.int64]) -> str:
    return "is" if len(rows) == 1 else "are"
