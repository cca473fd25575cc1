"""The losses and accuracies of each epoch."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from demarcate.engine.backend import HOST


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
    """

    train_loss: Tensor
    train_accuracy: Tensor
    validation_loss: Tensor
    validation_accuracy: Tensor
    validation_epochs: Tensor

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
        >>> none = torch.empty(0)
        >>> history = History(torch.tensor([0.5, 0.25, 0.125]), torch.tensor([0.5, 0.75, 1.0]), none, none, none.long())
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


class Recorder:
    """Collects a population's epochs, also as members leave it."""

    def __init__(self, n_members: int) -> None:
        self.n_members = n_members
        self._epochs: list[Tensor] = []

    def add(self, members: list[int], values: Tensor) -> None:
        """Record epochs of some members: the first four values of `History`, ``(n_epochs, 4, len(members))``.

        Validation values are NaN where there are none.
        """
        epochs = torch.full((len(values), 4, self.n_members), torch.nan, dtype=torch.float64, device=HOST)
        epochs[:, :, members] = values
        self._epochs.append(epochs)

    def values(self) -> Tensor:
        """Return all that was recorded, ``(n_epochs, 4, n_members)``."""
        none = torch.empty(0, 4, self.n_members, dtype=torch.float64, device=HOST)
        self._epochs = [torch.cat([none, *self._epochs])]
        return self._epochs[0]

    def restore(self, values: Tensor) -> None:
        """Continue from `values`."""
        self._epochs = [values]

    def history(self, member: int, n_epochs: int) -> History:
        """Return one member's first ``n_epochs`` epochs."""
        values = self.values()[:n_epochs, :, member]
        is_validated = values[:, 2].isfinite()
        validation = [values[is_validated, 2], values[is_validated, 3], is_validated.nonzero().flatten() + 1]
        return History(values[:, 0].clone(), values[:, 1].clone(), *validation)
