"""What pictures ask of a classifier, whoever made it, and of a table."""

from typing import Any, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import check_consistent_length
from demarcate.datasets import Dataset
from demarcate.errors import SettingError
from demarcate.inference import Predictor
from demarcate.tabular import as_frame, encode_known_labels, encode_labels, to_labels

Labelled = Dataset | tuple[Any, Any]
"""A data set, or a table and its labels."""


def predictor_of(estimator: Any) -> Predictor | None:
    """The predictor in one of the library's own classifiers; None for another's."""
    for found in (estimator, getattr(estimator, "predictor_", None), getattr(estimator, "predictor", None)):
        if isinstance(found, Predictor):
            return found
    return None


def classes_of(estimator: Any) -> NDArray[Any]:
    """The labels of a fitted classifier, ``(n_classes,)``.

    Raises
    ------
    SettingError
        If it is no fitted classifier that tells probabilities.
    """
    classes = getattr(estimator, "classes_", getattr(estimator, "classes", None))
    if classes is None or not hasattr(estimator, "predict_proba"):
        raise SettingError(
            f"a picture is drawn of a fitted classifier with predict_proba: got {type(estimator).__name__}"
        )
    return np.asarray(classes)


def margins(estimator: Any, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each class is ahead of what it has to beat, ``(..., n_classes)``: positive for the class that is chosen.

    Parameters
    ----------
    estimator
        Whose threshold or costs, if it has any, decide; among classes alone, where it may abstain.
    probabilities
        ``(..., n_classes)``.

    Examples
    --------
    >>> margins(None, np.array([[0.2, 0.5, 0.3]])).round(1)
    array([[-0.3,  0.2, -0.2]])
    """
    predictor = predictor_of(estimator)
    if predictor is not None and predictor.threshold is not None:
        ahead = probabilities[..., 1] - predictor.threshold
        return np.stack([-ahead, ahead], -1)
    if predictor is not None and predictor.costs is not None:
        return _lead(-predictor.costs.expected(probabilities))
    return _lead(probabilities)


def _lead(merits: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each class is ahead of the best of the others."""
    others = np.stack([np.delete(merits, code, -1).max(-1) for code in range(merits.shape[-1])], -1)
    return cast("NDArray[np.float64]", merits - others)


def table_and_codes(data: Labelled, classes: NDArray[Any] | None = None) -> tuple[pl.DataFrame, NDArray[np.int64], Any]:
    """A table, each row's class index, and the labels: those of a classifier, or those there are.

    Raises
    ------
    InputError
        If rows and labels differ in number, or a label is none of ``classes``.
    """
    X, y = (_as_array(part) for part in data)
    frame, labels = as_frame(X), to_labels(y.reshape(-1) if getattr(y, "ndim", 1) == 2 else y)
    check_consistent_length(len(frame), len(labels))
    if classes is None:
        there, codes = encode_labels(labels)
        return frame, codes, there
    return frame, encode_known_labels(labels, classes), classes


def points_of(frame: pl.DataFrame, columns: tuple[str, str], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows as points over two columns, ``(n_points, 2)``; NaN where a cell is missing."""
    return frame[rows].select(pl.col(columns).cast(pl.Float64, strict=False).fill_null(np.nan)).to_numpy()


def chosen_rows(rows: Any, n_rows: int) -> NDArray[np.int64]:
    """Row numbers, or all of them for None.

    Raises
    ------
    SettingError
        If one is out of range.
    """
    if rows is None:
        return np.arange(n_rows)
    chosen = np.asarray(rows, dtype=np.int64)
    if chosen.size and not (chosen.min() >= 0 and chosen.max() < n_rows):
        raise SettingError(f"rows are numbers from 0 to {n_rows - 1}: got {chosen.min()} to {chosen.max()}")
    return chosen


def _as_array(part: Any) -> Any:
    """A tensor as an array; anything else as it is."""
    return part.detach().cpu().numpy() if hasattr(part, "detach") else part
