"""From what callers of experiments pass, a data set or a table and its labels, to a training set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from torch import Tensor

from demarcate.argument_checks import check_consistent_length
from demarcate.datasets import Dataset
from demarcate.errors import InputError, SettingError, TargetError
from demarcate.evaluation.sampling import Sampling
from demarcate.nn import Network
from demarcate.tabular import as_frame, to_labels
from demarcate.tabular.class_weights import class_weights
from demarcate.tabular.column_options import NO_COLUMN_OPTIONS, ColumnOptions
from demarcate.tabular.label_shape import one_label_a_row
from demarcate.trainingset.appended_rows import append_test_rows
from demarcate.trainingset.open import open_table
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles, read_weights
from demarcate.trainingset.tensor_targets import tensor_codes
from demarcate.trainingset.training_set import TrainingSet


def read_training_set(
    data: TrainingSet | Dataset | tuple[Any, Any],
    networks: Iterable[Network],
    roles: RowRoles = NO_ROLES,
    sample_weight: Any = None,
    options: ColumnOptions = NO_COLUMN_OPTIONS,
    *,
    class_weight: Mapping[Any, float] | None = None,
    merge_labels: bool = False,
    test: tuple[Any, Any] | None = None,
) -> TrainingSet:
    """Read a data set, or a table and its labels; a training set is taken as it is, with class weights.

    A data set names its own categorical columns. Labels that are a torch tensor must be what the loss of each network
    takes, else `TargetError`. ``sample_weight`` is an array ``(n_rows,)`` or the name of a column. The rows and labels
    of ``test`` come after the others, and arrays of weights, groups and times are of all rows.
    """
    if isinstance(data, TrainingSet):
        training_set = _as_it_is(data, roles, sample_weight, test)
    else:
        target, own = (data.target, data.categorical) if isinstance(data, Dataset) else ("target", ())
        if isinstance(sample_weight, str):
            roles = replace(roles, weights=sample_weight)
        tables = _tables_of([_table_and_labels(data), *([] if test is None else [test])], networks)
        training_set = _read_tables(
            tables, target, roles, sample_weight, options.with_own_categorical(own), merge_labels
        )
    if not class_weight:
        return training_set
    return training_set.weighted(class_weights(class_weight, training_set.classes, training_set.codes))


def _table_and_labels(data: Any) -> tuple[Any, Any]:
    if not isinstance(data, Dataset) and not (isinstance(data, tuple | list) and len(data) == 2):
        kind = type(data).__name__
        raise SettingError(f"data must be a data set, or a table and its labels together, (X, y), got {kind}")
    X, labels = data
    return X, labels


def _tables_of(pairs: Sequence[tuple[Any, Any]], networks: Iterable[Network]) -> list[tuple[pl.DataFrame, list[Any]]]:
    """Return tables and their labels; those in a tensor are what the losses take, for the classes of the first."""
    tables: list[tuple[pl.DataFrame, list[Any]]] = []
    for X, labels in pairs:
        try:
            if isinstance(labels, Tensor) and labels.ndim:
                n_classes = max(tables[0][1]) + 1 if tables and isinstance(pairs[0][1], Tensor) else None
                own = tensor_codes(labels, networks, n_classes)
            else:
                own = one_label_a_row(labels)
        except (InputError, TargetError) as error:
            if not tables:
                raise
            raise TargetError(f"y_test: {error}") from None
        tables.append((as_frame(array_of(X)), to_labels(own)))
    return tables


def _as_it_is(
    training_set: TrainingSet, roles: RowRoles, sample_weight: Any, test: tuple[Any, Any] | None
) -> TrainingSet:
    """Return a training set, unless arguments say again what it has read already."""
    if any(given is not None for given in (roles.groups, roles.time, roles.weights, sample_weight)):
        raise SettingError(
            "groups, time, gap and sample_weight must be left out: a training set has its own, got some beside it"
        )
    if test is not None:
        raise SettingError("X_test and y_test must be left out: a training set is read already, give split instead")
    return training_set


def _read_tables(
    tables: Sequence[tuple[pl.DataFrame, list[Any]]],
    target: str,
    roles: RowRoles,
    sample_weight: Any,
    options: ColumnOptions,
    merge_labels: bool,
) -> TrainingSet:
    """Read one table and its labels, or the test rows after it as well, which decide no kind and no class."""
    frame, cells = tables[0]
    frames = [frame for frame, _ in tables]
    check_consistent_length(len(frame), len(cells))
    weights, n_rows = _row_weights(frames, roles, sample_weight), sum(map(len, frames))
    own_weights = None if weights is None else weights[: len(frame)]
    own_roles = roles if len(tables) == 1 else roles.rows(np.arange(len(frame)), frame.columns, n_rows)
    training_set = open_table(frame, cells, target, own_weights, None, own_roles, options, merge_labels=merge_labels)
    if len(tables) == 1:
        return training_set
    return append_test_rows(training_set, (frame, frames[1]), tables[1][1], roles, weights)


def _row_weights(frames: Sequence[pl.DataFrame], roles: RowRoles, sample_weight: Any) -> NDArray[np.float64] | None:
    """Return the weights in the column that has this role, or in an array; None if there are none.

    The rows of a second frame come after those of the first.
    """
    if roles.weights is not None:
        for frame in frames:
            roles.names(frame.columns)
        return np.concatenate([read_weights(frame[roles.weights]) for frame in frames])
    return Sampling.of(sum(map(len, frames)), sample_weight=array_of(sample_weight)).weights


def array_of(X: Any) -> Any:
    """Return a tensor as an array, and anything else as it is."""
    return X.detach().cpu().numpy() if isinstance(X, Tensor) else X
