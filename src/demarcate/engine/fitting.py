"""The one fit: plans the members into populations and trains each as a stack."""

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import torch

from demarcate.argument_checks import require_cadence
from demarcate.engine.backend import Backend
from demarcate.engine.checkpoint import open_checkpoints
from demarcate.engine.fit_signature import fit_signature
from demarcate.engine.progress import OnEpoch, Progress
from demarcate.engine.remaining_time import RemainingTime
from demarcate.engine.results import FittedMember, ValidationResult
from demarcate.engine.samples import Member, Samples
from demarcate.engine.scheduler import PopulationScheduler, planned_shares, step_work
from demarcate.engine.time_limit import TimeLimit, checked_limit
from demarcate.errors import SettingError
from demarcate.io.signals import deferred_interrupt
from demarcate.phases import Phase, phase


@dataclass(frozen=True)
class Halving:
    """Drops members before their time: successive halving.

    Attributes
    ----------
    epochs
        The epochs, ascending, from 1, after which members are compared.
    drop
        Called after each of them with the epoch and the results of the members not dropped before, by their index;
        returns the indices to drop. It must be deterministic: resuming a checkpoint calls it again.
    rule
        How ``drop`` decides, in words: fits with checkpoints are distinguished by it.
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
    evaluate_train_every: int | None = None,
) -> list[FittedMember]:
    """Train members, as many at once as the plan allows.

    Parameters
    ----------
    members, samples
        The members, which may differ in everything, and the rows they share.
    device
        ``auto``, ``cpu`` or a torch device.
    precision
        ``float32``; ``bf16`` for the matrix products of hidden layers; ``auto`` for bf16 where layers are wide and the
        processor gains from it.
    on_epoch
        Called after each epoch of each population.
    halving
        When to drop members that fall behind.
    checkpoint, checkpoint_every
        A folder in which to save every population's state, and the seconds from one saved state to the next. The same
        fit, begun again with this folder, resumes from there and ends with the same bits; another fit is refused.
    time_limit
        Seconds from now after which every member ends, as if the present epoch had been its last: with the best weights
        so far where it has ``patience``, else with the present ones. An epoch may be cut short, but every member takes
        steps and has its validation rows evaluated, so a fit takes a little longer than its limit. Populations that
        train one after the other share the time left by the expected cost of their epochs; with ``halving``, of those
        up to the next comparison. With ``checkpoint`` the limit is that of this call: a state that it ended is not
        saved, and the same fit, begun again, resumes from the last saved state. None: no limit.
    evaluate_train_every
        Evaluate the training rows without dropout, too, after the first epoch, each time this many are over, and after
        a training's last; at least 1. None: no pass more. Nothing else changes.

    Returns
    -------
    list of FittedMember
        In the order of ``members``.

    Raises
    ------
    SettingError
        If there is no such device or precision, all of a member's training rows weigh 0, its initial weights do not
        fit, ``time_limit`` is not above 0 or ``evaluate_train_every`` is below 1.
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
    backend = Backend.of(device, precision)
    samples = samples.to(backend.device)
    _refuse_weightless(members, samples)
    settings = {"precision": precision, "halving": str(halving or "none")}
    if evaluate_train_every is not None:
        require_cadence("evaluate_train_every", evaluate_train_every)
        settings |= {"epochs between evaluations of the training rows": str(evaluate_train_every)}
    n_threads, folder, was_interrupted = torch.get_num_threads(), None, None
    with ExitStack() as stack:
        current = stack.enter_context(phase("train"))
        if checkpoint is not None:
            signature = fit_signature(members, samples, settings)
            facts = {"n_threads": n_threads}
            folder = stack.enter_context(open_checkpoints(checkpoint, signature, facts, checkpoint_every))
            was_interrupted = stack.enter_context(deferred_interrupt())
            n_threads = int(folder.manifest["n_threads"])
        shares = planned_shares(members, samples, backend, n_threads)
        if current.is_heard:
            on_epoch = _reporting(current, members, samples, shares, limit, on_epoch)
        scheduler = PopulationScheduler(
            members, samples, backend, shares, folder, was_interrupted, on_epoch, limit, evaluate_train_every
        )
        if halving:
            for epoch in halving.epochs:
                scheduler.advance(epoch)
                scheduler.drop([*halving.drop(epoch, scheduler.validation_results(epoch))])
        return scheduler.finish()


def _reporting(
    current: Phase,
    members: Sequence[Member],
    samples: Samples,
    shares: Sequence[Sequence[int]],
    limit: TimeLimit | None,
    on_epoch: OnEpoch | None,
) -> OnEpoch:
    """Return a callback that reports the phase of training before it calls ``on_epoch``."""
    works = [step_work([members[index] for index in share], samples) for share in shares]
    remaining = RemainingTime(members, shares, works, limit.ends if limit else None)

    def report(progress: Progress) -> None:
        remaining.add(progress)
        done, total = remaining.share()
        current.update(done, total, remaining.detail(progress), remaining.seconds_left())
        if on_epoch:
            on_epoch(progress)

    return report


def _refuse_weightless(members: Sequence[Member], samples: Samples) -> None:
    weights = samples.weights.cpu()
    for index, member in enumerate(members):
        if not weights[member.rows].any():
            raise SettingError(
                f"all training rows of member {index} weigh 0: it learns nothing. Give one of them a weight above 0"
            )
