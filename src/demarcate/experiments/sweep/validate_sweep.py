"""Validation of the values that a sweep is to try; all problems are reported together."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np

from demarcate.engine import Training
from demarcate.errors import Problem, SettingError
from demarcate.experiments.sweep.grid import (
    INTEGER_SETTINGS,
    NETWORK_SETTINGS,
    SWEEP_SETTINGS,
    Between,
    format_setting,
    with_settings,
)
from demarcate.nn import Network

_NUMERICAL_SETTINGS = ("dropout", "weight_decay", "lr", *INTEGER_SETTINGS)


def value_problems(over: Any, network: Network, training: Training, *, sampled: bool) -> list[Problem]:
    """Return all problems of the values to try."""
    if not isinstance(over, Mapping) or not over:
        fact = f"over is {over!r}, not a mapping of settings to the values to try"
        return [Problem(fact, "Name at least one setting, as in {'hidden': [2, (16, 16)]}")]
    return [problem for name, values in over.items() for problem in _problems(name, values, network, training, sampled)]


def _problems(name: Any, values: Any, network: Network, training: Training, sampled: bool) -> Iterator[Problem]:
    if name not in SWEEP_SETTINGS:
        yield _unknown_setting(name, network, training)
    elif isinstance(values, Between):
        yield from _range_problems(name, values, network, training, sampled)
    elif isinstance(values, str) or not isinstance(values, Sequence | np.ndarray) or not len(values):
        remedy = f"Write {[values]!r}" if isinstance(values, str | Real) else "Give at least one value"
        yield Problem(f"{name} is {values!r}, not a list of values to try", remedy)
    else:
        positions: dict[Any, int] = {}
        for position, value in enumerate(values, 1):
            error, parsed = _parse_value(name, value, network, training)
            if error:
                yield Problem(f"Value {position} of {name}: {error}", "Change it or leave it out")
            elif positions.setdefault(parsed, position) != position:
                fact = f"Values {positions[parsed]} and {position} of {name} are both {format_setting(parsed)}"
                yield Problem(fact, "Leave one out")


def _unknown_setting(name: Any, network: Network, training: Training) -> Problem:
    close = get_close_matches(str(name), SWEEP_SETTINGS, 1)
    remedy = f"Did you mean {close[0]!r}?" if close else "Leave it out"
    for argument, spec in {"network": network, "training": training}.items():
        if name in vars(spec):
            remedy = f"Set it for all networks: {argument}={type(spec).__name__}({name}=...)"
    return Problem(f"A sweep cannot try {name!r}, only {', '.join(SWEEP_SETTINGS)}", remedy)


def _range_problems(
    name: str, between: Between, network: Network, training: Training, sampled: bool
) -> Iterator[Problem]:
    fact = f"{name} is {between}"
    if name not in _NUMERICAL_SETTINGS:
        yield Problem(f"{fact}, but a range is for {', '.join(_NUMERICAL_SETTINGS)}", "List the values to try")
        return
    errors = [_parse_value(name, end, network, training)[0] for end in (between.low, between.high)]
    if any(errors):
        yield Problem(f"{fact}: {next(filter(None, errors))}", "Change the range")
    elif not between.low < between.high:
        yield Problem(f"{fact}, but a range goes from a lower number to a higher one", "Change the range")
    elif between.log and between.low <= 0:
        yield Problem(f"{fact}, but a range on a logarithmic scale begins above 0", "Raise its lower end")
    if not sampled:
        remedy = "Give the number of combinations to sample, such as 20"
        yield Problem(f"{fact}, a range, and there is no sample", remedy)


def _parse_value(name: str, value: Any, network: Network, training: Training) -> tuple[str, Any]:
    """Return the error message of a value, empty if it is valid, and the value as the specification stores it."""
    try:
        spec = with_settings(network, training, {name: value})[name not in NETWORK_SETTINGS]
    except SettingError as error:
        return str(error).removesuffix("."), None
    return "", getattr(spec, name)
