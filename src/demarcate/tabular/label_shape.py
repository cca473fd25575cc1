"""Labels that do not come as one to a row: a single column is taken, anything else is refused with advice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.argument_checks import is_one_hot
from demarcate.errors import InputError, Problem
from demarcate.formatting import quoted
from demarcate.tabular.frame_libraries import narwhals as nw

_ONE_EACH = "Give one label for each row"
_TOLERANCE = 1e-3
"""How far from 1 the probabilities of a row may sum to, as float16 does."""


def one_label_a_row(labels: Any) -> Any:
    """Return labels in a container of one axis: a single column as its values, and what has one axis as it is.

    Raises InputError for one-hot labels, probabilities, several labels to a row, and for what holds no labels of rows.
    """
    if labels is None or isinstance(labels, str | bytes | Mapping | AbstractSet | Iterator | int | float):
        raise InputError([_no_labels(labels)])
    array = _array_of_axes(labels)
    if array is None:
        return labels
    if array.ndim == 2 and array.shape[1] == 1:
        return array[:, 0]
    raise InputError([_shape_problem(array, _argmax(labels))])


def _no_labels(labels: Any) -> Problem:
    if labels is None:
        return Problem("There are no labels: y is None", _ONE_EACH)
    if isinstance(labels, str):
        fact = f"Labels are one text, {quoted(labels)}"
        return Problem(fact, f"{_ONE_EACH}; of a table's own column, give the column and drop it from the table")
    if isinstance(labels, int | float):
        return Problem(f"Labels are one number, {labels!r}", _ONE_EACH)
    return Problem(f"Labels are of type {type(labels).__name__}", f"{_ONE_EACH}, in a list or an array")


def _array_of_axes(labels: Any) -> NDArray[Any] | None:
    """Return labels of no axis, or of several, as an array; None for those of one axis."""
    frame = nw.from_native(labels, eager_only=True, pass_through=True)
    if isinstance(frame, nw.DataFrame):
        return frame.to_numpy()
    if hasattr(labels, "toarray"):
        return np.asarray(labels.toarray())
    if getattr(labels, "ndim", 1) != 1:
        return np.asarray(_host_array(labels))
    # Of a long list all are looked at; an array or a column of lists has them from its first value on.
    is_list = isinstance(labels, list | tuple)
    if not any(map(_is_row, labels if is_list else _cells(labels[:1]) if hasattr(labels, "__getitem__") else ())):
        return None
    rows = [_host_array(row).tolist() if _is_row(row) else [row] for row in _cells(labels)]
    if len({*map(len, rows)}) > 1:
        raise InputError([Problem("Some rows have several labels", _ONE_EACH)])
    array = np.empty((len(rows), len(rows[0])), dtype=object)
    array[:] = rows
    return array


def _cells(labels: Any) -> Sequence[Any]:
    """Return the values of a container of one axis as a list."""
    convert = next(
        (getattr(labels, name) for name in ("to_pylist", "to_list", "tolist") if hasattr(labels, name)), None
    )
    cells: Sequence[Any] = convert() if convert else labels
    return cells


def _is_row(value: Any) -> bool:
    return isinstance(value, list | tuple | AbstractSet) or getattr(value, "ndim", 0) > 0


def _host_array(values: Any) -> NDArray[Any]:
    """Return an array of a tensor, an array or a collection."""
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    return values if isinstance(values, np.ndarray) else np.array([*values], dtype=object)


def _argmax(labels: Any) -> str:
    """Return how the class index of each row is had from one value for each class, in the words of the container."""
    if hasattr(labels, "detach"):
        # torch has no argmax of booleans.
        return "y.int().argmax(dim=1)" if "bool" in str(labels.dtype) else "y.argmax(dim=1)"
    if hasattr(labels, "toarray"):
        return "y.toarray().argmax(axis=1)"
    if getattr(labels, "ndim", 0) == 2:
        return "y.idxmax(axis=1)" if hasattr(labels, "idxmax") else "y.argmax(axis=1)"
    if hasattr(labels, "columns"):
        return f"y{'' if hasattr(labels, 'to_numpy') else '.to_pandas()'}.to_numpy().argmax(axis=1)"
    rows = "y" if isinstance(labels, list | tuple) else "y.to_pylist()" if hasattr(labels, "to_pylist") else "list(y)"
    return f"numpy.argmax({rows}, axis=1)"


def _shape_problem(array: NDArray[Any], argmax: str) -> Problem:
    if array.ndim == 0:
        return Problem(f"Labels are one value, {array.item()!r}", _ONE_EACH)
    shape = f"Labels have the shape {array.shape}"
    if array.ndim > 2:
        return Problem(shape, _ONE_EACH)
    if len(array) == 1:
        return Problem(f"{shape}: one row of labels", "Give them as a column, y.reshape(-1)")
    values = _numbers(array)
    if values is None:
        return Problem(f"{shape}: several labels to a row", _ONE_EACH)
    return _problem_of_columns(shape, values, argmax)


def _problem_of_columns(shape: str, values: NDArray[np.float64], argmax: str) -> Problem:
    """Return the problem of labels with a number in each of several columns, ``(n_rows, n_columns)``."""
    if is_one_hot(values):
        return Problem(f"{shape} and are one-hot", f"Give the class of each row: {argmax}")
    if ((values == 0) | (values == 1)).all():
        row = int(np.argmax(values.sum(1) != 1))
        several = f"{shape}, and row {row + 1} has {int(values[row].sum())} classes"
        return Problem(several, f"{_ONE_EACH}; to predict several, train a classifier for each column")
    if (values >= 0).all() and (abs(values.sum(1) - 1) < _TOLERANCE).all():
        return Problem(f"{shape} and are probabilities", f"Give the class of each row, the likeliest: {argmax}")
    return Problem(f"{shape}: several numbers to a row", f"{_ONE_EACH}; of logits it is {argmax}")


def _numbers(array: NDArray[Any]) -> NDArray[np.float64] | None:
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError):
        return None
