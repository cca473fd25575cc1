"""Optimizers over a population's buffer: one elementwise update for all members, each with its own rate and decay."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from demarcate.engine.training import Training


class Optimizer(Protocol):
    """What the fit loop asks of an optimizer."""

    def step(self, flat: Tensor, gradient: Tensor, factor: float) -> None:
        """Update the buffer ``(n_members, n_parameters)`` in place; ``factor`` scales every member's rate."""

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""


class Sgd:
    """Stochastic gradient descent with momentum and coupled weight decay, as ``torch.optim.SGD``."""

    def __init__(self, trainings: Sequence[Training], flat: Tensor) -> None:
        self.lr = _column([training.lr for training in trainings], flat)
        self.weight_decay = _column([training.weight_decay for training in trainings], flat)
        self.momentum = trainings[0].momentum
        self.velocity = torch.zeros_like(flat) if self.momentum else None

    def step(self, flat: Tensor, gradient: Tensor, factor: float) -> None:
        """Update the buffer in place."""
        gradient = torch.addcmul(gradient, flat, self.weight_decay)
        if self.velocity is not None:
            gradient = self.velocity.mul_(self.momentum).add_(gradient)
        flat.addcmul_(gradient, self.lr, value=-factor)

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.lr, self.weight_decay = self.lr[members], self.weight_decay[members]
        self.velocity = self.velocity[members] if self.velocity is not None else None


class Adam:
    """Adam (Kingma and Ba 2015), with weight decay in the gradient or beside it (Loshchilov and Hutter 2019).

    The numbers are those of ``torch.optim.Adam`` and, when ``decoupled``, of ``torch.optim.AdamW``.
    """

    def __init__(self, trainings: Sequence[Training], flat: Tensor, *, decoupled: bool) -> None:
        self.lr = _column([training.lr for training in trainings], flat)
        self.weight_decay = _column([training.weight_decay for training in trainings], flat)
        self.betas, self.eps = trainings[0].betas, trainings[0].eps
        self.decoupled = decoupled
        self.mean, self.square = torch.zeros_like(flat), torch.zeros_like(flat)
        self.n_steps = 0

    def step(self, flat: Tensor, gradient: Tensor, factor: float) -> None:
        """Update the buffer in place."""
        self.n_steps += 1
        if self.decoupled:
            flat.mul_(1 - factor * self.lr * self.weight_decay)
        else:
            gradient = torch.addcmul(gradient, flat, self.weight_decay)
        first, second = self.betas
        self.mean.lerp_(gradient, 1 - first)
        self.square.mul_(second).addcmul_(gradient, gradient, value=1 - second)
        root = (self.square.sqrt() / (1 - second**self.n_steps) ** 0.5).add_(self.eps)
        flat.addcmul_(self.mean / root, self.lr, value=-factor / (1 - first**self.n_steps))

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self.lr, self.weight_decay = self.lr[members], self.weight_decay[members]
        self.mean, self.square = self.mean[members], self.square[members]


def optimizer_for(trainings: Sequence[Training], flat: Tensor) -> Optimizer:
    """The optimizer of a population whose members agree on everything but rate and weight decay.

    Examples
    --------
    >>> flat = torch.ones(2, 3)
    >>> sgd = optimizer_for([Training(optimizer="sgd", lr=0.1), Training(optimizer="sgd", lr=0.5)], flat)
    >>> sgd.step(flat, torch.ones(2, 3), 1.0)
    >>> flat[:, 0]
    tensor([0.9000, 0.5000])
    """
    if trainings[0].optimizer == "sgd":
        return Sgd(trainings, flat)
    return Adam(trainings, flat, decoupled=trainings[0].optimizer == "adamw")


def _column(values: Sequence[float], flat: Tensor) -> Tensor:
    return torch.tensor(values, dtype=flat.dtype, device=flat.device).unsqueeze(1)
