"""One population on its way through training."""

import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Protocol

import torch
from torch import Tensor

from demarcate.engine.backend import product_dtype
from demarcate.engine.batch_loaders import (
    MAX_NUMBERS,
    BatchLoader,
    FullBatchLoader,
    MiniBatchLoader,
    ShortEpochLoader,
    Step,
)
from demarcate.engine.batches import Batches, padded_rows
from demarcate.engine.early_stopping import BestWeights, Divergence
from demarcate.engine.history import Recorder
from demarcate.engine.member_data import MemberData
from demarcate.engine.optimizers import optimizer_for
from demarcate.engine.progress import OnEpoch, Progress, finite_mean
from demarcate.engine.results import FittedMember, MemberEnd, ValidationResult
from demarcate.engine.samples import Member, Samples, layout_of
from demarcate.engine.threads import ThreadTuner, use_threads
from demarcate.engine.validation import Validation
from demarcate.engine.weight_ema import WeightEma
from demarcate.nn.dropout import Dropout, Dropouts

MAX_BLOCK_EPOCHS, MAX_BLOCK_STEPS, MAX_BLOCK_WORK = 32, 256, 1e10
"""Epochs, steps and multiplications after which the books are closed: often enough to be told of, and to be stopped."""

MAX_BLOCK_NUMBERS = 1 << 21
"""Numbers kept until the books are closed: more of them leave the processor's caches before they are read again."""

CHEAP_STEP = 1e6
"""Multiplications in a forward pass below which a step costs its calls rather than its arithmetic."""


class _HasState(Protocol):
    """What can be put down and taken up again."""

    def state(self) -> dict[str, Tensor]: ...

    def restore(self, state: Mapping[str, Tensor], /) -> None: ...


class Trainer:
    """A population in training. Members that end leave the stack: what has a member axis shrinks.

    Time is cut into blocks of epochs. Within a block nothing is computed but steps, and logits of validation rows; at
    its end the books are closed on all its epochs at once. The weights of each of them are at hand until then, so
    members end, and keep the best weights, exactly where they would if the books were closed every epoch.

    Parameters
    ----------
    members
        Members that `plan` says can share a stack.
    samples
        Their rows, on the device to train on.
    precision
        As for `demarcate.engine.fitting`.

    Attributes
    ----------
    time_is_up
        Asked after each epoch, and inside long ones: when it says so, that is the last epoch of all members.
    timed_out
        Whether it said so before training was over.
    """

    def __init__(self, members: Sequence[Member], samples: Samples, precision: str) -> None:
        self.members, self.samples = list(members), samples
        self.training = members[0].training
        self.device = samples.weights.device
        self.active = list(range(len(members)))
        self.epoch = 0
        layout = layout_of(members, samples)
        states, generators = zip(*(member.begin(samples) for member in members), strict=True)
        self.layout, self.flat = layout, layout.pack(states).to(self.device)
        self.dtype = product_dtype(precision, self.flat.dtype, self.device, layout.hidden)
        self.head = members[0].head(samples)
        trainings = [member.training for member in members]
        decaying = any(training.weight_decay for training in trainings) and not self.training.decay_biases
        self.optimizer = optimizer_for(trainings, self.flat, layout.weight_mask(self.flat) if decaying else None)
        self.drops = self._make_drops()
        self.batches = Batches([member.rows for member in members], self.training.batch_size, generators)
        epochs = self.training.averaging
        self.average = WeightEma(epochs, self.batches.n_steps, self.flat) if epochs else None
        encoding = torch.tensor([member.encoding for member in members], device=self.device)
        self.source = MemberData(samples, encoding, self.head, layout.padded[0], layout.padded[-1])
        self.feed = self._make_feed()
        watched = [member.validation_rows for member in members]
        self.watch = Validation(self.source, watched) if any(map(len, watched)) else None
        patience, tolerance = zip(*((training.patience, training.tolerance) for training in trainings), strict=True)
        self.best = BestWeights(self.flat, patience, tolerance)
        self.recorder = Recorder(len(members))
        self.ends: dict[int, tuple[Tensor, MemberEnd]] = {}
        self.traces: dict[int, list[Tensor]] = {index: [] for index, member in enumerate(members) if member.traced}
        self._propagate()
        self.pace = ThreadTuner([1])
        self.time_is_up: Callable[[], bool] = lambda: False
        self.timed_out = False
        self._tiny = torch.finfo(self.flat.dtype).eps ** 2
        self._snapshots = torch.empty(0)

    @property
    def work(self) -> float:
        """Multiplications in a step's forward pass."""
        batch = self.batches.batch_size or self.batches.longest
        return len(self.active) * batch * self.layout.cost

    @property
    def judged(self) -> Tensor:
        """The weights that are judged and kept, ``(n_members, n_parameters)``: the average where there is one."""
        return self.average.flat if self.average else self.flat

    def advance(self, until: int, tell: OnEpoch | None = None, between: Callable[[], None] = lambda: None) -> None:
        """Train up to and including an epoch, or until no member is left.

        Parameters
        ----------
        until
            The epoch.
        tell
            Called once for each epoch.
        between
            Called between blocks, and inside long epochs: wherever `state` can be taken. What it raises ends training.
        """
        last = min(until, self.training.epochs)
        while self.active and self.epoch < last:
            n_epochs = min(self._block_length(), last - self.epoch)
            with torch.inference_mode(), use_threads(self.pace.number):
                self._block(n_epochs, tell, between)
            between()

    def drop_members(self, members: Collection[int]) -> None:
        """Let members go that are still training, with the weights they would end with now."""
        positions = [position for position, index in enumerate(self.active) if index in members]
        with torch.inference_mode():
            for position in positions:
                self._finish(position, self.epoch, dropped=True)
            if positions:
                self._keep([position for position in range(len(self.active)) if position not in positions])

    def standings(self, epoch: int) -> dict[int, ValidationResult]:
        """How each member stood after an epoch that the run has behind it; a member without any history last of all."""
        values = self.recorder.values()[:epoch, 2:]
        standings = {}
        for index, member in enumerate(self.members):
            own = values[:, :, index]
            own = own[own[:, 0].isfinite()]
            if not len(own):
                standings[index] = ValidationResult(math.inf, 0.0)
                continue
            divergence = self.ends[index][1].divergence if index in self.ends else None
            diverged = divergence is not None and divergence.epoch <= epoch
            restores = diverged or member.training.patience is not None
            standings[index] = ValidationResult(*own[int(own[:, 0].argmin()) if restores else -1].tolist())
        return standings

    def probe(self) -> Tensor:
        """The gradient and logits of a fixed batch with the weights as they are: the same bits on every call."""
        n_rows = self.batches.batch_size or self.batches.longest
        rows = padded_rows([rows[:n_rows] for rows in self.batches.rows])
        with torch.inference_mode():
            x, targets = self.source.inputs(rows, self.dtype), self.source.targets(rows)
            logits = self.propagation.forward(x, torch.empty_like(targets.marks))
            self.propagation.backward(self._slope(logits, targets.marks, targets.scale()))
            return torch.cat([self.propagation.gradient.flatten(), logits.flatten()])

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Everything that training goes on from: tensors, and facts fit for JSON."""
        tensors = {"recorded": self.recorder.values()}
        tensors |= {f"end.{index}": flat for index, (flat, _) in self.ends.items()}
        tensors |= {f"trace.{index}": torch.cat(looks) for index, looks in self.traces.items() if looks}
        if self.active:
            tensors |= {"flat": self.flat, "order": _states(self.batches.generators)}
            for name, drop in self._dropouts():
                tensors |= {name: _states(drop.generators), f"{name}.drawn": torch.tensor(drop.n_drawn)}
            tensors |= {"before": self._snapshots[0]} if self.feed.n_done and not self.watch else {}
            for part, owner in self._parts().items():
                tensors |= {f"{part}.{name}": value for name, value in owner.state().items()}
        ends = {str(index): asdict(end) for index, (_, end) in self.ends.items()}
        return tensors, {"epoch": self.epoch, "active": self.active, "ends": ends}

    def restore(self, tensors: Mapping[str, Tensor], facts: Mapping[str, Any]) -> None:
        """Go on from what `state` gave; for a run that has not begun."""
        self.epoch = facts["epoch"]
        for index, end in facts["ends"].items():
            divergence = end["divergence"] and Divergence(**end["divergence"])
            self.ends[int(index)] = tensors[f"end.{index}"], MemberEnd(**{**end, "divergence": divergence})
        self.recorder.restore(tensors["recorded"])
        for index, looks in self.traces.items():
            if f"trace.{index}" in tensors:
                looks.append(tensors[f"trace.{index}"])
        with torch.inference_mode():
            if facts["active"] != self.active:
                self._keep(facts["active"])
            if self.active:
                self._go_on_from(tensors)

    def _go_on_from(self, tensors: Mapping[str, Tensor]) -> None:
        self.flat.copy_(tensors["flat"])
        self.propagation.refresh()
        _set_states(self.batches.generators, tensors["order"])
        for name, drop in self._dropouts():
            _set_states(drop.generators, tensors[name])
            drop.n_drawn = int(tensors[f"{name}.drawn"])
        if "before" in tensors:
            self._snapshots = tensors["before"].unsqueeze(0).to(self.device)
        for part, owner in self._parts().items():
            prefix = f"{part}."
            owner.restore({name.removeprefix(prefix): own for name, own in tensors.items() if name.startswith(prefix)})

    def _parts(self) -> dict[str, "_HasState"]:
        parts: dict[str, _HasState] = {"best": self.best, "optimizer": self.optimizer, "feed": self.feed}
        return parts | ({"average": self.average} if self.average else {})

    def fitted(self) -> list[FittedMember]:
        """The members as they ended."""
        layout = layout_of(self.members, self.samples)
        fitted = []
        for index, member in enumerate(self.members):
            flat, end = self.ends[index]
            (state,) = layout.select([index]).unpack(flat.cpu().unsqueeze(0))
            history = self.recorder.history(index, end.n_epochs)
            looks = self.traces.get(index) or []
            trace = torch.cat(looks)[: len(history.validation_epochs)].clone() if looks and end.n_epochs else None
            facts = end.best_epoch, end.divergence, trace, end.dropped, end.timed_out
            fitted.append(FittedMember(member.network, state, history, *facts))
        return fitted

    def _block(self, n_epochs: int, tell: OnEpoch | None, between: Callable[[], None]) -> None:
        """Train for some epochs and close the books on them."""
        epochs = torch.arange(self.epoch + 1, self.epoch + n_epochs + 1)
        looked = (epochs % self.training.validate_every == 0) | (epochs == self.training.epochs)
        # An epoch that turns out to be the last is looked at, too.
        self._open(n_epochs, min(n_epochs, int(looked.sum()) + 1))
        place = 0
        for place, epoch in enumerate(epochs.tolist()):
            if not self.watch and not self.feed.n_done:
                self._snapshots[place] = self.judged
            whole = self._learn(epoch, between if n_epochs == 1 else lambda: None)
            self.timed_out = not whole or (epoch < self.training.epochs and self.time_is_up())
            looked[place] |= self.timed_out
            self._watch_over(place, look=bool(looked[place]))
            if self.timed_out:
                break
        epochs, looked = epochs[: place + 1], looked[: place + 1]
        train = self.feed.close()
        validation = torch.full_like(train, torch.nan)
        if self.watch:
            validation[looked], logits = self.watch.close()
            self._trace(logits)
        losses, over, unsound = self._judgement(epochs, train[:, 0], validation[:, 0], looked)
        stood = epochs if self.watch else epochs - 1
        ends = self.best.follow(self._snapshots[: place + 1], losses, stood, over)
        self.recorder.add(self.active, torch.cat([train, validation], 1))
        told = list(self._told(epochs, train, validation, ends)) if tell else []
        self._settle(epochs, ends, unsound)
        if tell:
            for progress in told:
                tell(progress)

    def _watch_over(self, place: int, *, look: bool) -> None:
        """Keep the weights after an epoch of the block, and look at what they make of the validation rows."""
        if self.watch:
            self._snapshots[place] = self.judged
            if look:
                if self._exact is not self.propagation:
                    self._exact.refresh()
                self.watch.look(self._exact)

    def _judgement(
        self, epochs: Tensor, train: Tensor, validation: Tensor, looked: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """By which losses a block's weights are judged, where training is over, and where it has gone wrong."""
        sound = train.isfinite()
        if self.watch:
            sound &= validation.isfinite() | ~looked.unsqueeze(1)
        losses = torch.where(sound, validation if self.watch else train, torch.nan)
        over = ~sound | (epochs == self.training.epochs).unsqueeze(1)
        over[-1] |= self.timed_out
        return losses, over, ~sound

    def _open(self, n_epochs: int, n_looks: int) -> None:
        if len(self._snapshots) < n_epochs:
            self._snapshots = self.flat.new_empty(n_epochs, *self.flat.shape)
        self.feed.open(n_epochs)
        if self.watch:
            self.watch.open(n_looks)

    def _learn(self, epoch: int, between: Callable[[], None]) -> bool:
        """The steps of an epoch, or what is left of it; whether it came to its end."""
        number = (epoch - 1) * self.batches.n_steps + self.feed.n_done
        for span in self.feed.step_groups():
            self.pace.begin()
            for step in span.steps:
                self._step(step, self._factor(number))
                number += 1
                if self.average:
                    self.average.follow(self.flat, number)
            self.pace.end(len(span.steps))
            self.feed.count(span)
            if self.feed.n_done:
                between()
                if self.feed.n_done < self.batches.n_steps and self.time_is_up():
                    self.feed.cut()
                    return False
        return True

    def _step(self, step: Step, factor: float) -> None:
        x, marks, scale, logits, masks = step
        self.propagation.forward(x, logits, masks)
        residual = self._slope(logits, marks, scale)
        self.propagation.backward(residual, masks)
        self.optimizer.step(self.flat, self.propagation.gradient, factor)
        self.propagation.refresh()

    def _settle(self, epochs: Tensor, ends: Tensor, unsound: Tensor) -> None:
        """Let members go that ended in a block."""
        self.epoch = int(epochs[-1])
        done = (ends < len(epochs)).nonzero().flatten().tolist()
        for position in done:
            place = int(ends[position])
            timed_out = self.timed_out and place == len(epochs) - 1
            diverged = bool(unsound[place, position])
            self._finish(position, int(epochs[place]), diverged=diverged, timed_out=timed_out, place=place)
        if done:
            self._keep((ends == len(epochs)).nonzero().flatten().tolist())

    def _finish(
        self,
        position: int,
        epoch: int,
        *,
        diverged: bool = False,
        dropped: bool = False,
        timed_out: bool = False,
        place: int | None = None,
    ) -> None:
        """Settle which weights a member ends with after an epoch; ``place`` is its snapshot, None for the present."""
        index = self.active[position]
        training = self.members[index].training
        present = self.judged[position] if place is None or not self.watch else self._snapshots[place, position]
        diverged_at_last = diverged or not present.isfinite().all()
        divergence = Divergence(epoch, training.lr) if diverged_at_last else None
        restore = training.patience is not None or divergence is not None
        flat = self.best.flat[position] if restore else present
        best_epoch = int(self.best.epoch[position]) if restore else epoch
        timed_out = timed_out and divergence is None
        self.ends[index] = (flat.clone(), MemberEnd(best_epoch, epoch - diverged, divergence, dropped, timed_out))

    def _keep(self, positions: list[int]) -> None:
        """Shrink everything that has a member axis to these positions."""
        self.active = [self.active[position] for position in positions]
        if not positions:
            return
        kept = torch.tensor(positions)
        on_device = kept.to(self.device)
        self.layout = self.layout.select(positions)
        self.flat = self.flat[on_device]
        self.optimizer.keep(on_device)
        if self.average:
            self.average.keep(on_device)
        self.best.keep(kept)
        self.batches.keep(positions)
        self.source.keep(on_device)
        for _, drop in self._dropouts():
            drop.keep(positions)
        if self.watch:
            self.watch.keep(kept)
        self.feed.keep()
        self._propagate()
        self._snapshots = torch.empty(0)

    def _make_drops(self) -> Dropouts:
        """What is silenced in training, as far as any member has that."""
        networks = [member.network for member in self.members]
        hidden = [network.dropout if self.layout.hidden else 0.0 for network in networks]
        inputs = [network.input_dropout for network in networks]
        seeds = [member.seed for member in self.members]
        like = torch.empty(0, dtype=self.dtype, device=self.device)
        return Dropouts(
            Dropout(hidden, self.layout, seeds, like) if any(hidden) else None,
            Dropout(inputs, self.layout, seeds, like, "inputs") if any(inputs) else None,
        )

    def _dropouts(self) -> list[tuple[str, Dropout]]:
        """The dropouts there are, by the names of their states."""
        named = zip(("dropout", "input_dropout"), self.drops, strict=True)
        return [(name, drop) for name, drop in named if drop]

    def _make_feed(self) -> BatchLoader:
        given = self.source, self.batches, self.drops, self.dtype
        if self.batches.batch_size is None:
            return FullBatchLoader(*given)
        short = ShortEpochLoader(*given)
        cheap = self.work < CHEAP_STEP and self.batches.n_steps <= MAX_BLOCK_STEPS and short.kept <= MAX_NUMBERS
        return short if cheap else MiniBatchLoader(*given)

    def _propagate(self) -> None:
        """Make what computes with the buffer as it now is, for training and for watching."""
        network, family = self.members[0].network, self.layout.family
        self.propagation = self._exact = family.propagation(network, self.layout, self.flat, self.dtype)
        if self.average or self.dtype != self.flat.dtype:
            self._exact = family.propagation(network, self.layout, self.judged, self.flat.dtype)

    def _trace(self, logits: Tensor) -> None:
        """Keep what traced members make of their validation rows, ``(n_looks, n_active, n_outputs, n_watched)``."""
        for position, index in enumerate(self.active):
            if index in self.traces and len(logits):
                own = logits[:, position, :, : len(self.members[index].validation_rows)]
                self.traces[index].append(own.transpose(1, 2).cpu().clone())

    def _told(self, epochs: Tensor, train: Tensor, validation: Tensor, ends: Tensor) -> Iterator[Progress]:
        n_members, n_epochs = len(self.members), self.training.epochs
        for place, epoch in enumerate(epochs.tolist()):
            here = ends >= place
            losses = finite_mean(train[place, 0, here]), finite_mean(validation[place, 0, here])
            yield Progress(1, 1, epoch, n_epochs, n_members, int(here.sum()), *losses)

    def _block_length(self) -> int:
        """Epochs until the books are closed: few where an epoch is long, keeps much, or may be the last."""
        kept = self.flat.numel() + self.feed.kept + (self.watch.kept if self.watch else 0)
        patience = [self.members[index].training.patience for index in self.active]
        soon = [1 + each // 8 for each in patience if each is not None]
        short = min(MAX_BLOCK_STEPS, int(MAX_BLOCK_WORK / self.work)) // self.batches.n_steps
        return max(1, min(MAX_BLOCK_EPOCHS, short, MAX_BLOCK_NUMBERS // kept, *soon))

    def _slope(self, logits: Tensor, marks: Tensor, scale: Tensor) -> Tensor:
        """The slope of the members' mean losses in their logits, ``(n_members, n_outputs, batch)``.

        A network that is certain of a row leaves slopes so small that their products are below the smallest normal
        number, where processors take many times as long. What is lost beside 1 twice over is therefore taken as 0.
        """
        return torch.nn.functional.hardshrink(self.head.gradient(logits, marks), self._tiny).mul_(scale)

    def _factor(self, step: int) -> float:
        """What warming up and the schedule make of the rate in this step, from 0."""
        n_steps, warmup = self.batches.n_steps, self.training.warmup
        warmth = min(1.0, (step + 1) / (warmup * n_steps)) if warmup else 1.0
        if self.training.schedule == "constant":
            return warmth
        return warmth * 0.5 * (1 + math.cos(math.pi * step / (self.training.epochs * n_steps)))


def _states(generators: Sequence[torch.Generator]) -> Tensor:
    """The generators' states, ``(n_members, n_bytes)``."""
    return torch.stack([generator.get_state() for generator in generators])


def _set_states(generators: Sequence[torch.Generator], states: Tensor) -> None:
    for generator, state in zip(generators, states, strict=True):
        generator.set_state(state.clone())  # torch crashes on a view
