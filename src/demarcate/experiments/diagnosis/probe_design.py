"""The design of a diagnosis: a member for each probe and seed; all probes of a seed are scored on the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress, count, cycle
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.encoding.base import CategoryEncoding
from demarcate.engine import Member, Samples
from demarcate.errors import InputError, Problem
from demarcate.experiments.diagnosis.probes import STOPPING_SHARE, Probe, in_equal_steps
from demarcate.tabular import stratified_split
from demarcate.tabular.dependent_splits import rows_to_train_on, split_rows, splits_of
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.own_split import RowSplit

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
    is_own: bool = False  # whether the caller chose the rows

    def without(self, name: str) -> "ProbeDesign":
        """Return the design without the probe of this name; the design itself if there is none."""
        return self._where([probe.name != name for probe in self.probes])

    def only(self, name: str) -> "ProbeDesign":
        """Return the design of the probe of this name alone."""
        return self._where([probe.name == name for probe in self.probes])

    def _where(self, wanted: Sequence[bool]) -> "ProbeDesign":
        if all(wanted):
            return self
        probes = tuple(compress(self.probes, wanted))
        return replace(self, probes=probes, members=[*compress(self.members, cycle(wanted))])

    @property
    def shared(self) -> float:
        """The number of scored rows for each row of the network as configured."""
        configured = self.members[0]
        return len(self.scored_rows[0]) / (len(configured.rows) + len(configured.validation_rows))


def design_probes(
    table: TrainingSet,
    probes: Sequence[Probe],
    *,
    seeds: int,
    seed: int,
    standardise: bool,
    category_encoding: CategoryEncoding = "one_hot",
    pieces: bool = False,
    splits: Sequence[RowSplit] | None = None,
) -> ProbeDesign:
    """Split the rows into folds, one fold for each seed, and make every probe's member on the other folds.

    After every five seeds the rows are split anew. Folds are of whole groups; with times they are windows, and members
    train on earlier rows, those of fewer rows on the latest of these. Probes of fewer rows take as many steps as the
    configured network. ``standardise``, ``category_encoding`` and ``pieces`` (bins) are those of `TableEncoder`.
    ``splits`` are a caller's own, one for each seed, in place of folds. Raises an InputError if there are too few rows.
    """
    n_rows, n_classes = len(table.codes), len(table.classes)
    min_rows = max(MIN_ROWS, 5 * n_classes)
    if n_rows < min_rows:
        fact = f"The table has {n_rows} rows, and a diagnosis of {n_classes} classes takes at least {min_rows}"
        raise InputError([Problem(fact, "Collect more rows")])
    of_seeds = _fold_splits(table, seeds, seed) if splits is None else splits
    encoding: dict[str, Any] = {"standardise": standardise, "category_encoding": category_encoding}
    encoders: list[TableEncoder] = []
    members: list[Member] = []
    member_seeds = np.random.SeedSequence(seed).generate_state(seeds).tolist()
    for member_seed, split in zip(member_seeds, of_seeds, strict=True):
        encodings: dict[bytes, int] = {}
        parts_of_probes = [_probe_rows(table, split, probe, member_seed) for probe in probes]
        n_configured = len(parts_of_probes[0][0])
        for probe, (train, stopping) in zip(probes, parts_of_probes, strict=True):
            key = train.tobytes()
            if key not in encodings:
                encodings[key] = len(encoders)
                encoders.append(table.encoder(train, with_classes=pieces, **encoding))
            parts = torch.from_numpy(train), torch.from_numpy(stopping)
            training = probe.training if probe.share == 1 else in_equal_steps(probe.training, len(train), n_configured)
            members.append(Member(probe.network, training, member_seed, *parts, encoding=encodings[key]))
    scored_rows, samples = tuple(split.test for split in of_seeds), table.samples(encoders)
    return ProbeDesign(tuple(probes), scored_rows, members, encoders, samples, is_own=splits is not None)


def _fold_splits(table: TrainingSet, seeds: int, seed: int) -> list[RowSplit]:
    """Return a split for each seed, which scores a fold; every five seeds score every row once."""
    n_rows = len(table.codes)
    scored_rows: list[NDArray[np.int64]] = []
    for each in count(seed):
        if len(scored_rows) >= seeds:
            break
        scored_rows += [split.scored for split in splits_of(table.codes, table.dependence, FOLDS, n_rows, each)]
    return [RowSplit(rows_to_train_on(n_rows, scored, table.dependence), scored) for scored in scored_rows[:seeds]]


def _probe_rows(
    table: TrainingSet, split: RowSplit, probe: Probe, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a probe's training rows, and the rows that decide when it stops, taken from these if the split has none.

    Rows are halved until the probe's share is reached, so a smaller part lies within every larger one.
    """
    rows, share = split.train, 1.0
    while share > probe.share:
        rows, share = _half(table, rows, seed), share / 2
    if not probe.stops_early:
        return rows, np.empty(0, dtype=np.int64)
    if len(split.validation):
        return rows, split.validation
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
