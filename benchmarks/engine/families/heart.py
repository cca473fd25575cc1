"""Mini-batches on the heart patients, compared with a DataLoader loop."""

from functools import partial

from benchmarks.engine.figures import Contender, Figure, Scale, quotient, timed
from benchmarks.engine.opponents import data_loader_loop
from benchmarks.engine.rows import Rows, heart_folds

from demarcate.engine import Training
from demarcate.nn import Network

N_FOLDS = 8
NETWORK = Network(hidden=(32,), dropout=0.5)
RATIO = quotient("DataLoader loop", "demarcate")


def training(scale: Scale) -> Training:
    """Return Adam in batches of 32."""
    return Training(optimizer="adam", lr=1e-3, epochs=scale.pick(50, 2), batch_size=32)


def fit_folds(folds: list[Rows], how: Training) -> None:
    """Train a network for each fold, in one fit."""
    folds[0].fit([fold.member(NETWORK, how, seed) for seed, fold in enumerate(folds)])


def contenders(n_members: int, scale: Scale) -> list[Contender]:
    """Compare networks of several folds with one loop."""
    folds, how = heart_folds(N_FOLDS), training(scale)
    return [
        timed("demarcate", partial(fit_folds, folds[:n_members], how)),
        timed("DataLoader loop", partial(data_loader_loop, NETWORK, how, folds[0])),
    ]


FIGURES = (
    Figure(
        "heart_one",
        "one network of 32 units with dropout on 265 patients, batches of 32, 50 epochs, beside a DataLoader loop",
        6,
        "at least",
        RATIO,
        partial(contenders, 1),
    ),
    Figure(
        "heart_ensemble",
        "an ensemble of 8 such networks, each with another fold to test on, beside one DataLoader loop",
        1,
        "at least",
        RATIO,
        partial(contenders, N_FOLDS),
    ),
)
