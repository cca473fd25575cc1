"""Networks of many kinds in one fit, compared with fits of their own."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import chain

from benchmarks.engine.figures import Contender, Figure, Scale, quotient, timed
from benchmarks.engine.rows import Rows, noise_rows

from demarcate.engine import Member, Training
from demarcate.nn import Network

N_FOLDS, D_IN = 8, 20
TRAINING = Training(optimizer="adamw", lr=2e-3, schedule="cosine", init="he", decay_biases=False)


def fit_all(rows: Rows, members: Sequence[Sequence[Member]]) -> None:
    """Train each group of members in a fit of its own, as the estimator does."""
    for group in members:
        rows.fit(group, "auto")


def different_networks(scale: Scale) -> list[Contender]:
    """Compare many different networks in one fit with as many fits."""
    rows, draw = noise_rows(scale.pick(1000, 60), scale.pick(250, 20), D_IN), random.Random(0)
    members = []
    for seed in range(scale.pick(64, 3)):
        hidden = tuple(draw.randrange(64, 385, 32) for _ in range(draw.randint(1, 3)))
        training = replace(
            TRAINING,
            lr=10 ** draw.uniform(-3.5, -2),
            weight_decay=draw.choice([0.0, 1e-3, 1e-2]),
            epochs=scale.pick(4, 1),
            batch_size=128,
        )
        members.append(rows.member(Network(hidden, dropout=draw.choice([0.0, 0.1, 0.3])), training, seed))
    return [
        timed("one fit", partial(fit_all, rows, [members])),
        timed("fits of one", partial(fit_all, rows, [[member] for member in members])),
    ]


def kinds_of_folds(scale: Scale) -> list[Contender]:
    """Compare several kinds of network, one of each for every fold, in one fit with a fit of each kind."""
    rows, short = noise_rows(scale.pick(450, 60), 64, D_IN), scale.pick(40, 1)
    training = replace(TRAINING, weight_decay=1e-3, epochs=short, batch_size=32)
    kinds = [
        (Network(()), training),
        (Network((32,)), training),
        (Network((32,), dropout=0.5), replace(training, weight_decay=0.1)),
        (Network((32,)), replace(training, lr=5e-4, epochs=2 * short)),
        (Network((128, 128)), training),
        (Network((128, 128), dropout=0.3), replace(training, weight_decay=0.1)),
        (Network((128, 128)), replace(training, epochs=2 * short)),
        (Network((128, 128, 128), dropout=0.1), training),
    ]
    members = [
        [rows.member(network, own, 100 * number + fold) for fold in range(N_FOLDS)]
        for number, (network, own) in enumerate(kinds)
    ]
    return [
        timed("one fit", partial(fit_all, rows, [list(chain.from_iterable(members))])),
        timed("a fit of each kind", partial(fit_all, rows, members)),
    ]


FIGURES = (
    Figure(
        "different_64",
        "64 networks of 1 to 3 layers of 64 to 384 units, each with its own rate, decay and dropout, on 1000 rows in "
        "batches of 128, in one fit, beside 64 fits of one",
        10,
        "at least",
        quotient("fits of one", "one fit"),
        different_networks,
        repeats=3,
    ),
    Figure(
        "kinds_of_folds",
        "8 kinds of network, from linear to 128-128-128, with 8 members each, on 450 rows in batches of 32, in one "
        "fit, beside a fit of each kind",
        1,
        "at least",
        quotient("a fit of each kind", "one fit"),
        kinds_of_folds,
        repeats=3,
    ),
)
