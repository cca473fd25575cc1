"""The phases of long work, for whoever listens: which one goes on, how much of it is done, and how long it still takes.

Library code opens a phase with `phase` and reports what is done. Nothing is shown here: terminals and notebooks listen
with `listening`, and hear every `PhaseState`. Where nobody listens, a phase costs next to nothing.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Literal, get_args

PhaseName = Literal["read", "check", "train", "baselines", "intervals", "importance", "report"]
PHASES: tuple[PhaseName, ...] = get_args(PhaseName)
"""The phases in the order in which a command mostly goes through them."""

MIN_SECONDS, MIN_SHARE = 1.0, 0.1
"""How much of a phase has to be over before the time left can be estimated from it."""

clock = time.monotonic
"""Seconds since some moment; tests replace it."""


@dataclass(frozen=True)
class PhaseState:
    """The state of a phase.

    Attributes
    ----------
    name
        One of `PHASES`.
    done, total
        How many units are done, of how many; ``total`` is None where it cannot be known yet.
    detail
        What goes on, in words, such as ``epoch 3 of at most 100``; may be empty.
    seconds
        Since the phase began.
    seconds_left
        The estimate of the seconds until it ends; None where it cannot be known yet.
    is_over
        Whether it has ended. A phase may begin again after that.
    """

    name: PhaseName
    done: float = 0.0
    total: float | None = None
    detail: str = ""
    seconds: float = 0.0
    seconds_left: float | None = None
    is_over: bool = False

    @property
    def share(self) -> float | None:
        """The share that is done, from 0 to 1; None where it cannot be known yet.

        Examples
        --------
        >>> PhaseState("baselines", done=2, total=8).share
        0.25
        """
        return min(1.0, self.done / self.total) if self.total else None


Listener = Callable[[PhaseState], None]
"""A callback that hears the state of a phase when it begins, when it changes and when it is over."""


class Phase:
    """A phase that goes on; threads may report from wherever they are."""

    def __init__(self, name: PhaseName, total: float | None, detail: str, listener: Listener | None) -> None:
        self._state, self._listener = PhaseState(name, total=total, detail=detail), listener
        self._begun, self._reporting = clock(), threading.Lock()
        self._report(self._state)

    @property
    def name(self) -> PhaseName:
        """One of `PHASES`."""
        return self._state.name

    @property
    def is_heard(self) -> bool:
        """Whether anybody listens: if not, a caller need not compute what it would report."""
        return self._listener is not None

    def advance(self, units: float = 1.0, detail: str | None = None) -> None:
        """Report more units as done, and what goes on now where that has changed."""
        state = self._state
        self.update(state.done + units, state.total, state.detail if detail is None else detail)

    def update(self, done: float, total: float | None, detail: str = "", seconds_left: float | None = None) -> None:
        """Report the units done, of how many; the time left follows from them unless it is given."""
        if self._listener is None:
            return
        seconds = clock() - self._begun
        state = PhaseState(self.name, done, total, detail, seconds)
        if seconds_left is None and state.share and state.share >= MIN_SHARE and seconds >= MIN_SECONDS:
            seconds_left = seconds / state.share - seconds
        self._report(replace(state, seconds_left=seconds_left))

    def end(self) -> None:
        """Report that the phase is over."""
        done = self._state.done if self._state.total is None else self._state.total
        seconds = clock() - self._begun
        self._report(replace(self._state, done=done, seconds=seconds, seconds_left=None, is_over=True))

    def _report(self, state: PhaseState) -> None:
        with self._reporting:
            self._state = state
            if self._listener is not None:
                self._listener(state)


_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)
_open: ContextVar[tuple[Phase, ...]] = ContextVar("open", default=())


@contextmanager
def listening(listener: Listener | None) -> Iterator[None]:
    """Have a listener hear the phases that a block of code opens, in place of any other; None for nobody.

    Examples
    --------
    >>> def show(state: PhaseState) -> None:
    ...     print(state.name, state.done, state.total, state.is_over)
    >>> with listening(show), phase("baselines", total=2) as current:
    ...     current.advance()
    baselines 0.0 2 False
    baselines 1.0 2 False
    baselines 2 2 True
    """
    listens, opened = _listener.set(listener), _open.set(())
    try:
        yield
    finally:
        _open.reset(opened)
        _listener.reset(listens)


@contextmanager
def phase(name: PhaseName, total: float | None = None, detail: str = "") -> Iterator[Phase]:
    """Open a phase for a block of code; within one of the same name it is that one, which goes on."""
    opened = _open.get()
    same = next((each for each in opened if each.name == name), None)
    if same is not None:
        yield same
        return
    current = Phase(name, total, detail, _listener.get())
    token = _open.set((*opened, current))
    try:
        yield current
    finally:
        _open.reset(token)
        current.end()
