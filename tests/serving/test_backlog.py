"""What is refused because it would wait for too long."""

import pytest

from demarcate.serving.backlog import MAX_WAIT_SECONDS, Backlog


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def backlog(clock):
    """A backlog that has learned that a megabyte takes a second."""
    backlog = Backlog(clock)
    for _ in range(60):
        backlog.enter(99_000)
        clock.now += 0.1
        backlog.leave(99_000)
    return backlog


def test_it_learns_what_a_byte_takes_and_forgets_what_it_took_before(backlog, clock):
    assert backlog.seconds(999_000) == pytest.approx(1, rel=0.01)
    for _ in range(60):
        backlog.enter(99_000)
        clock.now += 0.2
        backlog.leave(99_000)
    assert backlog.seconds(999_000) == pytest.approx(2, rel=0.05)


def test_time_without_work_teaches_nothing(backlog, clock):
    clock.now += 1000
    backlog.enter(99_000)
    clock.now += 0.1
    backlog.leave(99_000)
    assert backlog.seconds(999_000) == pytest.approx(1, rel=0.01)


def test_requests_at_the_same_time_share_it(backlog, clock):
    for _ in range(20):
        for _ in range(10):
            backlog.enter(99_000)
        for _ in range(10):
            clock.now += 0.1
            backlog.leave(99_000)
    assert backlog.seconds(999_000) == pytest.approx(1, rel=0.01)
    assert backlog.n_requests == 0


def test_as_many_are_admitted_as_are_answered_in_time(backlog):
    n_admitted = 0
    while backlog.admits(99_000):
        backlog.enter(99_000)
        n_admitted += 1
    assert n_admitted == pytest.approx(10 * MAX_WAIT_SECONDS, abs=1)


def test_a_small_request_does_not_wait_for_a_large_one(backlog):
    backlog.enter(20_000_000)
    assert backlog.admits(200)


def test_a_request_that_is_alone_is_admitted_whatever_it_takes(backlog):
    assert backlog.admits(10**9)


def test_a_large_request_does_not_mind_small_ones(backlog):
    for _ in range(50):
        backlog.enter(200)
    assert backlog.admits(20_000_000)


def test_what_takes_long_itself_may_wait_as_long(backlog):
    backlog.enter(4_900_000)
    assert backlog.admits(4_900_000)
    backlog.enter(4_900_000)
    assert not backlog.admits(4_900_000)
