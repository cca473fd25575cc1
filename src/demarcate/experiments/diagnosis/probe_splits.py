"""Who trains on which rows: every probe once on each seed's split, all probes of a seed judged on the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.engine import Member, Samples
from demarcate.errors import InputError, Problem
from demarcate.experiments.diagnosis.probes import STOPPING_SHARE, Probe
from demarcate.tabular import stratified_split
from demarcate.tabular.splits import held_out_rows
from demarcate.trainingset import TrainingSet

FOLDS = 5
"""A fifth of the rows judges, and four fifths train: five seeds together judge every row once."""
FEWEST_ROWS = 20
"""Of fewer, a quarter of four fifths would be less than a row of each class."""


@dataclass(frozen=True, eq=False)
class Lineup:
    """The members, and the rows that each knows.

    Attributes
    ----------
    probes
        What is tried.
    judged
        Each seed's judged rows, which none of its members trained on or stopped by.
    members
        Seed by seed, one member a probe.
    encoders
        What members read the table through; each was fitted on a member's training rows.
    samples
        All rows in every encoding.
    """

    probes: tuple[Probe, ...]
    judged: tuple[NDArray[np.int64], ...]
    members: list[Member]
    encoders: list[TableEncoder]
    samples: Samples

    @property
    def shared(self) -> float:
        """Judged rows for each row the network as configured was given."""
        own = self.members[0]
        return len(self.judged[0]) / (len(own.rows) + len(own.validation_rows))


def line_up(
    training_set: TrainingSet,
    probes: Sequence[Probe],
    *,
    seeds: int,
    seed: int,
    standardise: bool,
    pieces: bool = False,
) -> Lineup:
    """Deal the rows into folds, a fold a seed, and line up every probe on the others.

    Parameters
    ----------
    training_set, probes
        The table, and what is tried on it.
    seeds
        How many splits; after every five the rows are dealt anew.
    seed
        Decides the folds and the members' seeds.
    standardise
        As for `TableEncoder.fit`.
    pieces
        Whether numerical columns are also cut into pieces, as for `TableEncoder.fit`.

    Raises
    ------
    InputError
        If there are too few rows to judge by.
    """
    n_rows, n_classes = len(training_set.codes), len(training_set.classes)
    least = max(FEWEST_ROWS, 5 * n_classes)
    if n_rows < least:
        rule = f"A diagnosis of {n_classes} classes takes at least {least} rows"
        raise InputError([Problem(rule, f"there are {n_rows}", "Collect more")])
    judged: list[NDArray[np.int64]] = []
    while len(judged) < seeds:
        judged += held_out_rows(training_set.codes, FOLDS, n_rows, seed + len(judged) // FOLDS)
    encoders: list[TableEncoder] = []
    members: list[Member] = []
    codes = training_set.codes if pieces else None
    for own, held in zip(np.random.SeedSequence(seed).generate_state(seeds).tolist(), judged[:seeds], strict=True):
        rows = np.setdiff1d(np.arange(n_rows), held)
        places: dict[bytes, int] = {}
        for probe in probes:
            train, stop = _parts(training_set.codes, rows, probe, own)
            key = train.tobytes()
            if key not in places:
                places[key] = len(encoders)
                encoder = TableEncoder.fit(
                    training_set.schema, training_set.parsed, train, standardise=standardise, codes=codes
                )
                encoders.append(encoder)
            parts = torch.from_numpy(train), torch.from_numpy(stop)
            members.append(Member(probe.network, probe.training, own, *parts, encoding=places[key]))
    return Lineup(tuple(probes), tuple(judged[:seeds]), members, encoders, training_set.samples(encoders))


def _parts(
    codes: NDArray[np.int64], rows: NDArray[np.int64], probe: Probe, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """A probe's training rows, and those that decide when it stops.

    Rows are halved until they are as few as the probe has: a smaller part lies within every larger one.
    """
    share = 1.0
    while share > probe.share:
        rows, share = rows[_part(codes[rows], 0.5, seed)[0]], share / 2
    if not probe.stops:
        return rows, np.empty(0, dtype=np.int64)
    kept, held = _part(codes[rows], STOPPING_SHARE, seed)
    return rows[kept], rows[held]


def _part(codes: NDArray[np.int64], share: float, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Two stratified parts, the second of about this share; every class keeps a row in the first."""
    most = len(codes) - len(np.unique(codes))
    return stratified_split(codes, min(max(1, round(share * len(codes))), most), seed)
