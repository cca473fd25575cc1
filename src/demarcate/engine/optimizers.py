"""Optimizers over a population's buffer: one fused update for all members that share rate and decay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Protocol

import torch
from torch import Tensor

from demarcate.engine.training import Training


class Optimizer(Protocol):
    """What training asks of an optimizer."""

    def step(self, flat: Tensor, gradient: Tensor, factor: float) -> None:
        """Update the buffer ``(n_members, n_parameters)`` in place; ``factor`` scales every member's rate.

        The gradient may be written to.
        """

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""

    def state(self) -> dict[str, Tensor]:
        """What it carries from step to step."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""


@dataclass(frozen=True)
class _Group:
    """Neighbours with one rate and one decay; ``rows`` is None when they are all there are."""

    rows: slice | None
    lr: float
    weight_decay: float

    def of(self, tensor: Tensor) -> Tensor:
        """Their rows of a buffer."""
        return tensor if self.rows is None else tensor[self.rows]


_SWEEP_EVERY = 128
"""Steps after which moments that have all but vanished are swept to 0."""


class Sgd:
    """Stochastic gradient descent with momentum and coupled weight decay: torch.optim.SGD's own kernel."""

    def __init__(self, trainings: Sequence[Training], flat: Tensor, marks: Tensor | None = None) -> None:
        self._trainings, self._marks = list(trainings), marks
        self._groups = _groups(trainings)
        self.momentum = trainings[0].momentum
        self.velocity = torch.zeros_like(flat) if self.momentum else None

    def step(self, flat: Tensor, gradient: Tensor, factor: float) -> None:
        """Update the buffer in place."""
        for group in self._groups:
            if self._marks is not None and group.weight_decay:
                group.of(gradient).addcmul_(group.of(flat), self._marks, value=group.weight_decay)
            torch._fused_sgd_(
                [group.of(flat)],
                [group.of(gradient)],
                [] if self.velocity is None else [group.of(self.velocity)],
                weight_decay=group.weight_decay if self._marks is None else 0.0,
                momentum=self.momentum,
                lr=group.lr * factor,
                dampening=0.0,
                nesterov=False,
                maximize=False,
                is_first_step=False,
            )

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self._trainings = [self._trainings[member] for member in members.tolist()]
        self._groups = _groups(self._trainings)
        self.velocity = self.velocity[members] if self.velocity is not None else None

    def state(self) -> dict[str, Tensor]:
        """The velocity."""
        return {} if self.velocity is None else {"velocity": self.velocity}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        if self.velocity is not None:
            self.velocity = state["velocity"].to(self.velocity.device)


class Adam:
    """Adam (Kingma and Ba 2015), with weight decay in the gradient or beside it (Loshchilov and Hutter 2019).

    The kernels are those of torch.optim.Adam and, when ``decoupled``, torch.optim.AdamW.

    The moments of a weight that has stopped learning, as those of a silent unit, halve every few steps until they are
    below the smallest normal number, where processors take many times as long. They are swept to 0 before that.
    """

    def __init__(
        self, trainings: Sequence[Training], flat: Tensor, marks: Tensor | None = None, *, decoupled: bool
    ) -> None:
        self._trainings, self._marks, self._decoupled = list(trainings), marks, decoupled
        self._groups = _groups(trainings)
        self.betas, self.eps = trainings[0].betas, trainings[0].eps
        # What torch.optim.Adam(fused=True) calls, without a module around it.
        self._kernel = torch._fused_adamw_ if decoupled else torch._fused_adam_
        self.mean, self.square = torch.zeros_like(flat), torch.zeros_like(flat)
        self.n_steps = torch.zeros((), dtype=torch.float32, device=flat.device)
        self._n_unswept = 0
        self._vanishing = torch.finfo(flat.dtype).tiny * 1e8

    def step(self, flat: Tensor, gradient: Tensor, factor: float) -> None:
        """Update the buffer in place."""
        self.n_steps += 1
        self._n_unswept += 1
        if self._n_unswept == _SWEEP_EVERY:
            self._sweep()
        first, second = self.betas
        for group in self._groups:
            if self._marks is not None and group.weight_decay:
                self._decay(group, flat, gradient, factor, self._marks)
            self._kernel(
                [group.of(flat)],
                [group.of(gradient)],
                [group.of(self.mean)],
                [group.of(self.square)],
                [],
                [self.n_steps],
                lr=group.lr * factor,
                beta1=first,
                beta2=second,
                weight_decay=group.weight_decay if self._marks is None else 0.0,
                eps=self.eps,
                amsgrad=False,
                maximize=False,
            )

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members."""
        self._trainings = [self._trainings[member] for member in members.tolist()]
        self._groups = _groups(self._trainings)
        self.mean, self.square = self.mean[members], self.square[members]

    def state(self) -> dict[str, Tensor]:
        """Both moments, the number of steps, and how many of them since moments were swept."""
        unswept = torch.tensor(self._n_unswept)
        return {"mean": self.mean, "square": self.square, "n_steps": self.n_steps, "unswept": unswept}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        device = self.mean.device
        self.mean, self.square, self.n_steps = (state[name].to(device) for name in ("mean", "square", "n_steps"))
        self._n_unswept = int(state["unswept"])

    def _decay(self, group: _Group, flat: Tensor, gradient: Tensor, factor: float, marks: Tensor) -> None:
        """What the kernel does to all parameters, to the marked ones."""
        own = group.of(flat)
        if self._decoupled:
            own.addcmul_(own, marks, value=-group.lr * factor * group.weight_decay)
        else:
            group.of(gradient).addcmul_(own, marks, value=group.weight_decay)

    def _sweep(self) -> None:
        for moment in (self.mean, self.square):
            moment.copy_(torch.nn.functional.hardshrink(moment, self._vanishing))
        self._n_unswept = 0


def optimizer_for(trainings: Sequence[Training], flat: Tensor, marks: Tensor | None = None) -> Optimizer:
    """The optimizer of a population whose members agree on everything but rate and weight decay.

    Parameters
    ----------
    trainings
        Each member's.
    flat
        The parameters, ``(n_members, n_parameters)``.
    marks
        1 for the parameters that decay and 0 for others, ``(n_parameters,)``; None where all do, which is left to the
        kernels. Taking decay back from some after a kernel would leave them what rounding leaves of it, and Adam makes
        a whole step of the smallest gradient.

    Examples
    --------
    >>> flat = torch.ones(2, 3)
    >>> sgd = optimizer_for([Training(optimizer="sgd", lr=0.1), Training(optimizer="sgd", lr=0.5)], flat)
    >>> sgd.step(flat, torch.ones(2, 3), 1.0)
    >>> flat[:, 0]
    tensor([0.9000, 0.5000])
    """
    if trainings[0].optimizer == "sgd":
        return Sgd(trainings, flat, marks)
    return Adam(trainings, flat, marks, decoupled=trainings[0].optimizer == "adamw")


def _groups(trainings: Sequence[Training]) -> list[_Group]:
    """Runs of neighbours that agree on rate and decay: a kernel takes one of each."""
    groups, first = [], 0
    for (lr, weight_decay), members in groupby(trainings, key=lambda training: (training.lr, training.weight_decay)):
        last = first + len(list(members))
        groups.append(_Group(slice(first, last) if last - first < len(trainings) else None, lr, weight_decay))
        first = last
    return groups
