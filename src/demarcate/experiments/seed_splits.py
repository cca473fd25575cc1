"""Who trains on which rows: every configuration once on each seed's split of the rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.engine import Member, Samples, plan
from demarcate.experiments.sweep.grid import Configuration
from demarcate.formatting import counted
from demarcate.tabular import stratified_split
from demarcate.trainingset import TrainingSet


@dataclass(frozen=True)
class Size:
    """How much there is to train, told before it begins.

    Attributes
    ----------
    n_configurations, n_seeds, n_networks
        Configurations, the seeds each is tried with, and their product.
    n_populations
        The stacks in which the networks train.

    Examples
    --------
    >>> print(Size(n_configurations=12, n_seeds=5, n_networks=60, n_populations=2))
    12 configurations x 5 seeds = 60 networks in 2 populations
    """

    n_configurations: int
    n_seeds: int
    n_networks: int
    n_populations: int

    def __str__(self) -> str:
        parts = [counted(self.n_configurations, "configuration"), counted(self.n_seeds, "seed")]
        total = counted(self.n_networks, "network")
        return f"{' x '.join(parts)} = {total} in {counted(self.n_populations, 'population')}"


@dataclass(frozen=True, eq=False)
class Draw:
    """What one seed decides, alike for all configurations.

    Attributes
    ----------
    seed
        Seeds the split, initial weights, the order of the rows and dropout.
    rows, validation_rows
        The rows to train on and those to judge by, which together are all but the test rows.
    encoder
        Fitted on the rows to train on.
    """

    seed: int
    rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    encoder: TableEncoder


@dataclass(frozen=True, eq=False)
class Lineup:
    """Everything a sweep trains: configurations by seeds, on rows that leave the test rows alone.

    Attributes
    ----------
    training_set
        The table.
    configurations
        What is tried.
    draws
        What each seed decides.
    test_rows
        Rows set aside for the winner.
    samples
        All rows in every draw's encoding.
    members
        Configuration by configuration, one member a draw.
    """

    training_set: TrainingSet
    configurations: list[Configuration]
    draws: list[Draw]
    test_rows: NDArray[np.int64]
    samples: Samples
    members: list[Member]

    @property
    def size(self) -> Size:
        """How much there is to train."""
        n_populations = len(plan(self.members, self.samples))
        return Size(len(self.configurations), len(self.draws), len(self.members), n_populations)


def line_up(
    training_set: TrainingSet,
    configurations: Sequence[Configuration],
    *,
    n_seeds: int,
    test_size: float,
    validation_size: float,
    seed: int,
    standardise: bool,
) -> Lineup:
    """Set the test rows aside, split the others once a seed, and line up every configuration on each split.

    Parameters
    ----------
    training_set, configurations
        The table, and what is tried on it.
    n_seeds
        How many splits to draw.
    test_size, validation_size
        Below 1, shares of all rows and of those that are not test rows; from 1 up, numbers of rows.
    seed
        Decides the test rows and the seeds.
    standardise
        As for `TableEncoder.fit`.

    Raises
    ------
    SettingError
        If as many rows cannot be held out.
    """
    others, test_rows = stratified_split(training_set.codes, test_size, seed)
    draws = []
    for own in np.random.SeedSequence(seed).generate_state(n_seeds).tolist():
        rows, validation_rows = (
            others[part] for part in stratified_split(training_set.codes[others], validation_size, own)
        )
        encoder = TableEncoder.fit(training_set.schema, training_set.parsed, rows, standardise=standardise)
        draws.append(Draw(own, rows, validation_rows, encoder))
    members = [
        Member(
            configuration.network,
            configuration.training,
            draw.seed,
            torch.from_numpy(draw.rows),
            torch.from_numpy(draw.validation_rows),
            encoding=encoding,
        )
        for configuration in configurations
        for encoding, draw in enumerate(draws)
    ]
    samples = training_set.samples([draw.encoder for draw in draws])
    return Lineup(training_set, list(configurations), draws, test_rows, samples, members)
