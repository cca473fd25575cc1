"""Best weights, early stopping, and members that diverge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.engine.backend import HOST


@dataclass(frozen=True)
class Divergence:
    """A member whose loss stopped being a finite number.

    Attributes
    ----------
    epoch, lr
        The epoch in which it happened, from 1, and the learning rate.
    """

    epoch: int
    lr: float

    def __str__(self) -> str:
        return f"the loss was no longer finite in epoch {self.epoch} at learning rate {self.lr:g}"

    def warning(self, network: str, best_epoch: int) -> str:
        """Return a warning: which network, what happened, and which weights it carries now.

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

    Weights come several epochs at a time, so that comparing them costs little beside small networks' steps; the best
    weights, and the end of patience, are those of a comparison after each epoch.
    """

    def __init__(self, flat: Tensor, patience: Sequence[int | None], tolerance: Sequence[float] | None = None) -> None:
        # The weights of the lowest loss, or the last within the tolerance of it, ``(n_members, n_parameters)``.
        self.flat = flat.clone()
        # The lowest loss; the epoch after which the weights stood, 0 before training; and the epoch of the lowest loss,
        # from which patience is counted: ``(n_members,)`` each.
        self.loss = torch.full((len(flat),), torch.inf, dtype=torch.float64, device=HOST)
        self.epoch = torch.zeros(len(flat), dtype=torch.int64, device=HOST)
        self.since = self.epoch.clone()
        self._patience = torch.tensor([torch.inf if each is None else each for each in patience], device=HOST)
        self._tolerance = torch.tensor(tolerance or [0.0] * len(flat), dtype=torch.float64, device=HOST)

    def update(self, snapshots: Tensor, losses: Tensor, epochs: Tensor, over: Tensor) -> Tensor:
        """Compare the weights of consecutive epochs; return where each member's training ends.

        ``snapshots`` ``(n_epochs, n_members, n_parameters)`` stood after ``epochs`` ``(n_epochs,)`` with ``losses``,
        float64 ``(n_epochs, n_members)``, NaN where there is none. ``over``, bool ``(n_epochs, n_members)``, says where
        training ends for another reason than patience. The result ``(n_members,)`` indexes the epochs; it is
        ``n_epochs`` for members that go on. Epochs after a member's end are ignored.
        """
        n_epochs = len(epochs)
        has_loss = losses.isfinite()
        # A sum is finite only if every weight is; it costs a tenth of testing each.
        losses = torch.where(has_loss & snapshots.sum(2).isfinite().cpu(), losses, torch.inf)
        lowest = torch.cat([self.loss.unsqueeze(0), losses]).cummin(0).values
        lower = losses < lowest[:-1]
        near = losses.isfinite() & (losses <= lowest[1:] * (1 + self._tolerance)) & (self._tolerance > 0)
        last_lower, last_near = _last_true(lower), _last_true(lower | near)
        since = torch.where(last_lower >= 0, epochs[last_lower.clamp(min=0)], self.since)
        over = over | (has_loss & (epochs.unsqueeze(1) - since >= self._patience))
        ends = torch.where(over.any(0), over.byte().argmax(0), n_epochs)
        last = ends.clamp(max=n_epochs - 1).unsqueeze(0)
        self.loss, self.since = lowest[1:].gather(0, last)[0], since.gather(0, last)[0]
        best = last_near.gather(0, last)[0]
        members = (best >= 0).nonzero().flatten()
        if len(members):
            best = best[members]
            self.epoch[members] = epochs[best]
            self.flat[members.to(self.flat.device)] = snapshots[best, members]
        return ends

    def keep(self, members: Tensor) -> None:
        """Keep only these members."""
        self.flat = self.flat[members.to(self.flat.device)]
        self.loss, self.epoch, self.since = self.loss[members], self.epoch[members], self.since[members]
        self._patience, self._tolerance = self._patience[members], self._tolerance[members]

    def state(self) -> dict[str, Tensor]:
        """Return weights, losses and epochs."""
        return {"flat": self.flat, "loss": self.loss, "epoch": self.epoch, "since": self.since}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`."""
        self.flat, self.loss = state["flat"].to(self.flat.device), state["loss"]
        self.epoch, self.since = state["epoch"], state["since"]


def _last_true(values: Tensor) -> Tensor:
    """Return the last index up to each, int64 ``(n_epochs, n_members)``, at which ``values`` is true, else -1."""
    indices = torch.arange(len(values), device=values.device).unsqueeze(1)
    return torch.where(values, indices, -1).cummax(0).values
