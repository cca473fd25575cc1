"""A fit's time, and how its populations share it."""

import math
import threading
import time
from collections.abc import Mapping
from numbers import Real

from demarcate.errors import SettingError

clock = time.monotonic
"""Seconds since some moment; tests put their own in its place."""

SOON = 0.1
"""Seconds left in which putting down a state again would save next to nothing."""


def checked_limit(seconds: float | None) -> float | None:
    """Seconds a fit may take, or None for as long as it needs.

    Raises
    ------
    SettingError
        If it is not a number above 0.

    Examples
    --------
    >>> checked_limit(60)
    60.0
    >>> checked_limit(0)
    Traceback (most recent call last):
    demarcate.errors.SettingError: time_limit is None or a number of seconds above 0 and finite: got 0
    """
    if seconds is None:
        return None
    if not _is_number(seconds) or not 0 < seconds < math.inf:
        raise SettingError(f"time_limit is None or a number of seconds above 0 and finite: got {seconds!r}")
    return float(seconds)


class TimeSlice:
    """The time of one population.

    Parameters
    ----------
    seconds
        How long it lasts from now, at least 0.

    Attributes
    ----------
    ends
        When it is over, by `clock`.
    """

    def __init__(self, seconds: float) -> None:
        self.ends = clock() + seconds
        self._late = seconds / 2

    def is_up(self) -> bool:
        """Whether it is over."""
        return clock() >= self.ends

    def is_late(self) -> bool:
        """Whether half of it is over, then half of what was left when it was last said so, until the end is near."""
        left = self.ends - clock()
        if left > self._late:
            return False
        self._late = left / 2 if left > SOON else -math.inf
        return True


class TimeLimit:
    """Shares out a fit's time.

    A population that begins gets, of the time that is left, the part that its work is of all work that has not begun.
    What it does not use is left to those after it. Where several train side by side, the time left is that of all
    threads, less the turns that others are having.

    Parameters
    ----------
    seconds
        From now until all is to be over.

    Examples
    --------
    >>> limit = TimeLimit(60.0)
    >>> limit.deal({0: 2.0, 1: 1.0}, n_threads=1)
    >>> turns = []
    >>> for number in (0, 1):
    ...     turns.append(limit.begin(number))
    ...     limit.end(number)
    >>> [round(turn.ends - limit.ends) for turn in turns]
    [-20, 0]
    """

    def __init__(self, seconds: float) -> None:
        self.ends = clock() + seconds
        self._lock, self._n_threads = threading.Lock(), 1
        self._to_come: dict[int, float] = {}
        self._turns: dict[int, TimeSlice] = {}

    def deal(self, work: Mapping[int, float], n_threads: int) -> None:
        """Say what is to be done next: the work of each population by its number, on how many threads at once."""
        self._to_come, self._turns, self._n_threads = dict(work), {}, n_threads

    def begin(self, number: int) -> TimeSlice:
        """The turn of a population, from now."""
        with self._lock:
            now = clock()
            left = max(0.0, self.ends - now)
            taken = sum(max(0.0, turn.ends - now) for turn in self._turns.values())
            total, own = sum(self._to_come.values()), self._to_come.pop(number)
            share = own / total if total else 1.0
            turn = TimeSlice(min(left, max(0.0, self._n_threads * left - taken) * share))
            self._turns[number] = turn
            return turn

    def end(self, number: int) -> None:
        """Note that a population has had its turn."""
        with self._lock:
            del self._turns[number]


def _is_number(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real)
