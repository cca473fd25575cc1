"""A fit ends in time, with what a shorter training would have ended with."""

import math
from dataclasses import replace

import pytest
import torch
from torch import nn

from demarcate.engine import Halving, Member, Samples, Training, fit
from demarcate.engine.time_limit import TimeLimit, TimeSlice
from demarcate.engine.trainer import Trainer
from demarcate.errors import SettingError
from demarcate.nn import Network
from demarcate.nn.mlp_family import MLP

N_ROWS, D_IN = 80, 4
TRAIN, HELD, NO_ROWS = torch.arange(60), torch.arange(60, 80), torch.arange(0)


class Clock:
    """Seconds that pass when they are told to: one for each step of training."""

    def __init__(self):
        self.now, self.steps = 0.0, {}

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock, step = Clock(), Trainer._step

    def timed_step(run, *arguments):
        step(run, *arguments)
        clock.now += 1
        clock.steps[run.layout.padded] = clock.steps.get(run.layout.padded, 0) + 1

    monkeypatch.setattr("demarcate.engine.time_limit.clock", clock)
    monkeypatch.setattr(Trainer, "_step", timed_step)
    return clock


@pytest.fixture
def groups_of_two_steps(monkeypatch):
    """Long epochs, whose step_groups are two steps of four rows."""
    monkeypatch.setattr("demarcate.engine.batch_loaders.MAX_NUMBERS", 2 * 4 * D_IN)
    monkeypatch.setattr("demarcate.engine.trainer.CHEAP_STEP", 0)
    monkeypatch.setattr("demarcate.engine.trainer.MAX_BLOCK_STEPS", 1)


def samples(dtype=torch.float32):
    generator = torch.Generator().manual_seed(5)
    x = torch.randn(N_ROWS, D_IN, generator=generator).to(dtype)
    noise = torch.randn(N_ROWS, generator=generator)
    return Samples.of([x], (x[:, 0] * x[:, 1] + 0.5 * noise > 0).long(), 2)


def member(hidden=(8,), *, seed=0, held=HELD, **training):
    settings = {"lr": 0.02, "epochs": 100, "batch_size": None, **training}
    return Member(Network(hidden, "tanh"), Training(**settings), seed, TRAIN, held)


def bits(fitted):
    history = [value.tolist() for value in vars(fitted.history).values()]
    return history, [part.tolist() for layer in fitted.state for part in layer], fitted.best_epoch


def shorter(one, epochs):
    return fit([replace(one, training=replace(one.training, epochs=epochs))], samples())[0]


@pytest.mark.parametrize("held", [HELD, NO_ROWS], ids=["watched", "unwatched"])
@pytest.mark.parametrize("batch_size", [None, 30], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("averaging", [0.0, 3.0])
@pytest.mark.parametrize("n_epochs", [1, 7, 40])
def test_without_patience_a_member_ends_as_if_the_epoch_had_been_its_last(clock, n_epochs, averaging, batch_size, held):
    one = member(batch_size=batch_size, held=held, averaging=averaging)
    (found,) = fit([one], samples(), time_limit=n_epochs * one.training.steps(60))
    assert found.timed_out
    assert found.history.n_epochs == found.best_epoch == n_epochs
    assert bits(found) == bits(shorter(one, n_epochs))


def test_with_patience_a_member_ends_with_its_best_weights_so_far(clock):
    one = member((32,), patience=80, epochs=200, lr=0.1)
    (found,) = fit([one], samples(), time_limit=60)
    assert found.timed_out
    assert found.best_epoch == found.history.validation_loss.argmin() + 1 < 60 == found.history.n_epochs
    assert bits(found) == bits(shorter(one, 60))


def test_validation_rows_are_looked_at_when_time_is_over(clock):
    one = member(validate_every=10)
    (found,) = fit([one], samples(), time_limit=13)
    assert found.history.validation_epochs.tolist() == [10, 13]
    assert bits(found) == bits(shorter(one, 13))
    (found,) = fit([one], samples(), time_limit=3)
    assert found.history.validation_epochs.tolist() == [3]


def test_with_time_enough_nothing_changes(clock):
    one = member(epochs=20)
    (found,) = fit([one], samples(), time_limit=20)
    assert not found.timed_out
    assert bits(found) == bits(fit([one], samples())[0])


def test_only_members_whose_training_is_not_over_are_timed_out(clock):
    short, long = fit([member(epochs=13), member(seed=1, epochs=40)], samples(), time_limit=13)
    assert [short.timed_out, long.timed_out] == [False, True]
    assert [short.history.n_epochs, long.history.n_epochs] == [13, 13]
    assert short.history.validation_epochs.tolist() == long.history.validation_epochs.tolist()


@pytest.mark.parametrize(("seconds", "n_steps"), [(0.5, 2), (5, 6), (6, 6), (15, 15), (16, 17)])
def test_a_long_epoch_is_cut_short_and_its_weights_are_judged(clock, groups_of_two_steps, seconds, n_steps):
    """What plain torch comes to in as many steps of four rows; an epoch is fifteen."""
    given = samples(torch.float64)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(D_IN, 8), nn.Tanh(), nn.Linear(8, 1)).double()
    initial = MLP.from_module(Network(), model, (D_IN, 8, 1))
    one = replace(member(batch_size=4, epochs=3), initial=initial)
    generator = torch.Generator().manual_seed(one.seed)
    optimizer, loss_of = torch.optim.Adam(model.parameters(), lr=one.training.lr), nn.BCEWithLogitsLoss()
    x, codes = given.matrices[0], given.codes.double()
    steps = [rows for _ in range(2) for rows in TRAIN[torch.randperm(60, generator=generator)].split(4)]
    losses = []
    for rows in steps[:n_steps]:
        optimizer.zero_grad()
        loss = loss_of(model(x[rows])[:, 0], codes[rows])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    (found,) = fit([one], given, device="cpu", time_limit=seconds)
    assert found.timed_out
    expected = [parameter.detach() for parameter in model.parameters()]
    torch.testing.assert_close([part for layer in found.state for part in layer], expected, rtol=1e-8, atol=1e-11)
    assert found.history.n_epochs == found.best_epoch == -(-n_steps // 15)
    last = losses[15 * (found.history.n_epochs - 1) :]
    assert found.history.train_loss[-1].item() == pytest.approx(sum(last) / len(last), rel=1e-8)
    with torch.no_grad():
        judged = loss_of(model(x[HELD])[:, 0], codes[HELD]).item()
    assert found.history.validation_loss[-1].item() == pytest.approx(judged, rel=1e-8)


def test_the_last_epoch_cut_short_is_out_of_time_too(clock, groups_of_two_steps):
    (found,) = fit([member(batch_size=4, epochs=1)], samples(), time_limit=7)
    assert found.timed_out
    assert clock.now == 8


def test_a_member_that_ended_or_diverged_before_is_not_out_of_time(clock):
    settled, wild, slow = fit(
        [member(patience=1, lr=1.0), member(lr=1e38, optimizer="sgd"), member()], samples(), time_limit=60
    )
    assert settled.history.n_epochs < 60
    assert [one.timed_out for one in (settled, wild, slow)] == [False, False, True]


def test_populations_share_the_time_by_what_they_cost(clock):
    members = [member(epochs=100), member((8, 8), epochs=300)]
    first, second = fit(members, samples(), time_limit=80)
    assert first.history.n_epochs == pytest.approx(20, abs=1)
    assert second.history.n_epochs == pytest.approx(60, abs=1)
    assert first.history.n_epochs + second.history.n_epochs == 80


def test_time_that_one_does_not_use_is_the_next_ones(clock):
    members = [member(epochs=100, patience=1, lr=1.0), member((8, 8), epochs=100)]
    first, second = fit(members, samples(), time_limit=100)
    assert first.history.n_epochs < 40
    assert second.history.n_epochs == 100 - first.history.n_epochs


def test_a_population_whose_turn_comes_when_time_is_up_still_has_a_look(clock):
    members = [member(epochs=100, batch_size=2), *(member((8,) * depth, epochs=100) for depth in (2, 3))]
    fitted = fit(members, samples(), time_limit=0.001)
    assert [one.history.n_epochs for one in fitted] == [1, 1, 1]
    assert all(one.timed_out and one.history.validation_loss.isfinite().all() for one in fitted)


def test_in_a_tournament_the_rounds_before_the_end_are_not_short_of_time_for_the_last(clock):
    halving = Halving((5, 10), lambda epoch, standings: [max(standings)])
    members = [member((8,) * (1 + index % 2), seed=index, epochs=60) for index in range(4)]
    fitted = fit(members, samples(), halving=halving, time_limit=60)
    assert [one.history.n_epochs for one in fitted[2:]] == [10, 5]
    assert [one.dropped for one in fitted] == [False, False, True, True]
    assert all(one.timed_out for one in fitted[:2])
    assert clock.now == 60
    assert fitted[0].history.n_epochs == pytest.approx(30, abs=2)


def test_a_tournament_whose_time_is_up_in_its_first_round_goes_through(clock):
    halving = Halving((5,), lambda epoch, standings: [max(standings)])
    fitted = fit([member(seed=seed) for seed in range(3)], samples(), halving=halving, time_limit=3)
    assert [(one.history.n_epochs, one.timed_out, one.dropped) for one in fitted] == [(3, True, False)] * 3


@pytest.mark.parametrize("batch_size", [None, 4], ids=["full-batch", "long-epochs"])
def test_with_checkpoints_the_limit_is_that_of_one_call(clock, tmp_path, monkeypatch, batch_size, request):
    if batch_size:
        request.getfixturevalue("groups_of_two_steps")
    else:
        monkeypatch.setattr("demarcate.engine.trainer.MAX_BLOCK_EPOCHS", 3)
    members = [member(batch_size=batch_size, epochs=20, averaging=2.0), member((8, 8), batch_size=batch_size, epochs=9)]
    expected = [bits(one) for one in fit(members, samples())]
    n_calls = 0
    while True:
        n_calls += 1
        found = fit(members, samples(), checkpoint=tmp_path, checkpoint_every=1000, time_limit=25)
        assert all(one.history.n_epochs >= 1 for one in found)
        if not any(one.timed_out for one in found):
            break
        assert n_calls < 60
    assert [bits(one) for one in found] == expected
    assert n_calls > 1
    clock.now = 0
    assert [bits(one) for one in fit(members, samples(), checkpoint=tmp_path, time_limit=0.1)] == expected
    assert clock.now == 0


def test_members_trained_side_by_side_all_have_a_look_and_end_in_time(clock, monkeypatch):
    monkeypatch.setattr("demarcate.engine.backend.MIN_CONCURRENT_WORK", 1.0)
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        fitted = fit([member(seed=seed, epochs=10**6) for seed in range(4)], samples(), time_limit=30)
    finally:
        torch.set_num_threads(before)
    assert all(one.timed_out and one.history.n_epochs >= 1 for one in fitted)
    assert all(len(one.history.validation_loss) == one.history.n_epochs for one in fitted)


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf, True, "60"])
def test_a_limit_that_is_no_time_is_refused(seconds):
    with pytest.raises(SettingError, match=r"^time_limit must be None or a number of seconds above 0 and finite, got "):
        fit([member()], samples(), time_limit=seconds)


# Turns


def test_populations_side_by_side_share_the_time_of_all_threads(clock):
    """Four alike on two threads have half of it each; what the first leaves, the last two share."""
    limit, turns = TimeLimit(100.0), {}
    limit.plan(dict.fromkeys(range(4), 1.0), n_threads=2)
    turns |= {number: limit.begin(number) for number in (0, 1)}
    assert [turn.ends for turn in turns.values()] == [50, 50]
    clock.now = 40
    limit.end(0)
    assert limit.begin(2).ends == 95
    clock.now = 50
    limit.end(1)
    assert limit.begin(3).ends == 100


def test_no_turn_ends_after_the_limit(clock):
    limit = TimeLimit(10.0)
    limit.plan({0: 9.0, 1: 1.0}, n_threads=2)
    assert limit.begin(0).ends == 10
    clock.now = 11
    turn = limit.begin(1)
    assert turn.ends == 11
    assert turn.is_over()


def test_work_that_is_done_takes_no_time_from_others(clock):
    limit = TimeLimit(10.0)
    limit.plan({0: 0.0, 1: 0.0, 2: 5.0}, n_threads=1)
    ends = []
    for number in range(3):
        ends.append(limit.begin(number).ends)
        limit.end(number)
    assert ends == [0, 0, 10]


def test_a_turn_is_late_when_what_was_left_has_halved_and_in_the_end_no_more(clock):
    turn, told = TimeSlice(16.0), []
    while clock.now < 17:
        if turn.is_checkpoint_due():
            told.append(clock.now)
        clock.now += 0.125
    assert told == [8, 12, 14, 15, 15.5, 15.75, 15.875, 16.0]
