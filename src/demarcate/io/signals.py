"""Ctrl-C, SIGTERM and SIGHUP as one interrupt, raised where a program can handle it.

A library installs nothing: `deferred_interrupt` only notes Ctrl-C where Python's own handler is in place. The command
line calls `install_handlers` first. What a signal then does depends on the command: before it begins, nothing needs to
be undone and the program exits at once; while it runs, KeyboardInterrupt is raised, so that everything open is closed;
after its end, nothing happens. A second signal is left to the system's own handler.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

EXIT_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Windows has no SIGHUP."""
_RETRY_SECONDS = 0.01
"""Time until an interrupt that could not be raised is tried again."""

Handlers = dict[int, Callable[[int, FrameType | None], Any]]


class _State:
    """What the handlers know of the program: ``exit_program`` is called for a signal before a command runs."""

    received: int | None = None
    exit_program: Callable[[int], Any] | None = None
    is_running = False


def received_signal() -> int | None:
    """Return the number of the first signal received, None before any."""
    return _State.received


def install_handlers(exit_program: Callable[[int], Any]) -> None:
    """Handle exit signals, except those ignored on behalf of whoever started the program.

    ``exit_program`` gets the number of a signal that comes before a command runs, and ends the program.
    """
    _State.exit_program = exit_program
    sys.unraisablehook = _retry_lost_interrupt
    for number in EXIT_SIGNALS:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _handle)


def interrupt_blocking_calls() -> None:
    """Let signals interrupt a program that waits for input, also where a library has changed that since."""
    for number in EXIT_SIGNALS:
        if signal.getsignal(number) is _handle and hasattr(signal, "siginterrupt"):
            signal.siginterrupt(number, True)


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise KeyboardInterrupt for a signal while a command runs; ignore signals after its end."""
    _State.is_running, _State.received = True, None
    try:
        yield
    finally:
        _State.is_running, _State.exit_program = False, None


def ignore_signals() -> None:
    """Ignore signals from now on: a closing interpreter would restore the system's handlers, which kill."""
    for number in EXIT_SIGNALS:
        if signal.getsignal(number) is _handle:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def deferred_interrupt() -> Iterator[Callable[[], bool]]:
    """Note the first signal instead of raising, and give a function that tells whether one came; the second one raises.

    Only the main thread receives signals, and signals that others handle are left to them. A noted signal that nothing
    else ended the block for is raised at its end.
    """
    import threading  # not needed, and not waited for, before the handlers are installed

    interrupted = threading.Event()
    handlers: Handlers = {}
    if threading.current_thread() is threading.main_thread():
        for number in EXIT_SIGNALS:
            handler = signal.getsignal(number)
            if callable(handler) and handler in (_handle, signal.default_int_handler):
                handlers[number] = handler

    def note(number: int, _frame: FrameType | None) -> None:
        _State.received = number
        interrupted.set()
        _restore(handlers)

    for number in handlers:
        signal.signal(number, note)
    try:
        yield interrupted.is_set
    finally:
        _restore(handlers)
    if interrupted.is_set():
        raise KeyboardInterrupt


def _restore(handlers: Handlers) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _handle(number: int, frame: FrameType | None) -> None:
    for each in EXIT_SIGNALS:
        if signal.getsignal(each) is _handle:
            signal.signal(each, signal.SIG_DFL)
    _State.received = number
    if _State.is_running:
        _raise_or_retry(number, frame)
    elif _State.exit_program:
        _State.exit_program(number)


def _raise_or_retry(_number: int, frame: FrameType | None) -> None:
    """Raise an interrupt, but not while a module is imported: libraries turn it into other errors there, or lose it."""
    if not _State.is_running:
        return
    if _is_importing(frame) and hasattr(signal, "setitimer"):
        _retry_soon()
        return
    raise KeyboardInterrupt


def _retry_soon() -> None:
    signal.signal(signal.SIGALRM, _raise_or_retry)
    signal.setitimer(signal.ITIMER_REAL, _RETRY_SECONDS)


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _retry_lost_interrupt(lost: "sys.UnraisableHookArgs") -> None:
    """Raise an interrupt again that was lost in a finalizer, where nothing can be raised."""
    if isinstance(lost.exc_value, KeyboardInterrupt) and hasattr(signal, "setitimer"):
        _retry_soon()
    else:
        sys.__unraisablehook__(lost)
