"""Progress where no terminal is: a plain line on standard error every ten seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from demarcate.cli.console import notify

SECONDS_BETWEEN = 10.0


@contextmanager
def progress_lines(description: str, state: Callable[[], str] = str) -> Iterator[None]:
    """Print a line of what is done, its state and the seconds so far, every `SECONDS_BETWEEN` seconds."""
    start, is_done = time.monotonic(), Event()

    def report() -> None:
        while not is_done.wait(SECONDS_BETWEEN):
            shown = state()
            notify(f"{description}: {f'{shown}, ' if shown else ''}{time.monotonic() - start:.0f} seconds so far")

    # A thread of its own: the work may take long between two of its own reports.
    thread = Thread(target=report, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()
