"""Requests in a closed loop (it asks again once it is answered) and an open one (at a rate, come what may)."""

import asyncio
import contextlib
import itertools
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from benchmarks.serving.connection import Answer, Connection, LostError

LOST, LATE = -1, -2
"""In place of a status: no answer, and none in time."""


@dataclass
class Load:
    """What became of some requests."""

    seconds: float = 0.0
    latencies: dict[int, list[float]] = field(default_factory=dict)
    """By status, in seconds."""

    def add(self, status: int, latency: float) -> None:
        """Count an answer."""
        self.latencies.setdefault(status, []).append(latency)

    def counts(self) -> dict[int, int]:
        """Return how many answers each status had."""
        return {status: len(self.latencies[status]) for status in sorted(self.latencies)}

    def rate(self) -> float:
        """Return how many requests a second were answered with 200."""
        return len(self.latencies.get(200, ())) / self.seconds

    def milliseconds(self, quantile: float) -> float:
        """Return a quantile of the time that answers with 200 took; NaN if there are none."""
        accepted = self.latencies.get(200, ())
        return 1000 * float(np.quantile(accepted, quantile)) if len(accepted) else float("nan")


def run(main: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine in a quick loop, where there is one."""
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.run(main)
    return asyncio.run(main)


async def closed_loop(
    port: int,
    requests: Sequence[bytes],
    n_connections: int,
    seconds: float,
    check: Callable[[int, Answer], None] | None = None,
) -> Load:
    """Ask on so many connections for so long; a connection that is lost is opened again.

    ``check`` gets each answer with the number of its request.
    """
    load, began = Load(), time.perf_counter()
    ends, numbers = began + seconds, itertools.count()

    async def client() -> None:
        connection = None
        while (now := time.perf_counter()) < ends:
            number = next(numbers) % len(requests)
            try:
                if connection is None or not connection.is_open:
                    connection = await Connection.to(port)
                answer = await connection.ask(requests[number])
            except (LostError, OSError):
                load.add(LOST, time.perf_counter() - now)
                await asyncio.sleep(0.001)
                continue
            except TimeoutError:
                load.add(LATE, time.perf_counter() - now)
                connection.close()
                continue
            load.add(answer.status, time.perf_counter() - now)
            if check is not None:
                check(number, answer)
        if connection is not None:
            connection.close()

    await asyncio.gather(*(client() for _ in range(n_connections)))
    load.seconds = time.perf_counter() - began
    return load


async def open_loop(
    port: int,
    requests: Sequence[bytes],
    rate: float,
    seconds: float,
    n_connections: int = 1000,
    *,
    counts_waiting: bool = True,
) -> Load:
    """Ask at a rate, on as many connections as that takes up to a number; then requests wait for one.

    That waiting, and any delay of this side, counts as time of the answer, unless it is not to.
    """
    load, began = Load(), time.perf_counter()
    pool, tasks = _Pool(port, asyncio.Semaphore(n_connections)), set()

    async def one(number: int, due: float) -> None:
        status, sent = await pool.ask(requests[number % len(requests)])
        load.add(status, time.perf_counter() - (due if counts_waiting else sent))

    for number in range(round(rate * seconds)):
        due = began + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        elif number % 32 == 0:
            # Behind: answers are read nevertheless.
            await asyncio.sleep(0)
        task = asyncio.create_task(one(number, due))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
    if tasks:
        await asyncio.wait(tasks)
    load.seconds = time.perf_counter() - began
    pool.close()
    return load


@dataclass
class _Pool:
    """Connections that are used again, as many at once as a semaphore allows."""

    port: int
    slots: asyncio.Semaphore
    free: list[Connection] = field(default_factory=list)

    async def ask(self, request: bytes) -> tuple[int, float]:
        """Return the status of the answer, and when the request was sent."""
        async with self.slots:
            sent = time.perf_counter()
            try:
                connection = self.free.pop() if self.free else await Connection.to(self.port)
                if not connection.is_open:
                    connection = await Connection.to(self.port)
                sent = time.perf_counter()
                answer = await connection.ask(request)
            except (LostError, OSError):
                return LOST, sent
            except TimeoutError:
                return LATE, sent
            self.free.append(connection)
            return answer.status, sent

    def close(self) -> None:
        """End what is open."""
        for connection in self.free:
            connection.close()


def shown(counts: Counter[int] | dict[int, int]) -> str:
    """Return counts by status as text.

    Examples
    --------
    >>> shown({200: 5, -1: 1})
    'lost: 1, 200: 5'
    """
    names = {LOST: "lost", LATE: "late"}
    return ", ".join(f"{names.get(status, status)}: {count:,}" for status, count in sorted(counts.items()))
