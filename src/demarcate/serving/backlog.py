"""How long the requests in work will take: who would wait for too long is refused at once, and may try another time.

A number of requests bounds no waiting: a hundred requests of one row are done in a moment, a hundred of ten thousand
rows in minutes. Therefore work is measured in bytes of bodies, and what a byte takes is learned from the requests that
were answered.
"""

from collections.abc import Callable
from time import monotonic

MAX_WAIT_SECONDS = 1.0
"""How long a request may expect to wait for others; one that takes longer by itself may wait as long again."""
_REQUEST_BYTES = 1000
"""What a request takes beside its body, as bytes of one."""
_REMEMBERED_SECONDS = 2.0
"""Seconds of work that the estimate is mostly made from."""
_FIRST_SECONDS, _FIRST_BYTES = 0.05, 50_000.0
"""What is assumed before anything was answered, and soon forgotten."""


class Backlog:
    """The requests in work, and what they are expected to take.

    Requests share the time of a process: a small one does not wait until a large one is done. So it waits at most for
    all others, and at most for as much of each other's work as it brings itself.

    Examples
    --------
    >>> times = iter([0.0, 1.95])
    >>> backlog = Backlog(lambda: next(times))
    >>> backlog.enter(149_000)
    >>> backlog.leave(149_000)
    >>> round(backlog.seconds(99_000), 3)
    1.0
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self.n_requests = 0
        self._n_bytes = 0
        self._busy_since = 0.0
        self._seconds, self._bytes = _FIRST_SECONDS, _FIRST_BYTES

    def admits(self, n_bytes: int) -> bool:
        """Whether a request with so many bytes would be answered soon enough."""
        own = self.seconds(n_bytes)
        wait = min(self._n_bytes * self._seconds / self._bytes, own * self.n_requests)
        return wait <= max(MAX_WAIT_SECONDS, own)

    def enter(self, n_bytes: int) -> None:
        """Begin the work of a request."""
        if self.n_requests == 0:
            self._busy_since = self._now()
        self.n_requests += 1
        self._n_bytes += n_bytes + _REQUEST_BYTES

    def leave(self, n_bytes: int) -> None:
        """End the work of a request, and learn from it what work takes."""
        now = self._now()
        self.n_requests -= 1
        self._n_bytes -= n_bytes + _REQUEST_BYTES
        self._seconds += now - self._busy_since
        self._bytes += n_bytes + _REQUEST_BYTES
        self._busy_since = now
        if self._seconds > _REMEMBERED_SECONDS:
            share = _REMEMBERED_SECONDS / self._seconds
            self._seconds, self._bytes = self._seconds * share, self._bytes * share

    def seconds(self, n_bytes: int) -> float:
        """Return how long a request with so many bytes takes by itself, as far as is known."""
        return (n_bytes + _REQUEST_BYTES) * self._seconds / self._bytes
