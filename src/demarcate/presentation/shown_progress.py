"""Progress of a call with ``verbose=True``: bars in a terminal and in a notebook, elsewhere a line for each phase."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from importlib import import_module
from typing import Any

from demarcate.formatting import duration, visible
from demarcate.phases import PhaseName, PhaseState, listening
from demarcate.presentation.phase_bars import PhaseBars, phase_in_words

SECONDS_BETWEEN = 0.2
"""The least time between two updates of a notebook's output."""


@contextmanager
def shown_progress(verbose: bool | int) -> Iterator[None]:
    """Show the phases of a block of code, with a bar and the time left for each; not without ``verbose``.

    Other listeners are left alone then: a command shows phases by itself.
    """
    if not verbose:
        yield
        return
    display = notebook_display()
    if display is not None:
        with NotebookBars(display).shown() as bars, listening(bars.show):
            yield
        return
    from rich.console import Console

    console = Console(stderr=True, markup=False, emoji=False)
    if console.is_terminal:
        terminal_bars = PhaseBars(console)
        with terminal_bars.shown(), listening(terminal_bars.show):
            yield
    else:
        with listening(_print_end):
            yield


def notebook_display() -> Any:
    """Return the function that shows objects in the notebook that this runs in; None in any other place."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None or not hasattr(shell, "kernel"):
        return None
    return import_module("IPython.display").display


class NotebookBars:
    """A bar for each phase in a notebook's output, where the seconds of each remain at the end.

    It needs none of a notebook's extensions: one output is shown, and replaced as phases report.
    """

    def __init__(self, display: Any) -> None:
        self._display: Any = display
        self._output: Any = None
        self._states: dict[PhaseName, PhaseState] = {}
        self._seconds_before: dict[PhaseName, float] = {}
        self._updated = -SECONDS_BETWEEN

    @contextmanager
    def shown(self) -> Iterator["NotebookBars"]:
        """Show the bars while a block of code runs."""
        self._output = self._display(self, display_id=True)
        try:
            yield self
        finally:
            self._update()

    def show(self, state: PhaseState) -> None:
        """Show the state of a phase."""
        self._states[state.name] = state
        if state.is_over:
            self._seconds_before[state.name] = self._seconds_before.get(state.name, 0.0) + state.seconds
        if time.monotonic() >= self._updated + SECONDS_BETWEEN:
            self._update()

    def __repr__(self) -> str:
        return "\n".join(visible(self._text(state)) for state in self._states.values()) or "progress"

    def _repr_html_(self) -> str:
        cell = "padding: 0 0.9em 0 0; border: none; background: none; color: inherit; text-align: left"
        rows = "".join(
            f'<tr style="background: none"><td style="{cell}">{state.name}</td><td style="{cell}">{_bar(state)}</td>'
            f'<td style="{cell}">{escape(self._text(state).partition(": ")[2])}</td></tr>'
            for state in self._states.values()
        )
        return f'<table style="border-collapse: collapse; border: none; margin: 0">{rows}</table>'

    def _text(self, state: PhaseState) -> str:
        if not state.is_over:
            return visible(phase_in_words(state))
        return f"{state.name}: {duration(self._seconds_before[state.name])}"

    def _update(self) -> None:
        self._updated = time.monotonic()
        if self._output is not None:
            self._output.update(self)


def _bar(state: PhaseState) -> str:
    """Return a bar that takes its colours from the page; one without a value moves to and fro."""
    share = 1.0 if state.is_over else state.share
    value = "" if share is None else f' value="{share:.3f}"'
    return f'<progress aria-label="{state.name}" max="1"{value} style="width: 12em"></progress>'


def _print_end(state: PhaseState) -> None:
    if state.is_over:
        sys.stderr.write(f"{state.name}: {duration(state.seconds)}\n")
