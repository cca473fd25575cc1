"""Callers' own modules, which autograd trains, compared with the loops of a lesson over the same modules."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from benchmarks.engine.figures import Contender, Figure, Scale, quotient, timed
from benchmarks.engine.opponents import data_loader_loop, full_batch_loop
from benchmarks.engine.rows import Rows, heart_folds, moon_rows
from torch import Tensor, nn

from demarcate.engine import Member, Training
from demarcate.nn import family_of
from demarcate.nn.module_network import ModuleNetwork

RATIO = quotient("demarcate", "plain loop")


class Skip(nn.Module):
    """Two hidden layers, the second of which is added to the first."""

    def __init__(self, d_in: int) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(d_in, 16), nn.Linear(16, 16), nn.Linear(16, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits ``(batch, 1)``."""
        hidden = torch.relu(self.first(x))
        logits: Tensor = self.last(hidden + torch.relu(self.second(hidden)))
        return logits


def normalised(d_in: int) -> nn.Module:
    """Return a hidden layer with batch norm and dropout."""
    return nn.Sequential(nn.Linear(d_in, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout(0.5), nn.Linear(32, 1))


def fit_module(build: Callable[[], nn.Module], training: Training, rows: Rows) -> None:
    """Train a module with the engine."""
    network = ModuleNetwork(head="logit", module=build().eval(), build=build, d_in=rows.d_in, d_out=1)
    assert not family_of(network).is_stackable
    rows.fit([Member(network, training, 0, rows.train, rows.test)])


def skip(scale: Scale) -> list[Contender]:
    """Compare a network with a skip, in full batches."""
    rows, training = moon_rows(), Training(lr=0.01, epochs=scale.pick(1000, 3), batch_size=None)
    build = partial(Skip, rows.d_in)
    return [
        timed("demarcate", partial(fit_module, build, training, rows)),
        timed("plain loop", partial(full_batch_loop, build, training, rows)),
    ]


def batch_norm(scale: Scale) -> Sequence[Contender]:
    """Compare a network with batch norm and dropout, in batches of 32."""
    (rows, *_), training = heart_folds(5), Training(lr=1e-3, epochs=scale.pick(100, 2), batch_size=32)
    build = partial(normalised, rows.d_in)
    return [
        timed("demarcate", partial(fit_module, build, training, rows)),
        timed("plain loop", partial(data_loader_loop, build, training, rows)),
    ]


FIGURES = (
    Figure(
        "own_module",
        "a module with a skip, 16 units twice, on 210 points of the moons, 1000 epochs in full batches, with the test "
        "loss after each, beside a plain loop over the same module",
        1.3,
        "at most",
        RATIO,
        skip,
    ),
    Figure(
        "own_module_batches",
        "a module with batch norm and dropout, 32 units, on heart disease, 100 epochs in batches of 32, with the test "
        "loss after each, beside a plain loop over the same module",
        1.3,
        "at most",
        RATIO,
        batch_norm,
    ),
)
