"""What a figure is: a claim, a goal, contenders that are measured in turn, and the ratio formed of what they gave."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

SHORTEST = 1e-9
"""No difference of two times counts as less, in seconds: noise may turn a tiny one below 0."""


class NotApplicableError(Exception):
    """A figure has no meaning on this machine; the message says why."""


@dataclass(frozen=True)
class Scale:
    """How much work a figure does: all of it, or just enough to see that it runs."""

    quick: bool = False

    def pick(self, full: int, quick: int) -> int:
        """One of two sizes."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Reading:
    """What one run of a contender gave, in the figure's unit, and what else is worth knowing of it."""

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
    """How the number that is compared with the goal is formed of the contenders' values."""

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
        """Whether a ratio reaches the goal."""
        return ratio >= self.goal if self.bound == "at least" else ratio <= self.goal


def quotient(above: str, below: str) -> Ratio:
    """One contender's value divided by another's."""
    return Ratio(f"{above} / {below}", lambda values: values[above] / values[below])


def seconds(run: Callable[[], object]) -> float:
    """Wall-clock time of one run."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def timed(name: str, run: Callable[[], object], per: int = 1) -> Contender:
    """A contender measured by the clock; ``per`` is the number of networks or steps to share the time among."""
    return Contender(name, lambda: Reading(seconds(run) / per))


def difference(shorter: Callable[[], object], longer: Callable[[], object], per: int) -> float:
    """Seconds a unit of what the longer run does more: set-up, which both do, cancels."""
    before = seconds(shorter)
    return max((seconds(longer) - before) / per, SHORTEST)
