"""A figure: a claim, a goal, contenders that are measured in turn, and the ratio of their values."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

SHORTEST = 1e-9
"""The smallest difference of two times, in seconds: noise may make a tiny one negative."""


class NotApplicableError(Exception):
    """A figure has no meaning on this machine; the message states the reason."""


@dataclass(frozen=True)
class Scale:
    """The amount of work of a figure: all of it, or just enough to check that it runs."""

    quick: bool = False

    def pick(self, full: int, quick: int) -> int:
        """Return one of two sizes."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Reading:
    """The value of one run of a contender, in the figure's unit, and notes on it."""

    value: float
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Contender:
    """One side of a comparison.

    Attributes
    ----------
    name
        What it is called in results.
    measure
        Runs it once.
    warm
        Whether to run it once before it counts; pointless for what runs in a process of its own.
    """

    name: str
    measure: Callable[[], Reading]
    warm: bool = True


@dataclass(frozen=True)
class Ratio:
    """The computation of the number that is compared with the goal from the contenders' values."""

    how: str
    of: Callable[[Mapping[str, float]], float]


@dataclass(frozen=True)
class Figure:
    """A claim that can be measured.

    Attributes
    ----------
    name
        Short; what ``--only`` takes.
    claim
        What is compared with what, in a sentence.
    goal, bound
        What the ratio should be at least, or at most.
    ratio
        How it is formed.
    contenders
        Prepares the contenders; called once, outside all timing.
    unit
        That of the contenders' values.
    repeats
        How often each contender runs unless told otherwise.
    """

    name: str
    claim: str
    goal: float
    bound: Literal["at least", "at most"]
    ratio: Ratio
    contenders: Callable[[Scale], Sequence[Contender]]
    unit: str = "seconds"
    repeats: int = 5

    def met_by(self, ratio: float) -> bool:
        """Return whether a ratio reaches the goal."""
        return ratio >= self.goal if self.bound == "at least" else ratio <= self.goal


def quotient(above: str, below: str) -> Ratio:
    """Return the ratio of two contenders' values."""
    return Ratio(f"{above} / {below}", lambda values: values[above] / values[below])


def seconds(run: Callable[[], object]) -> float:
    """Return the wall-clock time of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def timed(name: str, run: Callable[[], object], per: int = 1) -> Contender:
    """Return a contender measured by wall time, which is divided by ``per``, a number of networks or steps."""
    return Contender(name, lambda: Reading(seconds(run) / per))


def difference(shorter: Callable[[], object], longer: Callable[[], object], per: int) -> float:
    """Return seconds per unit of the additional work of the longer run; the set-up of both cancels."""
    before = seconds(shorter)
    return max((seconds(longer) - before) / per, SHORTEST)
