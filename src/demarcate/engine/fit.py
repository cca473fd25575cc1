"""The one fit loop: plan the members into populations and train each as a stack."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import torch
from torch import Tensor

from demarcate.engine.batches import PAD, Batches, padded_rows
from demarcate.engine.device import device_for
from demarcate.engine.dropout import Dropout
from demarcate.engine.history import History, Recorder
from demarcate.engine.optimizers import optimizer_for
from demarcate.engine.plan import plan
from demarcate.engine.samples import Member, Samples, layout_of
from demarcate.engine.step import Batch, Stack, Tally, gradient
from demarcate.engine.stopping import Best, Divergence
from demarcate.engine.threads import threads_for
from demarcate.errors import SettingError
from demarcate.nn import ACTIVATIONS, MemberState, Network

_MAX_GATHERED = 1 << 25
"""Encoded numbers gathered at once when watching validation rows."""


@dataclass(frozen=True, eq=False)
class FittedMember:
    """A member after training.

    Attributes
    ----------
    network
        What it is.
    state
        Its parameters, on the CPU; always finite.
    history
        Its epochs.
    best_epoch
        The epoch whose weights it carries, from 1; 0 if they are the initial ones.
    divergence
        When and at which rate its loss stopped being finite, or None.
    validation_logits
        Of a traced member, the logits of its validation rows after each epoch of its history,
        ``(n_epochs, n_validation, n_outputs)``; else None.
    """

    network: Network
    state: MemberState
    history: History
    best_epoch: int
    divergence: Divergence | None
    validation_logits: Tensor | None = None


@dataclass(frozen=True)
class Progress:
    """How far a fit has come, told once an epoch.

    Attributes
    ----------
    population, n_populations
        Which stack, from 1, of how many.
    epoch, n_epochs
        Which epoch, from 1, of at most how many.
    n_members, n_active
        Members in the stack, and those still training.
    train_loss, validation_loss
        Mean over the members still training whose loss is finite; None where there is nothing to average.
    """

    population: int
    n_populations: int
    epoch: int
    n_epochs: int
    n_members: int
    n_active: int
    train_loss: float | None
    validation_loss: float | None


OnEpoch = Callable[[Progress], None]


def fit(
    members: Sequence[Member], samples: Samples, *, device: str = "auto", on_epoch: OnEpoch | None = None
) -> list[FittedMember]:
    """Train members, as many at once as the plan allows.

    Parameters
    ----------
    members
        What to train; may differ in everything.
    samples
        The rows they share.
    device
        ``auto``, ``cpu`` or a torch device.
    on_epoch
        Called after each epoch of each population.

    Returns
    -------
    list of FittedMember
        In the order of ``members``.

    Raises
    ------
    SettingError
        If there is no such device, none of a member's training rows counts, or its initial weights do not fit.

    Examples
    --------
    >>> from demarcate.engine.training import Training
    >>> x = torch.tensor([[-1.0], [-0.5], [0.5], [1.0]])
    >>> samples = Samples.of([x], torch.tensor([0, 0, 1, 1]), 2)
    >>> training = Training(optimizer="sgd", lr=1.0, epochs=20, batch_size=None)
    >>> member = Member(Network(hidden=()), training, 0, torch.arange(4), torch.arange(0))
    >>> fit([member], samples)[0].history.train_accuracy[-1].item()
    1.0
    """
    samples = samples.to(device_for(device))
    _refuse_weightless(members, samples)
    fitted: dict[int, FittedMember] = {}
    populations = plan(members, samples)
    for number, population in enumerate(populations, 1):
        run = _Run([members[index] for index in population], samples)
        run.train(partial(_tell, on_epoch, number, len(populations)) if on_epoch else None)
        fitted.update(zip(population, run.fitted(), strict=True))
    return [fitted[index] for index in range(len(members))]


class _Run:
    """One population on its way through training. Members that stop leave the stack; what has a member axis shrinks."""

    def __init__(self, members: Sequence[Member], samples: Samples) -> None:
        self.members, self.samples = list(members), samples
        self.device = samples.matrices.device
        self.training = members[0].training
        self.active = list(range(len(members)))
        layout = layout_of(members, samples)
        self.stack = Stack(layout, ACTIVATIONS[members[0].network.activation], members[0].head(samples))
        states, generators = zip(*(member.begin(samples) for member in members), strict=True)
        self.flat = layout.pack(states).to(self.device)
        trainings = [member.training for member in members]
        rates = [member.network.dropout for member in members]
        self.drop = Dropout(rates, layout, [member.seed for member in members], self.device) if any(rates) else None
        self.optimizer = optimizer_for(trainings, self.flat)
        self.batches = Batches([member.rows for member in members], self.training.batch_size, generators)
        self.encoding = torch.tensor([member.encoding for member in members], device=self.device)
        self.watched = padded_rows([member.validation_rows for member in members]).to(self.device)
        self.best = Best(self.flat, [training.patience for training in trainings])
        self.recorder = Recorder(len(members))
        self.results: dict[int, tuple[Tensor, int, int, Divergence | None]] = {}
        self.traces: dict[int, list[Tensor]] = {index: [] for index, member in enumerate(members) if member.traced}
        self._full: Batch | None = None

    def train(self, tell: OnEpoch | None) -> None:
        """Run the epochs until the last, or until no member is left."""
        n_steps = max(self.training.steps(len(member.rows)) for member in self.members)
        with threads_for(self._work()):
            for epoch in range(1, self.training.epochs + 1):
                before = self.flat.clone() if not self._is_watched else self.flat
                train = self._learn(epoch, n_steps)
                validation = self._watch()
                n_active = self._close(epoch, before, train, validation)
                if tell:
                    tell(self._progress(epoch, n_active, train, validation))
                if not self.active:
                    break

    def fitted(self) -> list[FittedMember]:
        """The members as they ended."""
        layout = layout_of(self.members, self.samples)
        members = []
        for index, member in enumerate(self.members):
            flat, best_epoch, n_epochs, divergence = self.results[index]
            (state,) = layout.select([index]).unpack(flat.cpu().unsqueeze(0))
            history = self.recorder.history(index, n_epochs)
            trace = torch.stack(self.traces[index][:n_epochs]) if n_epochs and self.traces.get(index) else None
            members.append(FittedMember(member.network, state, history, best_epoch, divergence, trace))
        return members

    @property
    def _is_watched(self) -> bool:
        return self.watched.shape[1] > 0

    def _learn(self, epoch: int, n_steps: int) -> Tensor:
        """One epoch of steps; mean loss and accuracy ``(2, n_active)``."""
        tally = Tally.empty(len(self.active), self.flat)
        for step, rows in enumerate(self.batches.epoch()):
            batch = self._full_batch(rows) if self.batches.is_full else self._gather(rows.to(self.device))
            drop = partial(self.drop, n_rows=self.batches.sizes(step)) if self.drop else None
            slope, logits, losses = gradient(self.flat, self.stack, batch, drop)
            tally.add(self.stack, batch, logits, losses)
            self.optimizer.step(self.flat, slope, self._factor((epoch - 1) * n_steps + step, n_steps))
        return tally.result()

    def _watch(self) -> Tensor:
        """Loss and accuracy on the validation rows, ``(2, n_active)``; NaN without any."""
        if not self._is_watched:
            return torch.full((2, len(self.active)), torch.nan, dtype=torch.float64)
        tally = Tally.empty(len(self.active), self.flat)
        traced: list[Tensor] = []
        with torch.inference_mode():
            for rows in self._chunks(self.watched):
                batch = self._gather(rows)
                logits, losses = self.stack.loss(self.flat, batch)
                tally.add(self.stack, batch, logits, losses)
                traced += [logits] if self.traces else []
        if traced:
            self._trace(torch.cat(traced, 1).cpu())
        return tally.result()

    def _trace(self, logits: Tensor) -> None:
        """Keep what traced members make of their validation rows, ``(n_active, n_watched, n_outputs)``."""
        for position, index in enumerate(self.active):
            if index in self.traces:
                self.traces[index].append(logits[position, : len(self.members[index].validation_rows)].clone())

    def _close(self, epoch: int, before: Tensor, train: Tensor, validation: Tensor) -> int:
        """Take in an epoch's numbers, and let members go that are done; how many took part."""
        monitor = validation[0] if self._is_watched else train[0]
        finite = train[0].isfinite() & monitor.isfinite()
        n_active = len(self.active)
        self.recorder.add(self.active, torch.cat([train, validation]))
        told = torch.where(finite, monitor, torch.nan)
        self.best.update(before, told, epoch if self._is_watched else epoch - 1)
        done = self.best.exhausted() | ~finite | (epoch == self.training.epochs)
        for position in done.nonzero().flatten().tolist():
            self._finish(position, epoch, diverged=not finite[position])
        if done.any():
            self._keep((~done).nonzero().flatten())
        return n_active

    def _finish(self, position: int, epoch: int, *, diverged: bool) -> None:
        """Settle which weights a member ends with."""
        index = self.active[position]
        training = self.members[index].training
        last_is_finite = bool(self.flat[position].isfinite().all())
        divergence = Divergence(epoch, training.lr) if diverged or not last_is_finite else None
        restore = training.patience is not None or divergence is not None
        flat = self.best.flat[position] if restore else self.flat[position]
        best_epoch = int(self.best.epoch[position]) if restore else epoch
        self.results[index] = (flat.clone(), best_epoch, epoch - diverged, divergence)

    def _keep(self, positions: Tensor) -> None:
        """Shrink everything that has a member axis to these positions."""
        kept = positions.tolist()
        self.active = [self.active[position] for position in kept]
        if not kept:
            return
        layout = self.stack.layout.select(kept)
        self.stack = Stack(layout, self.stack.activation, self.stack.head)
        on_device = positions.to(self.device)
        self.flat, self.encoding = self.flat[on_device], self.encoding[on_device]
        self.watched = self.watched[on_device]
        self.optimizer.keep(on_device)
        self.best.keep(positions)
        self.batches.keep(kept)
        self._full = None
        if self.drop:
            self.drop.keep(kept)

    def _gather(self, rows: Tensor) -> Batch:
        """The encoded rows ``(n_active, batch)`` stand for."""
        real = (rows != PAD).to(self.flat.dtype)
        rows = rows.clamp(min=0)
        weights = self.samples.weights[rows] * real
        x = self.samples.gather(self.encoding, rows)[..., : self.stack.layout.padded[0]]
        return Batch(x, self.samples.codes[rows], weights, real)

    def _full_batch(self, rows: Tensor) -> Batch:
        if self._full is None:
            self._full = self._gather(rows.to(self.device))
        return self._full

    def _chunks(self, rows: Tensor) -> Iterator[Tensor]:
        """Row numbers cut so that a chunk's encoded rows stay within `_MAX_GATHERED`."""
        size = max(1, _MAX_GATHERED // (len(rows) * max(self.stack.layout.padded)))
        yield from rows.split(size, dim=1)

    def _factor(self, step: int, n_steps: int) -> float:
        """What the schedule makes of the rate in this step."""
        if self.training.schedule == "constant":
            return 1.0
        return 0.5 * (1 + math.cos(math.pi * step / (self.training.epochs * n_steps)))

    def _work(self) -> float:
        """Multiplications in a step's forward pass."""
        longest = max(len(member.rows) for member in self.members)
        batch = self.batches.batch_size or longest
        return len(self.members) * batch * sum(d_in * d_out for d_in, d_out in pairwise(self.stack.layout.padded))

    def _progress(self, epoch: int, n_active: int, train: Tensor, validation: Tensor) -> Progress:
        losses = (_finite_mean(train[0]), _finite_mean(validation[0]))
        return Progress(1, 1, epoch, self.training.epochs, len(self.members), n_active, *losses)


def _finite_mean(losses: Tensor) -> float | None:
    finite = losses[losses.isfinite()]
    return finite.mean().item() if len(finite) else None


def _refuse_weightless(members: Sequence[Member], samples: Samples) -> None:
    weights = samples.weights.cpu()
    for index, member in enumerate(members):
        if not weights[member.rows].any():
            raise SettingError(f"some training row of every member counts: the weights of member {index} are all 0")


def _tell(on_epoch: OnEpoch, population: int, n_populations: int, progress: Progress) -> None:
    on_epoch(replace(progress, population=population, n_populations=n_populations))
