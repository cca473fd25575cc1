"""The one fit: plan the members into populations and train each as a stack."""

import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import torch

from demarcate.engine.backend import check_precision, device_for
from demarcate.engine.checkpoint import CheckpointFolder, PopulationCheckpoint, open_checkpoints
from demarcate.engine.fit_signature import fit_signature
from demarcate.engine.planner import OVERHEAD, plan, shared_out
from demarcate.engine.progress import OnEpoch, Progress
from demarcate.engine.results import FittedMember, ValidationResult
from demarcate.engine.samples import Member, Samples, layout_of
from demarcate.engine.threads import SMALL_WORK, WORTH_A_THREAD, ThreadTuner, run_concurrently, use_threads
from demarcate.engine.time_limit import TimeLimit, TimeSlice, checked_limit
from demarcate.engine.trainer import Trainer
from demarcate.errors import Interrupted, SettingError
from demarcate.io.signals import deferred_interrupt


@dataclass(frozen=True)
class Halving:
    """Lets members go before their time: a tournament.

    Attributes
    ----------
    epochs
        After which epochs members are judged, ascending, from 1.
    drop
        Called after each of them with the epoch and how each member stands that was not dropped before, by its index;
        returns the indices to drop. It must answer alike when asked alike: going on from a checkpoint asks again.
    rule
        How ``drop`` decides, in words: fits with checkpoints are told apart by it.
    """

    epochs: tuple[int, ...]
    drop: Callable[[int, Mapping[int, ValidationResult]], Collection[int]]
    rule: str = ""

    def __str__(self) -> str:
        return f"after epochs {', '.join(map(str, self.epochs))} {self.rule}".rstrip()


def fit(
    members: Sequence[Member],
    samples: Samples,
    *,
    device: str = "auto",
    precision: str = "float32",
    on_epoch: OnEpoch | None = None,
    halving: Halving | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: float = 30.0,
    time_limit: float | None = None,
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
    precision
        ``float32``; ``bf16`` for the matrix products of hidden layers; ``auto`` for bf16 where layers are wide and the
        processor gains from it.
    on_epoch
        Called after each epoch of each population.
    halving
        When to let members go that fall behind.
    checkpoint
        A folder in which to put down every population's state now and then. The same fit, begun again with this folder,
        goes on from there and ends with the same bits; another fit is refused.
    checkpoint_every
        Seconds from one state to the next.
    time_limit
        Seconds from now after which every member ends, as if the epoch under way had been its last: with the best
        weights so far where it has ``patience``, else with the present ones. An epoch may be cut short, but every
        member takes steps and has its validation rows looked at, so a fit takes a little longer than its limit.
        Populations that wait for each other share the time that is left by what their epochs are expected to cost; in a
        tournament, those up to the next judgement. With ``checkpoint`` the limit is that of this call: what it ended is
        not put down as ended, and the same fit, begun again, goes on from what was put down on the way. None: no limit.

    Returns
    -------
    list of FittedMember
        In the order of ``members``.

    Raises
    ------
    SettingError
        If there is no such device or precision, none of a member's training rows counts, its initial weights do not
        fit, or ``time_limit`` is not above 0.
    CheckpointError
        If the folder belongs to another fit or another process.
    Interrupted
        If Ctrl-C came while training with ``checkpoint``; the state of every population is in the folder then.

    Examples
    --------
    >>> from demarcate.engine.training import Training
    >>> from demarcate.nn import Network
    >>> x = torch.tensor([[-1.0], [-0.5], [0.5], [1.0]])
    >>> samples = Samples.of([x], torch.tensor([0, 0, 1, 1]), 2)
    >>> training = Training(optimizer="sgd", lr=1.0, epochs=20, batch_size=None)
    >>> member = Member(Network(hidden=()), training, 0, torch.arange(4), torch.arange(0))
    >>> fit([member], samples)[0].history.train_accuracy[-1].item()
    1.0
    """
    seconds = checked_limit(time_limit)
    limit = None if seconds is None else TimeLimit(seconds)
    check_precision(precision)
    samples = samples.to(device_for(device))
    _refuse_weightless(members, samples)
    settings = {"precision": precision, "halving": str(halving or "none")}
    with _checkpoints(checkpoint, members, samples, settings, checkpoint_every) as (folder, was_interrupted):
        threads = int(folder.manifest["n_threads"]) if folder else torch.get_num_threads()
        shares = _shares(members, samples, threads)
        crew = PopulationScheduler(members, samples, precision, shares, folder, was_interrupted, on_epoch, limit)
        if halving:
            for epoch in halving.epochs:
                crew.advance(epoch)
                crew.drop(epoch, halving)
        return crew.finish()


class PopulationScheduler:
    """The populations of one fit: begun when their turn comes, and held only as long as they must be."""

    def __init__(
        self,
        members: Sequence[Member],
        samples: Samples,
        precision: str,
        shares: Sequence[Sequence[int]],
        folder: CheckpointFolder | None,
        was_interrupted: Callable[[], bool],
        on_epoch: OnEpoch | None,
        limit: TimeLimit | None,
    ) -> None:
        self._members, self._samples, self._precision = members, samples, precision
        self._shares, self._folder, self._was_interrupted = shares, folder, was_interrupted
        self._on_epoch, self._telling = on_epoch, threading.Lock()
        self._limit = limit
        self._runs: dict[int, Trainer] = {}
        self._keepers: dict[int, PopulationCheckpoint] = {}
        self._fitted: dict[int, FittedMember] = {}
        self._dropped: set[int] = set()

    def advance(self, until: int) -> None:
        """Train every population up to an epoch."""
        self._work([partial(self._advance, number, until) for number in range(len(self._shares))], until)

    def drop(self, epoch: int, halving: Halving) -> None:
        """Judge all members after an epoch, and let some go."""
        standings: dict[int, ValidationResult] = {}
        for number, share in enumerate(self._shares):
            own = self._runs[number].standings(epoch)
            standings |= {share[position]: standing for position, standing in own.items()}
        left = {index: standings[index] for index in sorted(standings) if index not in self._dropped}
        self._dropped |= set(halving.drop(epoch, left))
        for number, share in enumerate(self._shares):
            self._runs[number].drop_members([at for at, index in enumerate(share) if index in self._dropped])

    def finish(self) -> list[FittedMember]:
        """Train every population to its end."""
        self._work([partial(self._finish, number) for number in range(len(self._shares))])
        return [self._fitted[index] for index in range(len(self._members))]

    def _work(self, jobs: Sequence[Callable[[Callable[[], None]], None]], until: int | None = None) -> None:
        """Do the populations' work, up to an epoch: side by side where enough are large, else one after the other."""
        work = [_work_of([self._members[index] for index in share], self._samples) for share in self._shares]
        n_workers = torch.get_num_threads()
        on_cpu = self._samples.weights.device.type == "cpu"
        at_once = on_cpu and n_workers > 1 and sum(each >= WORTH_A_THREAD for each in work) >= n_workers
        if self._limit:
            expected = {number: self._expected(number, each, until) for number, each in enumerate(work)}
            self._limit.deal(expected, n_workers if at_once else 1)
        if at_once:
            largest_first = sorted(range(len(jobs)), key=lambda number: -work[number])
            run_concurrently([jobs[number] for number in largest_first], n_workers)
        else:
            for job in jobs:
                job(lambda: None)

    def _expected(self, number: int, work: float, until: int | None) -> float:
        """What a population has still to do up to an epoch, in multiplications; ``work`` is that of a step."""
        member, run = self._members[self._shares[number][0]], self._runs.get(number)
        if run and not run.active:
            return 0.0
        last = min(until or member.training.epochs, member.training.epochs)
        n_steps = member.training.steps(len(member.rows)) * (last - (run.epoch if run else 0))
        return n_steps * (OVERHEAD + (run.work if run else work))

    def _finish(self, number: int, between: Callable[[], None]) -> None:
        share = self._shares[number]
        self._advance(number, self._members[share[0]].training.epochs, between)
        # What it computed with is given back: only results are kept.
        self._fitted.update(zip(share, self._runs.pop(number).fitted(), strict=True))

    def _advance(self, number: int, until: int, between: Callable[[], None]) -> None:
        turn = self._limit.begin(number) if self._limit else None
        run = self._runs.get(number) or self._begin(number)
        begun = run.epoch
        tell = partial(self._tell, number) if self._on_epoch else None
        if turn:
            run.time_is_up = turn.is_up
        run.advance(until, tell, partial(self._between, number, turn, between))
        if self._limit:
            self._limit.end(number)
        if number in self._keepers and run.epoch > begun:
            self._put_down(number)

    def _begin(self, number: int) -> Trainer:
        run = Trainer([self._members[index] for index in self._shares[number]], self._samples, self._precision)
        if self._folder:
            keeper = self._folder.population(f"population-{number + 1}")
            state = keeper.load()
            if state:
                run.restore(*state)
            self._keepers[number] = keeper
        run.pace = ThreadTuner(_numbers_of_threads(run))
        self._runs[number] = run
        return run

    def _between(self, number: int, turn: TimeSlice | None, between: Callable[[], None]) -> None:
        """Where a population can be put down, and where it can be stopped."""
        keeper = self._keepers.get(number)
        if keeper and self._was_interrupted():
            self._put_down(number)
            assert self._folder
            raise Interrupted(
                f"what was trained so far is in {self._folder.folder}. Begin the same again to go on from there"
            )
        if keeper and (keeper.is_due() or (turn and turn.is_late())):
            self._put_down(number)
        between()

    def _put_down(self, number: int) -> None:
        """Put down a population's state, but not that time ended it: the next call goes on from before."""
        if not self._runs[number].timed_out:
            self._keepers[number].save(self._runs[number].state())

    def _tell(self, number: int, progress: Progress) -> None:
        assert self._on_epoch
        with self._telling:
            self._on_epoch(replace(progress, population=number + 1, n_populations=len(self._shares)))


@contextmanager
def _checkpoints(
    folder: str | os.PathLike[str] | None,
    members: Sequence[Member],
    samples: Samples,
    settings: Mapping[str, str],
    every: float,
) -> Iterator[tuple[CheckpointFolder | None, Callable[[], bool]]]:
    """The folder, if there is one, and whether Ctrl-C has come."""
    if folder is None:
        yield None, lambda: False
        return
    facts = {"n_threads": torch.get_num_threads()}
    with (
        open_checkpoints(folder, fit_signature(members, samples, settings), facts, every) as held,
        deferred_interrupt() as was_interrupted,
    ):
        yield held, was_interrupted


def _shares(members: Sequence[Member], samples: Samples, threads: int) -> list[list[int]]:
    """The populations, large ones shared out to as many threads as there are."""
    shares = []
    for population in plan(members, samples):
        work = _work_of([members[index] for index in population], samples)
        shared = samples.weights.device.type == "cpu" and work >= threads * WORTH_A_THREAD
        shares += shared_out(population, threads) if shared else [population]
    return shares


def _work_of(members: Sequence[Member], samples: Samples) -> float:
    """Multiplications in the forward pass of a step."""
    longest = max(len(member.rows) for member in members)
    batch = min(longest, members[0].training.batch_size or longest)
    return len(members) * batch * layout_of(members, samples).cost


def _numbers_of_threads(run: Trainer) -> list[int]:
    """The numbers of threads a run may go on, the likelier to be fast first: one, unless it is large and alone.

    Others only where they leave its bits alone, which the first batch tells: long sums may be cut up among threads.
    """
    there = torch.get_num_threads()
    if there == 1 or run.work < SMALL_WORK or run.device.type != "cpu" or not run.active:
        return [1]
    bits = []
    for number in (there, 1):
        with use_threads(number):
            bits.append(run.probe())
    return [there, 1] if torch.equal(*bits) else [1]


def _refuse_weightless(members: Sequence[Member], samples: Samples) -> None:
    weights = samples.weights.cpu()
    for index, member in enumerate(members):
        if not weights[member.rows].any():
            raise SettingError(f"some training row of every member counts: the weights of member {index} are all 0")
