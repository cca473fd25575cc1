"""What can be wrong with the values that a sweep is to try: all of it is told at once."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from numbers import Real
from typing import Any

import numpy as np

from demarcate.engine import Training
from demarcate.errors import Problem, SettingError
from demarcate.experiments.sweep.grid import COUNTS, OF_NETWORK, SWEPT, Between, specified, spelled
from demarcate.nn import Network

_NUMBERS = ("dropout", "weight_decay", "lr", *COUNTS)


def wrong_values(over: Any, network: Network, training: Training, *, sampled: bool) -> list[Problem]:
    """Everything that is wrong with the values to try.

    Examples
    --------
    >>> for problem in wrong_values({"lr": [0.1, -1], "width": [3]}, Network(), Training(), sampled=False):
    ...     print(problem)
    lr is above 0 and finite: value 2 of lr is -1. Mend it or leave it out.
    A sweep tries hidden, activation, dropout, weight_decay, lr, optimizer, batch_size, epochs: there is no 'width'. ...
    """
    if not isinstance(over, Mapping) or not over:
        rule = "over maps settings to the values to try"
        return [Problem(rule, f"it is {over!r}", "Name at least one, as in {'hidden': [2, (16, 16)]}")]
    return [problem for name, values in over.items() for problem in _wrong(name, values, network, training, sampled)]


def _wrong(name: Any, values: Any, network: Network, training: Training, sampled: bool) -> Iterator[Problem]:
    if name not in SWEPT:
        yield _unknown(name, network, training)
    elif isinstance(values, Between):
        yield from _wrong_range(name, values, network, training, sampled)
    elif isinstance(values, str) or not isinstance(values, Sequence | np.ndarray) or not len(values):
        remedy = f"Write {[values]!r}" if isinstance(values, str | Real) else "Give at least one value"
        yield Problem("The values to try are a list", f"{name} is {values!r}", remedy)
    else:
        seen: dict[Any, int] = {}
        for place, value in enumerate(values, 1):
            wrong, spec = _tried(name, value, network, training)
            if wrong:
                yield Problem(wrong, f"value {place} of {name} is {value!r}", "Mend it or leave it out")
            elif seen.setdefault(spec, place) != place:
                found = f"values {seen[spec]} and {place} of {name} are both {spelled(spec)}"
                yield Problem("A value is tried once", found, "Leave one out")


def _unknown(name: Any, network: Network, training: Training) -> Problem:
    close = get_close_matches(str(name), SWEPT, 1)
    remedy = f"Did you mean {close[0]!r}" if close else "Leave it out"
    for spec in (network, training):
        if name in vars(spec):
            kind = type(spec).__name__
            remedy = f"It is the same for all: {kind.lower()}={kind}({name}=...)"
    return Problem(f"A sweep tries {', '.join(SWEPT)}", f"there is no {name!r}", remedy)


def _wrong_range(name: str, between: Between, network: Network, training: Training, sampled: bool) -> Iterator[Problem]:
    found = f"{name} is {between}"
    if name not in _NUMBERS:
        yield Problem(f"A range is for {', '.join(_NUMBERS)}", found, "List the values to try")
        return
    wrong = [_tried(name, end, network, training)[0] for end in (between.low, between.high)]
    if any(wrong):
        yield Problem(next(filter(None, wrong)), found, "Mend the range")
    elif not between.low < between.high:
        yield Problem("A range goes from a lower number to a higher one", found, "Mend the range")
    elif between.log and between.low <= 0:
        yield Problem("A range on a logarithmic scale begins above 0", found, "Raise its lower end")
    if not sampled:
        rule = "A range is drawn from as often as sample says"
        yield Problem(rule, f"{found}, without a sample", "Give sample, say 20")


def _tried(name: str, value: Any, network: Network, training: Training) -> tuple[str, Any]:
    """The rule that a value breaks, or what the specification makes of it."""
    try:
        spec = specified(network, training, {name: value})[name not in OF_NETWORK]
    except SettingError as error:
        return str(error).partition(": got ")[0], None
    return "", getattr(spec, name)
