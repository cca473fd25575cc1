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

    def warning(self, network: str, best_epoch: int) -> str:
        """What to warn a user of: which network, what happened, and which weights it carries now.

        Examples
        --------
        >>> Divergence(epoch=3, lr=10.0).warning("network 0", best_epoch=2)
        'network 0: the loss was no longer finite in epoch 3 at learning rate 10; its best weights, after epoch 2, are
        kept. Lower lr'
        """
        after = f"after epoch {best_epoch}" if best_epoch else "before training"
        return f"{network}: {self}; its best weights, {after}, are kept. Lower lr"


class BestWeights:
    """The best weights each member has had so far, and how long ago.

    Weights come several epochs at a time, so that judging them costs little beside small networks' steps; what is kept,
    and when patience ends, is what it would be epoch by epoch.

    Attributes
    ----------
    flat
        Best weights ``(n_members, n_parameters)``: those of the lowest loss, or the last within the tolerance of it.
    loss
        The lowest loss, float64 ``(n_members,)``.
    epoch
        The epoch after which the weights stood, ``(n_members,)``; 0 is before training.
    since
        The epoch of the lowest loss, from which patience is counted, ``(n_members,)``.
    """

    def __init__(self, flat: Tensor, patience: Sequence[int | None], tolerance: Sequence[float] | None = None) -> None:
        self.flat = flat.clone()
        self.loss = torch.full((len(flat),), torch.inf, dtype=torch.float64)
        self.epoch = torch.zeros(len(flat), dtype=torch.int64)
        self.since = self.epoch.clone()
        self._patience = torch.tensor([torch.inf if value is None else value for value in patience])
        self._tolerance = torch.tensor(tolerance or [0.0] * len(flat), dtype=torch.float64)

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
        lowest = torch.cat([self.loss.unsqueeze(0), told]).cummin(0).values
        lower = told < lowest[:-1]
        near = told.isfinite() & (told <= lowest[1:] * (1 + self._tolerance)) & (self._tolerance > 0)
        best, kept = _latest(lower), _latest(lower | near)
        since = torch.where(best >= 0, epochs[best.clamp(min=0)], self.since)
        over = over | (judged & (epochs.unsqueeze(1) - since >= self._patience))
        ends = torch.where(over.any(0), over.byte().argmax(0), n_epochs)
        last = ends.clamp(max=n_epochs - 1).unsqueeze(0)
        self.loss, self.since = lowest[1:].gather(0, last)[0], since.gather(0, last)[0]
        chosen = kept.gather(0, last)[0]
        members = (chosen >= 0).nonzero().flatten()
        if len(members):
            chosen = chosen[members]
            self.epoch[members] = epochs[chosen]
            self.flat[members.to(self.flat.device)] = snapshots[chosen, members]
        return ends

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.flat = self.flat[members.to(self.flat.device)]
        self.loss, self.epoch, self.since = self.loss[members], self.epoch[members], self.since[members]
        self._patience, self._tolerance = self._patience[members], self._tolerance[members]

    def state(self) -> dict[str, Tensor]:
        """Weights, losses and epochs."""
        return {"flat": self.flat, "loss": self.loss, "epoch": self.epoch, "since": self.since}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        self.flat, self.loss = state["flat"].to(self.flat.device), state["loss"]
        self.epoch, self.since = state["epoch"], state["since"]


def _latest(marked: Tensor) -> Tensor:
    """The last marked place up to each place, int64 ``(n_places, n_members)``; -1 where there is none yet."""
    places = torch.arange(len(marked)).unsqueeze(1)
    return torch.where(marked, places, -1).cummax(0).values
