"""The scheduler: trains the populations of one fit one after the other or side by side, and saves them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from demarcate.engine.backend import Backend
from demarcate.engine.checkpoint import CheckpointFolder, PopulationCheckpoint
from demarcate.engine.planner import OVERHEAD, divided, plan
from demarcate.engine.progress import OnEpoch, Progress
from demarcate.engine.results import FittedMember, ValidationResult
from demarcate.engine.samples import Member, Samples, layout_of
from demarcate.engine.threads import run_concurrently
from demarcate.engine.time_limit import TimeLimit, TimeSlice
from demarcate.engine.trainer import Trainer
from demarcate.errors import Interrupted


class PopulationScheduler:
    """Trains populations; each begins when its turn comes, and its trainer is released once it is over."""

    def __init__(
        self,
        members: Sequence[Member],
        samples: Samples,
        backend: Backend,
        shares: Sequence[Sequence[int]],
        folder: CheckpointFolder | None,
        was_interrupted: Callable[[], bool] | None,
        on_epoch: OnEpoch | None,
        limit: TimeLimit | None,
        evaluate_train_every: int | None = None,
    ) -> None:
        self._members, self._samples, self._backend = members, samples, backend
        self._shares, self._folder, self._was_interrupted = shares, folder, was_interrupted
        self._on_epoch, self._reporting = on_epoch, threading.Lock()
        self._limit, self._evaluate_train_every = limit, evaluate_train_every
        self._trainers: dict[int, Trainer] = {}
        self._checkpoints: dict[int, PopulationCheckpoint] = {}
        self._fitted: dict[int, FittedMember] = {}
        self._dropped: set[int] = set()

    def advance(self, until: int) -> None:
        """Train every population up to an epoch."""
        self._run([partial(self._advance, number, until) for number in range(len(self._shares))], until)

    def validation_results(self, epoch: int) -> dict[int, ValidationResult]:
        """Return the results after an epoch of the members that were not dropped before, in order."""
        results: dict[int, ValidationResult] = {}
        for number, share in enumerate(self._shares):
            own = self._trainers[number].results.validation_results(epoch)
            results |= {share[position]: result for position, result in own.items()}
        return {index: results[index] for index in sorted(results) if index not in self._dropped}

    def drop(self, members: Sequence[int]) -> None:
        """End the training of members."""
        self._dropped |= set(members)
        for number, share in enumerate(self._shares):
            own = [position for position, index in enumerate(share) if index in self._dropped]
            self._trainers[number].drop_members(own)

    def finish(self) -> list[FittedMember]:
        """Train every population to its end."""
        self._run([partial(self._finish, number) for number in range(len(self._shares))])
        return [self._fitted[index] for index in range(len(self._members))]

    def _run(self, jobs: Sequence[Callable[[Callable[[], None]], None]], until: int | None = None) -> None:
        """Run the populations' jobs, which train up to an epoch: side by side where enough are large."""
        works = [step_work([self._members[index] for index in share], self._samples) for share in self._shares]
        n_workers = self._backend.n_workers(works)
        if self._limit:
            remaining = {number: self._remaining_work(number, work, until) for number, work in enumerate(works)}
            self._limit.plan(remaining, n_workers)
        if n_workers > 1:
            largest_first = sorted(range(len(jobs)), key=lambda number: -works[number])
            run_concurrently([jobs[number] for number in largest_first], n_workers)
        else:
            for job in jobs:
                job(lambda: None)

    def _remaining_work(self, number: int, work: float, until: int | None) -> float:
        """Return a population's work up to an epoch, in multiplications; ``work`` is that of a step."""
        share, trainer = self._shares[number], self._trainers.get(number)
        active = [share[position] for position in trainer.active] if trainer else share
        if not active:
            return 0.0
        epoch = trainer.epoch if trainer else 0
        ends = [self._members[index].training.epochs for index in active]
        epochs = [max(0, min(end, until or end) - epoch) for end in ends]
        # Members that end leave the stack, so each step costs as much as it has members.
        mean = sum(epochs) / len(epochs)
        member = self._members[share[0]]
        n_steps = member.training.steps(len(member.rows))
        return n_steps * (OVERHEAD * max(epochs) + (trainer.work if trainer else work) * mean)

    def _finish(self, number: int, check: Callable[[], None]) -> None:
        share = self._shares[number]
        self._advance(number, max(self._members[index].training.epochs for index in share), check)
        # The trainer's memory is released: only results stay.
        self._fitted.update(zip(share, self._trainers.pop(number).fitted(), strict=True))

    def _advance(self, number: int, until: int, check: Callable[[], None]) -> None:
        time_slice = self._limit.begin(number) if self._limit else None
        trainer = self._trainers.get(number) or self._begin(number)
        first_epoch = trainer.epoch
        if time_slice:
            trainer.is_time_over = time_slice.is_over
        on_epoch = partial(self._report, number) if self._on_epoch else None
        trainer.advance(until, on_epoch, partial(self._pause, number, time_slice, check))
        if self._limit:
            self._limit.end(number)
        if number in self._checkpoints and trainer.epoch > first_epoch:
            self._save(number)

    def _begin(self, number: int) -> Trainer:
        """Make a population's trainer, and resume its checkpoint if there is one."""
        members = [self._members[index] for index in self._shares[number]]
        trainer = Trainer(members, self._samples, self._backend, self._evaluate_train_every)
        if self._folder:
            checkpoint = PopulationCheckpoint(self._folder.path, f"population-{number + 1}", self._folder.every)
            state = checkpoint.load()
            if state:
                trainer.restore(*state)
            self._checkpoints[number] = checkpoint
        if trainer.active:
            # A module's own passes cannot be tried without changing it.
            probe = None if trainer.randomness else trainer.probe
            trainer.thread_tuner = self._backend.thread_tuner(trainer.work, probe)
        self._trainers[number] = trainer
        return trainer

    def _pause(self, number: int, time_slice: TimeSlice | None, check: Callable[[], None]) -> None:
        """Save a population where that is due, and end its training where that is asked for."""
        checkpoint = self._checkpoints.get(number)
        if checkpoint and self._was_interrupted and self._was_interrupted():
            self._save(number)
            assert self._folder
            raise Interrupted(f"training so far is saved in {self._folder.path}. Repeat the same call to resume it.")
        if checkpoint and (checkpoint.is_due() or (time_slice and time_slice.is_checkpoint_due())):
            self._save(number)
        check()

    def _save(self, number: int) -> None:
        """Save a population's state, but not one that time ended: the next call resumes from before."""
        if not self._trainers[number].timed_out:
            self._checkpoints[number].save(self._trainers[number].state())

    def _report(self, number: int, progress: Progress) -> None:
        assert self._on_epoch
        share = self._shares[number]
        members, ended = (tuple(share[position] for position in own) for own in (progress.members, progress.ended))
        of_fit = replace(progress, population=number + 1, n_populations=len(self._shares), members=members, ended=ended)
        with self._reporting:
            self._on_epoch(of_fit)


def planned_shares(members: Sequence[Member], samples: Samples, backend: Backend, n_threads: int) -> list[list[int]]:
    """Return the populations of `plan`, large ones divided among threads."""
    shares = []
    for population in plan(members, samples):
        work = step_work([members[index] for index in population], samples)
        shares += divided(population, backend.n_shares(work, n_threads))
    return shares


def step_work(members: Sequence[Member], samples: Samples) -> float:
    """Return the multiplications in the forward pass of a population's step."""
    longest = max(len(member.rows) for member in members)
    batch = min(longest, members[0].training.batch_size or longest)
    return len(members) * batch * layout_of(members, samples).cost
