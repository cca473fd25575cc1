"""What happened in each epoch."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class History:
    """Losses and accuracies of one member, one value an epoch, all finite.

    Training values are taken from the steps themselves: before each update and with dropout on, as a plain loop records
    them. Validation values are taken after the epoch with dropout off, and are empty without validation rows.

    Attributes
    ----------
    train_loss, train_accuracy, validation_loss, validation_accuracy
        Float64 tensors of length ``n_epochs``, or 0.
    """

    train_loss: Tensor
    train_accuracy: Tensor
    validation_loss: Tensor
    validation_accuracy: Tensor

    @property
    def n_epochs(self) -> int:
        """Epochs the member went through."""
        return len(self.train_loss)


class Recorder:
    """Collects a population's epochs, also as members leave it.

    Examples
    --------
    >>> recorder = Recorder(n_members=2)
    >>> recorder.add([0, 1], torch.ones(4, 2, dtype=torch.float64))
    >>> recorder.add([1], torch.ones(4, 1, dtype=torch.float64))
    >>> recorder.history(0, 1).n_epochs, recorder.history(1, 2).n_epochs
    (1, 2)
    """

    def __init__(self, n_members: int) -> None:
        self.n_members = n_members
        self._epochs: list[Tensor] = []

    def add(self, members: list[int], values: Tensor) -> None:
        """Record an epoch: the four values of `History`, in order, of the named members, ``(4, len(members))``."""
        epoch = torch.full((4, self.n_members), torch.nan, dtype=torch.float64)
        epoch[:, members] = values
        self._epochs.append(epoch)

    def history(self, member: int, n_epochs: int) -> History:
        """One member's first ``n_epochs`` epochs."""
        if not n_epochs:
            return History(*(torch.empty(0, dtype=torch.float64) for _ in range(4)))
        values = torch.stack(self._epochs[:n_epochs])[:, :, member].T
        watched = bool(values[2].isfinite().all())
        return History(values[0], values[1], *(values[2:] if watched else values[2:, :0]))
