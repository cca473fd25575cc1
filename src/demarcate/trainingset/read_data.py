"""From what callers of experiments pass, a data set or a table and its labels, to a training set."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import torch
from numpy.typing import NDArray
from torch import Tensor

from demarcate.argument_checks import check_consistent_length
from demarcate.datasets import Dataset
from demarcate.errors import SettingError, TargetError
from demarcate.evaluation.sampling import Sampling
from demarcate.nn import Network
from demarcate.nn.heads import head_for
from demarcate.tabular import as_frame, to_labels
from demarcate.tabular.class_weights import class_weights
from demarcate.tabular.column_options import NO_COLUMN_OPTIONS, ColumnOptions
from demarcate.trainingset.appended_rows import append_test_rows
from demarcate.trainingset.open import open_table
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles, read_weights
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
        pairs = (data,) if test is None else (data, test)
        tables = [(as_frame(array_of(X)), _label_cells(labels, networks)) for X, labels in pairs]
        training_set = _read_tables(
            tables, target, roles, sample_weight, options.with_own_categorical(own), merge_labels
        )
    if not class_weight:
        return training_set
    return training_set.weighted(class_weights(class_weight, training_set.classes, training_set.codes))


def _label_cells(labels: Any, networks: Iterable[Network]) -> list[Any]:
    """Return labels as a list; those in a tensor must be what the loss of each network takes."""
    if isinstance(labels, Tensor):
        _check_tensor(labels, networks)
        labels = labels.flatten().long()
    return to_labels(labels)


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


def _check_tensor(labels: Tensor, networks: Iterable[Network]) -> None:
    """Refuse targets that are no class indices, or that the loss of a network does not take."""
    values = labels.detach().flatten().double().cpu()
    row = next(iter((~((values >= 0) & (values % 1 == 0))).nonzero().flatten().tolist()), None)
    if row is not None:
        raise TargetError(
            f"targets must be class indices, 0, 1, 2 and so on, got {values[row].item():g} in row {row + 1}"
        )
    n_classes = max(2, int(values.max()) + 1) if len(values) else 2
    for network in networks:
        head = head_for(network.head, n_classes)
        head.loss(torch.zeros(len(labels), head.n_outputs(n_classes)), labels)
