"""Small networks on the moons, compared with the full-batch loop of a lesson."""

from collections.abc import Sequence
from functools import partial

from benchmarks.engine.figures import Contender, Figure, Scale, quotient, timed
from benchmarks.engine.opponents import full_batch_loop
from benchmarks.engine.rows import Rows, moon_rows

from demarcate.engine import Training
from demarcate.nn import Network

Job = tuple[Network, Training, int]
"""A network, its training and its seed."""
RATIO = quotient("plain loops", "demarcate")
SMALL = Network(hidden=(16, 16))
DROPOUT = Network(hidden=(16, 16), dropout=0.2)
WIDTHS, SEEDS = (2, 4, 8, 16, 32, 64, 128, 256), 5


def full_batch(epochs: int, weight_decay: float = 0.0) -> Training:
    """Return full-batch Adam."""
    return Training(optimizer="adam", lr=0.01, weight_decay=weight_decay, epochs=epochs, batch_size=None)


def as_population(rows: Rows, jobs: Sequence[Job]) -> None:
    """Train all networks in one fit."""
    rows.fit([rows.member(*job) for job in jobs])


def as_loops(rows: Rows, jobs: Sequence[Job]) -> None:
    """Train the networks one after the other."""
    for network, training, seed in jobs:
        full_batch_loop(network, training, rows, seed)


def against_loops(jobs: Sequence[Job], loops: Sequence[Job]) -> list[Contender]:
    """Compare the time per network of one population and of loops."""
    rows = moon_rows()
    return [
        timed("demarcate", partial(as_population, rows, jobs), per=len(jobs)),
        timed("plain loops", partial(as_loops, rows, loops), per=len(loops)),
    ]


def one(scale: Scale) -> list[Contender]:
    """Compare one small network with one loop."""
    jobs = [(SMALL, full_batch(scale.pick(2000, 3)), 0)]
    return against_loops(jobs, jobs)


def trio(scale: Scale) -> list[Contender]:
    """Compare three different networks with three loops."""
    epochs = scale.pick(2000, 3)
    tiny = (Network(hidden=(2,), activation="tanh"), full_batch(epochs), 0)
    big = (Network(hidden=(256, 256, 256)), full_batch(epochs), 1)
    good = (DROPOUT, full_batch(epochs, weight_decay=1e-4), 2)
    return against_loops([tiny, big, good], [tiny, big, good])


def sixty_four(scale: Scale) -> list[Contender]:
    """Compare many networks with one loop."""
    training = full_batch(scale.pick(1000, 3))
    return against_loops([(DROPOUT, training, seed) for seed in range(64)], [(DROPOUT, training, 0)])


def width_sweep(scale: Scale) -> list[Contender]:
    """Compare several seeds of every width with loops."""
    training = full_batch(scale.pick(500, 2))
    jobs = [(Network(hidden=(width,)), training, seed) for width in WIDTHS for seed in range(SEEDS)]
    return against_loops(jobs, jobs)


FIGURES = (
    Figure(
        "moons_one",
        "one 16-16 network, 2000 full-batch epochs on 210 rows, 90 test rows, beside a plain loop",
        4,
        "at least",
        RATIO,
        one,
        "seconds a network",
    ),
    Figure(
        "capstone_trio",
        "2 tanh units, 256-256-256 and 16-16 with dropout, 2000 full-batch epochs in one fit, beside three plain loops",
        3,
        "at least",
        RATIO,
        trio,
        "seconds a network",
        repeats=3,
    ),
    Figure(
        "sixty_four",
        "64 networks of 16-16 units with dropout in one fit, 1000 full-batch epochs, per network, beside a plain loop",
        30,
        "at least",
        RATIO,
        sixty_four,
        "seconds a network",
    ),
    Figure(
        "width_sweep",
        "one hidden layer of 2, 4 up to 256 units, 5 seeds each, 500 full-batch epochs in one fit, "
        "beside 40 plain loops",
        12,
        "at least",
        RATIO,
        width_sweep,
        "seconds a network",
        repeats=3,
    ),
)
