"""What a sweep tries: the combinations of the values to try, all of them or some."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

import numpy as np

from demarcate.engine import Training
from demarcate.errors import SettingError
from demarcate.nn import Network

OF_NETWORK = ("hidden", "activation", "dropout")
OF_TRAINING = ("weight_decay", "lr", "optimizer", "batch_size", "epochs")
SWEPT = (*OF_NETWORK, *OF_TRAINING)
COUNTS = ("batch_size", "epochs")
MAX_NETWORKS = 100_000
"""Networks a sweep trains at most: more are a slip of the pen."""
_DRAWS_EACH = 1000
"""Draws for each combination asked for, before a range is taken to have no more."""


@dataclass(frozen=True)
class Between:
    """A range to draw a numeric setting from.

    Parameters
    ----------
    low, high
        Its ends.
    log
        Whether to draw evenly on a logarithmic scale, as fits rates that differ by factors.

    Examples
    --------
    >>> Between(1e-4, 1e-1, log=True)
    Between(low=0.0001, high=0.1, log=True)
    """

    low: float
    high: float
    log: bool = False

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"


Over = Mapping[str, Sequence[Any] | Between]


@dataclass(frozen=True)
class Configuration:
    """One combination of the values to try.

    Attributes
    ----------
    number
        Its place among the combinations, from 1.
    settings
        The settings that were swept, and their values here.
    network, training
        What its networks are, and how they are trained.
    """

    number: int
    settings: Mapping[str, Any]
    network: Network
    training: Training

    def __str__(self) -> str:
        return ", ".join(f"{name} {spelled(value)}" for name, value in self.settings.items())


def configurations(
    over: Over, network: Network, training: Training, sample: int | None = None, seed: int = 0
) -> list[Configuration]:
    """All combinations of the values to try, or a sample of them.

    Parameters
    ----------
    over
        The values to try, by setting; those that `wrong_values` has nothing against.
    network, training
        Where the other settings come from.
    sample
        How many distinct combinations to draw; None takes all, the last setting changing fastest.
    seed
        Decides the draw.

    Raises
    ------
    SettingError
        If there are not as many distinct combinations.

    Examples
    --------
    >>> over = {"hidden": [2, (16, 16)], "lr": [0.1, 0.01]}
    >>> for configuration in configurations(over, Network(), Training()):
    ...     print(configuration)
    hidden 2, lr 0.1
    hidden 2, lr 0.01
    hidden 16,16, lr 0.1
    hidden 16,16, lr 0.01
    """
    combinations: Iterable[tuple[Any, ...]]
    if sample is None:
        combinations = product(*(values for values in over.values() if not isinstance(values, Between)))
    else:
        combinations = _sample(over, sample, seed)
    found = []
    for number, values in enumerate(combinations, 1):
        made = specified(network, training, dict(zip(over, values, strict=True)))
        settings = {name: getattr(made[name not in OF_NETWORK], name) for name in over}
        found.append(Configuration(number, settings, *made))
    return found


def specified(network: Network, training: Training, settings: Mapping[str, Any]) -> tuple[Network, Training]:
    """The specifications with some of their settings changed."""
    of_network = {name: value for name, value in settings.items() if name in OF_NETWORK}
    of_training = {name: value for name, value in settings.items() if name not in OF_NETWORK}
    return replace(network, **of_network), replace(training, **of_training)


def _sample(over: Over, sample: int, seed: int) -> list[tuple[Any, ...]]:
    """Distinct combinations; without ranges they come in the order of the grid."""
    generator = np.random.default_rng(seed)
    n_all = n_combinations(over)
    if sample > n_all:
        raise SettingError(f"sample is at most the number of combinations, {n_all:g}: got {sample}. Leave it out")
    lists = [values for values in over.values() if not isinstance(values, Between)]
    if len(lists) == len(over):
        places = np.sort(generator.choice(int(n_all), sample, replace=False))
        return list(zip(*_digits(places, [len(values) for values in lists], lists), strict=True))
    distinct: dict[tuple[Any, ...], None] = {}
    for combination in islice(_draws(over, generator), _DRAWS_EACH * sample):
        distinct[combination] = None
        if len(distinct) == sample:
            return list(distinct)
    raise SettingError(f"the ranges hold as many combinations as sample asks for, {sample}: {len(distinct)} were found")


def _digits(places: Any, sizes: Sequence[int], lists: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """For each setting, its value in each of the combinations at these places of the grid."""
    columns = np.unravel_index(places, sizes)
    return [[values[int(place)] for place in column] for values, column in zip(lists, columns, strict=True)]


def _draws(over: Over, generator: np.random.Generator) -> Iterator[tuple[Any, ...]]:
    while True:
        yield tuple(
            _draw(name, values, generator)
            if isinstance(values, Between)
            else values[int(generator.integers(len(values)))]
            for name, values in over.items()
        )


def _draw(name: str, between: Between, generator: np.random.Generator) -> float:
    low, high = float(between.low), float(between.high)
    if name in COUNTS:
        # Half a unit more on both sides: the ends are then as likely as what lies between.
        low, high = low - 0.5, high + 0.5
    drawn = math.exp(generator.uniform(math.log(low), math.log(high))) if between.log else generator.uniform(low, high)
    if name in COUNTS:
        return min(max(round(drawn), int(between.low)), int(between.high))
    return min(max(drawn, between.low), between.high)


def n_combinations(over: Over) -> float:
    """How many combinations there are, without number where a range is one of numbers.

    Examples
    --------
    >>> n_combinations({"hidden": [2, 3], "lr": [0.1, 0.2, 0.3]}), n_combinations({"lr": Between(0.1, 1.0)})
    (6, inf)
    """
    sizes = [
        len(values) if not isinstance(values, Between) else values.high - values.low + 1 if name in COUNTS else math.inf
        for name, values in over.items()
    ]
    return math.prod(sizes)


def spelled(value: Any) -> str:
    """A setting's value as the command line takes it.

    Examples
    --------
    >>> spelled((16, 16)), spelled(()), spelled(0.001), spelled(None), spelled("relu")
    ('16,16', 'none', '0.001', 'all', 'relu')
    """
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    if value is None:
        return "all"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
