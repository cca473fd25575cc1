"""The ensemble behind the classifier: members that are scored on rows they did not train on.

Rows without an order in time are cross-validated: the members of a fold stop by its rows, are scored on them, and all
members together predict. In time nothing that predicts can be scored: members of expanding windows train on earlier
rows, stop by the next and are scored on those after. The networks that predict then train on all rows, up to the last,
for as many epochs as the networks of the windows took in the median.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.classifier.ensemble import Ensemble
from demarcate.classifier.kinds import Kind, elimination
from demarcate.classifier.trained_kinds import TrainedKinds
from demarcate.encoding import TableEncoder
from demarcate.encoding.base import CategoryEncoding
from demarcate.engine import FittedMember, Halving, Member, OnEpoch, Samples, fit
from demarcate.errors import SettingError
from demarcate.evaluation.averaging_gain import sampled_rows
from demarcate.evaluation.calibration import holdout_parts
from demarcate.evaluation.mixing import kind_weights, mixture, out_of_fold_weights
from demarcate.evaluation.sampling import Sampling
from demarcate.experiments.sweep.grid import MAX_NETWORKS
from demarcate.inference import Predictor
from demarcate.phases import phase
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.dependent_splits import one_split, splits_of
from demarcate.tabular.splits import Split
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.held_out_rows import DEFAULT_TEST_SIZE

HOLDOUT_MEMBERS, HOLDOUT_MEMBERS_OF_EACH = 4, 2
"""Members for each seed where all share one hold-out, or all rows, and of each kind where there are several."""
TOGETHER_SHARE = 0.6
"""Share of a time limit in which members of weighted rows find the epoch at which all of them stop."""


def check_counts(n_folds: int, n_seeds: int) -> None:
    """Refuse numbers of folds and seeds that make no ensemble."""
    if n_folds < 1 or n_seeds < 1:
        raise SettingError(f"there must be at least 1 fold and 1 seed, got n_folds={n_folds}, n_seeds={n_seeds}")
    if n_folds * n_seeds > MAX_NETWORKS:
        fact = (
            f"n_folds is {n_folds} and n_seeds is {n_seeds}: more than {MAX_NETWORKS:,} networks, which train together"
        )
        raise SettingError(f"{fact}. Lower one of them.")


@dataclass(frozen=True, eq=False)
class _Fit:
    """What all members of an ensemble share, and how they are trained."""

    training_set: TrainingSet
    pieces: bool
    encoding: Mapping[str, Any]  # of every encoder: standardise, category_encoding
    settings: Mapping[str, Any]  # of the engine: device, precision, on_epoch
    checkpoint: str | os.PathLike[str] | None
    deadline: float | None  # by ``time.monotonic``

    def encoders(
        self, rows: Sequence[NDArray[np.int64]], kinds: Sequence[Kind]
    ) -> tuple[list[TableEncoder], list[int]]:
        """Fit encoders on each of these training rows; return them, and the number of the first that each kind reads.

        Kinds that read the same have the same encoders.
        """
        wanted = [(self.pieces and kind.pieces, kind.trees) for kind in kinds]
        plain = {
            pieces: [self.training_set.encoder(own, with_classes=pieces, **self.encoding) for own in rows]
            for pieces in dict.fromkeys(pieces for pieces, _ in wanted)
        }
        readings = {
            (pieces, trees): [self.training_set.with_trees(*pair) for pair in zip(plain[pieces], rows, strict=True)]
            if trees
            else plain[pieces]
            for pieces, trees in dict.fromkeys(wanted)
        }
        first = [len(rows) * [*readings].index(reading) for reading in wanted]
        return [encoder for own in readings.values() for encoder in own], first

    def run(
        self,
        members: Sequence[Member],
        samples: Samples,
        phase: str = "",
        share: float = 1.0,
        halving: Halving | None = None,
    ) -> list[FittedMember]:
        """Train members; each phase has a folder of checkpoints, and a share of the time that is left."""
        return self._fit(members, samples, phase, share, halving)

    def run_until(
        self, n_epochs: int, members: Sequence[Member], samples: Samples, phase: str, share: float = 1.0
    ) -> list[FittedMember]:
        """Train members of one kind for so many epochs, whose schedule stays that of the full training."""
        members = [replace(member, training=replace(member.training, patience=None)) for member in members]
        stop = None
        if n_epochs < members[0].training.epochs:
            stop = Halving((n_epochs,), lambda _, results: [*results], "all members, as others did")
        return [replace(member, dropped=False) for member in self._fit(members, samples, phase, share, stop)]

    def _fit(
        self, members: Sequence[Member], samples: Samples, phase: str, share: float, stop: Halving | None
    ) -> list[FittedMember]:
        folder = self.checkpoint if self.checkpoint is None or not phase else Path(self.checkpoint) / phase
        # A deadline in the past still leaves each member its first steps.
        limit = None if self.deadline is None else max((self.deadline - time.monotonic()) * share, 1e-3)
        return fit(members, samples, checkpoint=folder, time_limit=limit, halving=stop, **self.settings)


def fit_ensemble(
    training_set: TrainingSet,
    kinds: Sequence[Kind],
    *,
    n_folds: int,
    n_seeds: int,
    holdout_above: int,
    seed: int,
    test_size: float = DEFAULT_TEST_SIZE,
    pieces: bool = False,
    standardise: bool = True,
    category_encoding: CategoryEncoding = "one_hot",
    device: str = "auto",
    precision: str = "float32",
    on_epoch: OnEpoch | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    deadline: float | None = None,
) -> Ensemble:
    """Train ``n_seeds`` members of each kind for each split of the rows, until a deadline by ``time.monotonic``.

    Everything a member knows of the table, its encoder included, is fitted on its training rows. In a cross-validation
    the held-out rows decide when it stops. They are not scored at that epoch, which would flatter it, but at the one
    whose weights the member of the next fold keeps: other rows chose it, and it is as far from the best epoch as that
    of a member that new rows meet. Members of weighted rows are kept as of the epoch that is best for all folds
    together: a fold may happen to be without the rows that weigh most, and its own best epoch then makes networks that
    are right about nothing but the others.

    What each kind weighs is chosen by held-out rows. A fold is scored with weights that the other folds chose.

    One fold is one split: its test rows, a share or a number of ``test_size``, are scored and decide nothing, and the
    network, of the first kind, predicts as it is.
    """
    check_counts(n_folds, n_seeds)
    kinds = usable_kinds(kinds, training_set)
    rows = training_set.codes, training_set.dependence
    if n_folds == 1:
        kinds = kinds[:1]
        splits = [one_split(*rows, test_size, seed, stops_early=kinds[0].training.patience is not None)]
        if on_epoch is not None and not splits[0].stops_by_other_rows:
            on_epoch = _on_test_rows(on_epoch)
    else:
        splits = splits_of(*rows, n_folds, holdout_above, seed)
    settings = {"device": device, "precision": precision, "on_epoch": on_epoch}
    encoding = {"standardise": standardise, "category_encoding": category_encoding}
    shared = _Fit(training_set, pieces, encoding, settings, checkpoint, deadline)
    n_alike = 1 if n_folds == 1 else _alike(len(kinds))
    with phase("train", detail="encoding the columns"):
        trained = _train(shared, kinds, splits, n_seeds, seed, n_alike=n_alike)
    held, sampling, probabilities, finished = _out_of_fold(trained)
    parts = sampling.folds if len(splits) > 1 else holdout_parts(sampling, len(held))
    assert parts is not None
    by_part = out_of_fold_weights(training_set.codes[held], finished, parts, sampling)[parts]
    weights = kind_weights(training_set.codes[held], finished, sampling)
    predictor, members = trained.weighted(weights)
    scorer, some = predictor, sampled_rows(len(held))
    if splits[0].is_forward:
        with phase("train", detail="encoding the columns of all rows"):
            predictor, members = _fit_final(shared, trained, weights, n_seeds, seed)
    return Ensemble(
        predictor=predictor,
        members=tuple(members),
        splits=tuple(splits),
        scorer=scorer,
        held=held,
        probabilities=mixture(probabilities, by_part),
        finished=mixture(finished, by_part),
        sampling=sampling,
        of_folds=None if len(splits) == 1 or splits[0].is_forward else _of_folds(predictor, training_set, held[some]),
        some=some,
        rows=_rows_in_words(splits, training_set.dependence, n_folds),
    )


def _rows_in_words(splits: Sequence[Split], dependence: Dependence | None, n_folds: int) -> str:
    """Return what the scored rows are."""
    if splits[0].is_forward:
        return "later"
    if n_folds == 1:
        return "test" if dependence is None or dependence.times is None else "later test"
    return "out-of-fold" if len(splits) > 1 else "held-out"


def _on_test_rows(on_epoch: OnEpoch) -> OnEpoch:
    """Return a callback that names evaluated rows for what they are: test rows."""
    return lambda progress: on_epoch(progress.on_test_rows())


def usable_kinds(kinds: Sequence[Kind], training_set: TrainingSet) -> tuple[Kind, ...]:
    """Return the kinds that differ on this table: trees test no text."""
    if training_set.grows_trees:
        return tuple(kinds)
    without = [replace(kind, trees=False) for kind in kinds if kind.trees]
    return tuple(kind for kind in kinds if not kind.trees) or tuple(without)


def _train(
    shared: _Fit, kinds: Sequence[Kind], splits: Sequence[Split], n_seeds: int, seed: int, *, n_alike: int
) -> TrainedKinds:
    """Train members of all kinds on all splits; ``n_alike`` for each seed where there is one split."""
    training_set, is_forward = shared.training_set, splits[0].is_forward
    n_each = n_seeds * (len(splits) if len(splits) > 1 else n_alike)
    seeds = np.random.SeedSequence(seed).generate_state(n_each * len(kinds)).tolist()
    encoders, first = shared.encoders([split.train for split in splits], kinds)
    folds = [index % len(splits) for index in range(n_each)] * len(kinds)
    encoding = [first[index // n_each] + fold for index, fold in enumerate(folds)]
    # The members of a split share one array of rows: among millions of rows each array counts.
    rows = [(torch.from_numpy(split.train), torch.from_numpy(split.validation)) for split in splits]
    is_traced = len(splits) > 1 and not is_forward
    members = [
        Member(
            kind.network,
            kind.training,
            seeds[index],
            *rows[folds[index]],
            encoding=encoding[index],
            traced=is_traced and kind.training.patience is not None,
        )
        for index, kind in enumerate(kind for kind in kinds for _ in range(n_each))
    ]
    work, n_final = sum(len(splits[fold].train) for fold in folds), n_seeds * _alike(len(kinds)) * len(kinds)
    share = work / (work + n_final * len(training_set.codes)) if is_forward else 1.0
    samples = training_set.samples(encoders)
    stops_together = training_set.weights is not None and any(member.traced for member in members)
    phase = "windows" if is_forward else "alone" if stops_together else ""
    rule = elimination(len(kinds), n_each)
    fitted = shared.run(members, samples, phase, TOGETHER_SHARE if stops_together else share, rule)
    parts = training_set, tuple(kinds), tuple(splits), tuple(encoders), tuple(members), tuple(folds)
    trained = TrainedKinds(*parts, tuple(fitted)).without_dropped()
    return _stopped_together(shared, trained, samples) if stops_together else trained


def _alike(n_kinds: int) -> int:
    """Return the members of each kind for each seed that share their rows."""
    return HOLDOUT_MEMBERS if n_kinds == 1 else HOLDOUT_MEMBERS_OF_EACH


def _stopped_together(shared: _Fit, trained: TrainedKinds, samples: Samples) -> TrainedKinds:
    """Train again, the members of each kind up to their common epoch; those of a kind without one stay as they are."""
    fitted = list(trained.fitted)
    epochs = [trained.common_epoch_of(number) for number in range(len(trained.kinds))]
    left = sum(n_epochs > 0 for n_epochs in epochs)
    for number, (kind, n_epochs) in enumerate(zip(trained.kinds, epochs, strict=True)):
        if n_epochs:
            own = [replace(trained.members[member], traced=False) for member in trained.members_of(number)]
            phase = "together" if len(trained.kinds) == 1 else f"together-{kind.name}"
            again = shared.run_until(n_epochs, own, samples, phase, 1 / left)
            fitted[trained.members_of(number).start : trained.members_of(number).stop] = again
            left -= 1
    return replace(trained, fitted=tuple(fitted))


def _fit_final(
    shared: _Fit, windows: TrainedKinds, weights: NDArray[np.float64], n_seeds: int, seed: int
) -> tuple[Predictor, list[FittedMember]]:
    """Train networks on all rows, each kind for the median of the epochs whose weights its windows' networks kept."""
    training_set = shared.training_set
    kept = [number for number, weight in enumerate(weights) if weight > 0]
    kinds, n_each = tuple(windows.kinds[number] for number in kept), n_seeds * _alike(len(weights))
    rows = torch.arange(len(training_set.codes)), torch.arange(0)
    encoders, encoding = shared.encoders([rows[0].numpy()], kinds)
    seeds = np.random.SeedSequence(seed + 1).generate_state(n_each * len(kinds)).tolist()
    samples, every_member, fitted = training_set.samples(encoders), [], []
    for place, (number, kind) in enumerate(zip(kept, kinds, strict=True)):
        training = replace(kind.training, patience=None)
        own = seeds[place * n_each : (place + 1) * n_each]
        members = [Member(kind.network, training, each, *rows, encoding=encoding[place]) for each in own]
        n_epochs = max(1, round(median(windows.fitted[member].best_epoch for member in windows.members_of(number))))
        phase = "final" if len(kinds) == 1 else f"final-{kind.name}"
        fitted += shared.run_until(n_epochs, members, samples, phase, 1 / (len(kinds) - place))
        every_member += members
    every = Split(rows[0].numpy(), rows[1].numpy(), rows[1].numpy())
    parts = training_set, kinds, (every,), tuple(encoders), tuple(every_member), (0,) * len(every_member)
    return TrainedKinds(*parts, tuple(fitted)).weighted(weights[kept])


def _out_of_fold(
    trained: TrainedKinds,
) -> tuple[NDArray[np.int64], Sampling, NDArray[np.float64], NDArray[np.float64]]:
    """Return the scored rows, ascending, what intervals know of them, and each kind's probabilities of them.

    The probabilities ``(n_kinds, n_held, n_classes)`` are those at an epoch that other rows chose, then at the members'
    own.
    """
    splits, training_set = trained.splits, trained.training_set
    every = np.concatenate([split.scored for split in splits])
    order = np.argsort(every)
    held = every[order]
    folds = np.repeat(np.arange(len(splits)), [len(split.scored) for split in splits])[order]
    sampling = replace(training_set.sampling(held), folds=folds, is_forward=splits[0].is_forward)
    everyone, _ = trained.weighted(np.full(len(trained.kinds), 1 / len(trained.kinds)))
    of_kinds: tuple[list[NDArray[np.float64]], list[NDArray[np.float64]]] = [], []
    for kind in range(len(trained.kinds)):
        pairs = [_scored(everyone, trained, kind, fold) for fold in range(len(splits))]
        for parts, probabilities in zip(zip(*pairs, strict=True), of_kinds, strict=True):
            probabilities.append(np.concatenate(parts)[order])
    return held, sampling, np.stack(of_kinds[0]), np.stack(of_kinds[1])


def _of_folds(predictor: Predictor, training_set: TrainingSet, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return rows' probabilities by the members of each fold, ``(n_folds, n_rows, n_classes)``."""
    cells, folds = training_set.cells(rows), predictor.member_folds
    members = [np.flatnonzero(folds == fold).tolist() for fold in np.unique(folds)]
    return np.stack([predictor.probabilities(cells, own) for own in members])


def _scored(
    everyone: Predictor, trained: TrainedKinds, kind: int, fold: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a kind's probabilities of a split's scored rows: where the next fold's members stopped, and at the end."""
    members = [member for member in trained.members_of(kind) if trained.folds[member] == fold]
    finished = everyone.probabilities(trained.training_set.cells(trained.splits[fold].scored), members)
    logits = []
    for member in members:
        trace, epoch = trained.fitted[member].validation_logits, trained.fitted[trained.next_of(member)].best_epoch
        if trace is not None:
            logits.append(trace[min(max(epoch, 1), len(trace)) - 1])
    if not logits:
        return finished, finished
    return everyone.head.probabilities(torch.stack(logits).double()).mean(0).numpy(), finished
