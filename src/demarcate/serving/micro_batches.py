"""Requests that wait for one model are computed together.

Nothing waits for company: what has arrived when the computer is free is computed at once, and what arrives meanwhile is
the next batch. A turn is a few milliseconds, so that a request of many rows does not keep others waiting: each request
gives some of its rows to a turn. Rows do not depend on the company they are computed in (`BatchComputer`), and a
request whose rows cannot be computed fails alone.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from demarcate.inference.coded_rows import CodedRows
from demarcate.serving.served_model import ServedModel

ROWS_A_TURN = 512
"""Rows of a turn; after it the loop looks for requests that have arrived."""
LEAST_SHARE = 32
"""Rows that a request gives to a turn at least, if it has as many."""

Compute = Callable[[CodedRows], NDArray[np.float64]]
"""From rows to an array whose axis before the last one has a place for each row."""


class _Waiting:
    """A request whose rows are computed in one turn or in several."""

    __slots__ = ("done", "n_done", "parts", "rows")

    def __init__(self, rows: CodedRows, done: "asyncio.Future[NDArray[np.float64]]") -> None:
        self.rows, self.done = rows, done
        self.n_done = 0
        self.parts: list[NDArray[np.float64]] = []

    def take(self, n_rows: int) -> CodedRows:
        """Return the next rows."""
        if self.n_done == 0 and n_rows == len(self.rows):
            return self.rows
        return self.rows.select(slice(self.n_done, self.n_done + n_rows))

    def add(self, part: NDArray[np.float64]) -> None:
        """Add what was computed for the rows that were taken last; the last of them ends the wait."""
        self.parts.append(part)
        self.n_done += part.shape[-2]
        if self.is_complete and not self.done.done():
            self.done.set_result(self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts, axis=-2))

    def fail(self, error: Exception) -> None:
        """End the wait with an error."""
        self.n_done = len(self.rows)
        if not self.done.done():
            self.done.set_exception(error)

    @property
    def is_complete(self) -> bool:
        """Whether all rows are computed."""
        return self.n_done >= len(self.rows)


class MicroBatches:
    """The queue to one computer, within one event loop.

    Parameters
    ----------
    compute
        Computes rows of several requests at once.
    observe
        Gets the number of requests and of rows of each turn.
    """

    def __init__(self, compute: Compute, observe: Callable[[int, int], Any] | None = None) -> None:
        self._compute, self.observe = compute, observe
        self._waiting: deque[_Waiting] = deque()
        self._is_scheduled = False

    async def compute(self, rows: CodedRows) -> NDArray[np.float64]:
        """Return what is computed for the rows of one request; a cancelled request leaves the queue."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[NDArray[np.float64]] = loop.create_future()
        self._waiting.append(_Waiting(rows, done))
        if not self._is_scheduled:
            self._is_scheduled = True
            loop.call_soon(self._turn, loop)
        return await done

    def _turn(self, loop: asyncio.AbstractEventLoop) -> None:
        """Compute some rows of those that wait; the next turn follows what has arrived meanwhile."""
        taken: list[tuple[_Waiting, CodedRows]] = []
        room, share = ROWS_A_TURN, max(LEAST_SHARE, ROWS_A_TURN // len(self._waiting))
        for _ in range(len(self._waiting)):
            if room <= 0:
                break
            request = self._waiting.popleft()
            if not request.done.done():  # otherwise it was cancelled
                rows = request.take(min(len(request.rows) - request.n_done, share, room))
                room -= len(rows)
                taken.append((request, rows))
        self._compute_together(taken)
        self._waiting.extend(request for request, _ in taken if not request.is_complete)
        self._is_scheduled = bool(self._waiting)
        if self._is_scheduled:
            loop.call_soon(self._turn, loop)

    def _compute_together(self, taken: list[tuple[_Waiting, CodedRows]]) -> None:
        """Compute rows of several requests; where that fails, each request alone."""
        if not taken:
            return
        parts = [rows for _, rows in taken]
        try:
            computed = self._compute(parts[0] if len(parts) == 1 else CodedRows.join(parts))
        except Exception as error:  # noqa: BLE001 - whatever it is, no other request may meet it
            self._compute_apart(taken, error)
        else:
            start = 0
            for request, rows in taken:
                request.add(computed[..., start : start + len(rows), :])
                start += len(rows)
        if self.observe is not None:
            self.observe(len(parts), sum(len(rows) for rows in parts))

    def _compute_apart(self, taken: list[tuple[_Waiting, CodedRows]], error: Exception) -> None:
        """Compute each request's rows alone after an error of all of them."""
        if len(taken) == 1:
            taken[0][0].fail(error)
            return
        for each in taken:
            self._compute_together([each])


class SharedBatches:
    """Computes rows of all models, those of one model together: `ComputeRows`.

    Parameters
    ----------
    observe
        Gets the number of requests and of rows of each turn.
    """

    def __init__(self, observe: Callable[[int, int], Any] | None = None) -> None:
        self._observe = observe
        self._queues: tuple[WeakKeyDictionary[ServedModel, MicroBatches], ...] = (
            WeakKeyDictionary(),
            WeakKeyDictionary(),
        )

    def __call__(
        self, served: ServedModel, coded: CodedRows, *, members: bool
    ) -> Coroutine[Any, Any, NDArray[np.float64]]:
        """Compute the rows of one request, with those of others that wait for the same model."""
        queues = self._queues[members]
        queue = queues.get(served)
        if queue is None:
            computer = served.computer
            compute = computer.member_probabilities if members else computer.probabilities
            queue = queues[served] = MicroBatches(compute, self._observe)
        return queue.compute(coded)
