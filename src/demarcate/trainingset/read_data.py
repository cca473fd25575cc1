"""From what callers of experiments pass, a data set or a table and its labels, to a training set."""

from collections.abc import Iterable, Mapping
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
) -> TrainingSet:
    """Read a data set, or a table and its labels; a training set is taken as it is, with class weights.

    A data set names its own categorical columns. Labels that are a torch tensor must be what the loss of each network
    takes, else `TargetError`. ``sample_weight`` is an array ``(n_rows,)`` or the name of a column.
    """
    if isinstance(data, TrainingSet):
        if any(given is not None for given in (roles.groups, roles.time, roles.weights, sample_weight)):
            raise SettingError(
                "groups, time, gap and sample_weight must be left out: a training set has its own, got some beside it"
            )
        training_set = data
    else:
        X, labels = data
        frame = as_frame(array_of(X))
        if isinstance(labels, Tensor):
            _check_tensor(labels, networks)
            labels = labels.flatten().long()
        cells = to_labels(labels)
        check_consistent_length(len(frame), len(cells))
        own = data.categorical if isinstance(data, Dataset) else ()
        target = data.target if isinstance(data, Dataset) else "target"
        if isinstance(sample_weight, str):
            roles = replace(roles, weights=sample_weight)
        weights = _row_weights(frame, roles, sample_weight)
        options = options.with_own_categorical(own)
        training_set = open_table(frame, cells, target, weights, None, roles, options, merge_labels=merge_labels)
    if not class_weight:
        return training_set
    return training_set.weighted(class_weights(class_weight, training_set.classes, training_set.codes))


def _row_weights(frame: pl.DataFrame, roles: RowRoles, sample_weight: Any) -> NDArray[np.float64] | None:
    """Return the weights in the column that has this role, or in an array; None if there are none."""
    if roles.weights is not None:
        roles.names(frame.columns)
        return read_weights(frame[roles.weights])
    return Sampling.of(len(frame), sample_weight=array_of(sample_weight)).weights


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
