"""A network of a population, compared with skorch's and scikit-learn's classifiers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks.engine.figures import Contender, Figure, Reading, Scale, quotient, seconds, timed
from benchmarks.engine.isolated import in_own_process
from benchmarks.engine.opponents import mlp_fit, skorch_fit
from benchmarks.engine.rows import classification_rows
from threadpoolctl import threadpool_info

from demarcate.engine import Training
from demarcate.nn import Network

N_MEMBERS = 8
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
"""Environment variables that may slow numpy down."""


def training(epochs: int) -> Training:
    """Return Adam in batches of 200, the default of MLPClassifier."""
    return Training(optimizer="adam", lr=1e-3, epochs=epochs, batch_size=200)


def mlp_run(hidden: list[int], n_rows: int, epochs: int) -> dict[str, float | str]:
    """Return seconds of one fit of MLPClassifier, after a warm-up, and numpy's library for matrix products."""
    network, rows = Network(hidden=tuple(hidden)), classification_rows(n_rows)
    mlp_fit(network, training(1), rows)
    kernels = (f"{pool['internal_api']} {pool.get('architecture', '')}".strip() for pool in threadpool_info())
    return {"seconds": seconds(partial(mlp_fit, network, training(epochs), rows)), "kernels": ", ".join(kernels)}


def mlp_contender(network: Network, n_rows: int, epochs: int) -> Contender:
    """Fit MLPClassifier in a process without variables that slow numpy."""

    def measure() -> Reading:
        found = in_own_process(mlp_run, list(network.hidden), n_rows, epochs, without=SLOWING)
        return Reading(found["seconds"], {"numpy multiplies with": found["kernels"]})

    return Contender("MLPClassifier", measure, warm=False)


def skorch_contender(network: Network, n_rows: int, epochs: int) -> Contender:
    """Fit the NeuralNetClassifier of skorch."""
    rows = classification_rows(n_rows)
    return timed("skorch", partial(skorch_fit, network, training(epochs), rows))


def contenders(
    opponent: Callable[[Network, int, int], Contender], hidden: tuple[int, ...], precision: str, scale: Scale
) -> list[Contender]:
    """Compare a population's time per network with one fit."""
    network, n_rows, epochs = Network(hidden=hidden), scale.pick(10_000, 400), scale.pick(10, 1)
    rows = classification_rows(n_rows)
    population = partial(rows.train_alike, network, training(epochs), N_MEMBERS, precision)
    return [timed("demarcate", population, per=N_MEMBERS), opponent(network, n_rows, epochs)]


@dataclass(frozen=True)
class Library:
    """Another library's classifier.

    Attributes
    ----------
    short, name
        What it is called in a figure's name, and in words.
    opponent
        Makes the contender.
    goal
        How many times as long it is to take.
    """

    short: str
    name: str
    opponent: Callable[[Network, int, int], Contender]
    goal: float

    def figure(self, hidden: tuple[int, ...], precision: str) -> Figure:
        """Return the figure of one shape; ``auto`` multiplies wide layers in bf16 if the processor gains."""
        units = "-".join(map(str, hidden))
        return Figure(
            f"{self.short}_{hidden[0]}" + ("" if precision == "float32" else f"_{precision}"),
            f"10,000 rows, 50 columns, {units} units, batches of 200, 10 epochs: a network of a population of 8 in "
            f"precision {precision}, beside {self.name}",
            self.goal,
            "at least",
            quotient(self.name, "demarcate"),
            partial(contenders, self.opponent, hidden, precision),
            "seconds a network",
            repeats=3,
        )


LIBRARIES = (
    Library("skorch", "skorch", skorch_contender, 5),
    Library("mlp", "MLPClassifier", mlp_contender, 2),
)
FIGURES = tuple(
    library.figure(hidden, precision)
    for library in LIBRARIES
    for hidden, precision in (((100,), "float32"), ((256, 256), "float32"), ((256, 256), "auto"))
)
