"""Threads beside the event loop, for bodies and answers that others would have to wait for, and how long each takes."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

N_READERS = 2
"""Threads: more would share the interpreter with the event loop, and be no faster."""

P = ParamSpec("P")
T = TypeVar("T")


class Readers:
    """Runs work in threads of the process, which are started when the first work comes."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(N_READERS, thread_name_prefix="reader")
        self._began: dict[object, float] = {}
        """When the work began that threads are at."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return what work returns; a thread that does not come back keeps it, whoever waits."""

        def timed() -> T:
            token = object()
            self._began[token] = time.monotonic()
            try:
                return work(*args, **kwargs)
            finally:
                del self._began[token]

        return await asyncio.get_running_loop().run_in_executor(self._pool, timed)

    def longest(self) -> float:
        """Return the seconds that the work has taken so far which takes the longest; 0 where none is done."""
        began = min(list(self._began.values()), default=None)
        return 0.0 if began is None else time.monotonic() - began
