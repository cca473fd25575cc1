"""The ensemble behind the default classifier: members that each validate on rows they never trained on."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.engine import FittedMember, Member, OnEpoch, Training, fit
from demarcate.errors import SettingError
from demarcate.inference import Predictor
from demarcate.nn import Network, head_for
from demarcate.tabular import all_but
from demarcate.tabular.splits import held_out_rows
from demarcate.trainingset import TrainingSet

HOLDOUT_MEMBERS = 4
"""Members (for each seed asked for) when all share one hold-out and differ only in their seeds."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A fitted ensemble, and what its members make of the rows they did not train on.

    Attributes
    ----------
    predictor
        The mean of all members.
    members
        How each member's training went.
    groups
        The rows held out from each group of members, in the order of the predictor's encoders.
    held
        Rows with out-of-fold probabilities, ``(n_held,)``: all rows under cross-validation (but the
        only row of a class), else the hold-out.
    probabilities
        For those rows, the mean over the members that did not train on them, ``(n_held, n_classes)``, at the epoch
        that was best for all folds together.
    finished
        The same at the epoch whose weights each member has: what the predictor's own members say of rows that they did
        not train on, though these rows chose the epoch.
    rows
        What the held rows are, in words.
    """

    predictor: Predictor
    members: tuple[FittedMember, ...]
    groups: tuple[NDArray[np.int64], ...]
    held: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    finished: NDArray[np.float64]
    rows: str

    @property
    def folds(self) -> NDArray[np.int64]:
        """The group that each held row was held out from, ``(n_held,)``."""
        of_row = np.repeat(np.arange(len(self.groups)), [len(group) for group in self.groups])
        return of_row[np.argsort(np.concatenate(self.groups))]


def check_counts(n_folds: int, n_seeds: int) -> None:
    """Refuse numbers of folds and seeds that make no ensemble.

    Raises
    ------
    SettingError
        If one is out of range.

    Examples
    --------
    >>> check_counts(1, 1)
    Traceback (most recent call last):
    demarcate.errors.SettingError: there are at least 2 folds and 1 seed: got n_folds=1, n_seeds=1
    """
    if n_folds < 2 or n_seeds < 1:
        raise SettingError(f"there are at least 2 folds and 1 seed: got n_folds={n_folds}, n_seeds={n_seeds}")


def fit_ensemble(
    training_set: TrainingSet,
    network: Network,
    training: Training,
    *,
    n_folds: int,
    n_seeds: int,
    holdout_above: int,
    seed: int,
    pieces: bool = False,
    device: str = "auto",
    precision: str = "float32",
    on_epoch: OnEpoch | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    deadline: float | None = None,
) -> Ensemble:
    """Train ``n_seeds`` members for each group of held-out rows.

    Everything a member knows of the table, its encoder included, is fitted on its training rows. The rows held out
    decide when it stops. They are not judged at that epoch, which would flatter it, but at the one that was best for
    all folds together: there a row had a small part in the choice.

    Parameters
    ----------
    training_set
        The table.
    network, training
        What every member is, and how it is trained.
    n_folds, n_seeds, holdout_above
        The folds, the members for each, and the number of rows above which a hold-out takes their place.
    seed
        Decides folds and members' seeds.
    pieces
        Whether numerical columns are also cut into pieces, as for `TableEncoder.fit`.
    device, precision, on_epoch, checkpoint
        As for `demarcate.engine.fit`.
    deadline
        When training ends with the best networks so far, by ``time.monotonic``; None for never.

    Raises
    ------
    SettingError
        If ``n_folds`` or ``n_seeds`` is out of range.
    """
    check_counts(n_folds, n_seeds)
    groups = held_out_rows(training_set.codes, n_folds, holdout_above, seed)
    n_members = n_seeds * (len(groups) if len(groups) > 1 else HOLDOUT_MEMBERS)
    # The members of a group share one array of rows: of millions of rows each counts.
    learned = [all_but(held, len(training_set.codes)) for held in groups]
    codes = training_set.codes if pieces else None
    encoders = [TableEncoder.fit(training_set.schema, training_set.parsed, rows, codes=codes) for rows in learned]
    samples = training_set.samples(encoders)
    seeds = np.random.SeedSequence(seed).generate_state(n_members).tolist()
    encoding = [index % len(groups) for index in range(n_members)]
    rows_of = [torch.from_numpy(rows) for rows in learned]
    members = [
        Member(
            network,
            training,
            seeds[index],
            rows_of[group],
            torch.from_numpy(groups[group]),
            encoding=group,
            traced=len(groups) > 1 and training.patience is not None,
        )
        for index, group in enumerate(encoding)
    ]
    # What is past already leaves each member its first steps.
    time_limit = None if deadline is None else max(deadline - time.monotonic(), 1e-3)
    fitted = fit(
        members,
        samples,
        device=device,
        precision=precision,
        on_epoch=on_epoch,
        checkpoint=checkpoint,
        time_limit=time_limit,
    )
    predictor = Predictor.of(
        schema=training_set.schema,
        encoders=encoders,
        encoding=encoding,
        networks=[network] * n_members,
        states=[member.state for member in fitted],
        head=head_for(network.head, len(training_set.classes)),
        classes=training_set.classes,
        target=training_set.target,
    )
    held = np.concatenate(groups)
    probabilities, finished = map(
        np.concatenate, zip(*_out_of_fold(predictor, fitted, training_set, groups), strict=True)
    )
    order = np.argsort(held)
    kind = "out-of-fold" if len(groups) > 1 else "held-out"
    kept = tuple(replace(member, validation_logits=None) for member in fitted)
    return Ensemble(predictor, kept, tuple(groups), held[order], probabilities[order], finished[order], kind)


def common_epoch(members: Sequence[FittedMember], n_rows: Sequence[int]) -> int:
    """The epoch, from 1, with the lowest validation loss over all members' validation rows together.

    A member that stopped earlier counts with its last loss.

    Parameters
    ----------
    members
        Each with an epoch behind it.
    n_rows
        How many validation rows each has.
    """
    curves = [(member.history.validation_loss, n) for member, n in zip(members, n_rows, strict=True)]
    longest = max(len(curve) for curve, _ in curves)
    total = torch.zeros(longest, dtype=torch.float64)
    for curve, n in curves:
        total += n * torch.cat([curve, curve[-1:].expand(longest - len(curve))])
    return int(total.argmin()) + 1


def _out_of_fold(
    predictor: Predictor, fitted: Sequence[FittedMember], training_set: TrainingSet, groups: Sequence[NDArray[np.int64]]
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """What members make of the rows held out from them, group by group: at the common epoch, and at their own."""
    # A member that diverged in its first epoch has no trace, only the weights it began with.
    traced = {member: logits for member, done in enumerate(fitted) if (logits := done.validation_logits) is not None}
    n_rows = [len(groups[predictor.encoding[member]]) for member in traced]
    epoch = common_epoch([fitted[member] for member in traced], n_rows) if traced else 0
    for group, rows in enumerate(groups):
        members = [member for member, encoder in enumerate(predictor.encoding) if encoder == group]
        finished = predictor.probabilities(training_set.cells(rows), members)
        traces = [traced[member] for member in members if member in traced]
        if traces:
            logits = torch.stack([trace[min(epoch, len(trace)) - 1] for trace in traces])
            yield predictor.head.probabilities(logits.double()).mean(0).numpy(), finished
        else:
            yield finished, finished
