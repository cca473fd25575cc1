"""The losses and accuracies of each epoch."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from demarcate.engine.backend import HOST
from demarcate.presentation import brief_repr

METRICS = (
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "eval_train_loss",
    "eval_train_accuracy",
)
"""What is recorded of an epoch, in the order of `Recorder`; the last two only where a fit is asked for them."""


@brief_repr
@dataclass(frozen=True, eq=False)
class History:
    """Losses and accuracies of one member, all finite.

    Training values are taken from the steps themselves: before each update and with dropout on, as a plain loop records
    them. Validation values are taken after an epoch with dropout off, and are empty without validation rows.

    Attributes
    ----------
    train_loss, train_accuracy
        Float64 tensors of length ``n_epochs``.
    validation_loss, validation_accuracy
        Float64 tensors, a value for each of ``validation_epochs``.
    validation_epochs
        The epochs, from 1, after which validation rows were evaluated: each one, unless the training says otherwise.
    eval_train_loss, eval_train_accuracy, eval_train_epochs
        The same of the training rows after an epoch with dropout off, where the fit was asked for it, else empty.
    """

    train_loss: Tensor
    train_accuracy: Tensor
    validation_loss: Tensor
    validation_accuracy: Tensor
    validation_epochs: Tensor
    eval_train_loss: Tensor
    eval_train_accuracy: Tensor
    eval_train_epochs: Tensor

    @property
    def n_epochs(self) -> int:
        """Epochs the member went through."""
        return len(self.train_loss)

    def to_json(self, max_epochs: int = 200) -> dict[str, list[Any]]:
        """Return the epochs, as ``epoch``, and their losses and accuracies to five digits, ready for JSON.

        Of more than ``max_epochs``, at least 2, some are left out, evenly, but for the first and the last. With
        validation rows, only epochs after which they were evaluated are listed.

        Examples
        --------
        >>> none = (torch.empty(0), torch.empty(0), torch.empty(0, dtype=torch.int64))
        >>> history = History(torch.tensor([0.5, 0.25, 0.125]), torch.tensor([0.5, 0.75, 1.0]), *none, *none)
        >>> history.to_json(max_epochs=2)
        {'epoch': [1, 3], 'train_loss': [0.5, 0.125], 'train_accuracy': [0.5, 1.0]}
        """
        is_validated = len(self.validation_epochs) > 0
        epochs = self.validation_epochs if is_validated else torch.arange(1, self.n_epochs + 1, device=HOST)
        listed = torch.linspace(0, len(epochs) - 1, min(max_epochs, len(epochs)), device=HOST).round().long()
        epochs = epochs[listed]
        values: dict[str, list[Any]] = {"epoch": epochs.tolist()}
        values |= {name: _rounded(getattr(self, name)[epochs - 1]) for name in ("train_loss", "train_accuracy")}
        if is_validated:
            names = ("validation_loss", "validation_accuracy")
            values |= {name: _rounded(getattr(self, name)[listed]) for name in names}
        return values


def _rounded(values: Tensor) -> list[float]:
    return [float(f"{value:.5g}") for value in values.tolist()]


MAX_PARTS = 256
"""Tensors that recorded epochs lie in, at most: they are joined before they are more."""


class Recorder:
    """Collects a population's epochs, also as members leave it."""

    def __init__(self, n_members: int, n_metrics: int = 4) -> None:
        self.n_members, self.n_metrics = n_members, n_metrics
        self._epochs: list[Tensor] = []
        self._n_epochs = 0

    def add(self, members: list[int], values: Tensor) -> None:
        """Record epochs of some members: the first `METRICS`, ``(n_epochs, n_metrics, len(members))``.

        Those of rows that were not evaluated after an epoch are NaN.
        """
        shape = len(values), self.n_metrics, self.n_members
        epochs = torch.full(shape, torch.nan, dtype=torch.float64, device=HOST)
        epochs[:, :, members] = values
        self._epochs.append(epochs)
        self._n_epochs += len(epochs)
        if len(self._epochs) > MAX_PARTS:
            self.values()

    def values(self) -> Tensor:
        """Return all that was recorded, ``(n_epochs, n_metrics, n_members)``."""
        none = torch.empty(0, self.n_metrics, self.n_members, dtype=torch.float64, device=HOST)
        self._epochs = [torch.cat([none, *self._epochs])]
        return self._epochs[0]

    def since(self, n_epochs: int) -> Tensor:
        """Return what was recorded after the first so many epochs, ``(n_later, n_metrics, n_members)``."""
        blocks: list[Tensor] = []
        missing = self._n_epochs - n_epochs
        for block in reversed(self._epochs):
            if missing <= 0:
                break
            blocks.append(block[-missing:])
            missing -= len(block)
        none = torch.empty(0, self.n_metrics, self.n_members, dtype=torch.float64, device=HOST)
        return torch.cat([none, *blocks[::-1]])

    def restore(self, values: Tensor) -> None:
        """Continue from `values`."""
        self._epochs, self._n_epochs = [values], len(values)

    def history(self, member: int, n_epochs: int) -> History:
        """Return one member's first ``n_epochs`` epochs."""
        values = self.values()[:n_epochs, :, member]
        train, validation, eval_train = values[:, :2], _evaluated(values[:, 2:4]), _evaluated(values[:, 4:])
        return History(train[:, 0].clone(), train[:, 1].clone(), *validation, *eval_train)


def _evaluated(values: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return losses, accuracies and epochs, from 1, of an evaluation ``(n_epochs, 2)``, NaN where there was none."""
    if not values.shape[1]:
        values = torch.full((len(values), 2), torch.nan, dtype=values.dtype, device=HOST)
    is_evaluated = values[:, 0].isfinite()
    return values[is_evaluated, 0], values[is_evaluated, 1], is_evaluated.nonzero().flatten() + 1
