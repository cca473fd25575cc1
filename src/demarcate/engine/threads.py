"""Threads: how many a population computes on, and populations that train side by side.

Small products on several threads cost more than they save. Large ones gain, until another process wants a core: then
the threads of every product wait for the one that lost its core, and a step takes five to ten times as long as on one
thread. So members that can be divided train side by side, each population on a thread of its own, which waits for
nobody; a population that cannot be divided uses all threads only as long as that measures faster.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager

import torch

_RETRY_RATIO = 20
"""Time on the faster number of threads before the other is tried again, in multiples of the time of one trial."""
_MIN_SECONDS = 0.05
"""Seconds on one number of threads that make a measurement: many steps, and little of a long epoch."""


@contextmanager
def use_threads(number: int) -> Iterator[None]:
    """Run a block on this many threads."""
    before = torch.get_num_threads()
    try:
        if number != before:
            torch.set_num_threads(number)
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


class ThreadTuner:
    """Chooses a number of threads by the time steps take on each; ``numbers`` begins with the one to try first."""

    def __init__(self, numbers: Sequence[int], clock: Callable[[], float] = time.perf_counter) -> None:
        self.number = numbers[0]
        self._numbers, self._clock = list(numbers), clock
        self._start, self._n_steps, self._seconds = 0.0, 0, 0.0
        self._seconds_per_step: dict[int, float] = {}
        self._trial_seconds = dict.fromkeys(numbers, 0.0)
        self._since_retry = 0.0

    def start(self) -> None:
        """Set the chosen number of threads before some steps; `use_threads` undoes it."""
        if len(self._numbers) > 1:
            if torch.get_num_threads() != self.number:
                torch.set_num_threads(self.number)
            self._start = self._clock()

    def stop(self, n_steps: int) -> None:
        """Measure the steps since `start`, and choose anew once they took long enough."""
        if len(self._numbers) == 1:
            return
        self._seconds += self._clock() - self._start
        self._n_steps += n_steps
        if self._seconds < _MIN_SECONDS:
            return
        self._seconds_per_step[self.number] = self._seconds / self._n_steps
        self._trial_seconds[self.number] = self._seconds
        self._since_retry += self._seconds
        self._n_steps, self._seconds = 0, 0.0
        self.number = self._choose()

    def _choose(self) -> int:
        untried = [number for number in self._numbers if number not in self._seconds_per_step]
        if untried:
            return untried[0]
        best = min(self._numbers, key=self._seconds_per_step.__getitem__)
        others = [number for number in self._numbers if number != best]
        if self._since_retry > _RETRY_RATIO * self._trial_seconds[others[0]]:
            self._since_retry = 0.0
            return others[0]
        return best


class JobCancelled(Exception):  # noqa: N818 - no failure: another job ended this one
    """Another job failed or was interrupted, so this one ends."""


def run_concurrently(jobs: Sequence[Callable[[Callable[[], None]], None]], n_workers: int) -> None:
    """Run jobs on ``n_workers`` threads, each computing on one; an exception of one ends all.

    Each job is called with a function to call now and then, which raises `JobCancelled` when the job should end.
    """
    stop = threading.Event()

    def check() -> None:
        if stop.is_set():
            raise JobCancelled

    before = torch.get_num_threads()
    with ThreadPoolExecutor(n_workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        futures = [pool.submit(job, check) for job in jobs]
        try:
            for future in as_completed(futures):
                future.result()
        except BaseException:
            stop.set()
            for future in futures:
                future.cancel()
            raise
        finally:
            # A thread's setting becomes that of threads yet to come.
            torch.set_num_threads(before)
