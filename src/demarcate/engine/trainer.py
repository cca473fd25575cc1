"""The trainer: one population on its way through training."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import torch
from torch import Tensor

from demarcate.engine.backend import HOST, Backend
from demarcate.engine.batch_loaders import (
    MAX_NUMBERS,
    BatchLoader,
    FullBatchLoader,
    MiniBatchLoader,
    ShortEpochLoader,
    Step,
)
from demarcate.engine.batches import Batches, generator_states, padded_rows, restore_generators
from demarcate.engine.early_stopping import BestWeights, Divergence
from demarcate.engine.member_data import MemberData
from demarcate.engine.optimizers import UpdateRule, update_rule_for
from demarcate.engine.progress import OnEpoch, progress_of_block
from demarcate.engine.result_collector import ResultCollector
from demarcate.engine.results import FittedMember, MemberEnd
from demarcate.engine.samples import Member, Samples, layout_of
from demarcate.engine.threads import ThreadTuner, use_threads
from demarcate.engine.training import MAX_COUNT, Training
from demarcate.engine.validation import Validation
from demarcate.engine.weight_ema import WeightEma
from demarcate.nn.dropout import Dropout, Dropouts
from demarcate.nn.module_randomness import ModuleRandomness

MAX_BLOCK_EPOCHS, MAX_BLOCK_STEPS, MAX_BLOCK_WORK = 32, 256, 1e10
"""Epochs, steps and multiplications of a block: it ends often enough to report progress, and to be stopped."""

MAX_BLOCK_NUMBERS = 1 << 21
"""Numbers held until a block ends: more of them leave the processor's caches before they are read again."""

CHEAP_STEP = 1e6
"""Multiplications in a forward pass below which a step costs its calls rather than its arithmetic."""


class _Ending(NamedTuple):
    """A member, by its position in the stack, whose training ends in an epoch, and why."""

    position: int
    epoch: int
    diverged: bool = False
    dropped: bool = False
    timed_out: bool = False


class _Block(NamedTuple):
    """Epochs ``(n_epochs,)`` whose results are flushed together.

    Bool ``(n_epochs, n_members)`` each: ``is_last`` where a member's training ends, ``evaluations`` where its rows are
    evaluated.
    """

    epochs: Tensor
    is_last: Tensor
    evaluations: Mapping[Validation, Tensor]


class Trainer:
    """Trains a population, whose members `plan` puts in one stack. Members that end leave the stack, which shrinks.

    Time is cut into blocks of epochs. Within a block nothing is computed but steps, and logits of validation rows; at
    its end the metrics of all its epochs are computed at once. The weights of each epoch are at hand until then, so
    members end, and restore the best weights, exactly where they would if each epoch were a block.

    An endless trainer's members do not end with their last epoch, after which a schedule begins again.
    """

    def __init__(
        self,
        members: Sequence[Member],
        samples: Samples,
        backend: Backend,
        evaluate_train_every: int | None = None,
        *,
        is_endless: bool = False,
    ) -> None:
        self.members, self.samples, self.backend = list(members), samples, backend
        self.training, self._is_endless = members[0].training, is_endless
        self.active = list(range(len(members)))
        self.epoch = 0
        states, generators = zip(*(member.begin(samples) for member in members), strict=True)
        self.layout = layout_of(members, samples)
        self.flat = self.layout.pack(states).to(backend.device)
        self.head = members[0].head(samples)
        trainings = [member.training for member in members]
        decay_mask = None
        if is_endless or any(training.weight_decay for training in trainings):
            decay_mask = self.layout.decay_mask(self.flat, biases=self.training.decay_biases)
        self.batches = Batches([member.rows for member in members], self.training.batch_size, generators)
        self.dtype = backend.product_dtype(self.flat.dtype, self.layout.hidden, self.batches.rows_of_step)
        self.update_rule = update_rule_for(trainings, self.flat, self.batches.n_steps, decay_mask)
        self.dropout = self._make_dropout()
        named = zip(("dropout", "input_dropout"), self.dropout, strict=True)
        self._dropouts = {name: dropout for name, dropout in named if dropout}
        averaging = self.training.averaging
        draws_globally = self.layout.family.draws_globally
        self.randomness = ModuleRandomness(members[0].seed, backend.device) if draws_globally else None
        self.ema = WeightEma(averaging, self.batches.n_steps, self.flat) if averaging else None
        encoding = backend.indices([member.encoding for member in members])
        self.data = MemberData(samples, encoding, self.head, self.layout.padded[0], self.layout.padded[-1])
        self.loader = self._make_loader()
        validation_rows = [member.validation_rows for member in members]
        self.validation = Validation(self.data, validation_rows) if any(map(len, validation_rows)) else None
        patience, tolerance = zip(*((training.patience, training.tolerance) for training in trainings), strict=True)
        self.best = BestWeights(self.flat, patience, tolerance)
        self.train_every = evaluate_train_every
        # The training rows, without dropout, where that is asked for.
        self.train_evaluation = Validation(self.data, self.batches.rows) if evaluate_train_every else None
        self.results = ResultCollector(self.members, n_metrics=6 if evaluate_train_every else 4)
        self._propagate()
        self.thread_tuner = ThreadTuner([1])
        # Called after each epoch, and inside long ones: when it returns True, that is the last epoch of all members.
        self.is_time_over: Callable[[], bool] = lambda: False
        self.timed_out = False
        self._tiny = torch.finfo(self.flat.dtype).eps ** 2
        self._snapshots = self.flat.new_empty(0)

    @property
    def work(self) -> float:
        """Multiplications in a step's forward pass."""
        return len(self.active) * self.batches.rows_of_step * self.layout.cost

    @property
    def weights(self) -> Tensor:
        """The weights to validate and return, ``(n_members, n_parameters)``: the average where there is one."""
        return self.ema.flat if self.ema else self.flat

    def advance(self, until: int, on_epoch: OnEpoch | None = None, pause: Callable[[], None] = lambda: None) -> None:
        """Train up to and including an epoch, or until no member is left.

        ``pause`` is called between blocks, and inside long epochs: wherever `state` can be taken. An exception it
        raises ends training.
        """
        while self.active and self.epoch < until:
            # A block ends where a member's training does: no member trains for longer.
            n_epochs = min(self._block_length(), min(until, int(self._epochs().min())) - self.epoch)
            with torch.inference_mode(), use_threads(self.thread_tuner.number):
                self._train_block(n_epochs, on_epoch, pause)
            pause()

    def steps(self) -> Iterator[None]:
        """Train one epoch, a step at a time: it ends, and is evaluated, where the iterator does, after its last step.

        The caller is in inference mode, and does nothing else with the trainer but `change` it until the epoch ends.
        """
        block = self._begin_block(1)
        self._begin_epoch(0)
        for _ in self._take_steps(self.epoch + 1):
            yield
        self._end_epoch(0, block)
        self._finish_block(block, 1, None)

    def change(self, training: Training, dropout: float) -> None:
        """Train all members on with other rates and weight decay, from the next step, and dropout, from the next epoch.

        Only ``lr`` and ``weight_decay`` are read; ``dropout`` is that of hidden units.
        """
        self.update_rule.change([training] * len(self.active))
        hidden = self._dropouts.get("dropout")
        if hidden is None and dropout and self.layout.hidden:
            seeds = [self.members[index].seed for index in self.active]
            like = torch.empty(0, dtype=self.dtype, device=self.backend.device)
            hidden = self._dropouts["dropout"] = Dropout([dropout] * len(seeds), self.layout, seeds, like)
        if hidden:
            hidden.change([dropout] * len(self.active))
        self.dropout = Dropouts(hidden if dropout else None, self.dropout.inputs)
        self.loader.dropout = self.dropout

    def drop_members(self, members: Collection[int]) -> None:
        """End the training of members with the weights they would end with now."""
        positions = [position for position, index in enumerate(self.active) if index in members]
        with torch.inference_mode():
            if positions:
                ends = [_Ending(position, self.epoch, dropped=True) for position in positions]
                self._end_members(ends, self.weights[self.backend.indices(positions)])
                self._keep([position for position in range(len(self.active)) if position not in positions])

    def fitted(self) -> list[FittedMember]:
        """Return the members as they ended."""
        return self.results.fitted(layout_of(self.members, self.samples))

    def probe(self) -> Tensor:
        """Return the gradient and logits of a fixed batch with the present weights: the same bits on every call."""
        n_rows = self.batches.rows_of_step
        rows = padded_rows([rows[:n_rows] for rows in self.batches.rows])
        with torch.inference_mode():
            x, targets = self.data.inputs(rows, self.dtype), self.data.targets(rows)
            logits = self.propagation.forward(x, torch.empty_like(targets.probabilities))
            self.propagation.backward(self._loss_gradient(logits, targets.probabilities, targets.scale()))
            return torch.cat([self.propagation.gradient.flatten(), logits.flatten()])

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Return everything that training continues from: tensors, and facts fit for JSON."""
        tensors, ends = self.results.state()
        if self.active:
            tensors |= {"flat": self.flat, "order": generator_states(self.batches.generators)}
            for name, dropout in self._dropouts.items():
                tensors |= {name: generator_states(dropout.generators)}
                tensors |= {f"{name}.drawn": torch.tensor(dropout.n_drawn, device=HOST)}
            tensors |= {"before": self._snapshots[0]} if self.loader.n_done and not self.validation else {}
            for prefix, part in self._parts().items():
                tensors |= {f"{prefix}.{name}": value for name, value in part.state().items()}
        return tensors, {"epoch": self.epoch, "active": self.active, "ends": ends}

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Continue from a `state`, before training has begun."""
        self.epoch = facts["epoch"]
        self.results.restore(tensors, facts["ends"])
        with torch.inference_mode():
            if facts["active"] != self.active:
                self._keep(facts["active"])
            if self.active:
                self._restore_stack(tensors)

    def _restore_stack(self, tensors: Mapping[str, Tensor]) -> None:
        self.flat.copy_(tensors["flat"])
        self.propagation.refresh()
        restore_generators(self.batches.generators, tensors["order"])
        for name, dropout in self._dropouts.items():
            restore_generators(dropout.generators, tensors[name])
            dropout.n_drawn = int(tensors[f"{name}.drawn"])
        if "before" in tensors:
            self._snapshots = tensors["before"].unsqueeze(0).to(self.flat.device)
        for part, owner in self._parts().items():
            prefix = f"{part}."
            owner.restore({name.removeprefix(prefix): own for name, own in tensors.items() if name.startswith(prefix)})

    def _parts(self) -> dict[str, BestWeights | UpdateRule | BatchLoader | WeightEma | ModuleRandomness]:
        """Return the parts that have a state, by their names in checkpoints."""
        average = {"average": self.ema} if self.ema else {}
        random = {"random": self.randomness} if self.randomness else {}
        return {"best": self.best, "optimizer": self.update_rule, "feed": self.loader, **average, **random}

    def _train_block(self, n_epochs: int, on_epoch: OnEpoch | None, pause: Callable[[], None]) -> None:
        """Train for some epochs, then compute their metrics and end the members whose training is over."""
        block = self._begin_block(n_epochs)
        with self.randomness or nullcontext():
            n_done = self._train_epochs(block, pause if n_epochs == 1 else lambda: None)
        self._finish_block(block, n_done, on_epoch)

    def _begin_block(self, n_epochs: int) -> _Block:
        """Prepare the next epochs."""
        epochs = torch.arange(self.epoch + 1, self.epoch + n_epochs + 1, device=HOST)
        is_last = epochs.unsqueeze(1) == self._epochs()
        evaluations = self._evaluations(epochs, is_last)
        self._start_block(n_epochs, evaluations)
        return _Block(epochs, is_last, evaluations)

    def _finish_block(self, block: _Block, n_done: int, on_epoch: OnEpoch | None) -> None:
        """Compute the metrics of the epochs that were trained, and end the members whose training is over."""
        epochs, is_last, train = block.epochs[:n_done], block.is_last[:n_done], self.loader.end_block()
        validation = torch.full_like(train, torch.nan)
        is_finite = train[:, 0].isfinite()
        if self.validation:
            is_due = block.evaluations[self.validation][:n_done]
            validation, logits = self.validation.end_block(is_due)
            self.results.trace(self.active, logits, is_due[is_due.any(1)])
            is_finite &= validation[:, 0].isfinite() | ~is_due
        values = torch.cat([train, validation], 1)
        if self.train_evaluation:
            is_due = block.evaluations[self.train_evaluation][:n_done]
            values = torch.cat([values, self.train_evaluation.end_block(is_due)[0]], 1)
        losses = torch.where(is_finite, (validation if self.validation else train)[:, 0], torch.nan)
        over = ~is_finite | is_last
        over[-1] |= self.timed_out
        stood_after = epochs if self.validation else epochs - 1
        ends = self.best.update(self._snapshots[:n_done], losses, stood_after, over)
        active = self.active
        self.results.recorder.add(active, values)
        self._end_block(epochs, ends, ~is_finite, ~is_last[-1] & self.timed_out)
        if on_epoch:
            longest = max(member.training.epochs for member in self.members)
            for progress in progress_of_block(epochs, values, ends, active, len(self.members), longest):
                on_epoch(progress)

    def _evaluations(self, epochs: Tensor, is_last: Tensor) -> dict[Validation, Tensor]:
        """Return when which rows are evaluated, bool ``(n_epochs, n_members)``."""
        evaluations = {}
        if self.validation:
            evaluations[self.validation] = (epochs % self.training.validate_every == 0).unsqueeze(1) | is_last
        if self.train_evaluation and self.train_every:
            is_reported = (epochs % self.train_every == 0) | (epochs == 1)
            evaluations[self.train_evaluation] = is_reported.unsqueeze(1) | is_last
        return evaluations

    def _start_block(self, n_epochs: int, evaluations: Mapping[Validation, Tensor]) -> None:
        """Allocate and prepare what a block needs."""
        if len(self._snapshots) < n_epochs:
            self._snapshots = self.flat.new_empty(n_epochs, *self.flat.shape)
        self.loader.start_block(n_epochs)
        for rows, is_due in evaluations.items():
            # An epoch that turns out to be the last is evaluated, too.
            rows.start_block(min(n_epochs, int(is_due.any(1).sum()) + 1))

    def _train_epochs(self, block: _Block, pause: Callable[[], None]) -> int:
        """Train epochs until time is over; return how many were trained.

        When time is over, no member is at the end of an epoch that was cut short, and all are evaluated.
        """
        for place, epoch in enumerate(block.epochs.tolist()):
            self._begin_epoch(place)
            is_complete = self._train_epoch(epoch, pause)
            self.timed_out = not is_complete or (not block.is_last[place].all() and self.is_time_over())
            block.is_last[place] &= is_complete
            self._end_epoch(place, block)
            if self.timed_out:
                return place + 1
        return len(block.epochs)

    def _begin_epoch(self, place: int) -> None:
        """Keep the weights before an epoch of the block where they are compared by the loss of its steps."""
        if not self.validation and not self.loader.n_done:
            self._snapshots[place] = self.weights

    def _end_epoch(self, place: int, block: _Block) -> None:
        """Keep the weights after an epoch of the block, and compute the logits of rows that are evaluated."""
        if self.validation:
            self._snapshots[place] = self.weights
        for is_due in block.evaluations.values():
            is_due[place] |= self.timed_out
        due = [rows for rows, is_due in block.evaluations.items() if is_due[place].any()]
        if due and self._exact is not self.propagation:
            self._exact.refresh()
        for rows in due:
            rows.evaluate(self._exact)

    def _train_epoch(self, epoch: int, pause: Callable[[], None]) -> bool:
        """Take the steps of an epoch, or the rest of it; return whether time was enough for all of them."""
        for is_recorded in self._take_steps(epoch):
            if is_recorded and self.loader.n_done:
                pause()
                if self.loader.n_done < self.batches.n_steps and self.is_time_over():
                    self.loader.end_epoch()
                    return False
        return True

    def _take_steps(self, epoch: int) -> Iterator[bool]:
        """Take the steps of an epoch, or the rest of it; yield after each whether its step group is recorded."""
        number = (epoch - 1) * self.batches.n_steps + self.loader.n_done
        for group in self.loader.step_groups():
            self.thread_tuner.start()
            last = len(group.steps) - 1
            for place, step in enumerate(group.steps):
                self._step(step, number)
                number += 1
                if self.ema:
                    self.ema.update(self.flat, number)
                if place == last:
                    self.thread_tuner.stop(len(group.steps))
                    self.loader.record(group)
                yield place == last

    def _step(self, step: Step, number: int) -> None:
        """Take a step of this number, from 0 over all epochs."""
        x, targets, scale, logits, masks = step
        self.propagation.forward(x, logits, masks)
        self.propagation.backward(self._loss_gradient(logits, targets, scale), masks)
        self.update_rule.step(self.flat, self.propagation.gradient, number)
        self.propagation.refresh()

    def _loss_gradient(self, logits: Tensor, targets: Tensor, scale: Tensor) -> Tensor:
        """Return the gradient of the members' mean losses in their logits, ``(n_members, n_outputs, batch)``.

        A network that is certain of a row has gradients so small that their products are below the smallest normal
        number, where processors take many times as long. A gradient below eps squared is therefore 0.
        """
        return torch.nn.functional.hardshrink(self.head.gradient(logits, targets), self._tiny).mul_(scale)

    def _end_block(self, epochs: Tensor, ends: Tensor, diverged: Tensor, timed_out: Tensor) -> None:
        """End the members whose training ended in a block: ``ends`` indexes its epochs, ``(n_members,)``.

        ``timed_out``, bool ``(n_members,)``, says for whom time was over after the last of them.
        """
        self.epoch = int(epochs[-1])
        positions = (ends < len(epochs)).nonzero().flatten()
        if not len(positions):
            return
        last = ends[positions]
        is_late = (last == len(epochs) - 1) & timed_out[positions]
        columns = positions, epochs[last], diverged[last, positions], is_late
        endings = [
            _Ending(position, epoch, diverged=has_diverged, timed_out=is_late)
            for position, epoch, has_diverged, is_late in zip(*(column.tolist() for column in columns), strict=True)
        ]
        last, positions = last.to(self.flat.device), positions.to(self.flat.device)
        self._end_members(endings, self._snapshots[last, positions] if self.validation else self.weights[positions])
        self._keep((ends == len(epochs)).nonzero().flatten().tolist())

    def _end_members(self, endings: Sequence[_Ending], weights: Tensor) -> None:
        """End members with ``weights`` ``(n_ending, n_parameters)``, or with their best where they restore them."""
        restores, ends = [], []
        for ending, is_finite in zip(endings, weights.isfinite().all(1).tolist(), strict=True):
            training = self.members[self.active[ending.position]].training
            has_diverged = ending.diverged or not is_finite
            divergence = Divergence(ending.epoch, training.lr) if has_diverged else None
            restores.append(has_diverged or training.patience is not None)
            best_epoch = int(self.best.epoch[ending.position]) if restores[-1] else ending.epoch
            timed_out = ending.timed_out and not has_diverged
            n_epochs = ending.epoch - ending.diverged
            ends.append(MemberEnd(best_epoch, n_epochs, divergence, ending.dropped, timed_out))
        best = self.best.flat[self.backend.indices([ending.position for ending in endings])]
        is_restored = torch.tensor(restores, device=weights.device).unsqueeze(1)
        for ending, flat, end in zip(endings, torch.where(is_restored, best, weights).cpu(), ends, strict=True):
            self.results.end(self.active[ending.position], flat, end)

    def _keep(self, positions: list[int]) -> None:
        """Shrink everything that has a member axis to these positions."""
        self.active = [self.active[position] for position in positions]
        if not positions:
            return
        on_device = self.backend.indices(positions)
        self.layout = self.layout.select(positions)
        self.flat = self.flat[on_device]
        self.update_rule.keep(on_device)
        if self.ema:
            self.ema.keep(on_device)
        self.best.keep(on_device.cpu())
        self.batches.keep(positions)
        self.data.keep(on_device)
        for dropout in self._dropouts.values():
            dropout.keep(positions)
        for rows in (self.validation, self.train_evaluation):
            if rows:
                rows.keep(on_device)
        self.loader.refresh()
        self._propagate()
        self._snapshots = self.flat.new_empty(0)

    def _make_dropout(self) -> Dropouts:
        """Make the dropout of hidden units and of inputs, each where any member has it."""
        networks = [member.network for member in self.members]
        hidden = [network.dropout if self.layout.hidden else 0.0 for network in networks]
        inputs = [network.input_dropout for network in networks]
        seeds = [member.seed for member in self.members]
        like = torch.empty(0, dtype=self.dtype, device=self.backend.device)
        return Dropouts(
            Dropout(hidden, self.layout, seeds, like) if any(hidden) else None,
            Dropout(inputs, self.layout, seeds, like, "inputs") if any(inputs) else None,
        )

    def _make_loader(self) -> BatchLoader:
        parts = self.data, self.batches, self.dropout, self.dtype
        if self.batches.batch_size is None:
            return FullBatchLoader(*parts)
        short = ShortEpochLoader(*parts)
        is_short = self.batches.n_steps <= MAX_BLOCK_STEPS and short.numbers_per_epoch <= MAX_NUMBERS
        is_short &= self.layout.family.is_by_row
        return short if self.work < CHEAP_STEP and is_short else MiniBatchLoader(*parts)

    def _propagate(self) -> None:
        """Set up the passes through the present buffer, for training and for validation."""
        network, family = self.members[0].network, self.layout.family
        self.propagation = self._exact = family.propagation(network, self.layout, self.flat, self.dtype)
        if self.ema or self.dtype != self.flat.dtype:
            self._exact = family.propagation(network, self.layout, self.weights, self.flat.dtype)

    def _epochs(self) -> Tensor:
        """Return the last epoch of each active member's training, ``(n_active,)``."""
        if self._is_endless:
            return torch.full((len(self.active),), MAX_COUNT, device=HOST)
        return torch.tensor([self.members[index].training.epochs for index in self.active], device=HOST)

    def _block_length(self) -> int:
        """Return the epochs of the next block: few where an epoch is long, holds much, or may be the last."""
        numbers = self.flat.numel() + self.loader.numbers_per_epoch
        numbers += sum(rows.numbers_per_evaluation for rows in (self.validation, self.train_evaluation) if rows)
        patience = [self.members[index].training.patience for index in self.active]
        before_end = [1 + each // 8 for each in patience if each is not None]
        by_steps = min(MAX_BLOCK_STEPS, int(MAX_BLOCK_WORK / self.work)) // self.batches.n_steps
        return max(1, min(MAX_BLOCK_EPOCHS, by_steps, MAX_BLOCK_NUMBERS // numbers, *before_end))
