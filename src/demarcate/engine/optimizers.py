"""Optimizers, one record each, with the rule that updates a whole population, and learning-rate schedules; no torch."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from demarcate.engine.training import Training

FLUSH_INTERVAL = 128
"""Steps after which moments that have all but vanished are set to 0."""


@dataclass(frozen=True)
class _Group:
    """Neighbouring members of one `rate_key`; ``rows`` is None when they are the whole stack."""

    rows: slice | None
    training: Training

    def of(self, tensor: Tensor) -> Tensor:
        """Return their rows of a buffer."""
        return tensor if self.rows is None else tensor[self.rows]


class UpdateRule(ABC):
    """An optimizer at work on one population, whose members agree on all settings but those of `rate_key`.

    An epoch has ``n_steps``. ``decay_mask`` ``(n_parameters,)`` is 1 for parameters that decay and 0 for others; with
    None all decay, which is left to `update`. Taking decay back from some parameters afterwards would leave rounding
    errors in them, of which Adam makes whole steps.
    """

    decouples_weight_decay: ClassVar[bool] = False

    def __init__(
        self, trainings: Sequence[Training], flat: Tensor, n_steps: int, decay_mask: Tensor | None = None
    ) -> None:
        self.training, self._n_epoch_steps = trainings[0], n_steps
        self.buffers = {name: flat.new_zeros(flat.shape) for name in self.buffer_names()}
        self._trainings, self._decay_mask = list(trainings), decay_mask
        self._like = flat.new_empty(0)
        self._on_cpu = flat.device.type == "cpu"
        self._regroup()

    @abstractmethod
    def buffer_names(self) -> Sequence[str]:
        """Name the buffers ``(n_members, n_parameters)`` that are carried from step to step."""

    @abstractmethod
    def update(
        self, parameters: Tensor, gradient: Tensor, buffers: list[Tensor], lr: float, weight_decay: float
    ) -> None:
        """Update some members' parameters in place, given their rows of the buffers; may write to the gradient.

        The change is proportional to ``lr``, and depends on ``parameters`` through weight decay alone.
        """

    def begin_step(self) -> None:  # noqa: B027 - most rules need none
        """Count a step, where the rule depends on their number."""

    def step(self, flat: Tensor, gradient: Tensor, number: int) -> None:
        """Update the buffer ``(n_members, n_parameters)`` in place; ``number`` counts steps of all epochs, from 0."""
        self.begin_step()
        if not self._groups:
            self._step_all_groups(flat, gradient, number)
        for group, buffers in self._groups:
            parameters, own_gradient = group.of(flat), group.of(gradient)
            lr, weight_decay = self._lr(group.training, number), group.training.weight_decay
            if self._decay_mask is not None:
                if weight_decay and self.decouples_weight_decay:
                    parameters.addcmul_(parameters, self._decay_mask, value=-lr * weight_decay)
                elif weight_decay:
                    own_gradient.addcmul_(parameters, self._decay_mask, value=weight_decay)
                weight_decay = 0.0
            self.update(parameters, own_gradient, buffers, lr, weight_decay)

    def keep(self, members: Tensor) -> None:
        """Keep only these members."""
        self._trainings = [self._trainings[member] for member in members.tolist()]
        self.buffers = {name: buffer[members] for name, buffer in self.buffers.items()}
        self._regroup()

    def change(self, trainings: Sequence[Training]) -> None:
        """Continue with other rates and weight decays, those of one training a member."""
        self._trainings = list(trainings)
        self._regroup()

    def state(self) -> dict[str, Tensor]:
        """Return what is carried from step to step."""
        return dict(self.buffers)

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`."""
        self.buffers = {name: state[name].to(buffer.device) for name, buffer in self.buffers.items()}
        self._regroup()

    def _lr(self, training: Training, number: int) -> float:
        """Return a member's learning rate in a step, from 0."""
        return training.lr * lr_factor(training, self._n_epoch_steps, number)

    def _regroup(self) -> None:
        """Find neighbours that agree on rate and decay: the CPU updates one such group after the other."""
        groups, first = [], 0
        for _, neighbours in groupby(self._trainings, key=rate_key):
            members = list(neighbours)
            last = first + len(members)
            rows = slice(first, last) if len(members) < len(self._trainings) else None
            groups.append(_Group(rows, members[0]))
            first = last
        if self._on_cpu or len(groups) == 1:
            self._groups = [(group, [*map(group.of, self.buffers.values())]) for group in groups]
            return
        self._groups = []
        decay = self._column([training.weight_decay for training in self._trainings])
        self._decay = decay if self._decay_mask is None else decay * self._decay_mask

    def _column(self, values: Sequence[float]) -> Tensor:
        """Return a number for each member, ``(n_members, 1)``, where the parameters are."""
        return self._like.new_tensor(values).unsqueeze(1)

    def _step_all_groups(self, flat: Tensor, gradient: Tensor, number: int) -> None:
        """Update all members at once: an accelerator would idle between the calls for many small groups."""
        lr = self._column([self._lr(training, number) for training in self._trainings])
        if self.decouples_weight_decay:
            flat.addcmul_(flat, lr * self._decay, value=-1.0)
        else:
            gradient.addcmul_(flat, self._decay)
        change = flat.new_zeros(flat.shape)
        self.update(change, gradient, list(self.buffers.values()), 1.0, 0.0)
        flat.addcmul_(change, lr)


class Sgd(UpdateRule):
    """Stochastic gradient descent with momentum and coupled weight decay: torch.optim.SGD's own kernel."""

    def __init__(
        self, trainings: Sequence[Training], flat: Tensor, n_steps: int, decay_mask: Tensor | None = None
    ) -> None:
        import torch

        super().__init__(trainings, flat, n_steps, decay_mask)
        self._kernel = torch._fused_sgd_

    def buffer_names(self) -> Sequence[str]:
        """Name the velocity, where there is momentum."""
        return ("velocity",) if self.training.momentum else ()

    def update(
        self, parameters: Tensor, gradient: Tensor, buffers: list[Tensor], lr: float, weight_decay: float
    ) -> None:
        """Update some members' parameters in place."""
        self._kernel(
            [parameters],
            [gradient],
            buffers,
            weight_decay=weight_decay,
            momentum=self.training.momentum,
            lr=lr,
            dampening=0.0,
            nesterov=False,
            maximize=False,
            is_first_step=False,
        )


class Adam(UpdateRule):
    """Adam (Kingma and Ba 2015) with weight decay in the gradient: torch.optim.Adam's own kernel.

    The moments of a weight that no longer learns, as those of a silent unit, halve every few steps until they are below
    the smallest normal number, where processors take many times as long. They are set to 0 before that.
    """

    def __init__(
        self, trainings: Sequence[Training], flat: Tensor, n_steps: int, decay_mask: Tensor | None = None
    ) -> None:
        import torch

        super().__init__(trainings, flat, n_steps, decay_mask)
        self._kernel = torch._fused_adamw_ if self.decouples_weight_decay else torch._fused_adam_
        self._n_steps = flat.new_zeros((), dtype=torch.float32)
        self._n_unflushed = 0
        self._vanishing = torch.finfo(flat.dtype).tiny * 1e8

    def buffer_names(self) -> Sequence[str]:
        """Name both moments."""
        return ("mean", "square")

    def begin_step(self) -> None:
        """Count a step, and flush vanishing moments now and then."""
        self._n_steps += 1
        self._n_unflushed += 1
        if self._n_unflushed == FLUSH_INTERVAL:
            for moment in self.buffers.values():
                moment.copy_(moment.hardshrink(self._vanishing))
            self._n_unflushed = 0

    def update(
        self, parameters: Tensor, gradient: Tensor, buffers: list[Tensor], lr: float, weight_decay: float
    ) -> None:
        """Update some members' parameters in place."""
        mean, square = buffers
        beta1, beta2 = self.training.betas
        self._kernel(
            [parameters],
            [gradient],
            [mean],
            [square],
            [],
            [self._n_steps],
            lr=lr,
            beta1=beta1,
            beta2=beta2,
            weight_decay=weight_decay,
            eps=self.training.eps,
            amsgrad=False,
            maximize=False,
        )

    def state(self) -> dict[str, Tensor]:
        """Return the moments, the number of steps, and how many of them since the last flush."""
        unflushed = self._n_steps.new_tensor(self._n_unflushed).long()
        return {**super().state(), "n_steps": self._n_steps, "unswept": unflushed}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`."""
        super().restore(state)
        self._n_steps, self._n_unflushed = state["n_steps"].to(self._n_steps.device), int(state["unswept"])


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov and Hutter 2019): torch.optim.AdamW's own kernel."""

    decouples_weight_decay = True


@dataclass(frozen=True)
class Optimizer:
    """An optimizer by name: its help text, and the rule by which it updates parameters."""

    name: str
    help: str
    update_rule: type[UpdateRule]


OPTIMIZERS = {
    optimizer.name: optimizer
    for optimizer in (
        Optimizer("sgd", "stochastic gradient descent, with momentum", Sgd),
        Optimizer("adam", "Adam with weight decay added to the gradient", Adam),
        Optimizer("adamw", "Adam with weight decay apart from the gradient", AdamW),
    )
}
"""Every optimizer by name; what is added here can be trained with, and is listed wherever optimizers are."""


def update_rule_for(
    trainings: Sequence[Training], flat: Tensor, n_steps: int, decay_mask: Tensor | None = None
) -> UpdateRule:
    """Make the rule that updates a population's parameters ``flat``, ``(n_members, n_parameters)``."""
    return OPTIMIZERS[trainings[0].optimizer].update_rule(trainings, flat, n_steps, decay_mask)


def rate_key(training: Training) -> tuple[float, float, float, str, int]:
    """Return what members have in common that one call of an optimizer updates: rate, weight decay and schedule."""
    epochs = 0 if training.schedule == "constant" else training.epochs
    return training.lr, training.weight_decay, training.warmup, training.schedule, epochs


def lr_factor(training: Training, n_steps: int, step: int) -> float:
    """Return the factor that warmup and schedule put on the rate in a step, from 0; an epoch has ``n_steps``.

    After the last epoch a schedule begins again (Loshchilov and Hutter 2017: warm restarts).
    """
    warmup = min(1.0, (step + 1) / (training.warmup * n_steps)) if training.warmup else 1.0
    if training.schedule == "constant":
        return warmup
    total = training.epochs * n_steps
    return warmup * 0.5 * (1 + math.cos(math.pi * (step % total) / total))
