"""Progress in lines on standard error: one every ten seconds where no terminal is, or one each n-th epoch."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from demarcate.cli.console import notify
from demarcate.formatting import duration

if TYPE_CHECKING:
    from demarcate.engine import OnEpoch, Progress

SECONDS_BETWEEN = 10.0


@contextmanager
def progress_lines(state: Callable[[], str], *, quiet: bool = False) -> Iterator[None]:
    """Print a line of what goes on and the time so far, every `SECONDS_BETWEEN` seconds."""
    if quiet:
        yield
        return
    start, is_done = time.monotonic(), Event()

    def report() -> None:
        while not is_done.wait(SECONDS_BETWEEN):
            notify(f"{state()}, {duration(time.monotonic() - start)} so far")

    # A thread of its own: the work may take long between two of its own reports.
    thread = Thread(target=report, name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


def epoch_notices(every: int) -> "OnEpoch":
    """Return a callback that prints loss and accuracy of training rows and of evaluated ones each n-th epoch.

    They are means over the networks of a stack.
    """
    # torch takes seconds to import: by now it is.
    from demarcate.experiments.epoch_lines import epoch_line, is_shown

    def show(progress: "Progress") -> None:
        is_last = progress.epoch == progress.n_epochs or progress.ended == progress.members
        if not is_shown(progress.epoch, every, is_last=is_last):
            return
        which = f"{progress.population}/{progress.n_populations}  " if progress.n_populations > 1 else ""
        mean = f"  mean of {progress.n_active} networks" if progress.n_active > 1 else ""
        notify(which + epoch_line({"epoch": progress.epoch, **progress.means()}) + mean)

    return show
