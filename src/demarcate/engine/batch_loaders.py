"""Feeds: an epoch's steps, dealt out in step_groups.

A span is some consecutive steps. Gathering rows, drawing dropout and judging logits take more calls than arithmetic
when batches are small; done for a whole span at once they cost next to nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from demarcate.engine.batches import Batches
from demarcate.engine.member_data import MemberData, Targets, mean_metrics, metric_sums
from demarcate.nn.dropout import Dropouts
from demarcate.nn.propagation import Masks

MAX_NUMBERS = 1 << 19
"""Numbers a span may hold of one kind (inputs, masks): about what a processor keeps close, and steps enough."""

MAX_MASKS = 1 << 20
"""Numbers of dropout's masks drawn at once for full batches: a generator's call is worth several steps."""


class Step(NamedTuple):
    """What one step needs, and where it leaves its logits.

    Attributes
    ----------
    x
        ``(n_members, batch, d_in)``, some of them silenced where there is dropout of inputs.
    marks
        What each output's probability should be, ``(n_members, n_outputs, batch)``.
    scale
        Each row's share of its batch's weights, ``(n_members, 1, batch)``.
    logits
        To be filled, ``(n_members, n_outputs, batch)``.
    masks
        Those of the hidden layers' dropout, or None.
    """

    x: Tensor
    marks: Tensor
    scale: Tensor
    logits: Tensor
    masks: Masks | None


@dataclass(frozen=True, eq=False)
class StepGroup:
    """Consecutive steps, what should come of their rows, and what does, each with a first axis of steps."""

    steps: Sequence[Step]
    targets: Targets
    logits: Tensor


class BatchLoader(Protocol):
    """Deals out epochs and counts what becomes of them."""

    n_done: int
    """Steps of the epoch under way that are counted."""

    @property
    def kept(self) -> int:
        """Numbers kept of each epoch from `open` to `close`."""

    def open(self, n_epochs: int) -> None:
        """Make ready for this many epochs."""

    def step_groups(self) -> Iterator[StepGroup]:
        """One epoch, or what is left of the one under way."""

    def count(self, span: StepGroup) -> None:
        """Take in a span whose steps are done."""

    def cut(self) -> None:
        """End the epoch under way before its time: it is what was counted, at least one span."""

    def close(self) -> Tensor:
        """Mean training loss and accuracy of each epoch since `open`, ``(n_epochs, 2, n_members)`` on the CPU."""

    def keep(self) -> None:
        """Go on with the members that source, batches and dropout have kept."""

    def state(self) -> dict[str, Tensor]:
        """Where in the epoch it stands."""

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""


class FullBatchLoader:
    """An epoch is one step, on the same rows each time, which are gathered once."""

    def __init__(self, source: MemberData, batches: Batches, drops: Dropouts, dtype: torch.dtype) -> None:
        self._source, self._batches, self._drops, self._dtype = source, batches, drops, dtype
        self.n_done = 0
        self._n_open, self._n_counted = 0, 0
        self._ahead: list[tuple[Tensor, Masks | None]] = []
        self._places: Sequence[Tensor] = ()
        self.keep()

    @property
    def kept(self) -> int:
        """The logits of all rows."""
        return self._targets.marks.numel()

    def open(self, n_epochs: int) -> None:
        """Make room for the logits of this many epochs."""
        if n_epochs > len(self._places):
            self._logits = self._targets.marks.new_empty(n_epochs, *self._targets.marks.shape[1:])
            self._places = self._logits.unbind(0)
        self._n_open, self._n_counted = n_epochs, 0
        self._ahead = []

    def step_groups(self) -> Iterator[StepGroup]:
        """The one step of the epoch."""
        logits = self._places[self._n_counted]
        x, masks = self._next()
        yield StepGroup([Step(x, self._marks, self._scale, logits, masks)], self._targets, logits)

    def count(self, span: StepGroup) -> None:  # noqa: ARG002 - all are judged together
        """Note that it is done."""
        self._n_counted += 1

    def cut(self) -> None:
        """Nothing: such an epoch has no middle."""

    def close(self) -> Tensor:
        """Loss and accuracy of each epoch."""
        return mean_metrics(metric_sums(self._source.head, self._targets, self._logits[: self._n_counted]))

    def keep(self) -> None:
        """Gather the rows of the members there are."""
        (block,) = self._batches.epoch(1)
        self._n_rows = [len(rows) for rows in self._batches.rows]
        self._x = self._source.inputs(block, self._dtype)[0]
        self._targets = self._source.targets(block)
        self._marks, self._scale = self._targets.marks[0], self._targets.scale()[0]
        self._logits, self._places = torch.empty(0), ()

    def state(self) -> dict[str, Tensor]:
        """Nothing: such an epoch has no middle."""
        return {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to go on from."""

    def _next(self) -> tuple[Tensor, Masks | None]:
        """The next step's inputs, and the masks of its hidden layers."""
        hidden, inputs = self._drops
        if not hidden and not inputs:
            return self._x, None
        if not self._ahead:
            n_rows = self._x.shape[1]
            ahead = max(1, MAX_MASKS // (self._drops.n_units * n_rows))
            ahead = min(ahead, self._n_open - self._n_counted)
            drawn = hidden.masks(ahead, n_rows, self._n_rows) if hidden else None
            masks: Sequence[Masks | None] = drawn or [None] * ahead
            # A mask is used once: what is silenced is written over it.
            xs = [mask.mul_(self._x) for (mask,) in inputs.masks(ahead, n_rows, self._n_rows)] if inputs else None
            self._ahead = list(zip(xs or [self._x] * ahead, masks, strict=True))[::-1]
        return self._ahead.pop()


class MiniBatchLoader:
    """An epoch is many steps, on the rows in a new order each time."""

    def __init__(self, source: MemberData, batches: Batches, drops: Dropouts, dtype: torch.dtype) -> None:
        self._source, self._batches, self._drops, self._dtype = source, batches, drops, dtype
        self.n_done, self._n_spans, self._sums = 0, 0, torch.zeros(0)
        self._epochs: list[Tensor] = []

    @property
    def kept(self) -> int:
        """A few sums."""
        return 5 * len(self._batches.rows)

    def open(self, n_epochs: int) -> None:  # noqa: ARG002 - there is nothing to make room for
        """Forget the epochs that were told."""
        self._epochs = []

    def step_groups(self) -> Iterator[StepGroup]:
        """What is left of the epoch."""
        n_ahead = max(1, MAX_NUMBERS // _numbers(self._source, self._batches, self._drops))
        for block in islice(self._batches.epoch(n_ahead), self._n_spans, None):
            yield _span(block, self._source, self._batches, self._drops, self._dtype)
        self.cut()

    def count(self, span: StepGroup) -> None:
        """Judge its steps and add them to the epoch."""
        sums = metric_sums(self._source.head, span.targets, span.logits).sum(0)
        self._sums = self._sums + sums if self._n_spans else sums
        self._n_spans += 1
        self.n_done += len(span.steps)

    def cut(self) -> None:
        """End the epoch with the step_groups that were counted."""
        self._epochs.append(self._sums)
        self.n_done, self._n_spans = 0, 0

    def close(self) -> Tensor:
        """Loss and accuracy of each epoch."""
        return mean_metrics(torch.stack(self._epochs))

    def keep(self) -> None:
        """Nothing to gather anew: each span is."""

    def state(self) -> dict[str, Tensor]:
        """Inside an epoch: step_groups and steps done, their sums, and the order's generators as the epoch began."""
        if not self.n_done:
            return {}
        done = torch.tensor([self._n_spans, self.n_done])
        return {"done": done, "sums": self._sums, "began": self._batches.began()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Go on from what `state` gave."""
        if state:
            self._n_spans, self.n_done = state["done"].tolist()
            self._sums = state["sums"].to(self._source.encoding.device)
            self._batches.begin_from(state["began"])


class ShortEpochLoader:
    """Epochs of a few cheap steps: a span is one of them, and those of a whole block are made ready at once."""

    def __init__(self, source: MemberData, batches: Batches, drops: Dropouts, dtype: torch.dtype) -> None:
        self._source, self._batches, self._drops, self._dtype = source, batches, drops, dtype
        self.n_done = 0
        self._n_counted = 0

    @property
    def kept(self) -> int:
        """All that the steps take."""
        return self._batches.n_steps * _numbers(self._source, self._batches, self._drops)

    def open(self, n_epochs: int) -> None:
        """Order, gather and draw for this many epochs."""
        block = self._batches.whole_epochs(n_epochs)
        self._block = _span(block, self._source, self._batches, self._drops, self._dtype)
        self._n_counted = 0

    def step_groups(self) -> Iterator[StepGroup]:
        """The next epoch."""
        n_steps = self._batches.n_steps
        first = self._n_counted * n_steps
        yield StepGroup(self._block.steps[first : first + n_steps], self._block.targets, self._block.logits)

    def count(self, span: StepGroup) -> None:  # noqa: ARG002 - all are judged together
        """Note that it is done."""
        self._n_counted += 1

    def cut(self) -> None:
        """Nothing: such an epoch has no middle."""

    def close(self) -> Tensor:
        """Loss and accuracy of each epoch."""
        sums = metric_sums(self._source.head, self._block.targets, self._block.logits)
        # Training may have ended before all that was made ready was used.
        sums = sums[: self._n_counted * self._batches.n_steps]
        return mean_metrics(sums.unflatten(0, (self._n_counted, self._batches.n_steps)).sum(1))

    def keep(self) -> None:
        """Nothing to gather anew: each block is."""

    def state(self) -> dict[str, Tensor]:
        """Nothing: such an epoch has no middle worth going on from."""
        return {}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Nothing to go on from."""


def _span(block: Tensor, source: MemberData, batches: Batches, drops: Dropouts, dtype: torch.dtype) -> StepGroup:
    """The steps on these rows, ``(n_steps, n_members, batch)``."""
    n_steps, n_members, batch = block.shape
    targets = source.targets(block)
    logits = torch.empty_like(targets.marks)
    n_rows = [batches.batch_size or batch] * n_members
    masks = drops.hidden.masks(n_steps, batch, n_rows) if drops.hidden else [None] * n_steps
    x = source.inputs(block, dtype)
    if drops.inputs:
        drops.inputs.apply_(x, n_rows)
    tensors = (x, targets.marks, targets.scale(), logits)
    return StepGroup([*map(Step, *(tensor.unbind(0) for tensor in tensors), masks)], targets, logits)


def _numbers(source: MemberData, batches: Batches, drops: Dropouts) -> int:
    """The most numbers of one kind that a step takes."""
    per_row = len(batches.rows) * max(source.d_in, source.n_outputs)
    return (batches.batch_size or batches.longest) * max(per_row, drops.hidden.n_units if drops.hidden else 0)
