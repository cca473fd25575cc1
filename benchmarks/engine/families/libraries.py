"""A network of a population, beside skorch's and scikit-learn's classifiers."""

from collections.abc import Callable
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
"""Environment variables with which numpy may be told to be slower than it is."""


def training(epochs: int) -> Training:
    """Adam in batches of 200, which is what MLPClassifier does unless told otherwise."""
    return Training(optimizer="adam", lr=1e-3, epochs=epochs, batch_size=200)


def mlp_run(hidden: list[int], n_rows: int, epochs: int) -> dict[str, float | str]:
    """Seconds of one fit of MLPClassifier, warmed up, and what numpy multiplies matrices with."""
    network, rows = Network(hidden=tuple(hidden)), classification_rows(n_rows)
    mlp_fit(network, training(1), rows)
    kernels = (f"{pool['internal_api']} {pool.get('architecture', '')}".strip() for pool in threadpool_info())
    return {"seconds": seconds(partial(mlp_fit, network, training(epochs), rows)), "kernels": ", ".join(kernels)}


def mlp_contender(network: Network, n_rows: int, epochs: int) -> Contender:
    """MLPClassifier in a process where nothing slows numpy."""

    def measure() -> Reading:
        found = in_own_process(mlp_run, list(network.hidden), n_rows, epochs, without=SLOWING)
        return Reading(found["seconds"], {"numpy multiplies with": found["kernels"]})

    return Contender("MLPClassifier", measure, warm=False)


def skorch_contender(network: Network, n_rows: int, epochs: int) -> Contender:
    """The NeuralNetClassifier of skorch."""
    rows = classification_rows(n_rows)
    return timed("skorch", partial(skorch_fit, network, training(epochs), rows))


def contenders(
    opponent: Callable[[Network, int, int], Contender], hidden: tuple[int, ...], scale: Scale
) -> list[Contender]:
    """A population's time per network, beside one fit."""
    network, n_rows, epochs = Network(hidden=hidden), scale.pick(10_000, 400), scale.pick(10, 1)
    rows = classification_rows(n_rows)
    population = partial(rows.train_alike, network, training(epochs), N_MEMBERS, "auto")
    return [timed("demarcate", population, per=N_MEMBERS), opponent(network, n_rows, epochs)]


def library_figure(short: str, name: str, opponent: Callable[..., Contender], hidden: tuple[int, ...]) -> Figure:
    """A figure for one library and one shape."""
    units = "-".join(map(str, hidden))
    return Figure(
        f"{short}_{hidden[0]}",
        f"10,000 rows, 50 columns, {units} units, batches of 200, 10 epochs: a network of a population of 8 "
        f"(precision auto: bf16 where the processor gains from it), beside {name}",
        5 if len(hidden) == 1 else 2,
        "at least",
        quotient(name, "demarcate"),
        partial(contenders, opponent, hidden),
        "seconds a network",
        repeats=3,
    )


FIGURES = tuple(
    library_figure(short, name, opponent, hidden)
    for short, name, opponent in (("skorch", "skorch", skorch_contender), ("mlp", "MLPClassifier", mlp_contender))
    for hidden in ((100,), (256, 256))
)
