"""Runs the cases of a target in turn, saves failing ones, and counts the results."""

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
MAX_SHOWN = 1000
"""Characters of a failure that are printed."""
MAX_FAILURES = 20
"""A run ends after this number of failures."""


class CheckFailed(Exception):  # noqa: N818 - a finding, not an error of the harness
    """demarcate treats a case wrongly."""


class TooSlow(BaseException):
    """A case takes too long; a BaseException, so that no error handler catches it."""


@dataclass(frozen=True)
class Target(Generic[T]):
    """One kind of input, and the check of each case.

    Attributes
    ----------
    name
        Its name on the command line.
    suffix
        The suffix of the file of a failing case.
    draw
        Makes a case from its own random generator and its number.
    check
        Returns whether a case is accepted (True) or refused with a message (False). Any exception is a failure.
    to_bytes
        Returns a case as bytes.
    max_seconds
        The processor time that a case may take.
    n_cases
        The number of cases, for a target that runs each case once.
    """

    name: str
    suffix: str
    draw: Callable[[random.Random, int], T]
    check: Callable[[T], bool]
    to_bytes: Callable[[T], bytes]
    max_seconds: float = 1.0
    n_cases: int | None = None


@dataclass
class Figures:
    """Counts and times of a run.

    Attributes
    ----------
    accepted, refused, failed
        Numbers of cases.
    seconds
        Wall time of all cases.
    slowest
        Processor time of the slowest case, and its number.
    peak
        Peak memory of the process, in bytes.
    """

    accepted: int = 0
    refused: int = 0
    failed: int = 0
    seconds: float = 0.0
    slowest: tuple[float, int] = field(default=(0.0, 0))
    peak: int = 0

    @property
    def cases(self) -> int:
        """The number of cases."""
        return self.accepted + self.refused + self.failed

    def merge(self, other: "Figures") -> "Figures":
        """Return these and the figures of another process that ran at the same time."""
        return Figures(
            self.accepted + other.accepted,
            self.refused + other.refused,
            self.failed + other.failed,
            max(self.seconds, other.seconds),
            max(self.slowest, other.slowest),
            max(self.peak, other.peak),
        )

    def line(self, name: str) -> str:
        """Return the figures as a line of text."""
        seconds, number = self.slowest
        speed = self.cases / max(self.seconds, 1e-9)
        return (
            f"{name}: {self.cases:,} cases in {self.seconds:.1f} s ({speed:,.{0 if speed > 100 else 1}f} per second), "
            f"{self.refused:,} refused, {self.accepted:,} accepted, {self.failed:,} failed; "
            f"slowest {seconds * 1000:.1f} ms (case {number}), peak memory {self.peak / 2**20:,.0f} MiB"
        )


@dataclass(frozen=True)
class Plan:
    """The cases of a target to run.

    Attributes
    ----------
    seed
        The same seed gives the same cases.
    first, step
        The number of the first case, and the step to the next one.
    seconds, cases
        The run ends after this time, or before the case with this number; whichever comes first.
    folder
        The folder for failing cases.
    """

    seed: int = 0
    first: int = 0
    step: int = 1
    seconds: float | None = None
    cases: int | None = None
    folder: Path = FOLDER


def run(target: Target[T], plan: Plan) -> Figures:
    """Run a target's cases; report each failure on standard error, with its file and the command that repeats it."""
    figures = Figures()
    begun = time.perf_counter()
    end = min((count for count in (plan.cases, target.n_cases) if count is not None), default=sys.maxsize)
    with warnings.catch_warnings(), _alarm() as within:
        # demarcate's own warnings are expected; any other warning is a failure.
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", DemarcateWarning)
        for number in range(plan.first, end, plan.step):
            if plan.seconds is not None and time.perf_counter() - begun > plan.seconds:
                break
            _run_case(target, plan, number, figures, within)
            if figures.failed >= MAX_FAILURES:
                break
    figures.seconds = time.perf_counter() - begun
    figures.peak = peak_memory()
    return figures


def draw_case(target: Target[T], seed: int, number: int) -> T:
    """Return a case; the same seed and number give the same one."""
    return target.draw(random.Random(f"{seed}-{number}"), number)


def peak_memory() -> int:
    """Return the peak memory of this process, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _run_case(target: Target[T], plan: Plan, number: int, figures: Figures, within: Callable[[float], None]) -> None:
    case = draw_case(target, plan.seed, number)
    begun = time.process_time()
    try:
        within(target.max_seconds)
        accepted = target.check(case)
        within(0)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - every failure counts, a panic of a Rust library too
        within(0)
        figures.failed += 1
        _report_failure(target, plan, number, case, error)
    else:
        figures.accepted += accepted
        figures.refused += not accepted
    figures.slowest = max(figures.slowest, (time.process_time() - begun, number))


def _report_failure(target: Target[T], plan: Plan, number: int, case: T, error: BaseException) -> None:
    plan.folder.mkdir(parents=True, exist_ok=True)
    path = plan.folder / f"{target.name}-{plan.seed}-{number}{target.suffix}"
    path.write_bytes(target.to_bytes(case))
    what = f"{type(error).__name__}: {error}"
    if len(what) > MAX_SHOWN:
        what = f"{what[: MAX_SHOWN // 2]} ... {what[-MAX_SHOWN // 2 :]}"
    print(
        f"{target.name}: case {number} fails ({what}). Saved in {path}. To repeat it: "
        f"python fuzz {target.name} --seed {plan.seed} --case {number}",
        file=sys.stderr,
        flush=True,
    )


@contextmanager
def _alarm() -> Iterator[Callable[[float], None]]:
    """Give a function that sets a limit of processor time, in seconds; 0 removes the limit."""
    if threading.current_thread() is not threading.main_thread():
        yield lambda _: None
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TooSlow("the case takes too long")

    before = signal.signal(signal.SIGPROF, ring)
    try:
        yield lambda seconds: (signal.setitimer(signal.ITIMER_PROF, seconds), None)[1]
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
