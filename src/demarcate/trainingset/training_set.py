"""A table ready to learn from, and how what callers pass becomes one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from demarcate.argument_checks import check_consistent_length
from demarcate.datasets import Dataset
from demarcate.encoding import TableEncoder
from demarcate.encoding.shared_table import SharedTable
from demarcate.engine import Samples
from demarcate.engine.inputs import DenseInputs, SharedInputs
from demarcate.errors import SettingError, TargetError
from demarcate.nn import Network, head_for
from demarcate.tabular import ParsedColumns, Schema, as_frame, labels_of
from demarcate.tabular.class_weights import class_weights
from demarcate.tabular.fingerprint import fingerprint
from demarcate.tabular.schema_inference import with_own_categorical
from demarcate.trainingset import learnable

DENSE_BYTES = 512 * 2**20
"""Folds are encoded ahead of training as long as all their matrices together take no more than this; above, the table
is kept once and rows are encoded batch by batch."""

_Name = TypeVar("_Name")
_Value = TypeVar("_Value")


@dataclass(frozen=True, eq=False)
class Task:
    """A table ready to learn from.

    Attributes
    ----------
    schema
        The columns.
    parsed
        Their cells.
    classes
        The labels, ``(n_classes,)``.
    codes
        Each row's class index, ``(n_rows,)``.
    weights
        What each row's loss counts, ``(n_rows,)``, or None for all alike.
    target
        The name of the target column.
    sample
        Rows, ascending, that stand for all where all are too many to be looked at together; None where they are not.
    """

    schema: Schema
    parsed: ParsedColumns
    classes: NDArray[Any]
    codes: NDArray[np.int64]
    weights: NDArray[np.float64] | None = None
    target: str = "target"
    sample: NDArray[np.int64] | None = None

    def cells(self, rows: NDArray[np.int64]) -> ParsedColumns:
        """The cells of some rows."""
        return {name: column[rows] for name, column in self.parsed.items()}

    def sampled(self) -> ParsedColumns:
        """The cells of the sample, or of all rows where there is none."""
        return self.parsed if self.sample is None else self.cells(self.sample)

    def fingerprint(self) -> str:
        """What tells this table's cells and labels from any others."""
        return fingerprint(self.parsed, self.codes)

    def samples(self, encoders: Sequence[TableEncoder]) -> Samples:
        """The rows as the engine takes them, in each encoding: once for all of them where the table is large."""
        weights = None if self.weights is None else torch.from_numpy(self.weights)
        d_in = [encoder.n_encoded for encoder in encoders]
        n_bytes = len(encoders) * len(self.codes) * max(d_in) * torch.float32.itemsize
        several = len(encoders) > 1 and n_bytes > DENSE_BYTES
        inputs = _shared(self, encoders) if several else _dense(self, encoders, d_in)
        return Samples.over(inputs, torch.from_numpy(self.codes), len(self.classes), weights)


def read_task(
    data: Dataset | tuple[Any, Any],
    networks: Iterable[Network],
    *,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
    class_weight: Mapping[Any, float] | None = None,
) -> Task:
    """Read a data set, or a table and its labels.

    Parameters
    ----------
    data
        What to learn from. Labels given as a torch tensor must be what each network's loss takes.
    networks
        What will learn from it.
    categorical, numerical, drop
        Columns whose kind the caller knows better, or that are not to be used; a data set names its own categories.
    class_weight
        What rows of each label count in the loss, at least 0; 1 for labels not named.

    Raises
    ------
    InputError
        If the table or the labels are refused, or their lengths differ.
    SettingError
        If a class weight is out of range or for an unknown label.
    TargetError
        If labels given as a tensor are not what the loss takes.

    Examples
    --------
    >>> from demarcate import datasets
    >>> task = read_task(datasets.moons(n_samples=40), [Network()], class_weight={1: 2.0})
    >>> task.codes.shape, task.target, sorted(set(task.weights.tolist()))
    ((40,), 'label', [1.0, 2.0])
    """
    X, labels = data
    frame = as_frame(array_of(X))
    if isinstance(labels, Tensor):
        _check_tensor(labels, networks)
        labels = labels.flatten().long()
    cells = labels_of(labels)
    check_consistent_length(len(frame), len(cells))
    own = data.categorical if isinstance(data, Dataset) else ()
    categorical = with_own_categorical(own, categorical, numerical, drop)
    table = learnable(frame, cells, categorical=categorical, numerical=numerical, drop=drop)
    weights = class_weights(class_weight, table.classes, table.codes)[table.codes] if class_weight else None
    target = data.target if isinstance(data, Dataset) else "target"
    return Task(table.schema, table.schema.parse(frame), table.classes, table.codes, weights, target)


def array_of(X: Any) -> Any:
    """A tensor as the array that every other table is read as."""
    return X.detach().cpu().numpy() if isinstance(X, Tensor) else X


def by_name(given: Mapping[_Name, _Value] | None, names: Iterable[_Name], what: str) -> Mapping[_Name, _Value]:
    """A setting by name, after checking that every name means something.

    Examples
    --------
    >>> by_name({"c": 1.0}, ["a", "b"], "class weights")
    Traceback (most recent call last):
    demarcate.errors.SettingError: class weights are for 'a', 'b': got 'c'
    """
    names = list(names)
    unknown = [name for name in given or {} if name not in names]
    if unknown:
        shown = ", ".join(map(repr, unknown))
        raise SettingError(f"{what} are for {', '.join(map(repr, names))}: got {shown}")
    return given or {}


def _check_tensor(labels: Tensor, networks: Iterable[Network]) -> None:
    """Let each network's loss say whether it takes these targets."""
    values = labels.detach().flatten().double().cpu()
    row = next(iter((~((values >= 0) & (values % 1 == 0))).nonzero().flatten().tolist()), None)
    if row is not None:
        raise TargetError(f"targets are class indices, 0, 1, 2 and so on: got {values[row].item():g} in row {row + 1}")
    n_classes = max(2, int(values.max()) + 1) if len(values) else 2
    for network in networks:
        head = head_for(network.head, n_classes)
        head.loss(torch.zeros(len(labels), head.n_outputs(n_classes)), labels)


def _dense(task: Task, encoders: Sequence[TableEncoder], d_in: Sequence[int]) -> DenseInputs:
    if len(encoders) == 1:
        return DenseInputs(torch.from_numpy(encoders[0].encode(task.parsed)).unsqueeze(0), tuple(d_in))
    matrices = torch.zeros(len(encoders), len(task.codes), max(d_in))
    for matrix, encoder, width in zip(matrices, encoders, d_in, strict=True):
        matrix[:, :width] = torch.from_numpy(encoder.encode(task.parsed))
    return DenseInputs(matrices, tuple(d_in))


def _shared(task: Task, encoders: Sequence[TableEncoder]) -> SharedInputs:
    table = SharedTable.of(encoders, task.parsed)
    return SharedInputs(
        numbers=torch.from_numpy(table.numbers),
        statistics=torch.from_numpy(table.statistics),
        n_gaps=table.n_gaps,
        codes=torch.from_numpy(table.codes),
        tables=tuple(map(torch.from_numpy, table.tables)),
        order=torch.from_numpy(table.order),
        d_in=table.d_in,
    )
