"""Progress on standard error: on a terminal a bar for each phase of the work, elsewhere a line every ten seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from demarcate.cli.console import terminal_stderr
from demarcate.cli.progress_lines import epoch_notices, progress_lines
from demarcate.formatting import duration, visible
from demarcate.phases import PhaseName, PhaseState, listening

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

    from demarcate.engine import OnEpoch

BAR_WIDTH = 24


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


def phase_in_words(state: PhaseState) -> str:
    """Return what goes on and the time left, as a line.

    Examples
    --------
    >>> phase_in_words(PhaseState("baselines", done=2, total=8, seconds_left=12))
    'baselines: 2 of 8, about 12 s left'
    """
    return f"{state.name}: {', '.join(filter(None, (_detail(state), _left(state.seconds_left))))}".removesuffix(": ")


class PhaseBars:
    """A bar for each phase, in the order in which they first begin; all of them vanish at the end."""

    def __init__(self, console: "Console") -> None:
        from rich.progress import BarColumn, Progress, TextColumn
        from rich.table import Column

        self._clock = time.monotonic
        self._tasks: dict[PhaseName, TaskID] = {}
        self._latest: dict[PhaseName, tuple[float, PhaseState]] = {}
        self._seconds_before: dict[PhaseName, float] = {}
        columns = (
            TextColumn("{task.description:10}"),
            BarColumn(bar_width=BAR_WIDTH),
            TextColumn("{task.fields[text]}", table_column=Column(no_wrap=True, overflow="ellipsis")),
        )

        class Bars(Progress):
            """Bars whose time left goes down between two reports."""

            def get_renderables(inner) -> Any:  # noqa: N805 - ``self`` is the object around it
                """Return the bars as of now."""
                self._refresh()
                return super().get_renderables()

        # Standard output is never redirected: it may be a file.
        self._bars: Progress = Bars(*columns, console=console, transient=True, redirect_stdout=False)

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show the bars while a block of code runs."""
        with self._bars:
            yield

    def show(self, state: PhaseState) -> None:
        """Show the state of a phase."""
        if state.name not in self._tasks:
            self._tasks[state.name] = self._bars.add_task(state.name, total=None, text="")
        self._latest[state.name] = self._clock(), state
        if state.is_over:
            self._seconds_before[state.name] = self._seconds_before.get(state.name, 0.0) + state.seconds
        # A phase without a total has a bar that moves to and fro until it is over.
        total = 1.0 if state.is_over else None if state.total is None else float(state.total)
        done = 1.0 if state.is_over else state.done
        self._bars.update(self._tasks[state.name], total=total, completed=done, text=self._text(state.name))

    def _text(self, name: PhaseName) -> str:
        reported, state = self._latest[name]
        if state.is_over:
            return duration(self._seconds_before[name])
        left = state.seconds_left
        left = None if left is None else max(0.0, left - (self._clock() - reported))
        return visible("  ".join(filter(None, (_detail(state), _left(left)))))

    def _refresh(self) -> None:
        for name, (_, state) in list(self._latest.items()):
            if not state.is_over and state.seconds_left is not None:
                self._bars.tasks[list(self._tasks).index(name)].fields["text"] = self._text(name)


def _detail(state: PhaseState) -> str:
    if state.detail or not state.total:
        return state.detail
    return f"{state.done:,.0f} of {state.total:,.0f}"


def _left(seconds: float | None) -> str:
    return "" if seconds is None else f"about {duration(max(1.0, round(seconds)))} left".replace(".0 s", " s")


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
