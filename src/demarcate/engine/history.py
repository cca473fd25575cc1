"""What happened in each epoch."""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


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
        The epochs, from 1, after which validation rows were looked at: every one, unless the training says otherwise.
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
        """The epochs and their numbers to five digits, ready for JSON.

        Parameters
        ----------
        max_epochs
            Epochs to tell of, at least 2. Of more some are left out, evenly, the first and the last kept; with
            validation rows, only epochs after which they were looked at are told of.

        Returns
        -------
        dict
            ``epoch``, ``train_loss`` and ``train_accuracy``; with validation rows also ``validation_loss`` and
            ``validation_accuracy``.

        Examples
        --------
        >>> none = torch.empty(0)
        >>> history = History(torch.tensor([0.5, 0.25, 0.125]), torch.tensor([0.5, 0.75, 1.0]), none, none, none.long())
        >>> history.to_json(max_epochs=2)
        {'epoch': [1, 3], 'train_loss': [0.5, 0.125], 'train_accuracy': [0.5, 1.0]}
        """
        watched = len(self.validation_epochs) > 0
        epochs = self.validation_epochs if watched else torch.arange(1, self.n_epochs + 1)
        looks = torch.linspace(0, len(epochs) - 1, min(max_epochs, len(epochs))).round().long()
        epochs = epochs[looks]
        told: dict[str, list[Any]] = {"epoch": epochs.tolist()}
        told |= {name: _rounded(getattr(self, name)[epochs - 1]) for name in ("train_loss", "train_accuracy")}
        if watched:
            told |= {name: _rounded(getattr(self, name)[looks]) for name in ("validation_loss", "validation_accuracy")}
        return told


def _rounded(values: Tensor) -> list[float]:
    return [float(f"{value:.5g}") for value in values.tolist()]


class Recorder:
    """Collects a population's epochs, also as members leave it.

    Examples
    --------
    >>> recorder = Recorder(n_members=2)
    >>> recorder.add([0, 1], torch.ones(3, 4, 2, dtype=torch.float64))
    >>> recorder.add([1], torch.ones(2, 4, 1, dtype=torch.float64))
    >>> recorder.history(0, 3).n_epochs, recorder.history(1, 5).n_epochs
    (3, 5)
    """

    def __init__(self, n_members: int) -> None:
        self.n_members = n_members
        self._epochs: list[Tensor] = []

    def add(self, members: list[int], values: Tensor) -> None:
        """Record epochs: the first four values of `History`, in order, of the named members.

        Parameters
        ----------
        members
            Numbers of those still training.
        values
            ``(n_epochs, 4, len(members))``; NaN for validation values that were not taken.
        """
        epochs = torch.full((len(values), 4, self.n_members), torch.nan, dtype=torch.float64)
        epochs[:, :, members] = values
        self._epochs.append(epochs)

    def values(self) -> Tensor:
        """All that was recorded, ``(n_epochs, 4, n_members)``."""
        none = torch.empty(0, 4, self.n_members, dtype=torch.float64)
        self._epochs = [torch.cat([none, *self._epochs])]
        return self._epochs[0]

    def restore(self, values: Tensor) -> None:
        """Go on from what `values` gave."""
        self._epochs = [values]

    def history(self, member: int, n_epochs: int) -> History:
        """One member's first ``n_epochs`` epochs."""
        values = self.values()[:n_epochs, :, member]
        looked = values[:, 2].isfinite()
        watched = [values[looked, 2], values[looked, 3], looked.nonzero().flatten() + 1]
        return History(values[:, 0].clone(), values[:, 1].clone(), *watched)
