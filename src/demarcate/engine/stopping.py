"""Best weights, early stopping, and members that diverge."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Divergence:
    """A member whose loss stopped being a finite number.

    Attributes
    ----------
    epoch
        The epoch in which it happened, from 1.
    lr
        The learning rate it was trained with.
    """

    epoch: int
    lr: float

    def __str__(self) -> str:
        return f"the loss was no longer finite in epoch {self.epoch} at learning rate {self.lr:g}"

    def told(self, network: str, best_epoch: int) -> str:
        """What to warn a user of: which network, what happened, and which weights it carries now.

        Examples
        --------
        >>> Divergence(epoch=3, lr=10.0).told("network 0", best_epoch=2)
        'network 0: the loss was no longer finite in epoch 3 at learning rate 10; its best weights, after epoch 2, are
        kept. Lower lr'
        """
        after = f"after epoch {best_epoch}" if best_epoch else "before training"
        return f"{network}: {self}; its best weights, {after}, are kept. Lower lr"


class Best:
    """The best weights each member has had so far, and how long ago.

    Without validation rows the loss watched is the training loss, and the weights kept are those the epoch began with:
    those the loss was measured on, exactly with full batches.

    Attributes
    ----------
    flat
        Best weights ``(n_members, n_parameters)``.
    loss
        Their loss ``(n_members,)``.
    epoch
        The epoch after which they stood, ``(n_members,)``; 0 is before training.
    """

    def __init__(self, flat: Tensor, patience: Sequence[int | None]) -> None:
        self.flat = flat.clone()
        self.loss = torch.full((len(flat),), torch.inf, dtype=torch.float64)
        self.epoch = torch.zeros(len(flat), dtype=torch.int64)
        self._patience = torch.tensor([torch.inf if value is None else value for value in patience])
        self._stale = torch.zeros(len(flat))

    def update(self, flat: Tensor, loss: Tensor, epoch: int) -> None:
        """Take in weights ``(n_members, n_parameters)`` and their losses ``(n_members,)``, which may be NaN."""
        better = (loss < self.loss) & flat.isfinite().all(1).cpu()
        self.loss = torch.where(better, loss, self.loss)
        self.epoch[better] = epoch
        self._stale = torch.where(better, 0, self._stale + 1)
        if better.any():
            torch.where(better.to(flat.device).unsqueeze(1), flat, self.flat, out=self.flat)

    def exhausted(self) -> Tensor:
        """Members whose patience is at an end, bool ``(n_members,)``."""
        return self._stale >= self._patience

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.flat, self.loss, self.epoch = self.flat[members], self.loss[members], self.epoch[members]
        self._patience, self._stale = self._patience[members], self._stale[members]
