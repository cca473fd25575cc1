import os
import signal
import sys

import pytest

from demarcate.io.signals import deferred

needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signal to its own process")


def send(number):
    os.kill(os.getpid(), number)


def noting(*steps):
    """What becomes of steps that a signal does not stop, and of what stops them."""
    reached = []
    try:
        with deferred() as was_interrupted:
            for step in steps:
                step()
                reached.append(was_interrupted())
    except (KeyboardInterrupt, ZeroDivisionError) as error:
        return reached, type(error)
    return reached, None


def interrupt():
    send(signal.SIGINT)


@needs_signals
class TestDeferred:
    def test_the_first_is_noted_and_raised_at_the_end(self):
        assert noting(int, interrupt, int) == ([False, True, True], KeyboardInterrupt)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def test_an_answer_takes_the_place_of_the_interrupt(self):
        def answer():
            raise ZeroDivisionError

        assert noting(interrupt, answer) == ([True], ZeroDivisionError)

    def test_the_second_is_raised_at_once(self):
        assert noting(interrupt, interrupt, int) == ([True], KeyboardInterrupt)

    def test_what_others_have_arranged_stays(self):
        seen = []
        before = signal.signal(signal.SIGTERM, lambda number, _frame: seen.append(number))
        try:
            with deferred() as was_interrupted:
                send(signal.SIGTERM)
                assert not was_interrupted()
        finally:
            signal.signal(signal.SIGTERM, before)
        assert seen == [signal.SIGTERM]
