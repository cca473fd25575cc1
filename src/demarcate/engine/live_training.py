"""Live training: a stack that trains for as long as it is asked to, a step, an epoch or some time at once."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from demarcate.engine.backend import HOST, Backend
from demarcate.engine.early_stopping import Divergence
from demarcate.engine.samples import Member, Samples, layout_of
from demarcate.engine.threads import use_threads
from demarcate.engine.trainer import Trainer
from demarcate.nn import MemberState, Population


class LiveTraining:
    """Trains members of one network and training, which differ in their seeds, on and on, on the CPU.

    Without changes on the way, weights, losses and accuracies after an epoch are those of `fit` with as many epochs and
    without patience, bit for bit: members have the weights of the last step. Once the patience of all is over they have
    their best, as those of `fit` with patience, until training goes on from where it was. One whose loss stops being
    finite ends, with its best weights; the others go on.
    """

    def __init__(self, members: Sequence[Member], samples: Samples) -> None:
        self.members = tuple(members)
        self.training = self.members[0].training
        self.dropout = self.members[0].network.dropout
        # Patience is counted here: in the trainer a member would end with it.
        patient = [replace(each, training=replace(each.training, patience=None)) for each in members]
        self._trainer = Trainer(patient, samples, Backend(HOST), is_endless=True)
        self._layout = layout_of(members, samples)
        self._open: Iterator[None] | None = None
        self._open_seconds, self._epoch_seconds = 0.0, 0.0
        self.batch = 0
        self._patient_since = 0

    @property
    def epoch(self) -> int:
        """Epochs that are over."""
        return self._trainer.epoch

    @property
    def batches(self) -> int:
        """Steps in an epoch; `batch` of them are done of the present one."""
        return self._trainer.batches.n_steps

    @property
    def divergences(self) -> dict[int, Divergence]:
        """When members ended whose loss was no longer finite, by their positions."""
        ends = self._trainer.results.ends.items()
        return {index: end.divergence for index, (_, end) in ends if end.divergence is not None}

    @property
    def has_ended(self) -> bool:
        """Whether the loss of every member is no longer finite."""
        return not self._trainer.active

    @property
    def is_out_of_patience(self) -> bool:
        """Whether patience is over for every member that trains on."""
        return not self.has_ended and self.epoch >= self._patient_until()

    @property
    def weight_epochs(self) -> list[int]:
        """The epoch of each member's present weights: the last, or its best if that is what it has."""
        if self.is_out_of_patience:
            return self.best_epochs()
        epochs = [self.epoch] * len(self.members)
        for index in self.divergences:
            epochs[index] = self.best_epochs()[index]
        return epochs

    def train(self, until: int, seconds: float = math.inf) -> None:
        """Train up to and including an epoch, and at least a step; less when time or patience is over.

        Time may be over inside an epoch, patience only after one. Seconds are those of this thread on a processor,
        because few epochs at a time, where others want the processor too, would cost much for each.
        """
        ends = time.thread_time() + seconds
        while not self.has_ended and self.epoch < until and not self.is_out_of_patience:
            left = ends - time.thread_time()
            n_epochs = min(min(until, self._patient_until()) - self.epoch, left / max(self._epoch_seconds, 1e-9))
            if self._open is not None or n_epochs < 1 or not self._epoch_seconds:
                self._take_steps(ends)
            else:
                self._train_epochs(int(n_epochs))
            if time.thread_time() >= ends:
                return

    def step(self) -> None:
        """Take one step, of a batch; with its last step an epoch ends."""
        if not self.has_ended:
            self._take_steps(-math.inf)

    def go_on(self) -> None:
        """Count patience from the present epoch on."""
        self._patient_since = self.epoch

    def change(self, *, lr: float, weight_decay: float, dropout: float, patience: int | None = None) -> None:
        """Train on at another rate and weight decay, from the next step, and dropout, from the next epoch.

        Raises
        ------
        SettingError
            If a value is out of its range; nothing is changed then.
        """
        network = replace(self.members[0].network, dropout=dropout)
        self.training = replace(self.training, lr=lr, weight_decay=weight_decay, patience=patience)
        self.dropout = network.dropout
        if not self.has_ended:
            self._trainer.change(self.training, dropout)

    def population(self) -> Population:
        """Return the networks as they are; their parameters are the training's own, which go on changing."""
        networks = tuple(replace(member.network, dropout=self.dropout) for member in self.members)
        return Population(networks, self._trainer.head, self._layout, self._present())

    def states(self) -> list[MemberState]:
        """Return copies of the members' present parameters; of one that ended, its best."""
        return self._layout.unpack(self._present())

    def best_epochs(self) -> list[int]:
        """Return the epoch of each member's lowest loss, 0 before training."""
        epochs = {index: end.best_epoch for index, (_, end) in self._trainer.results.ends.items()}
        if not self.has_ended:
            epochs |= dict(zip(self._trainer.active, self._trainer.best.epoch.tolist(), strict=True))
        return [epochs[index] for index in range(len(self.members))]

    def history(self, after: int = 0) -> Tensor:
        """Return losses and accuracies of the epochs after one, float64 ``(n_epochs, 4, n_members)``.

        They are those of the steps, then those of the monitored rows; NaN where there are none.
        """
        return self._trainer.results.recorder.since(after)

    def _train_epochs(self, n_epochs: int) -> None:
        begin = time.thread_time()
        self._trainer.advance(self.epoch + n_epochs)
        self._measure((time.thread_time() - begin) / n_epochs)

    def _take_steps(self, ends: float) -> None:
        """Take at least a step, and more until the epoch, or the time by `time.thread_time`, is over."""
        with torch.inference_mode(), use_threads(1):
            now = time.thread_time()
            if self._open is None:
                self._open, self._open_seconds = self._trainer.steps(), 0.0
            while True:
                begin = now
                next(self._open)
                self.batch += 1
                if self.batch == self.batches:
                    next(self._open, None)
                    self._open, self.batch = None, 0
                now = time.thread_time()
                self._open_seconds += now - begin
                if self._open is None or now >= ends:
                    break
        if self._open is None:
            self._measure(self._open_seconds)

    def _measure(self, seconds: float) -> None:
        """Remember what an epoch takes: of several the mean, in which the last counts for a third."""
        self._epoch_seconds += (seconds - self._epoch_seconds) * (1 / 3 if self._epoch_seconds else 1)

    def _present(self) -> Tensor:
        """Return the members' parameters, ``(n_members, n_parameters)``."""
        trainer = self._trainer
        weights = trainer.best.flat if self.is_out_of_patience else trainer.weights
        if len(trainer.active) == len(self.members):
            return weights
        flat = torch.zeros(len(self.members), self._layout.n_parameters, device=HOST)
        for index, (own, _) in trainer.results.ends.items():
            flat[index] = own
        if trainer.active:
            flat[trainer.active] = weights
        return flat

    def _patient_until(self) -> float:
        """Return the epoch after which patience is over for every member, unless a loss is lowered before."""
        if self.training.patience is None or self.has_ended:
            return math.inf
        return max(int(self._trainer.best.since.max()), self._patient_since) + self.training.patience
