"""What callers pass to the estimator, as what it works with: labels, weights, names, numbers, seeds."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import narwhals as nw
import numpy as np
import sklearn
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from demarcate.errors import InputError, Problem

_LABELS = "A label is a name or a whole number"


def are_records(X: Any) -> bool:
    """Whether X is a list of mappings, one a row."""
    return isinstance(X, Sequence) and len(X) > 0 and isinstance(X[0], Mapping)


class _Interchanged:
    """A frame's shape and names, as scikit-learn before 1.9 asks for them."""

    def __init__(self, frame: nw.DataFrame[Any]) -> None:
        self.shape, self._names = frame.shape, frame.columns

    def __dataframe__(self) -> Self:
        return self

    def column_names(self) -> list[str]:
        return self._names


def named_table(X: Any) -> Any:
    """X, or what stands for it where scikit-learn only counts and names its columns.

    From 1.9 on scikit-learn takes names from any frame. Before, it asks frames other than pandas' by a protocol that
    polars gave up, and would neither keep the names of such a frame nor compare them.
    """
    if tuple(map(int, sklearn.__version__.split(".")[:2])) >= (1, 9):
        return X
    frame = nw.from_native(X, eager_only=True, pass_through=True)
    return _Interchanged(frame) if isinstance(frame, nw.DataFrame) else X


def label_array(y: ArrayLike) -> NDArray[Any]:
    """Labels as a one-dimensional array; refuses quantities, infinities and several to a row."""
    # pyarrow's to_numpy refuses what it cannot give without a copy.
    given: Any = y.to_pylist() if hasattr(y, "to_pylist") else y.to_numpy() if hasattr(y, "to_numpy") else y
    try:
        labels = np.asarray(given)
    except ValueError:
        # numpy's words for rows of different lengths speak of shapes, not of labels.
        raise InputError([Problem(_LABELS, "some hold several values", "Give one label for each row")]) from None
    if labels.dtype.kind == "U" and isinstance(given, Sequence) and not all(isinstance(label, str) for label in given):
        # numpy would spell a missing label among words as a word: 'nan'.
        labels = np.array(given, dtype=object)
    try:
        labels = column_or_1d(labels, warn=True)
    except ValueError as error:
        raise InputError(
            [Problem("Labels have one axis", str(error).rstrip("."), "Give one label for each row")]
        ) from None
    if labels.dtype.kind in "fc":
        infinite = np.flatnonzero(np.isinf(labels))
        if len(infinite):
            found = f"row {infinite[0] + 1} holds {labels[infinite[0]]}"
            raise InputError([Problem(_LABELS, found, "Mend it or leave out the row")])
        try:
            check_classification_targets(labels[~np.isnan(labels)])
        except ValueError as error:
            # scikit-learn's words, by which its own checks know the refusal.
            remedy = "Name the classes, or cut the quantity into ranges"
            raise InputError([Problem(_LABELS, str(error).rstrip("."), remedy)]) from None
    return np.asarray(labels)


def target_name(y: ArrayLike) -> str:
    """The name a target brings along, or ``target``."""
    name = getattr(y, "name", None)
    return "target" if name is None or name == "" else str(name)
