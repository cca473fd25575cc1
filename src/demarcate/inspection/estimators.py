"""Read predictors, classes and margins from fitted classifiers, and codes and points from labelled tables."""

from collections.abc import Sequence
from typing import Any, cast

import narwhals as nw
import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.argument_checks import check_consistent_length
from demarcate.datasets import Dataset
from demarcate.errors import SettingError
from demarcate.formatting import shortened
from demarcate.inference import Predictor
from demarcate.inference.decision_rule import decision_rule
from demarcate.tabular import Column, as_frame, encode_known_labels, encode_labels, to_labels
from demarcate.tabular.label_shape import one_label_a_row
from demarcate.tabular.positive_class import positive_or_second

LabelledData = Dataset | tuple[Any, Any]
"""A data set, or a table and its labels."""


def predictor_of(estimator: Any) -> Predictor | None:
    """Return the predictor of one of the library's own classifiers, None for another library's."""
    candidates = (estimator, getattr(estimator, "predictor_", None), getattr(estimator, "predictor", None))
    return next((each for each in candidates if isinstance(each, Predictor)), None)


def classes_of(estimator: Any) -> NDArray[Any]:
    """Return the labels of a fitted classifier, ``(n_classes,)``; SettingError without labels and ``predict_proba``."""
    classes = getattr(estimator, "classes_", getattr(estimator, "classes", None))
    if classes is None or not hasattr(estimator, "predict_proba"):
        raise SettingError(f"A {type(estimator).__name__} is not a fitted classifier with predict_proba. Give one.")
    return np.asarray(classes)


def positive_of(estimator: Any) -> Any:
    """Return the label of the positive class of a classifier; None where it has none, or is another library's."""
    predictor = predictor_of(estimator)
    if predictor is None or predictor.positive is None:
        return None
    return predictor.classes.tolist()[predictor.positive]


def rule_of(estimator: Any) -> str:
    """Return how a classifier decides, in words, where it has a threshold or costs; empty for the likeliest class."""
    predictor = predictor_of(estimator)
    if predictor is None or (predictor.threshold is None and predictor.costs is None):
        return ""
    return decision_rule(predictor, write=shortened)


def known_labels(estimator: Any, labels: Any) -> Any:
    """Return labels as a classifier that merges spellings names them, and as they are for another."""
    predictor = predictor_of(estimator)
    if predictor is None or not predictor.merge_labels:
        return labels
    return predictor.classes[encode_known_labels(labels, predictor.classes, merge=True)]


def class_margins(estimator: Any, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each class's lead over its best rival, ``(..., n_classes)``: positive for the class decided for.

    The estimator's threshold or costs decide, if it has any; abstention does not count.
    """
    predictor = predictor_of(estimator)
    if predictor is not None and predictor.threshold is not None:
        positive = positive_or_second(predictor.positive)
        lead = probabilities[..., positive] - predictor.threshold
        return np.stack([-lead, lead] if positive else [lead, -lead], -1)
    if predictor is not None and predictor.costs is not None:
        return _lead(-predictor.costs.expected(probabilities))
    return _lead(probabilities)


def _lead(utilities: NDArray[np.float64]) -> NDArray[np.float64]:
    others = np.stack([np.delete(utilities, code, -1).max(-1) for code in range(utilities.shape[-1])], -1)
    return cast("NDArray[np.float64]", utilities - others)


def table_and_codes(
    data: LabelledData, classes: NDArray[Any] | None = None
) -> tuple[pl.DataFrame, NDArray[np.int64], NDArray[Any]]:
    """Return a table, each row's class index ``(n_rows,)`` and the labels: the given ones, or all that occur."""
    X, y = (part.detach().cpu().numpy() if hasattr(part, "detach") else part for part in data)
    frame, labels = as_frame(X), to_labels(one_label_a_row(y))
    check_consistent_length(len(frame), len(labels))
    return frame, *codes_and_classes(labels, classes)


def codes_and_classes(labels: Any, classes: Any = None) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return each row's class index ``(n_rows,)`` and the labels: the given ones, or all that occur."""
    if classes is None:
        occurring, codes = encode_labels(labels)
        return codes, occurring
    return encode_known_labels(labels, classes), np.asarray(classes)


def as_numbers(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """Return a table with numbers in place of their text, as the columns of its schema read it."""
    written = [
        column
        for column in columns
        if column.kind == "numerical" and column.name in frame.columns and frame.schema[column.name] == pl.String
    ]
    read = [(column.name, column.parse_quantities(frame[column.name]).values) for column in written]
    return frame.with_columns(pl.Series(name, values, nan_to_null=True) for name, values in read)


def as_kind(frame: pl.DataFrame, like: Any = None) -> Any:
    """Return a table as one of the kind of ``like``: an array, or another library's frame; None leaves it."""
    if like is None or isinstance(like, pl.DataFrame):
        return frame
    if isinstance(like, np.ndarray | Sequence) or hasattr(like, "detach"):
        return frame.to_numpy()
    native = nw.from_native(like, eager_only=True).implementation
    return nw.from_dict({name: frame[name].to_list() for name in frame.columns}, backend=native).to_native()


def probabilities_of(estimator: Any, frame: pl.DataFrame, like: Any) -> NDArray[np.float64]:
    """Return the probabilities of a table's rows, ``(n_rows, n_classes)``; none is warned of as unlike training rows.

    Another library's classifier gets a table of the kind of ``like``, which it was given.
    """
    predictor = predictor_of(estimator)
    if predictor is None:
        return np.asarray(estimator.predict_proba(as_kind(frame, like)))
    return predictor.probabilities(predictor.schema.parse(frame))


def points_of(frame: pl.DataFrame, columns: tuple[str, str], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return rows as points over two columns, ``(n_points, 2)``; NaN where a cell is missing."""
    return frame[rows].select(pl.col(columns).cast(pl.Float64, strict=False).fill_null(np.nan)).to_numpy()


def row_numbers(rows: Any, n_rows: int) -> NDArray[np.int64]:
    """Return row numbers as an array, all rows for None; SettingError for one out of range."""
    if rows is None:
        return np.arange(n_rows)
    numbers = np.asarray(rows, dtype=np.int64)
    if numbers.size and not (numbers.min() >= 0 and numbers.max() < n_rows):
        span = f"{numbers.min()} to {numbers.max()}"
        raise SettingError(f"rows has numbers from {span}. Give numbers from 0 to {n_rows - 1}.")
    return numbers
