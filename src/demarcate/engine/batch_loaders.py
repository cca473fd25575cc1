"""Batch loaders: an epoch's steps, prepared and evaluated in step groups.

A step group is some consecutive steps. Gathering rows, drawing dropout and computing losses take more calls than
arithmetic when batches are small; done for a whole group at once they cost next to nothing.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import torch
from torch import Tensor

from demarcate.engine.batches import Batches, restore_generators
from demarcate.engine.member_data import MemberData, Targets, mean_metrics, metric_sums
from demarcate.nn.dropout import Dropouts
from demarcate.nn.propagation import Masks

MAX_NUMBERS = 1 << 19
"""Numbers a step group may hold of one kind (inputs, masks): they stay in the processor's cache, and steps are many."""

MAX_MASKS = 1 << 20
"""Numbers of dropout's masks drawn at once for full batches: a generator's call is worth several steps."""


class Step(NamedTuple):
    """The tensors of one step."""

    x: Tensor  # (n_members, batch, d_in), after dropout of inputs
    targets: Tensor  # the target probability of each output, (n_members, n_outputs, batch)
    scale: Tensor  # each row's share of its batch's weight, (n_members, 1, batch)
    logits: Tensor  # filled by the step, (n_members, n_outputs, batch)
    masks: Masks | None  # those of the hidden layers' dropout


@dataclass(frozen=True, eq=False)
class StepGroup:
    """Consecutive steps, and the targets and logits of all of them, with a first axis of steps."""

    steps: Sequence[Step]
    targets: Targets
    logits: Tensor


class BatchLoader(ABC):
    """Prepares epochs, and measures the loss and accuracy of their steps."""

    n_done = 0  # steps of the present epoch that are recorded

    def __init__(self, data: MemberData, batches: Batches, dropout: Dropouts, dtype: torch.dtype) -> None:
        self._data, self._batches, self.dropout, self._dtype = data, batches, dropout, dtype
        self._n_recorded = 0
        self.refresh()

    @property
    @abstractmethod
    def numbers_per_epoch(self) -> int:
        """Numbers held for each epoch of a block."""

    @abstractmethod
    def start_block(self, n_epochs: int) -> None:
        """Prepare this many epochs."""

    @abstractmethod
    def step_groups(self) -> Iterator[StepGroup]:
        """Yield one epoch, or the rest of the present one."""

    def record(self, group: StepGroup) -> None:  # noqa: ARG002 - the metrics of all are computed together
        """Record a group whose steps are done."""
        self._n_recorded += 1

    def end_epoch(self) -> None:  # noqa: B027 - most epochs are one group
        """End the present epoch with the groups that are recorded, at least one."""

    @abstractmethod
    def end_block(self) -> Tensor:
        """Return mean loss and accuracy of the epochs that were trained, ``(n_epochs, 2, n_members)``, on the CPU."""

    def refresh(self) -> None:  # noqa: B027 - most loaders gather rows anew for each block
        """Take over the members that data, batches and dropout have kept."""

    def state(self) -> dict[str, Tensor]:
        """Return the position inside an epoch; nothing where an epoch is not interrupted."""
        return {}

    def restore(self, state: Mapping[str, Tensor]) -> None:  # noqa: B027 - most epochs are not interrupted
        """Continue from a `state`."""

    def _prepare(self, rows: Tensor) -> StepGroup:
        """Gather the steps on these rows, ``(n_steps, n_members, batch)``."""
        n_steps, n_members, batch = rows.shape
        rows, dropout = rows.to(self._data.device), self.dropout
        targets = self._data.targets(rows)
        logits = torch.empty_like(targets.probabilities)
        n_rows = [self._batches.batch_size or batch] * n_members
        masks = dropout.hidden.masks(n_steps, batch, n_rows) if dropout.hidden else [None] * n_steps
        x = self._data.inputs(rows, self._dtype)
        if dropout.inputs:
            dropout.inputs.apply_(x, n_rows)
        tensors = (x, targets.probabilities, targets.scale(), logits)
        return StepGroup([*map(Step, *(tensor.unbind(0) for tensor in tensors), masks)], targets, logits)

    def _numbers_per_step(self) -> int:
        """Return the most numbers of one kind that a step takes."""
        n_units = self.dropout.hidden.n_units if self.dropout.hidden else 0
        per_row = max(len(self._batches.rows) * max(self._data.d_in, self._data.n_outputs), n_units)
        return self._batches.rows_of_step * per_row


class FullBatchLoader(BatchLoader):
    """Loads epochs of one step, on the same rows each time, which are gathered once."""

    _slots: Sequence[Tensor]

    @property
    def numbers_per_epoch(self) -> int:
        """The logits of all rows."""
        return self._targets.probabilities.numel()

    def start_block(self, n_epochs: int) -> None:
        """Allocate the logits of this many epochs."""
        if n_epochs > len(self._slots):
            self._logits = self._probabilities.new_empty(n_epochs, *self._probabilities.shape)
            self._slots = self._logits.unbind(0)
        self._n_epochs, self._n_recorded = n_epochs, 0
        self._prepared: list[tuple[Tensor, Masks | None]] = []

    def step_groups(self) -> Iterator[StepGroup]:
        """Yield the one step of the epoch."""
        logits = self._slots[self._n_recorded]
        x, masks = self._next_inputs()
        yield StepGroup([Step(x, self._probabilities, self._scale, logits, masks)], self._targets, logits)

    def end_block(self) -> Tensor:
        """Return mean loss and accuracy of each epoch."""
        return mean_metrics(metric_sums(self._data.head, self._targets, self._logits[: self._n_recorded]))

    def refresh(self) -> None:
        """Gather the rows of the members that are left."""
        (rows,) = self._batches.epoch(1)
        rows = rows.to(self._data.device)
        self._n_rows = [len(own) for own in self._batches.rows]
        self._x = self._data.inputs(rows, self._dtype)[0]
        self._targets = self._data.targets(rows)
        self._probabilities, self._scale = self._targets.probabilities[0], self._targets.scale()[0]
        self._logits = self._probabilities.new_empty(0)
        self._slots = ()

    def _next_inputs(self) -> tuple[Tensor, Masks | None]:
        """Return the next step's inputs, and the masks of its hidden layers."""
        hidden, inputs = self.dropout
        if not hidden and not inputs:
            return self._x, None
        if not self._prepared:
            n_rows = self._x.shape[1]
            n_steps = max(1, MAX_MASKS // (self.dropout.n_units * n_rows))
            n_steps = min(n_steps, self._n_epochs - self._n_recorded)
            drawn = hidden.masks(n_steps, n_rows, self._n_rows) if hidden else None
            masks: Sequence[Masks | None] = drawn or [None] * n_steps
            # A mask is used once, so the inputs are written over it.
            xs = [mask.mul_(self._x) for (mask,) in inputs.masks(n_steps, n_rows, self._n_rows)] if inputs else None
            self._prepared = list(zip(xs or [self._x] * n_steps, masks, strict=True))[::-1]
        return self._prepared.pop()


class MiniBatchLoader(BatchLoader):
    """Loads epochs of many steps, on the rows in a new order each time; such an epoch can be interrupted."""

    _sums: Tensor

    @property
    def numbers_per_epoch(self) -> int:
        """A few sums."""
        return 5 * len(self._batches.rows)

    def start_block(self, n_epochs: int) -> None:  # noqa: ARG002 - nothing is prepared ahead
        """Forget the epochs of the last block."""
        self._epochs: list[Tensor] = []

    def step_groups(self) -> Iterator[StepGroup]:
        """Yield the rest of the epoch."""
        max_steps = max(1, MAX_NUMBERS // self._numbers_per_step())
        for rows in islice(self._batches.epoch(max_steps), self._n_recorded, None):
            yield self._prepare(rows)
        self.end_epoch()

    def record(self, group: StepGroup) -> None:
        """Add a group's metrics to the epoch's."""
        sums = metric_sums(self._data.head, group.targets, group.logits).sum(0)
        self._sums = self._sums + sums if self._n_recorded else sums
        self._n_recorded += 1
        self.n_done += len(group.steps)

    def end_epoch(self) -> None:
        """End the epoch with the groups that are recorded."""
        self._epochs.append(self._sums)
        self.n_done, self._n_recorded = 0, 0

    def end_block(self) -> Tensor:
        """Return mean loss and accuracy of each epoch."""
        return mean_metrics(torch.stack(self._epochs))

    def state(self) -> dict[str, Tensor]:
        """Return, inside an epoch, groups and steps done, their sums, and the generators' states as it began."""
        if not self.n_done:
            return {}
        done = self._sums.new_tensor([self._n_recorded, self.n_done], dtype=torch.int64)
        return {"done": done, "sums": self._sums, "began": self._batches.epoch_states}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue from a `state`."""
        if state:
            self._n_recorded, self.n_done = state["done"].tolist()
            self._sums = state["sums"].to(self._data.device)
            restore_generators(self._batches.generators, state["began"])


class ShortEpochLoader(BatchLoader):
    """Loads epochs of a few cheap steps: each is one step group, and those of a whole block are prepared at once."""

    @property
    def numbers_per_epoch(self) -> int:
        """Everything the steps take."""
        return self._batches.n_steps * self._numbers_per_step()

    def start_block(self, n_epochs: int) -> None:
        """Shuffle, gather and draw for this many epochs."""
        self._block = self._prepare(self._batches.padded_epochs(n_epochs))
        self._n_recorded = 0

    def step_groups(self) -> Iterator[StepGroup]:
        """Yield the next epoch."""
        n_steps = self._batches.n_steps
        first = self._n_recorded * n_steps
        yield StepGroup(self._block.steps[first : first + n_steps], self._block.targets, self._block.logits)

    def end_block(self) -> Tensor:
        """Return mean loss and accuracy of each epoch."""
        sums = metric_sums(self._data.head, self._block.targets, self._block.logits)
        sums = sums[: self._n_recorded * self._batches.n_steps]
        return mean_metrics(sums.unflatten(0, (self._n_recorded, self._batches.n_steps)).sum(1))
