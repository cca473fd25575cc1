"""One seed's split of a table, and predictors of the networks trained on such splits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.encoding.base import CategoryEncoding
from demarcate.engine import Member, Training
from demarcate.evaluation.sampling import Sampling
from demarcate.inference import Predictor
from demarcate.nn import MemberState, Network
from demarcate.nn.heads import head_for
from demarcate.presentation import brief_repr
from demarcate.tabular.dependent_splits import split_rows
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.own_split import RowSplit


@brief_repr
@dataclass(frozen=True, eq=False)
class SeedSplit:
    """The rows of one seed, and the encoder fitted on its training rows.

    The seed also decides initial weights, row order and dropout of the networks trained on this split.
    """

    seed: int
    train_rows: NDArray[np.int64]
    validation_rows: NDArray[np.int64]
    test_rows: NDArray[np.int64]
    encoder: TableEncoder

    @classmethod
    def of(
        cls,
        table: TrainingSet,
        seed: int,
        split: RowSplit,
        validation_size: float | None,
        *,
        standardise: bool,
        category_encoding: CategoryEncoding = "one_hot",
    ) -> "SeedSplit":
        """Take validation rows from the training rows of a split that has none; no rows if their size is None.

        Validation rows are of other groups; with times they are the latest, the same for every seed.
        """
        rows, validation_rows = split.train, split.validation
        if validation_size is not None and not len(validation_rows):
            dependence = None if table.dependence is None else table.dependence.rows(rows)
            parts = split_rows(table.codes[rows], validation_size, seed, dependence)
            rows, validation_rows = (rows[part] for part in parts)
        encoder = table.encoder(rows, standardise=standardise, category_encoding=category_encoding)
        return cls(seed, rows, validation_rows, split.test, encoder)

    def member(self, network: Network, training: Training, encoding: int, initial: MemberState | None = None) -> Member:
        """Return a member that trains on this split; test rows are evaluated where there are no validation rows."""
        monitored_rows = self.validation_rows if len(self.validation_rows) else self.test_rows
        rows = torch.from_numpy(self.train_rows), torch.from_numpy(monitored_rows)
        return Member(network, training, self.seed, *rows, encoding=encoding, initial=initial)


def sampling_by_row(table: TrainingSet, rows: NDArray[np.int64]) -> Sampling | None:
    """Return the sampling of some rows under the table's row numbers; None for independent rows of equal weight."""
    if table.weights is None and table.dependence is None:
        return None
    clusters = None
    if table.dependence is not None:
        clusters = np.zeros(len(table.codes), dtype=np.int64)
        clusters[rows] = table.dependence.rows(rows).clusters()
    return Sampling(table.weights, clusters)


def mean_predictor(
    table: TrainingSet, splits: Sequence[SeedSplit], networks: Sequence[Network], states: Sequence[MemberState]
) -> Predictor:
    """Return a predictor that averages the networks of several seeds, one network for each split."""
    return Predictor.of(
        schema=table.schema,
        encoders=[split.encoder for split in splits],
        encoding=range(len(splits)),
        networks=networks,
        states=states,
        head=head_for(networks[0].head, len(table.classes)),
        classes=table.classes,
        merge_labels=table.merge_labels,
        target=table.target,
    )
