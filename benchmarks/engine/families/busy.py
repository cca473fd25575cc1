"""The slowdown of a fit while another process keeps a core busy."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from benchmarks.engine.families import heart, moons, products
from benchmarks.engine.figures import Contender, Figure, Reading, Scale, quotient, seconds, timed
from benchmarks.engine.rows import heart_folds, moon_rows, noise_rows

from demarcate.nn import Network

Fit = Callable[[], object]


@contextmanager
def a_busy_core() -> Iterator[None]:
    """Run another process that computes without pause."""
    # It ends with whoever started it, however that ends.
    code = "import os\nparent = os.getppid()\nprint(flush=True)\nwhile os.getppid() == parent: pass"
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert other.stdout
        other.stdout.readline()
        yield
    finally:
        other.kill()
        other.communicate()


def while_busy(fit: Fit) -> Reading:
    """Return the seconds of a fit while such a process runs."""
    with a_busy_core():
        return Reading(seconds(fit))


def full_batch(network: Network, epochs: int, scale: Scale) -> Fit:
    """Return a fit of one network on the moons."""
    rows = moon_rows()
    return partial(moons.as_population, rows, [(network, moons.full_batch(scale.pick(epochs, 2)), 0)])


def eight_large(scale: Scale) -> Fit:
    """Return a fit of wide networks in batches."""
    rows = noise_rows(scale.pick(40, 2) * products.BATCH, 0, products.D_IN)
    return partial(products.train, rows, "float32", scale.pick(4, 1))


def heart_ensemble(scale: Scale) -> Fit:
    """Return a fit of one network for each fold."""
    return partial(heart.fit_folds, heart_folds(heart.N_FOLDS), heart.training(scale))


def contenders(prepare: Callable[[Scale], Fit], scale: Scale) -> list[Contender]:
    """Return the same fit on an idle and on a busy machine."""
    fit = prepare(scale)
    return [timed("idle", fit), Contender("busy", partial(while_busy, fit))]


def busy_figure(name: str, what: str, prepare: Callable[[Scale], Fit]) -> Figure:
    """Return the figure of one fit."""
    claim = f"{what}, while another process keeps one core busy, beside the same on an idle machine"
    return Figure(
        f"busy_{name}", claim, 2.3, "at most", quotient("busy", "idle"), partial(contenders, prepare), repeats=3
    )


FIGURES = (
    busy_figure(
        "small", "one 16-16 network, 2000 full-batch epochs on 210 rows", partial(full_batch, moons.SMALL, 2000)
    ),
    busy_figure(
        "one_large",
        "one 256-256-256 network, 300 full-batch epochs on 210 rows",
        partial(full_batch, Network(hidden=(256, 256, 256)), 300),
    ),
    busy_figure("eight_large", "8 networks of 256-256 units, 4 epochs of 40 batches of 256", eight_large),
    busy_figure("heart", "the ensemble of heart_ensemble", heart_ensemble),
)
