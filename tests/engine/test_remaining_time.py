import pytest
import torch

from demarcate.engine import Member, Progress, Training, time_limit
from demarcate.engine.remaining_time import RemainingTime
from demarcate.nn import Network


@pytest.fixture
def seconds(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(time_limit, "clock", lambda: now[0])
    return now


def members(n, **training):
    rows = torch.arange(8)
    return [Member(Network(hidden=()), Training(batch_size=4, **training), seed, rows, rows) for seed in range(n)]


def progress(epoch, losses, ended=(), population=1, n_epochs=10):
    """The report of an epoch: the validation loss of each member that trained, by its index."""
    values = torch.tensor([*losses.values()], dtype=torch.float64)
    values = {"train_loss": values, "validation_loss": values}
    return Progress(population, 1, epoch, n_epochs, 4, tuple(losses), ended, values)


def test_without_patience_the_time_left_is_that_of_the_epochs_left(seconds):
    remaining = RemainingTime(members(2, epochs=10, patience=None), [[0, 1]], [1e6], None)
    seconds[0] = 2.0
    remaining.add(progress(1, {0: 1.0, 1: 1.0}))
    remaining.add(progress(2, {0: 1.0, 1: 1.0}))
    done, total = remaining.share()
    assert done / total == pytest.approx(0.2)
    assert remaining.seconds_left() == pytest.approx(8.0)


def test_nothing_is_known_before_the_first_second(seconds):
    remaining = RemainingTime(members(1, epochs=10, patience=None), [[0]], [1e6], None)
    seconds[0] = 0.5
    remaining.add(progress(1, {0: 1.0}))
    assert remaining.seconds_left() is None


def test_with_patience_nothing_is_known_until_a_quarter_has_stopped(seconds):
    remaining = RemainingTime(members(4, epochs=100, patience=2), [[0, 1, 2, 3]], [1e6], None)
    for epoch in range(1, 5):
        seconds[0] = 2.0 * epoch
        remaining.add(progress(epoch, dict.fromkeys(range(4), 1 / epoch)))
        assert remaining.seconds_left() is None
        assert remaining.share()[1] is None
    remaining.add(progress(5, dict.fromkeys(range(4), 0.2), ended=(3,)))
    # The others are still improving: each has its patience ahead, of 100 epochs.
    assert remaining.seconds_left() == pytest.approx(8.0 * 2 * (1 + 3 / 4) / (5 * 2))


def test_members_end_as_others_did_and_no_later_than_their_last_epoch(seconds):
    remaining = RemainingTime(members(2, epochs=10, patience=2), [[0], [1]], [1e6, 1e6], None)
    for epoch in range(1, 9):
        seconds[0] = float(epoch)
        remaining.add(progress(epoch, {0: float(epoch)}, ended=(0,) if epoch == 8 else ()))
    # The second population has not begun: it will take as long as the first.
    assert remaining.seconds_left() == pytest.approx(8.0)
    for epoch in range(1, 10):
        remaining.add(progress(epoch, {1: 1 / epoch}, population=2))
    seconds[0] = 17.0
    assert remaining.seconds_left() == pytest.approx(1.0)


def test_dropped_members_are_not_waited_for(seconds):
    remaining = RemainingTime(members(2, epochs=10, patience=None), [[0, 1]], [0.0], None)
    remaining.add(progress(1, {0: 1.0, 1: 1.0}))
    remaining.add(progress(2, {0: 1.0}))
    assert remaining.detail(progress(2, {0: 1.0})) == "epoch 2 of 10, loss 1.0000, 1 network training"


def test_a_limit_is_the_most_that_is_left(seconds):
    remaining = RemainingTime(members(1, epochs=1000, patience=None), [[0]], [1e6], ends=5.0)
    assert remaining.seconds_left() == 5.0
    seconds[0] = 3.0
    remaining.add(progress(1, {0: 1.0}))
    assert remaining.seconds_left() == 2.0


def test_a_loss_that_is_no_number_is_left_out():
    remaining = RemainingTime(members(1, epochs=9, patience=2), [[0]], [1e6], None)
    report = progress(3, {0: torch.nan}, n_epochs=9)
    remaining.add(report)
    assert remaining.detail(report) == "epoch 3 of at most 9, 1 network training"
