"""The time limit of a fit, and how its populations share it."""

import math
import threading
import time
from collections.abc import Mapping

from demarcate.argument_checks import require
from demarcate.engine.training import POSITIVE

clock = time.monotonic
"""Seconds since some moment; tests replace it."""

MIN_REMAINING = 0.1
"""Seconds left in which another checkpoint would save next to nothing."""


def checked_limit(seconds: float | None) -> float | None:
    """Return the seconds a fit may take as a float, or None for no limit; refuse other values."""
    is_valid = seconds is None or POSITIVE.accepts(seconds)
    require(is_valid, "time_limit", "None or a number of seconds above 0 and finite", seconds)
    return None if seconds is None else float(seconds)


class TimeSlice:
    """The time of one population: ``seconds``, at least 0, from now; it ends at `ends`, by `clock`."""

    def __init__(self, seconds: float) -> None:
        self.ends = clock() + seconds
        self._checkpoint_at = seconds / 2

    def is_over(self) -> bool:
        """Return whether it is over."""
        return clock() >= self.ends

    def is_checkpoint_due(self) -> bool:
        """Return True once when half of it is over, then each time half of the rest is, until the end is near."""
        left = self.ends - clock()
        if left > self._checkpoint_at:
            return False
        self._checkpoint_at = left / 2 if left > MIN_REMAINING else -math.inf
        return True


class TimeLimit:
    """Shares out a fit's time, ``seconds`` from now.

    A population that begins gets a part of the time left: its share of the work of all populations that have not begun.
    Time it does not use goes to those after it. Where several train side by side, the time left is that of all threads,
    less the slices that others are using.
    """

    def __init__(self, seconds: float) -> None:
        self.ends = clock() + seconds
        self._lock, self._n_threads = threading.Lock(), 1
        self._waiting: dict[int, float] = {}
        self._slices: dict[int, TimeSlice] = {}

    def plan(self, work: Mapping[int, float], n_threads: int) -> None:
        """Set the work that comes next, by the population's number, and how many populations train at once."""
        self._waiting, self._slices, self._n_threads = dict(work), {}, n_threads

    def begin(self, number: int) -> TimeSlice:
        """Return the time of a population that begins now."""
        with self._lock:
            now = clock()
            left = max(0.0, self.ends - now)
            in_use = sum(max(0.0, each.ends - now) for each in self._slices.values())
            total, own = sum(self._waiting.values()), self._waiting.pop(number)
            share = own / total if total else 1.0
            time_slice = TimeSlice(min(left, max(0.0, self._n_threads * left - in_use) * share))
            self._slices[number] = time_slice
            return time_slice

    def end(self, number: int) -> None:
        """Give back the time a population did not use."""
        with self._lock:
            del self._slices[number]
