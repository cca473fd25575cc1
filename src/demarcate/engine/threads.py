"""How many threads a population's work is worth, and who gets them.

Small products on several threads cost more than they save. Large ones gain, until another process wants a core: then
the threads of every product wait for the one that was put aside, and a step takes five to ten times as long as on one
thread. So members that can be shared out are trained side by side, each population on a thread of its own, which waits
for nobody; and a population that cannot be shared out uses all threads only as long as that is seen to be faster.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager

import torch

SMALL_WORK = 2e6
"""Multiplications in a step's forward pass below which one thread is used for it."""
WORTH_A_THREAD = 4e7
"""Multiplications in a step's forward pass from which a population trains beside another without waiting for the
interpreter much more often than computing."""
_PROBE = 20
"""Time spent on the faster number of threads before the other is tried again, in times of what trying takes."""
_LAP = 0.05
"""Seconds on one number of threads that tell something: many steps, and little of a long epoch."""


@contextmanager
def use_threads(number: int) -> Iterator[None]:
    """Run a block on this many threads.

    Examples
    --------
    >>> with use_threads(1):
    ...     torch.get_num_threads()
    1
    """
    before = torch.get_num_threads()
    try:
        if number != before:
            torch.set_num_threads(number)
        yield
    finally:
        if torch.get_num_threads() != before:
            torch.set_num_threads(before)


class ThreadTuner:
    """Chooses between one thread and several by what steps took on each.

    Parameters
    ----------
    numbers
        The numbers of threads to choose from, the one to try first ahead.
    clock
        Seconds since some moment.

    Attributes
    ----------
    number
        What is chosen at present.

    Examples
    --------
    >>> now = iter([0.0, 5.0, 5.0, 6.0])
    >>> pace = ThreadTuner([2, 1], clock=lambda: next(now))
    >>> for _ in range(2):  # two threads take 5 seconds for what one does in 1
    ...     pace.begin()
    ...     pace.end(n_steps=10)
    >>> pace.number
    1
    """

    def __init__(self, numbers: Sequence[int], clock: Callable[[], float] = time.perf_counter) -> None:
        self.number = numbers[0]
        self._numbers, self._clock = list(numbers), clock
        self._began, self._n_steps, self._took = 0.0, 0, 0.0
        self._per_step: dict[int, float] = {}
        self._lap = dict.fromkeys(numbers, 0.0)
        self._since = 0.0

    def begin(self) -> None:
        """Before some steps: use the number that is chosen, which is left to `use_threads` to undo."""
        if len(self._numbers) > 1:
            if torch.get_num_threads() != self.number:
                torch.set_num_threads(self.number)
            self._began = self._clock()

    def end(self, n_steps: int) -> None:
        """After so many steps: choose anew once they tell something."""
        if len(self._numbers) == 1:
            return
        self._took += self._clock() - self._began
        self._n_steps += n_steps
        if self._took < _LAP:
            return
        self._per_step[self.number], self._lap[self.number] = self._took / self._n_steps, self._took
        self._since += self._took
        self._n_steps, self._took = 0, 0.0
        self.number = self._choose()

    def _choose(self) -> int:
        untried = [number for number in self._numbers if number not in self._per_step]
        if untried:
            return untried[0]
        best = min(self._numbers, key=self._per_step.__getitem__)
        others = [number for number in self._numbers if number != best]
        if self._since > _PROBE * self._lap[others[0]]:
            self._since = 0.0
            return others[0]
        return best


class JobCancelled(Exception):  # noqa: N818 - no failure: it was asked for
    """Another job failed or was interrupted, so this one gives up."""


def run_concurrently(jobs: Sequence[Callable[[Callable[[], None]], None]], n_workers: int) -> None:
    """Run jobs on several threads, each computing on one; what one raises ends all.

    Parameters
    ----------
    jobs
        Each is called with a function that it calls now and then, and that raises `JobCancelled` when it should end.
    n_workers
        How many run at once.
    """
    stop = threading.Event()

    def between() -> None:
        if stop.is_set():
            raise JobCancelled

    before = torch.get_num_threads()
    with ThreadPoolExecutor(n_workers, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        futures = [pool.submit(job, between) for job in jobs]
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
