"""The training rows of figures, and the engine's side of every comparison."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from sklearn.datasets import make_classification
from torch import Tensor

from demarcate.datasets import Dataset, heart, moons
from demarcate.encoding import TableEncoder
from demarcate.engine import FittedMember, Member, Samples, Training, fit
from demarcate.nn import Network
from demarcate.tabular import infer_schema, stratified_folds
from demarcate.tabular.column_options import ColumnOptions


@dataclass(frozen=True, eq=False)
class Rows:
    """Encoded rows of two classes: training rows and test rows.

    Attributes
    ----------
    x
        ``(n_rows, d_in)``, float32.
    codes
        0 or 1, int64 ``(n_rows,)``.
    train, test
        Row numbers; none to test on is fine.
    """

    x: Tensor
    codes: Tensor
    train: Tensor
    test: Tensor

    @property
    def d_in(self) -> int:
        """The number of columns."""
        return self.x.shape[1]

    @property
    def targets(self) -> Tensor:
        """The classes for a lesson's binary cross-entropy, float32 ``(n_rows, 1)``."""
        return self.codes.float().unsqueeze(1)

    def member(self, network: Network, training: Training, seed: int) -> Member:
        """Return a member that trains on these rows."""
        return Member(network, training, seed, self.train, self.test)

    def fit(self, members: Sequence[Member], precision: str = "float32") -> list[FittedMember]:
        """Train members with the engine, on the processor."""
        return fit(members, Samples.of([self.x], self.codes, 2), device="cpu", precision=precision)

    def train_alike(
        self, network: Network, training: Training, n_members: int, precision: str = "float32"
    ) -> list[FittedMember]:
        """Train networks that differ in their seeds."""
        return self.fit([self.member(network, training, seed) for seed in range(n_members)], precision)


def moon_rows() -> Rows:
    """Return 210 training rows and 90 test rows of the moons."""
    data = moons(n_samples=300, noise=0.30)
    order = torch.randperm(300, generator=torch.Generator().manual_seed(0))
    x = torch.from_numpy(data.X.to_numpy()).float().contiguous()
    return Rows(x, torch.from_numpy(data.y), order[:210], order[210:])


def heart_folds(n_folds: int) -> list[Rows]:
    """Return the heart patients with each fold as test rows; encoded once for all folds."""
    data = heart()
    fold_of = torch.from_numpy(stratified_folds(data.y, n_folds, 0))
    whole = Rows(encoded(data), torch.from_numpy(data.y), torch.arange(0), torch.arange(0))
    return [
        replace(whole, train=(fold_of != fold).nonzero().flatten(), test=(fold_of == fold).nonzero().flatten())
        for fold in range(n_folds)
    ]


def encoded(data: Dataset) -> Tensor:
    """Return a data set's columns as one matrix."""
    schema = infer_schema(data.X, ColumnOptions.of(categorical=data.categorical))
    parsed = schema.parse(data.X)
    return torch.from_numpy(TableEncoder.fit(schema, parsed, np.arange(len(data.y))).encode(parsed))


def classification_rows(n_rows: int, d_in: int = 50) -> Rows:
    """Return rows of scikit-learn's generator, all of them training rows."""
    x, y = make_classification(n_rows, n_features=d_in, n_informative=d_in // 2, random_state=0)
    x_tensor, codes = torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y.astype(np.int64))
    return Rows(x_tensor, codes, torch.arange(n_rows), torch.arange(0))


def noise_rows(n_train: int, n_test: int, d_in: int) -> Rows:
    """Return normal noise with classes on both sides of a plane."""
    n_rows = n_train + n_test
    x = torch.randn(n_rows, d_in, generator=torch.Generator().manual_seed(0))
    return Rows(x, (x[:, 0] + x[:, 1] > 0).long(), torch.arange(n_train), torch.arange(n_train, n_rows))
