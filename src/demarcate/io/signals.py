"""Signals that ask a program to end, as an interrupt that can be answered: Ctrl-C, SIGTERM and SIGHUP alike.

A library takes no signals: `deferred` but notes Ctrl-C where Python's own answer to it stands. The command line calls
`listen` first of all. What a signal does then depends on how far the command is: until it begins there is nothing to
undo, and the program leaves at once; while it works, KeyboardInterrupt is raised, so that everything open is closed;
when it has ended, nothing happens any more. The second signal is answered by the system.
"""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""Windows has no SIGHUP."""
_PAUSE = 0.01
"""Seconds after which an interrupt that could not be raised is tried again."""

Handlers = dict[int, Callable[[int, FrameType | None], Any]]


class _Now:
    """How far the program is.

    Attributes
    ----------
    received
        The first signal that came.
    leave
        What a signal does before a command has begun, None if nobody listens.
    is_working
        Whether a command is at work.
    """

    received: int | None = None
    leave: Callable[[int], Any] | None = None
    is_working = False


def received() -> int | None:
    """The signal that came first, if one came.

    Examples
    --------
    >>> received() is None
    True
    """
    return _Now.received


def listen(leave: Callable[[int], Any]) -> None:
    """Take the signals that ask to end, but for those that whoever started the program has it ignore.

    Parameters
    ----------
    leave
        Called with the number of a signal that comes before a command works; ends the program.
    """
    _Now.leave = leave
    sys.unraisablehook = _raise_again
    for number in ENDING:
        if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
            signal.signal(number, _answer)


def interrupt_waiting() -> None:
    """Have signals interrupt what waits for input, also where a library has since changed that.

    Examples
    --------
    >>> interrupt_waiting()
    """
    for number in ENDING:
        if signal.getsignal(number) is _answer and hasattr(signal, "siginterrupt"):
            signal.siginterrupt(number, True)


@contextmanager
def raised() -> Iterator[None]:
    """While a command works: a signal raises KeyboardInterrupt. Those that come later change nothing.

    Examples
    --------
    >>> with raised():
    ...     "signals raise KeyboardInterrupt, if the program listens"
    'signals raise KeyboardInterrupt, if the program listens'
    """
    _Now.is_working, _Now.received = True, None
    try:
        yield
    finally:
        _Now.is_working, _Now.leave = False, None


def ignore() -> None:
    """Take no more signals, as the interpreter closes: it would give them back to the system, which kills.

    Examples
    --------
    >>> ignore()
    """
    for number in ENDING:
        if signal.getsignal(number) is _answer:
            signal.signal(number, signal.SIG_IGN)


@contextmanager
def deferred() -> Iterator[Callable[[], bool]]:
    """Note the first signal instead of raising; the second raises at once.

    Only the main thread is told of signals, and only those are noted for which nobody else has arranged anything. One
    that was noted and not answered is raised at the end.

    Examples
    --------
    >>> with deferred() as was_interrupted:
    ...     was_interrupted()
    False
    """
    import threading

    asked = threading.Event()
    ours: Handlers = {}
    if threading.current_thread() is threading.main_thread():
        standing = {number: signal.getsignal(number) for number in ENDING}
        ours = {n: h for n, h in standing.items() if callable(h) and h in (_answer, signal.default_int_handler)}

    def note(number: int, _frame: FrameType | None) -> None:
        _Now.received = number
        asked.set()
        _restore(ours)

    for number in ours:
        signal.signal(number, note)
    try:
        yield asked.is_set
    finally:
        _restore(ours)
    if asked.is_set():
        raise KeyboardInterrupt


def _restore(handlers: Handlers) -> None:
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _answer(number: int, frame: FrameType | None) -> None:
    """What a signal does."""
    for each in ENDING:
        if signal.getsignal(each) is _answer:
            signal.signal(each, signal.SIG_DFL)
    _Now.received = number
    if _Now.is_working:
        _raise_or_wait(number, frame)
    elif _Now.leave:
        _Now.leave(number)


def _raise_or_wait(_number: int, frame: FrameType | None) -> None:
    """Raise, but not while a module loads: the libraries' insides make other errors of it, or lose it."""
    if not _Now.is_working:
        return
    if _is_loading(frame) and hasattr(signal, "setitimer"):
        _try_again()
        return
    raise KeyboardInterrupt


def _try_again() -> None:
    signal.signal(signal.SIGALRM, _raise_or_wait)
    signal.setitimer(signal.ITIMER_REAL, _PAUSE)


def _is_loading(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _raise_again(lost: "sys.UnraisableHookArgs") -> None:
    """An interrupt that was raised where nothing can be raised, as an object is taken down, is raised again."""
    if isinstance(lost.exc_value, KeyboardInterrupt) and hasattr(signal, "setitimer"):
        _try_again()
    else:
        sys.__unraisablehook__(lost)
