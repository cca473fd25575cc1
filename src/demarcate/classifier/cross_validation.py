"""The ensemble behind the classifier: members that are scored on rows they did not train on.

Rows without an order in time are cross-validated: the members of a fold stop by its rows, are scored on them, and all
members together predict. In time nothing that predicts can be scored: members of expanding windows train on earlier
rows, stop by the next and are scored on those after. The networks that predict then train on all rows, up to the last,
for as many epochs as the networks of the windows took in the median.
"""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.engine import FittedMember, Halving, Member, OnEpoch, Samples, Training, fit
from demarcate.errors import SettingError
from demarcate.evaluation.calibration import Calibration, calibrate
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.sampling import Sampling
from demarcate.experiments.sweep.grid import MAX_NETWORKS
from demarcate.inference import Predictor
from demarcate.nn import Network
from demarcate.nn.heads import head_for
from demarcate.tabular.dependent_splits import splits_of
from demarcate.tabular.splits import Split
from demarcate.trainingset import TrainingSet

HOLDOUT_MEMBERS = 4
"""Members for each seed where all share one hold-out, or all rows, and differ only in their seeds."""
TOGETHER_SHARE = 0.6
"""Share of a time limit in which members of weighted rows find the epoch at which all of them stop."""


@dataclass(frozen=True, eq=False)
class Ensemble:
    """A fitted ensemble, and its probabilities ``(n_held, n_classes)`` of the rows that members did not train on."""

    predictor: Predictor  # the mean of all members
    members: tuple[FittedMember, ...]  # of the predictor
    splits: tuple[Split, ...]  # of each group of members, in the order of the encoders of `scorer`
    scorer: Predictor  # the members that scored the held-out rows: those of the predictor, except in time
    held: NDArray[np.int64]  # all held-out rows, ascending: every row but the only one of a class, or a part of them
    probabilities: NDArray[np.float64]  # at the epoch that was best for all folds together
    finished: NDArray[np.float64]  # at the epoch whose weights each member keeps, which these rows chose
    sampling: Sampling  # of the held-out rows
    rows: str  # the held-out rows in words: "out-of-fold", "held-out" or "later"

    @property
    def folds(self) -> NDArray[np.int64]:
        """The split that each held-out row was scored in, ``(n_held,)``."""
        assert self.sampling.folds is not None
        return self.sampling.folds

    def calibrated(self, codes: NDArray[np.int64], *, scale: bool) -> tuple[Predictor, NDArray[np.float64]]:
        """Return the predictor with temperature and prediction sets, and the out-of-fold probabilities.

        ``codes`` are the classes of the held-out rows, ``(n_held,)``; without ``scale`` there is no temperature.
        """
        calibration = Calibration(None, self.probabilities)
        if scale:
            calibration = calibrate(codes, self.probabilities, self.sampling)
        conformal = Conformal.of(codes, self.finished, self.sampling)
        predictor = replace(self.predictor, temperature=calibration.temperature, conformal=conformal)
        return predictor, calibration.probabilities


def check_counts(n_folds: int, n_seeds: int) -> None:
    """Refuse numbers of folds and seeds that make no ensemble."""
    if n_folds < 2 or n_seeds < 1:
        raise SettingError(f"there must be at least 2 folds and 1 seed, got n_folds={n_folds}, n_seeds={n_seeds}")
    if n_folds * n_seeds > MAX_NETWORKS:
        fact = (
            f"n_folds is {n_folds} and n_seeds is {n_seeds}: more than {MAX_NETWORKS:,} networks, which train together"
        )
        raise SettingError(f"{fact}. Lower one of them.")


@dataclass(frozen=True, eq=False)
class _Fit:
    """What all members of an ensemble share, and how they are trained."""

    training_set: TrainingSet
    network: Network
    training: Training
    pieces: bool
    settings: Mapping[str, Any]  # of the engine: device, precision, on_epoch
    checkpoint: str | os.PathLike[str] | None
    deadline: float | None  # by ``time.monotonic``

    def encoder(self, rows: NDArray[np.int64]) -> TableEncoder:
        """Fit an encoder on training rows."""
        return self.training_set.encoder(rows, with_classes=self.pieces)

    def run(
        self,
        members: Sequence[Member],
        samples: Samples,
        phase: str = "",
        share: float = 1.0,
        n_epochs: int | None = None,
    ) -> list[FittedMember]:
        """Train members, for ``n_epochs`` if given; each phase has a folder of checkpoints, and a share of the time.

        The schedule stays that of the full training, which then ends early, as other members' did.
        """
        folder = self.checkpoint if self.checkpoint is None or not phase else Path(self.checkpoint) / phase
        # A deadline in the past still leaves each member its first steps.
        limit = None if self.deadline is None else max((self.deadline - time.monotonic()) * share, 1e-3)
        stop = None
        if n_epochs is not None:
            members = [replace(member, training=replace(member.training, patience=None)) for member in members]
            if n_epochs < self.training.epochs:
                stop = Halving((n_epochs,), lambda _, results: [*results], "all members, as others did")
        fitted = fit(members, samples, checkpoint=folder, time_limit=limit, halving=stop, **self.settings)
        return [replace(member, dropped=False) for member in fitted]

    def predictor(
        self, encoders: Sequence[TableEncoder], encoding: Sequence[int], fitted: Sequence[FittedMember]
    ) -> Predictor:
        """Return the mean of fitted members."""
        return Predictor.of(
            schema=self.training_set.schema,
            encoders=encoders,
            encoding=encoding,
            networks=[self.network] * len(fitted),
            states=[member.state for member in fitted],
            head=head_for(self.network.head, len(self.training_set.classes)),
            classes=self.training_set.classes,
            merge_labels=self.training_set.merge_labels,
            target=self.training_set.target,
        )


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
    """Train ``n_seeds`` members for each split of the rows, until a deadline by ``time.monotonic``.

    Everything a member knows of the table, its encoder included, is fitted on its training rows. In a cross-validation
    the held-out rows decide when it stops. They are not scored at that epoch, which would flatter it, but at the epoch
    that was best for all folds together: a single row has a small part in that choice. Members of weighted rows are
    kept as of that epoch, too: a fold may happen to be without the rows that weigh most, and its own best epoch then
    makes networks that are right about nothing but the others.
    """
    check_counts(n_folds, n_seeds)
    codes = training_set.codes
    splits = splits_of(codes, training_set.dependence, n_folds, holdout_above, seed)
    settings = {"device": device, "precision": precision, "on_epoch": on_epoch}
    shared = _Fit(training_set, network, training, pieces, settings, checkpoint, deadline)
    n_members = n_seeds * (len(splits) if len(splits) > 1 else HOLDOUT_MEMBERS)
    seeds = np.random.SeedSequence(seed).generate_state(n_members).tolist()
    is_forward = splits[0].is_forward
    n_final = n_seeds * HOLDOUT_MEMBERS
    encoders = [shared.encoder(split.train) for split in splits]
    encoding = [index % len(splits) for index in range(n_members)]
    # The members of a split share one array of rows: among millions of rows each array counts.
    rows = [(torch.from_numpy(split.train), torch.from_numpy(split.validation)) for split in splits]
    is_traced = len(splits) > 1 and training.patience is not None and not is_forward
    members = [
        Member(network, training, seeds[index], *rows[number], encoding=number, traced=is_traced)
        for index, number in enumerate(encoding)
    ]
    work = sum(len(splits[number].train) for number in encoding)
    share = work / (work + n_final * len(codes)) if is_forward else 1.0
    samples, stops_together = training_set.samples(encoders), is_traced and training_set.weights is not None
    phase = "windows" if is_forward else "alone" if stops_together else ""
    fitted = shared.run(members, samples, phase, TOGETHER_SHARE if stops_together else share)
    if stops_together and (n_epochs := _common_epoch_of(fitted, encoding, splits, training_set.weights)):
        members = [replace(member, traced=False) for member in members]
        fitted = shared.run(members, samples, "together", n_epochs=n_epochs)
    scorer = predictor = shared.predictor(encoders, encoding, fitted)
    probabilities, finished = map(np.concatenate, zip(*_out_of_fold(scorer, fitted, training_set, splits), strict=True))
    if is_forward:
        predictor, fitted = _fit_final(
            shared, fitted, np.random.SeedSequence(seed + 1).generate_state(n_final).tolist()
        )
    scored = np.concatenate([split.scored for split in splits])
    order = np.argsort(scored)
    held, folds = scored[order], np.repeat(np.arange(len(splits)), [len(split.scored) for split in splits])[order]
    kind = "later" if is_forward else "out-of-fold" if len(splits) > 1 else "held-out"
    return Ensemble(
        predictor=predictor,
        members=tuple(replace(member, validation_logits=None) for member in fitted),
        splits=tuple(splits),
        scorer=scorer,
        held=held,
        probabilities=probabilities[order],
        finished=finished[order],
        sampling=replace(training_set.sampling(held), folds=folds, is_forward=is_forward),
        rows=kind,
    )


def _fit_final(
    shared: _Fit, windows: Sequence[FittedMember], seeds: Sequence[int]
) -> tuple[Predictor, list[FittedMember]]:
    """Train networks on all rows for the median of the epochs whose weights the windows' networks kept."""
    training_set = shared.training_set
    rows = torch.arange(len(training_set.codes)), torch.arange(0)
    training = replace(shared.training, patience=None)
    members = [Member(shared.network, training, seed, *rows) for seed in seeds]
    encoder = shared.encoder(rows[0].numpy())
    n_epochs = max(1, round(median(member.best_epoch for member in windows)))
    fitted = shared.run(members, training_set.samples([encoder]), "final", n_epochs=n_epochs)
    return shared.predictor([encoder], [0] * len(members), fitted), fitted


def common_epoch(members: Sequence[FittedMember], weights: Sequence[float]) -> int:
    """Return the epoch, from 1, with the lowest validation loss over all members' validation rows together.

    ``weights`` are those of each member's validation rows together. A member that stopped earlier counts with its last
    loss.
    """
    curves = [(member.history.validation_loss, weight) for member, weight in zip(members, weights, strict=True)]
    longest = max(len(curve) for curve, _ in curves)
    total = torch.zeros(longest, dtype=torch.float64)
    for curve, weight in curves:
        total += weight * torch.cat([curve, curve[-1:].expand(longest - len(curve))])
    return int(total.argmin()) + 1


def _common_epoch_of(
    fitted: Sequence[FittedMember],
    encoding: Sequence[int],
    splits: Sequence[Split],
    weights: NDArray[np.float64] | None,
) -> int:
    """Return the common epoch of the members that are traced; 0 if none is."""
    # A member that diverged in its first epoch has no trace, only its initial weights.
    traced = [member for member, done in enumerate(fitted) if done.validation_logits is not None]
    of_splits = [len(split.scored) if weights is None else float(weights[split.scored].sum()) for split in splits]
    totals = [of_splits[encoding[member]] for member in traced]
    return common_epoch([fitted[member] for member in traced], totals) if traced else 0


def _out_of_fold(
    predictor: Predictor,
    fitted: Sequence[FittedMember],
    training_set: TrainingSet,
    splits: Sequence[Split],
) -> Iterator[tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Yield the probabilities of each split's scored rows: at the common epoch, and at the members' own."""
    traced = {member: logits for member, done in enumerate(fitted) if (logits := done.validation_logits) is not None}
    epoch = _common_epoch_of(fitted, predictor.encoding, splits, training_set.weights)
    for number, split in enumerate(splits):
        members = np.flatnonzero(predictor.member_folds == number).tolist()
        finished = predictor.probabilities(training_set.cells(split.scored), members)
        traces = [traced[member] for member in members if member in traced]
        if traces:
            logits = torch.stack([trace[min(epoch, len(trace)) - 1] for trace in traces])
            yield predictor.head.probabilities(logits.double()).mean(0).numpy(), finished
        else:
            yield finished, finished
