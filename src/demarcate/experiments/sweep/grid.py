"""The configurations of a sweep: all combinations of the values to try, or a sample of them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from demarcate.engine import Training
from demarcate.errors import SettingError
from demarcate.nn import Network
from demarcate.presentation import brief_repr

NETWORK_SETTINGS = ("hidden", "activation", "dropout")
TRAINING_SETTINGS = ("weight_decay", "lr", "optimizer", "batch_size", "epochs")
SWEEP_SETTINGS = (*NETWORK_SETTINGS, *TRAINING_SETTINGS)
INTEGER_SETTINGS = ("batch_size", "epochs")
MAX_NETWORKS = 100_000
"""The most networks that a sweep trains; a larger number is a mistake."""
_MAX_DRAWS_EACH = 1000
"""Draws for each requested combination before ranges are considered exhausted."""


@dataclass(frozen=True)
class Between:
    """A range from which a numerical setting is sampled.

    Parameters
    ----------
    low, high
        Its ends, both included.
    log
        Whether to sample uniformly on a logarithmic scale, as suits learning rates.

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
"""The values to try, by setting."""


@brief_repr
@dataclass(frozen=True)
class Configuration:
    """One combination of the values to try, with the specification and the training of its networks."""

    number: int  # its position among the combinations, from 1
    settings: Mapping[str, Any]  # the swept ones
    network: Network
    training: Training

    def __str__(self) -> str:
        return ", ".join(f"{name} {format_setting(value)}" for name, value in self.settings.items())


def configurations(
    over: Over, network: Network, training: Training, sample: int | None = None, seed: int = 0
) -> list[Configuration]:
    """Return all combinations of valid values, the last setting changing fastest, or ``sample`` distinct ones."""
    combinations: Iterable[tuple[Any, ...]]
    if sample is None:
        combinations = product(*(values for values in over.values() if not isinstance(values, Between)))
    else:
        combinations = _sample(over, sample, seed)
    result = []
    for number, values in enumerate(combinations, 1):
        specs = with_settings(network, training, dict(zip(over, values, strict=True)))
        settings = {name: getattr(specs[name not in NETWORK_SETTINGS], name) for name in over}
        result.append(Configuration(number, settings, *specs))
    return result


def with_settings(network: Network, training: Training, settings: Mapping[str, Any]) -> tuple[Network, Training]:
    """Return copies of both specifications with some settings replaced."""
    of_network = {name: value for name, value in settings.items() if name in NETWORK_SETTINGS}
    of_training = {name: value for name, value in settings.items() if name not in NETWORK_SETTINGS}
    return replace(network, **of_network), replace(training, **of_training)


def _sample(over: Over, sample: int, seed: int) -> list[tuple[Any, ...]]:
    """Return distinct combinations; without ranges they come in the order of the grid."""
    generator = np.random.default_rng(seed)
    n_all = n_combinations(over)
    if sample > n_all:
        raise SettingError(f"sample must be at most the number of combinations, {n_all:g}, got {sample}. Leave it out")
    lists = [values for values in over.values() if not isinstance(values, Between)]
    if len(lists) == len(over):
        positions = np.sort(generator.choice(int(n_all), sample, replace=False))
        columns = np.unravel_index(positions, [len(values) for values in lists])
        chosen = [[values[int(index)] for index in column] for values, column in zip(lists, columns, strict=True)]
        return list(zip(*chosen, strict=True))
    distinct: dict[tuple[Any, ...], None] = {}
    for _ in range(_MAX_DRAWS_EACH * sample):
        distinct[tuple(_draw(name, values, generator) for name, values in over.items())] = None
        if len(distinct) == sample:
            return list(distinct)
    raise SettingError(f"the ranges hold as many combinations as sample asks for, {sample}: {len(distinct)} were found")


def _draw(name: str, values: Sequence[Any] | Between, generator: np.random.Generator) -> Any:
    if not isinstance(values, Between):
        return values[int(generator.integers(len(values)))]
    low, high = float(values.low), float(values.high)
    if name in INTEGER_SETTINGS:
        # Half a unit more on both sides makes the ends as likely as the numbers between them.
        low, high = low - 0.5, high + 0.5
    value = math.exp(generator.uniform(math.log(low), math.log(high))) if values.log else generator.uniform(low, high)
    if name in INTEGER_SETTINGS:
        return min(max(round(value), int(values.low)), int(values.high))
    return min(max(value, values.low), values.high)


def n_combinations(over: Over) -> float:
    """Return the number of combinations, infinite with a range of real numbers."""
    return math.prod(_n_values(name, values) for name, values in over.items())


def _n_values(name: str, values: Sequence[Any] | Between) -> float:
    if not isinstance(values, Between):
        return len(values)
    return values.high - values.low + 1 if name in INTEGER_SETTINGS else math.inf


def format_setting(value: Any) -> str:
    """Return a setting's value as the command line takes it: ``16,16``, ``none``, ``all``, ``0.001``."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    if value is None:
        return "all"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
