import math

import pytest

from demarcate.phases import time_budget
from demarcate.phases.time_budget import TimeBudget, current_budget, keeping_to, leave_out, seconds_for


@pytest.fixture
def now(monkeypatch):
    """The clock of budgets, which stands still unless a test moves it."""
    seconds = [0.0]
    monkeypatch.setattr(time_budget, "clock", lambda: seconds[0])
    return seconds


def test_what_is_left_goes_down_to_nothing(now):
    budget = TimeBudget(10)
    now[0] = 4.0
    assert budget.left() == 6.0
    now[0] = 12.0
    assert budget.left() == 0.0


def test_a_phase_may_take_a_share_of_what_is_left_and_all_it_wants_without_a_limit(now):
    assert seconds_for(0.5) == math.inf
    with keeping_to(TimeBudget(10)):
        now[0] = 4.0
        assert seconds_for(0.5) == 3.0
    with keeping_to(None):
        assert seconds_for(0.5) == math.inf


def test_what_is_left_out_is_noted_once_and_for_the_budget_that_holds():
    outer, inner = TimeBudget(1), TimeBudget(1)
    leave_out("nothing holds yet")
    with keeping_to(outer):
        with keeping_to(inner):
            leave_out("this")
            leave_out("this")
        leave_out("that")
        assert current_budget() is outer
    assert (outer.left_out, inner.left_out) == (["that"], ["this"])
    assert current_budget() is None


@pytest.mark.parametrize(
    ("elapsed", "own", "slowdown"), [(6.0, 2.0, 3.0), (2.0, 4.0, 1.0), (9.0, 0.1, 1.0), (90.0, 1.0, 8.0)]
)
def test_a_busy_machine_is_noticed_once_there_was_some_work(now, monkeypatch, elapsed, own, slowdown):
    used = [5.0]
    monkeypatch.setattr(time_budget, "process_clock", lambda: used[0])
    budget = TimeBudget(100)
    now[0], used[0] = elapsed, 5.0 + own
    assert budget.slowdown() == slowdown
