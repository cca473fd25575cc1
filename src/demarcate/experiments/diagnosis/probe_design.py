"""The design of a diagnosis: a member for each probe and seed; all probes of a seed are scored on the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.engine import Member, Samples
from demarcate.errors import InputError, Problem
from demarcate.experiments.diagnosis.probes import STOPPING_SHARE, Probe, in_equal_steps
from demarcate.tabular import stratified_split
from demarcate.tabular.dependent_splits import rows_to_train_on, split_rows, splits_of
from demarcate.trainingset import TrainingSet

FOLDS = 5
"""Five seeds together score every row once."""
MIN_ROWS = 20
"""With fewer rows a quarter of four fifths would be less than a row of each class."""


@dataclass(frozen=True, eq=False)
class ProbeDesign:
    """Everything a diagnosis trains; ``members`` are ordered by seed, then by probe.

    ``scored_rows`` has each seed's rows that none of its members trained on or stopped by; ``encoders`` are fitted on
    members' training rows, and ``samples`` has all rows in every encoding.
    """

    probes: tuple[Probe, ...]
    scored_rows: tuple[NDArray[np.int64], ...]
    members: list[Member]
    encoders: list[TableEncoder]
    samples: Samples

    @property
    def shared(self) -> float:
        """The number of scored rows for each row of the network as configured."""
        configured = self.members[0]
        return len(self.scored_rows[0]) / (len(configured.rows) + len(configured.validation_rows))


def design_probes(
    table: TrainingSet, probes: Sequence[Probe], *, seeds: int, seed: int, standardise: bool, pieces: bool = False
) -> ProbeDesign:
    """Split the rows into folds, one fold for each seed, and make every probe's member on the other folds.

    After every five seeds the rows are split anew. Folds are of whole groups; with times they are windows, and members
    train on earlier rows, those of fewer rows on the latest of these. Probes of fewer rows take as many steps as the
    configured network. ``standardise`` and ``pieces`` (bins) are those of `TableEncoder`. Raises an InputError if there
    are too few rows.
    """
    n_rows, n_classes = len(table.codes), len(table.classes)
    min_rows = max(MIN_ROWS, 5 * n_classes)
    if n_rows < min_rows:
        fact = f"The table has {n_rows} rows, and a diagnosis of {n_classes} classes takes at least {min_rows}"
        raise InputError([Problem(fact, "Collect more rows")])
    scored_rows: list[NDArray[np.int64]] = []
    for each in count(seed):
        if len(scored_rows) >= seeds:
            break
        splits = splits_of(table.codes, table.dependence, FOLDS, n_rows, each)
        scored_rows += [split.scored for split in splits]
    encoders: list[TableEncoder] = []
    members: list[Member] = []
    member_seeds = np.random.SeedSequence(seed).generate_state(seeds).tolist()
    for member_seed, held_out in zip(member_seeds, scored_rows[:seeds], strict=True):
        rows = rows_to_train_on(n_rows, held_out, table.dependence)
        encodings: dict[bytes, int] = {}
        parts_of_probes = [_probe_rows(table, rows, probe, member_seed) for probe in probes]
        n_configured = len(parts_of_probes[0][0])
        for probe, (train, stopping) in zip(probes, parts_of_probes, strict=True):
            key = train.tobytes()
            if key not in encodings:
                encodings[key] = len(encoders)
                encoders.append(table.encoder(train, standardise=standardise, with_classes=pieces))
            parts = torch.from_numpy(train), torch.from_numpy(stopping)
            training = probe.training if probe.share == 1 else in_equal_steps(probe.training, len(train), n_configured)
            members.append(Member(probe.network, training, member_seed, *parts, encoding=encodings[key]))
    return ProbeDesign(tuple(probes), tuple(scored_rows[:seeds]), members, encoders, table.samples(encoders))


def _probe_rows(
    table: TrainingSet, rows: NDArray[np.int64], probe: Probe, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a probe's training rows, and the rows that decide when it stops.

    Rows are halved until the probe's share is reached, so a smaller part lies within every larger one.
    """
    share = 1.0
    while share > probe.share:
        rows, share = _half(table, rows, seed), share / 2
    if not probe.stops_early:
        return rows, np.empty(0, dtype=np.int64)
    if table.dependence is None:
        train, stopping = _stratified_parts(table.codes[rows], STOPPING_SHARE, seed)
    else:
        train, stopping = split_rows(table.codes[rows], STOPPING_SHARE, seed, table.dependence.rows(rows))
    return rows[train], rows[stopping]


def _half(table: TrainingSet, rows: NDArray[np.int64], seed: int) -> NDArray[np.int64]:
    """Return half of some rows: stratified; with times the latest, else with groups half of these where that can be."""
    codes, dependence = table.codes[rows], table.dependence
    if dependence is not None and dependence.times is not None:
        return rows[np.sort(np.argsort(dependence.times[rows], kind="stable")[len(rows) // 2 :])]
    if dependence is not None:
        try:
            return rows[split_rows(codes, 0.5, seed, dependence.rows(rows))[0]]
        except InputError:
            pass  # A class in one group alone: its rows are halved, which no score depends on.
    return rows[_stratified_parts(codes, 0.5, seed)[0]]


def _stratified_parts(codes: NDArray[np.int64], share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return two stratified parts, the second of about this share; the first keeps a row of every class."""
    most = len(codes) - len(np.unique(codes))
    return stratified_split(codes, min(max(1, round(share * len(codes))), most), seed)
