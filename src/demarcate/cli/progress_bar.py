"""Progress on standard error: on a terminal a bar for each phase of the work, elsewhere a line every ten seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from demarcate.cli.console import terminal_stderr
from demarcate.cli.progress_lines import epoch_notices, progress_lines
from demarcate.phases import PhaseState, listening
from demarcate.presentation.phase_bars import PhaseBars, phase_in_words

if TYPE_CHECKING:
    from demarcate.engine import OnEpoch


class PhasesProgress:
    """Shows the phases that a command goes through; lines of epochs in their place where ``every`` asks for them.

    Attributes
    ----------
    on_epoch
        A callback for training that prints the lines of epochs; None where they are not asked for, or when quiet.
    """

    def __init__(self, *, quiet: bool, every: int | None = None) -> None:
        self.on_epoch: OnEpoch | None = epoch_notices(every) if every and not quiet else None
        self._is_shown = not quiet and not every
        self._latest = PhaseState("read")
        console = terminal_stderr() if self._is_shown else None
        self._bars = PhaseBars(console) if console else None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the phases of a block of code, below those of earlier blocks."""
        if not self._is_shown:
            # Other listeners are left alone.
            yield
        elif self._bars:
            with self._bars.shown(), listening(self._bars.show):
                yield
        else:
            with progress_lines(lambda: phase_in_words(self._latest)), listening(self._hear):
                yield

    def _hear(self, state: PhaseState) -> None:
        self._latest = state


@contextmanager
def rows_progress(n_rows: int | None, *, quiet: bool, what: str = "predicting") -> Iterator[Callable[[int], None]]:
    """Yield a callback that shows how many rows of a table are done."""
    of_all = "" if n_rows is None else f" of {n_rows:,}"
    console = None if quiet else terminal_stderr()
    if console is None:
        latest = [0]
        with progress_lines(lambda: f"{what}: {latest[0]:,}{of_all} rows", quiet=quiet):
            yield lambda done: latest.__setitem__(0, done)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[state]}"))
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(what, total=n_rows, state="")
        yield lambda done: bar.update(task, completed=done, state=f"{done:,}{of_all} rows")


@contextmanager
def work_progress(what: str, *, quiet: bool) -> Iterator[None]:
    """Show that work goes on of which nothing else is known; not on a terminal, where bars show its parts."""
    with progress_lines(lambda: what, quiet=quiet or terminal_stderr() is not None):
        yield
