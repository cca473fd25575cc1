"""What callers pass to the estimator, tables, labels and sample weights, as a training set."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import narwhals as nw
import numpy as np
import polars as pl
import sklearn
from narwhals.exceptions import DuplicateError
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_array
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, column_or_1d, validate_data

from demarcate.argument_checks import check_consistent_length
from demarcate.classifier.settings import ClassifierSettings
from demarcate.errors import InputError, InputWarning, Problem, warn_caller
from demarcate.tabular import Schema, as_frame
from demarcate.tabular.cells import MAX_EXACT_INTEGER
from demarcate.tabular.class_weights import class_weights
from demarcate.tabular.label_shape import one_label_a_row
from demarcate.trainingset import TrainingSet, open_table
from demarcate.trainingset.read_data import array_of
from demarcate.trainingset.read_dependence import RowRoles


def training_set_of(
    estimator: ClassifierSettings,
    X: Any,
    y: ArrayLike | None,
    sample_weight: ArrayLike | None,
    schema: Schema | None = None,
    *,
    groups: Any = None,
    time: Any = None,
) -> TrainingSet:
    """Return the arguments of ``fit`` as a training set, each row weighted by its sample and its class.

    Without a schema the estimator takes over the number and names of the columns, as scikit-learn wants it.
    """
    if not isinstance(X, TrainingSet):
        roles = RowRoles(groups, time, estimator.gap)
        training_set = _read_arguments(estimator, X, y, sample_weight, schema, roles)
    elif any(argument is not None for argument in (y, sample_weight, groups, time)):
        raise TypeError("A training set has its own labels, weights, groups and times: give nothing but it.")
    else:
        training_set = X
        if schema is None:
            names = [column.name for column in X.schema.columns]
            estimator.n_features_in_, estimator.feature_names_in_ = len(names), np.array(names, dtype=object)
    if estimator.class_weight is None:
        return training_set
    return training_set.weighted(class_weights(estimator.class_weight, training_set.classes, training_set.codes))


def checked_table(estimator: ClassifierSettings, X: Any, *, reset: bool) -> Any:
    """Return X with its columns counted and named as scikit-learn asks; arrays are checked for shape and type."""
    if hasattr(X, "toarray"):
        raise TypeError("A table is dense, got a sparse matrix. Convert it with X.toarray().")
    X = array_of(X)
    if isinstance(X, Mapping | pl.LazyFrame) or _are_records(X):
        X = as_frame(X)
    if not hasattr(X, "columns"):
        X = _checked_array(estimator, X, min_rows=2 if reset else 1)
    try:
        validate_data(estimator, _named_table(X), reset=reset, skip_check_array=True)
    except DuplicateError:
        as_frame(X)  # its error names the columns that repeat, and where
        raise
    except ValueError as error:
        raise _other_columns(str(error)) from None
    return X


def _other_columns(message: str) -> InputError:
    """Return scikit-learn's error about columns that are not those of ``fit`` as one of ours.

    scikit-learn's own checks look for its message, which ends in a list of names, a line each.
    """
    fact, *details = message.rstrip().split("\n")
    error = InputError([Problem(fact.rstrip("."), "Give the columns that fit saw, in their order")])
    if details:
        error.args = (f"{error}\n{message}",)
    return error


def label_array(y: ArrayLike) -> NDArray[Any]:
    """Return labels as an array, ``(n_rows,)``; refuse measurements, infinities and several labels to a row.

    Values of a list stay what they are: numpy would find a type that holds all of them, and change some.
    """
    one_label_a_row(y)
    y = array_of(y)
    # pyarrow's to_numpy refuses to copy, and polars' makes floats of decimals.
    values: Any = y.to_pylist() if hasattr(y, "to_pylist") else y.to_numpy() if hasattr(y, "to_numpy") else y
    if isinstance(y, pl.Series) and isinstance(y.dtype, pl.Decimal):
        values = y.to_list()
    is_list = isinstance(values, Sequence) and not _are_floats(values)
    labels = np.array(values, dtype=object) if is_list else np.asarray(values)
    if labels.dtype.kind == "c":
        raise InputError([Problem("Labels are complex numbers", "Give whole numbers, or text")])
    labels = column_or_1d(labels, warn=True)
    if labels.dtype.kind == "f":
        _check_float_labels(labels)
    return np.asarray(labels)


def _are_floats(values: Sequence[Any]) -> bool:
    """Tell whether values are numbers, with floats among them, that floats hold exactly."""
    if not any(isinstance(value, float | np.floating) for value in values):
        return False
    return all(
        isinstance(value, float | np.floating)
        or (
            isinstance(value, int | np.integer) and not isinstance(value, bool) and abs(int(value)) <= MAX_EXACT_INTEGER
        )
        for value in values
    )


def _read_arguments(
    estimator: ClassifierSettings,
    X: Any,
    y: ArrayLike | None,
    sample_weight: ArrayLike | None,
    schema: Schema | None,
    roles: RowRoles,
) -> TrainingSet:
    _warn_of_shuffled_index(X, {"y": y, "sample_weight": sample_weight, "groups": roles.groups, "time": roles.time})
    X = checked_table(estimator, X, reset=schema is None)
    if y is None:
        raise ValueError("This DemarcateClassifier estimator requires y to be passed, but the target y is None.")
    labels, weights = label_array(y), None
    check_consistent_length(len(X), len(labels))
    if sample_weight is not None:
        # scikit-learn before 1.9 counts the rows of a frame by a protocol that polars gave up: it gets the labels.
        weights = _check_sample_weight(sample_weight, labels, ensure_non_negative=True)
        if not weights.any():
            fact, remedy = "Every sample_weight is 0", "Give rows to learn from a weight, or leave sample_weight out"
            raise InputError([Problem(fact, remedy)])
        if not weights.all():
            weighted = np.flatnonzero(weights)
            X, labels, weights = as_frame(X), labels[weighted], weights[weighted]
            roles = roles.rows(weighted, X.columns, len(X))
            X = X[weighted]
    name = getattr(y, "name", None)
    target = "target" if name is None or name == "" else str(name)
    options, merge = estimator._column_options(), bool(estimator.merge_labels)  # noqa: SLF001
    return open_table(X, labels, target, weights, schema, roles, options, merge_labels=merge)


def _warn_of_shuffled_index(X: Any, arguments: Mapping[str, Any]) -> None:
    """Warn of arguments whose index is that of X in another order: rows are matched by position."""
    index: Any = getattr(X, "index", None)
    for name, values in arguments.items():
        own: Any = getattr(values, "index", None)
        if not (hasattr(index, "equals") and hasattr(own, "equals")) or len(index) != len(own) or index.equals(own):
            continue
        if index.is_unique and own.is_unique and own.isin(index).all():
            fact = f"the index of {name} is that of X in another order, and rows are matched by position"
            warn_caller(InputWarning(f"{fact}. Give {name}.loc[X.index] if rows belong together by index"))


def _are_records(X: Any) -> bool:
    """Return whether X is a list of mappings, one for each row."""
    return isinstance(X, Sequence) and len(X) > 0 and isinstance(X[0], Mapping)


def _checked_array(estimator: ClassifierSettings, X: Any, min_rows: int) -> Any:
    if isinstance(X, Sequence) and X and all(isinstance(row, Sequence) and not isinstance(row, str) for row in X):
        # numpy would turn words and numbers in one array into words, some of them changed.
        X = np.asarray(X, dtype=object) if len({*map(len, X)}) == 1 else X
    try:
        return check_array(X, dtype=None, ensure_all_finite=False, ensure_min_samples=min_rows, estimator=estimator)
    except ValueError as error:
        # scikit-learn's own checks look for its message.
        fact = f"The array is not a table of at least {min_rows} rows and a column: {str(error).rstrip('.')}"
        raise InputError([Problem(fact, "Give an array of shape (n_rows, n_columns)")]) from None


def _check_float_labels(labels: NDArray[Any]) -> None:
    infinite = np.flatnonzero(np.isinf(labels))
    if len(infinite):
        fact = f"The label in row {infinite[0] + 1} is {labels[infinite[0]]}"
        raise InputError([Problem(fact, "Correct it or leave out the row")])
    try:
        check_classification_targets(labels[~np.isnan(labels)])
    except ValueError as error:
        # scikit-learn's own checks look for its message.
        fact = f"Labels are not classes: {str(error).rstrip('.')}"
        raise InputError([Problem(fact, "Name the classes, or cut the quantity into ranges")]) from None


class _InterchangeFrame:
    """The shape and column names of a frame, as scikit-learn before 1.9 asks for them."""

    def __init__(self, frame: nw.DataFrame[Any]) -> None:
        self.shape, self._names = frame.shape, frame.columns

    def __dataframe__(self) -> Self:
        return self

    def column_names(self) -> list[str]:
        return self._names


def _named_table(X: Any) -> Any:
    """Return an object by which scikit-learn counts and names the columns of X.

    From 1.9 on scikit-learn takes names from any frame. Before, it asks frames other than pandas' by a protocol that
    polars gave up, and would neither keep the names of such a frame nor compare them.
    """
    if tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 9):
        return X
    frame = nw.from_native(X, eager_only=True, pass_through=True)
    return _InterchangeFrame(frame) if isinstance(frame, nw.DataFrame) else X
