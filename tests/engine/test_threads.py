import threading
import time

import pytest
import torch

from demarcate.engine.threads import Pace, Stopped, n_threads, side_by_side


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt, SystemExit])
def test_the_thread_count_comes_back_whatever_happens(error):
    if error is None:
        with n_threads(1):
            assert torch.get_num_threads() == 1
    else:
        with pytest.raises(error), n_threads(1):
            raise error
    assert torch.get_num_threads() == 2


class Machine:
    """A clock that block by block goes on by what the block takes on so many threads."""

    def __init__(self, takes):
        self.now, self.takes, self.chosen = 0.0, takes, []

    def __call__(self):
        return self.now

    def run(self, pace, n_blocks):
        for _ in range(n_blocks):
            with pace.block(n_epochs=4):
                self.chosen.append(torch.get_num_threads())
                self.now += self.takes[torch.get_num_threads()]
        return self.chosen[-n_blocks:]


@pytest.mark.parametrize(("takes", "best"), [({1: 2.0, 2: 1.0}, 2), ({1: 1.0, 2: 9.0}, 1)])
def test_the_faster_number_of_threads_is_used_and_the_other_tried_now_and_then(takes, best):
    machine = Machine(takes)
    chosen = machine.run(Pace([2, 1], machine), 400)
    assert chosen[:2] == [2, 1]
    other = 3 - best
    assert 0 < chosen.count(other) * takes[other] < 0.08 * machine.now


def test_a_machine_that_becomes_busy_or_idle_is_noticed():
    machine = Machine({1: 2.0, 2: 1.0})
    pace = Pace([2, 1], machine)
    assert machine.run(pace, 60).count(2) > 50
    machine.takes[2] = 12.0
    assert machine.run(pace, 100)[2:].count(1) > 90
    machine.takes[2] = 1.0
    assert machine.run(pace, 400)[-50:].count(2) > 45


def test_a_single_choice_asks_no_clock():
    def never():
        raise AssertionError

    with Pace([1], never).block(3):
        assert torch.get_num_threads() == 1


def test_jobs_run_at_once_each_on_one_thread():
    together, seen = threading.Barrier(2, timeout=30), []

    def job(between):
        together.wait()
        between()
        seen.append(torch.get_num_threads())

    side_by_side([job, job], 2)
    assert seen == [1, 1]
    assert torch.get_num_threads() == 2


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_what_one_job_raises_stops_the_others_and_is_raised(error):
    ended = []

    def fail(between):
        raise error

    def work(between):
        try:
            while True:
                between()
                time.sleep(0.001)
        except Stopped:
            ended.append(True)
            raise

    with pytest.raises(error):
        side_by_side([work, fail, work], 2)
    assert len(ended) >= 1
    assert torch.get_num_threads() == 2
