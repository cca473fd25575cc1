"""Best weights, early stopping, and members that diverge."""

from collections.abc import Mapping, Sequence
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

    Weights come several epochs at a time, so that judging them costs little beside small networks' steps; what is kept,
    and when patience ends, is what it would be epoch by epoch.

    Attributes
    ----------
    flat
        Best weights ``(n_members, n_parameters)``.
    loss
        Their loss, float64 ``(n_members,)``.
    epoch
        The epoch after which they stood, ``(n_members,)``; 0 is before training.
    """

    def __init__(self, flat: Tensor, patience: Sequence[int | None]) -> None:
        self.flat = flat.clone()
        self.loss = torch.full((len(flat),), torch.inf, dtype=torch.float64)
        self.epoch = torch.zeros(len(flat), dtype=torch.int64)
        self._patience = torch.tensor([torch.inf if value is None else value for value in patience])

    def follow(self, snapshots: Tensor, losses: Tensor, epochs: Tensor, over: Tensor) -> Tensor:
        """Take in the weights of consecutive epochs; where each member's training ends.

        Parameters
        ----------
        snapshots
            ``(n_epochs, n_members, n_parameters)``.
        losses
            What they are judged by, float64 ``(n_epochs, n_members)``; NaN where they were not judged.
        epochs
            After which epoch each stood, ``(n_epochs,)``.
        over
            Where training ends for another reason than patience, bool ``(n_epochs, n_members)``.

        Returns
        -------
        Tensor
            The first epoch at which each member ends, as its place in ``epochs``; ``n_epochs`` if at none. What comes
            after it is not taken in.
        """
        n_epochs = len(epochs)
        judged = losses.isfinite()
        # A sum is finite only if every weight is; it costs a tenth of asking each.
        told = torch.where(judged & snapshots.sum(2).isfinite().cpu(), losses, torch.inf)
        lowest = torch.cat([self.loss.unsqueeze(0), told]).cummin(0).values[:-1]
        places = torch.arange(n_epochs).unsqueeze(1)
        best = torch.where(told < lowest, places, -1).cummax(0).values
        best_epoch = torch.where(best >= 0, epochs[best.clamp(min=0)], self.epoch)
        over = over | (judged & (epochs.unsqueeze(1) - best_epoch >= self._patience))
        ends = torch.where(over.any(0), over.byte().argmax(0), n_epochs)
        chosen = best.gather(0, ends.clamp(max=n_epochs - 1).unsqueeze(0))[0]
        members = (chosen >= 0).nonzero().flatten()
        if len(members):
            chosen = chosen[members]
            self.loss[members], self.epoch[members] = told[chosen, members], epochs[chosen]
            self.flat[members.to(self.flat.device)] = snapshots[chosen, members]
        return ends

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.flat = self.flat[members.to(self.flat.device)]
        self.loss, self.epoch, self._patience = self.loss[members], self.epoch[members], self._patience[members]

    def state(self) -> dict[str, Tensor]:
        """Weights, losses and epochs."""
        return {"flat": self.flat, "loss": self.loss, "epoch": self.epoch}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self.flat, self.loss, self.epoch = state["flat"].to(self.flat.device), state["loss"], state["epoch"]
