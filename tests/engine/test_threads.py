import threading
import time

import pytest
import torch

from demarcate.engine import Member, Samples, Training
from demarcate.engine.backend import Backend
from demarcate.engine.threads import JobCancelled, ThreadTuner, run_concurrently, use_threads
from demarcate.engine.trainer import Trainer
from demarcate.nn import Network


@pytest.fixture(autouse=True)
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("error", [None, ValueError, KeyboardInterrupt, SystemExit])
def test_the_thread_count_comes_back_whatever_happens(error):
    if error is None:
        with use_threads(1):
            assert torch.get_num_threads() == 1
    else:
        with pytest.raises(error), use_threads(1):
            raise error
    assert torch.get_num_threads() == 2


class Machine:
    """A clock that goes on by what four steps take on so many threads."""

    def __init__(self, takes):
        self.now, self.takes, self.chosen = 0.0, takes, []

    def __call__(self):
        return self.now

    def run(self, tuner, n_times):
        for _ in range(n_times):
            tuner.start()
            self.chosen.append(torch.get_num_threads())
            self.now += self.takes[torch.get_num_threads()]
            tuner.stop(n_steps=4)
        return self.chosen[-n_times:]


@pytest.mark.parametrize(("takes", "best"), [({1: 2.0, 2: 1.0}, 2), ({1: 1.0, 2: 9.0}, 1)])
def test_the_faster_number_of_threads_is_used_and_the_other_tried_now_and_then(takes, best):
    machine = Machine(takes)
    chosen = machine.run(ThreadTuner([2, 1], machine), 400)
    assert chosen[:2] == [2, 1]
    other = 3 - best
    assert 0 < chosen.count(other) * takes[other] < 0.08 * machine.now


def test_a_machine_that_becomes_busy_or_idle_is_noticed():
    machine = Machine({1: 2.0, 2: 1.0})
    tuner = ThreadTuner([2, 1], machine)
    assert machine.run(tuner, 60).count(2) > 50
    machine.takes[2] = 12.0
    assert machine.run(tuner, 100)[2:].count(1) > 90
    machine.takes[2] = 1.0
    assert machine.run(tuner, 400)[-50:].count(2) > 45


def test_a_single_choice_asks_no_clock():
    def never():
        raise AssertionError

    tuner = ThreadTuner([1], never)
    tuner.start()
    tuner.stop(n_steps=3)
    assert tuner.number == 1


def test_no_choice_is_made_by_steps_too_few_to_tell():
    machine = Machine({1: 2e-3, 2: 1e-3})
    assert set(machine.run(ThreadTuner([2, 1], machine), 40)) == {2}
    assert 1 in machine.run(ThreadTuner([2, 1], machine), 60)


def test_what_happens_between_steps_is_not_their_doing():
    machine = Machine({1: 1.0, 2: 2.0})
    tuner = ThreadTuner([2, 1], machine)
    for _ in range(20):
        machine.run(tuner, 1)
        machine.now += 100.0 if tuner.number == 1 else 0.0
    assert machine.chosen[-15:].count(1) >= 14


def test_a_long_epoch_changes_its_threads_on_the_way(monkeypatch):
    monkeypatch.setattr("demarcate.engine.threads._MIN_SECONDS", 0.0)
    monkeypatch.setattr("demarcate.engine.batch_loaders.MAX_NUMBERS", 1 << 10)
    monkeypatch.setattr("demarcate.engine.trainer.CHEAP_STEP", 0.0)
    x = torch.randn(400, 4, generator=torch.Generator().manual_seed(0))
    rows = torch.arange(400)
    member = Member(Network((8,)), Training(epochs=1, batch_size=16), 0, rows, rows[:0])
    trainer = Trainer([member], Samples.of([x], x[:, 0].gt(0).long(), 2), Backend(torch.device("cpu")))
    used, start = set(), ThreadTuner.start

    def watched(tuner):
        start(tuner)
        used.add(torch.get_num_threads())

    trainer.thread_tuner = ThreadTuner([2, 1])
    monkeypatch.setattr(ThreadTuner, "start", watched)
    trainer.advance(1)
    assert used == {1, 2}
    assert torch.get_num_threads() == 2


def test_jobs_run_at_once_each_on_one_thread():
    together, seen = threading.Barrier(2, timeout=30), []

    def job(between):
        together.wait()
        between()
        seen.append(torch.get_num_threads())

    run_concurrently([job, job], 2)
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
        except JobCancelled:
            ended.append(True)
            raise

    with pytest.raises(error):
        run_concurrently([work, fail, work], 2)
    assert len(ended) >= 1
    assert torch.get_num_threads() == 2
