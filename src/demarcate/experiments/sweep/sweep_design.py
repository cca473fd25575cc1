"""The design of a sweep: test rows set aside, a split for each seed, a member for each configuration and seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding.base import CategoryEncoding
from demarcate.engine import Member, Samples
from demarcate.engine.planner import plan
from demarcate.experiments.seed_splits import SeedSplit
from demarcate.experiments.sweep.grid import Configuration
from demarcate.formatting import counted
from demarcate.presentation import brief_repr
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.own_split import RowSplit


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


@brief_repr
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
    rows: RowSplit,
    validation_size: float,
    seed: int,
    standardise: bool,
    category_encoding: CategoryEncoding = "one_hot",
) -> SweepDesign:
    """Split the rows that are not set aside once for each seed, and make every configuration's members.

    ``validation_size`` below 1 is a share, from 1 up a number of rows; the validation rows are taken from the training
    rows of ``rows``, unless it has some. With groups they are of whole groups; with times they are the latest.
    """
    encoding: dict[str, Any] = {"standardise": standardise, "category_encoding": category_encoding}
    splits = [
        SeedSplit.of(table, each, rows, validation_size, **encoding)
        for each in np.random.SeedSequence(seed).generate_state(n_seeds).tolist()
    ]
    members = [
        split.member(configuration.network, configuration.training, encoding)
        for configuration in configurations
        for encoding, split in enumerate(splits)
    ]
    samples = table.samples([split.encoder for split in splits])
    return SweepDesign(table, list(configurations), splits, samples, members)
