"""The time that a whole piece of work may take: every phase asks how much is left, and says what it leaves out."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

clock, process_clock = time.monotonic, time.process_time
"""Seconds since some moment, and those that the processor spent on this process; tests replace them."""

MAX_SLOWDOWN, MIN_PROCESSOR_SECONDS = 8.0, 0.5
"""The most by which estimates are stretched, and the work from which it is known how slow the machine is."""


class TimeBudget:
    """Seconds from now, which the phases of some work share.

    A phase that would take longer than the time left does less, and notes what it did not do in `left_out`. What cannot
    be left out is done all the same, so the work may take somewhat longer.

    Parameters
    ----------
    seconds
        Above 0.

    Examples
    --------
    >>> budget = TimeBudget(60)
    >>> with keeping_to(budget):
    ...     current_budget() is budget
    True
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.ends = clock() + seconds
        self._processor_seconds = process_clock()
        self.reserved = 0.0
        """Seconds at the end that training leaves to what comes after it."""
        self.left_out: list[str] = []
        """What was left out so far, in words, each thing once."""

    def left(self) -> float:
        """Return the seconds that are left, at least 0."""
        return max(0.0, self.ends - clock())

    def slowdown(self) -> float:
        """Return how many times as long work takes as the processor spends on it, at least 1: others may use it."""
        elapsed, own = clock() - self.ends + self.seconds, process_clock() - self._processor_seconds
        return min(MAX_SLOWDOWN, max(1.0, elapsed / own)) if own >= MIN_PROCESSOR_SECONDS else 1.0


_budget: ContextVar[TimeBudget | None] = ContextVar("budget", default=None)


def current_budget() -> TimeBudget | None:
    """Return the budget that the present work has to keep to; None for no limit."""
    return _budget.get()


def seconds_for(share: float) -> float:
    """Return a share of the seconds that are left, which is infinite without a limit."""
    budget = _budget.get()
    return math.inf if budget is None else budget.left() * share


def leave_out(what: str) -> None:
    """Note that something was left out, in words that continue "To keep to the time limit: "."""
    budget = _budget.get()
    if budget is not None and what not in budget.left_out:
        budget.left_out.append(what)


@contextmanager
def keeping_to(budget: TimeBudget | None) -> Iterator[None]:
    """Have a block of code keep to a budget; None for no limit."""
    token = _budget.set(budget)
    try:
        yield
    finally:
        _budget.reset(token)
