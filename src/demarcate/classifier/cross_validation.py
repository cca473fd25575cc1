"""The ensemble behind the classifier: members that are validated on rows they did not train on."""

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
from demarcate.evaluation.calibration import Calibration, calibrate
from demarcate.evaluation.conformal import Conformal
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.nn.heads import head_for
from demarcate.tabular import all_but
from demarcate.tabular.splits import held_out_rows
from demarcate.trainingset import TrainingSet

HOLDOUT_MEMBERS = 4
"""Members for each seed where all share one hold-out and differ only in their seeds."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A fitted ensemble, and its probabilities ``(n_held, n_classes)`` of the rows that members did not train on."""

    predictor: Predictor  # the mean of all members
    members: tuple[FittedMember, ...]
    groups: tuple[NDArray[np.int64], ...]  # rows held out from each group of members, in the order of its encoders
    held: NDArray[np.int64]  # all held-out rows, ascending: every row but the only one of a class, or the hold-out
    probabilities: NDArray[np.float64]  # at the epoch that was best for all folds together
    finished: NDArray[np.float64]  # at the epoch whose weights each member keeps, which these rows chose
    rows: str  # the held-out rows in words: "out-of-fold" or "held-out"

    @property
    def folds(self) -> NDArray[np.int64]:
        """Return the group that each held-out row belongs to, ``(n_held,)``."""
        of_row = np.repeat(np.arange(len(self.groups)), [len(group) for group in self.groups])
        return of_row[np.argsort(np.concatenate(self.groups))]

    def calibrated(self, codes: NDArray[np.int64], *, scale: bool) -> tuple[Predictor, NDArray[np.float64]]:
        """Return the predictor with temperature and prediction sets, and the out-of-fold probabilities.

        ``codes`` are the classes of the held-out rows, ``(n_held,)``; without ``scale`` there is no temperature.
        """
        calibration = Calibration(None, self.probabilities)
        if scale:
            calibration = calibrate(codes, self.probabilities, self.folds)
        conformal = Conformal.of(codes, self.finished)
        predictor = replace(self.predictor, temperature=calibration.temperature, conformal=conformal)
        return predictor, calibration.probabilities


def check_counts(n_folds: int, n_seeds: int) -> None:
    """Refuse numbers of folds and seeds that make no ensemble."""
    if n_folds < 2 or n_seeds < 1:
        raise SettingError(f"there must be at least 2 folds and 1 seed, got n_folds={n_folds}, n_seeds={n_seeds}")


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
    """Train ``n_seeds`` members for each group of held-out rows, until a deadline by ``time.monotonic``.

    Everything a member knows of the table, its encoder included, is fitted on its training rows. The held-out rows
    decide when it stops. They are not scored at that epoch, which would flatter it, but at the epoch that was best for
    all folds together: a single row has a small part in that choice.
    """
    check_counts(n_folds, n_seeds)
    codes = training_set.codes
    groups = held_out_rows(codes, n_folds, holdout_above, seed)
    # The members of a group share one array of rows: among millions of rows each array counts.
    train_rows = [all_but(held, len(codes)) for held in groups]
    encoders = [
        TableEncoder.fit(training_set.schema, training_set.parsed, rows, codes=codes if pieces else None)
        for rows in train_rows
    ]
    samples = training_set.samples(encoders)
    n_members = n_seeds * (len(groups) if len(groups) > 1 else HOLDOUT_MEMBERS)
    seeds = np.random.SeedSequence(seed).generate_state(n_members).tolist()
    encoding = [index % len(groups) for index in range(n_members)]
    shared_rows = [torch.from_numpy(rows) for rows in train_rows]
    members = [
        Member(
            network,
            training,
            seeds[index],
            shared_rows[group],
            torch.from_numpy(groups[group]),
            encoding=group,
            traced=len(groups) > 1 and training.patience is not None,
        )
        for index, group in enumerate(encoding)
    ]
    fitted = fit(
        members,
        samples,
        device=device,
        precision=precision,
        on_epoch=on_epoch,
        checkpoint=checkpoint,
        # A deadline in the past still leaves each member its first steps.
        time_limit=None if deadline is None else max(deadline - time.monotonic(), 1e-3),
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
    out_of_fold = _out_of_fold(predictor, fitted, training_set, groups)
    probabilities, finished = map(np.concatenate, zip(*out_of_fold, strict=True))
    order = np.argsort(held)
    kind = "out-of-fold" if len(groups) > 1 else "held-out"
    slim = tuple(replace(member, validation_logits=None) for member in fitted)
    return Ensemble(predictor, slim, tuple(groups), held[order], probabilities[order], finished[order], kind)


def common_epoch(members: Sequence[FittedMember], n_rows: Sequence[int]) -> int:
    """Return the epoch, from 1, with the lowest validation loss over all members' validation rows together.

    ``n_rows`` are the validation rows of each member. A member that stopped earlier counts with its last loss.
    """
    curves = [(member.history.validation_loss, n) for member, n in zip(members, n_rows, strict=True)]
    longest = max(len(curve) for curve, _ in curves)
    total = torch.zeros(longest, dtype=torch.float64)
    for curve, n in curves:
        total += n * torch.cat([curve, curve[-1:].expand(longest - len(curve))])
    return int(total.argmin()) + 1


def _out_of_fold(
    predictor: Predictor,
    fitted: Sequence[FittedMember],
    training_set: TrainingSet,
    groups: Sequence[NDArray[np.int64]],
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield the probabilities of each group's held-out rows: at the common epoch, and at the members' own."""
    # A member that diverged in its first epoch has no trace, only its initial weights.
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
