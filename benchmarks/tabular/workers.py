"""A process for the work, so that a fit can be ended after a time limit."""

import contextlib
import multiprocessing
import os
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Self

POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Environment variables of thread counts, which libraries read at import."""


class Worker:
    """Calls functions in another process, and starts a new process if a call takes too long.

    Parameters
    ----------
    threads
        How many the process's libraries may use.
    limit
        Seconds a call may take; None for as long as it likes.
    """

    def __init__(self, threads: int, limit: float | None = None) -> None:
        self.threads, self.limit = threads, limit
        self._process: Any = None
        self._link: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return the result of a module's function.

        Raises
        ------
        TimeoutError
            If it did not return in time; its process is ended.
        RuntimeError
            If its process died.
        """
        self._start()
        try:
            self._link.send((function, arguments))
            if self._link.poll(self.limit):
                return self._link.recv()
        except (EOFError, OSError) as error:
            self.stop()
            raise RuntimeError(
                "a call ends by returning, but its process died: see what it printed, and whether memory ran out"
            ) from error
        self.stop()
        raise TimeoutError(f"a call may take {self.limit:g} s, and this one took longer: allow more with --limit")

    def stop(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._link.close()
            self._process = self._link = None

    def _start(self) -> None:
        if self._process is not None:
            return
        os.environ.update(dict.fromkeys(POOLS, str(self.threads)))
        context = multiprocessing.get_context("spawn")
        self._link, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()


def _serve(link: Connection) -> None:
    """Answer calls until the caller ends."""
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            function, arguments = link.recv()
            link.send(function(*arguments))
