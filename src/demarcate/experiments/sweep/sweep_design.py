"""The design of a sweep: test rows set aside, a split for each seed, a member for each configuration and seed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.engine import Member, Samples
from demarcate.engine.planner import plan
from demarcate.experiments.seed_splits import SeedSplit
from demarcate.experiments.sweep.grid import Configuration
from demarcate.formatting import counted
from demarcate.tabular.dependent_splits import split_rows
from demarcate.trainingset import TrainingSet


@dataclass(frozen=True)
class Size:
    """How much a sweep trains, reported before it begins."""

    n_configurations: int
    n_seeds: int  # of each configuration
    n_networks: int
    n_populations: int  # the stacks in which the networks train

    def __str__(self) -> str:
        parts = [counted(self.n_configurations, "configuration"), counted(self.n_seeds, "seed")]
        total = counted(self.n_networks, "network")
        return f"{' x '.join(parts)} = {total} in {counted(self.n_populations, 'population')}"


@dataclass(frozen=True, eq=False)
class SweepDesign:
    """Everything a sweep trains; ``members`` are ordered by configuration, then by split."""

    table: TrainingSet
    configurations: list[Configuration]
    splits: list[SeedSplit]
    samples: Samples
    members: list[Member]

    @property
    def test_rows(self) -> NDArray[np.int64]:
        """The rows set aside for the winner, the same for all seeds."""
        return self.splits[0].test_rows

    @property
    def size(self) -> Size:
        """How much there is to train."""
        n_populations = len(plan(self.members, self.samples))
        return Size(len(self.configurations), len(self.splits), len(self.members), n_populations)


def design_sweep(
    table: TrainingSet,
    configurations: Sequence[Configuration],
    *,
    n_seeds: int,
    test_size: float,
    validation_size: float,
    seed: int,
    standardise: bool,
) -> SweepDesign:
    """Set the test rows aside, split the other rows once for each seed, and make every configuration's members.

    Sizes below 1 are shares, from 1 up numbers of rows; the validation rows are taken from the rows that are left. With
    groups both are of whole groups; with times the test rows are the latest, and the validation rows those before them.
    """
    other_rows, test_rows = split_rows(table.codes, test_size, seed, table.dependence)
    splits = [
        SeedSplit.of(table, each, other_rows, test_rows, validation_size, standardise=standardise)
        for each in np.random.SeedSequence(seed).generate_state(n_seeds).tolist()
    ]
    members = [
        split.member(configuration.network, configuration.training, encoding)
        for configuration in configurations
        for encoding, split in enumerate(splits)
    ]
    samples = table.samples([split.encoder for split in splits])
    return SweepDesign(table, list(configurations), splits, samples, members)
