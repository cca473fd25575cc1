"""One step: loss and gradient of every member, and the same pass without learning."""

from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.nn import Activation, Head, Layout, forward
from demarcate.nn.population import Drop


@dataclass(frozen=True, eq=False)
class Batch:
    """What every member sees in one step.

    Attributes
    ----------
    x
        ``(n_members, batch, d_in)``.
    codes
        Class indices ``(n_members, batch)``.
    weights
        What each row's loss counts, ``(n_members, batch)``; 0 for rows that only fill up the stack.
    real
        1 where there is a row, 0 where there is padding, ``(n_members, batch)``.
    """

    x: Tensor
    codes: Tensor
    weights: Tensor
    real: Tensor


@dataclass(frozen=True)
class Stack:
    """What a population computes with, apart from its parameters."""

    layout: Layout
    activation: Activation
    head: Head

    def loss(self, flat: Tensor, batch: Batch, drop: Drop | None = None) -> tuple[Tensor, Tensor]:
        """Logits ``(n_members, batch, n_outputs)`` and the loss of each row ``(n_members, batch)``."""
        logits = forward(self.layout.layers(flat), batch.x, self.activation, drop)
        return logits, self.head.loss(logits, self.head.targets(batch.codes, logits.dtype))


@dataclass(eq=False)
class Tally:
    """Sums over rows, from which an epoch's loss and accuracy come.

    Rows of which none counts (all their weights are 0) are told by their plain mean, so that there is a number to tell.

    Attributes
    ----------
    sums
        Weighted loss, weight, loss, right predictions and rows, ``(5, n_members)``.
    """

    sums: Tensor

    @classmethod
    def empty(cls, n_members: int, like: Tensor) -> "Tally":
        """Nothing counted yet."""
        return cls(torch.zeros(5, n_members, dtype=like.dtype, device=like.device))

    def add(self, stack: Stack, batch: Batch, logits: Tensor, losses: Tensor) -> None:
        """Count a batch."""
        right = (stack.head.predictions(logits) == batch.codes) * batch.real
        counted = [losses * batch.weights, batch.weights, losses * batch.real, right, batch.real]
        self.sums += torch.stack([values.sum(1) for values in counted])

    def result(self) -> Tensor:
        """Mean loss and accuracy ``(2, n_members)``, float64 on the CPU."""
        weighted, weight, plain, right, rows = self.sums.double().cpu()
        return torch.stack([torch.where(weight > 0, weighted / weight, plain / rows), right / rows])


def gradient(flat: Tensor, stack: Stack, batch: Batch, drop: Drop | None) -> tuple[Tensor, Tensor, Tensor]:
    """The gradient of each member's mean loss over its batch.

    The loss of a batch is its weighted mean, sum(w l) / sum(w), as torch.nn.CrossEntropyLoss takes it; a batch in which
    no row counts has no gradient. Members do not touch each other's parameters, so the gradient of the sum of their
    losses holds each one's own.

    Returns
    -------
    gradient
        ``(n_members, n_parameters)``.
    logits
        ``(n_members, batch, n_outputs)``, before any update.
    losses
        ``(n_members, batch)``.
    """
    leaf = flat.detach().requires_grad_()
    logits, losses = stack.loss(leaf, batch, drop)
    total = batch.weights.sum(1).clamp(min=torch.finfo(losses.dtype).tiny)
    means = (losses * batch.weights).sum(1) / total
    (slope,) = torch.autograd.grad(means.sum(), leaf)
    return slope, logits.detach(), losses.detach()
