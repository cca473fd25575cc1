"""Phases as bars on a terminal, and as words."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from demarcate.formatting import duration, visible
from demarcate.phases import PhaseName, PhaseState

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

BAR_WIDTH = 24


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
