import os
import signal
import sys

import pytest

from demarcate.io.signals import deferred_interrupt

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signal to its own process")


def send(number):
    os.kill(os.getpid(), number)


def run_deferred(*steps):
    """Return whether an interrupt was noted after each step, and the type of the exception that ended the block."""
    reached = []
    try:
        with deferred_interrupt() as was_interrupted:
            for step in steps:
                step()
                reached.append(was_interrupted())
    except (KeyboardInterrupt, ZeroDivisionError) as error:
        return reached, type(error)
    return reached, None


def interrupt():
    send(signal.SIGINT)


@needs_signals
class TestDeferredInterrupt:
    def test_the_first_signal_is_noted_and_raised_at_the_end(self):
        assert run_deferred(int, interrupt, int) == ([False, True, True], KeyboardInterrupt)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_an_exception_replaces_the_noted_interrupt(self):
        def handle():
            raise ZeroDivisionError

        assert run_deferred(interrupt, handle) == ([True], ZeroDivisionError)

    def test_the_second_signal_raises_at_once(self):
        assert run_deferred(interrupt, interrupt, int) == ([True], KeyboardInterrupt)

    def test_handlers_of_others_stay(self):
        seen = []
        before = signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
        try:
            with deferred_interrupt() as was_interrupted:
                send(signal.SIGTERM)
                assert not was_interrupted()
        finally:
            signal.signal(signal.SIGTERM, before)
        assert seen == [signal.SIGTERM]
