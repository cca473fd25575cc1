"""One seed's split of a table, and predictors of the networks trained on such splits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.inference import Predictor
from demarcate.nn import MemberState, Network
from demarcate.nn.heads import head_for
from demarcate.trainingset import TrainingSet


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

    @property
    def monitored_rows(self) -> NDArray[np.int64]:
        """The rows that are evaluated in every epoch: validation rows, or test rows where there are none."""
        return self.validation_rows if len(self.validation_rows) else self.test_rows


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
        target=table.target,
    )
