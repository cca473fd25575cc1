"""Runs the cases of a target one after the other, keeps those that fail, and counts what became of all."""

import random
import resource
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Generic, TypeVar

from demarcate.errors import DemarcateWarning

T = TypeVar("T")

FOLDER = Path("build") / "fuzz"
LONGEST_TOLD = 1000
"""Characters of a failure that are shown."""
MOST_FAILURES = 20
"""After so many a run ends: there is enough to mend."""


class Broken(Exception):  # noqa: N818 - a promise that was, not an error of the harness
    """What demarcate promises does not hold for a case."""


class TooSlow(BaseException):
    """A case takes longer than it may; no handler of errors is to stop this on its way."""


@dataclass(frozen=True)
class Target(Generic[T]):
    """One kind of input, and what must hold for each.

    Attributes
    ----------
    name
        What the command line calls it.
    ending
        Of the file that a failing case is kept in.
    draw
        A case from its own random numbers and its number.
    holds
        Judges a case: whether it was taken (True) or refused in words (False). Whatever else it raises is a failure.
    stored
        A case as bytes to keep.
    most_seconds
        Of processor time that a case may take.
    n_cases
        How many there are, where each is tried once.
    """

    name: str
    ending: str
    draw: Callable[[random.Random, int], T]
    holds: Callable[[T], bool]
    stored: Callable[[T], bytes]
    most_seconds: float = 1.0
    n_cases: int | None = None


@dataclass
class Figures:
    """What became of the cases.

    Attributes
    ----------
    taken, refused, failed
        How many.
    seconds
        From the first to the last.
    slowest
        Processor time of the slowest case, and its number.
    peak
        The most memory the process had, in bytes.
    """

    taken: int = 0
    refused: int = 0
    failed: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = field(default=(0.0, 0))
    peak: int = 0

    @property
    def cases(self) -> int:
        """All of them."""
        return self.taken + self.refused + self.failed

    def beside(self, other: "Figures") -> "Figures":
        """These and those of another process that ran at the same time."""
        return Figures(
            self.taken + other.taken,
            self.refused + other.refused,
            self.failed + other.failed,
            max(self.seconds, other.seconds),
            max(self.slowest, other.slowest),
            max(self.peak, other.peak),
        )

    def line(self, name: str) -> str:
        """All in one line."""
        seconds, number = self.slowest
        speed = self.cases / max(self.seconds, 1e-9)
        return (
            f"{name}: {self.cases:,} cases in {self.seconds:.1f} s ({speed:,.{0 if speed > 100 else 1}f} a second), "
            f"{self.refused:,} refused, {self.taken:,} taken, {self.failed:,} failed; "
            f"slowest {seconds * 1000:.1f} ms (case {number}), peak memory {self.peak / 2**20:,.0f} MiB"
        )


@dataclass(frozen=True)
class Plan:
    """Which cases of a target are run.

    Attributes
    ----------
    seed
        Same seed, same cases.
    first, step
        The first case's number, and how far the next one is.
    seconds, cases
        After so many seconds, or before a case of this number, it ends; whichever comes first.
    folder
        Where failing cases are kept.
    """

    seed: int = 0
    first: int = 0
    step: int = 1
    seconds: float | None = None
    cases: int | None = None
    folder: Path = FOLDER


def run(target: Target[T], plan: Plan) -> Figures:
    """Run a target's cases as planned; each failure is told on standard error, with its file and how to repeat it."""
    figures = Figures()
    begun = time.perf_counter()
    end = min((many for many in (plan.cases, target.n_cases) if many is not None), default=sys.maxsize)
    with warnings.catch_warnings(), _alarm() as within:
        # demarcate may warn of anything; anyone else's warning is a failure.
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DemarcateWarning)
        for number in range(plan.first, end, plan.step):
            if plan.seconds is not None and time.perf_counter() - begun > plan.seconds:
                break
            _one(target, plan, number, figures, within)
            if figures.failed >= MOST_FAILURES:
                break
    figures.seconds = time.perf_counter() - begun
    figures.peak = peak_memory()
    return figures


def drawn(target: Target[T], seed: int, number: int) -> T:
    """One case, the same whoever asks."""
    return target.draw(random.Random(f"{seed}-{number}"), number)


def peak_memory() -> int:
    """The most memory this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _one(target: Target[T], plan: Plan, number: int, figures: Figures, within: Callable[[float], None]) -> None:
    case = drawn(target, plan.seed, number)
    begun = time.process_time()
    try:
        within(target.most_seconds)
        taken = target.holds(case)
        within(0)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever it is, a panic of a library in Rust too, it is looked for
        within(0)
        figures.failed += 1
        _tell(target, plan, number, case, error)
    else:
        figures.taken += taken
        figures.refused += not taken
    figures.slowest = max(figures.slowest, (time.process_time() - begun, number))


def _tell(target: Target[T], plan: Plan, number: int, case: T, error: BaseException) -> None:
    plan.folder.mkdir(parents=True, exist_ok=True)
    path = plan.folder / f"{target.name}-{plan.seed}-{number}{target.ending}"
    path.write_bytes(target.stored(case))
    what = f"{type(error).__name__}: {error}"
    if len(what) > LONGEST_TOLD:
        what = f"{what[: LONGEST_TOLD // 2]} ... {what[-LONGEST_TOLD // 2 :]}"
    print(
        f"{target.name}: case {number} fails ({what}). It is kept in {path}; to repeat it: "
        f"python fuzz {target.name} --seed {plan.seed} --case {number}",
        file=sys.stderr,
        flush=True,
    )


@contextmanager
def _alarm() -> Iterator[Callable[[float], None]]:
    """A function that stops whatever runs after so many seconds of processor time, and with 0 calls that off."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda _: None
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow("it takes longer than it may")

    before = signal.signal(signal.SIGPROF, ring)
    try:
        yield lambda seconds: (signal.setitimer(signal.ITIMER_PROF, seconds), None)[1]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
