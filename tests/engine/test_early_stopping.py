import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import Divergence
from demarcate.engine.early_stopping import BestWeights

REPEATABLE = settings(deadline=None, derandomize=True)
LOSSES = st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.4, math.nan]), min_size=1, max_size=12)


def follow(best, losses, first=1, over=None):
    """Give epochs of one or more members to `BestWeights`; weights after epoch e are all e."""
    losses = torch.tensor(losses, dtype=torch.float64).view(len(losses), -1)
    epochs = torch.arange(first, first + len(losses))
    snapshots = epochs.view(-1, 1, 1).expand(-1, losses.shape[1], 3).float()
    over = torch.zeros_like(losses, dtype=torch.bool) if over is None else over
    return best.update(snapshots, losses, epochs, over)


def in_blocks(losses, patience, sizes, tolerance=0.0):
    """BatchLoader one member's losses block by block; best weights so far, and the epoch it ended with."""
    best, done = BestWeights(torch.zeros(1, 3), [patience], [tolerance]), 0
    for size in sizes:
        block = losses[done : done + size]
        if not block:
            break
        ends = follow(best, block, done + 1)
        if ends[0] < len(block):
            return best, done + int(ends[0]) + 1
        done += len(block)
    return best, done


@REPEATABLE
@given(LOSSES, st.integers(1, 4), st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_patience_counts_the_epochs_since_the_first_best_however_they_are_cut_into_blocks(losses, patience, sizes):
    best, stopped = in_blocks(losses, patience, sizes)
    seen = [(loss, epoch) for epoch, loss in enumerate(losses[:stopped], 1) if not math.isnan(loss)]
    expected = min(seen, default=(math.inf, 0))
    assert (best.loss.item(), best.epoch.item()) == expected
    assert best.flat.unique().tolist() == [expected[1]]
    one_by_one, stopped_alone = in_blocks(losses, patience, [1] * len(losses))
    assert (stopped_alone, one_by_one.epoch.item()) == (stopped, best.epoch.item())
    if stopped < len(losses):
        assert not math.isnan(losses[stopped - 1])
        assert stopped - expected[1] >= patience


@REPEATABLE
@given(LOSSES, st.integers(1, 4), st.lists(st.integers(1, 5), min_size=12, max_size=12), st.sampled_from([0.4, 1.0]))
def test_with_a_tolerance_the_last_weights_near_the_lowest_loss_are_kept(losses, patience, sizes, tolerance):
    best, stopped = in_blocks(losses, patience, sizes, tolerance)
    assert stopped == in_blocks(losses, patience, sizes)[1]
    seen = [(loss, epoch) for epoch, loss in enumerate(losses[:stopped], 1) if not math.isnan(loss)]
    lowest, since = min(seen, default=(math.inf, 0))
    near = [epoch for loss, epoch in seen if loss <= lowest * (1 + tolerance)]
    assert (best.loss.item(), best.since.item()) == (lowest, since)
    assert best.epoch.item() == max(near, default=0)
    assert best.flat.unique().tolist() == [best.epoch.item()]


def test_a_tolerance_is_each_members_own_and_goes_with_it():
    best = BestWeights(torch.zeros(3, 3), [9, 9, 9], [0.0, 0.1, 0.6])
    follow(best, [[0.5] * 3, [0.52] * 3])
    assert best.epoch.tolist() == [1, 2, 2]
    best.keep(torch.tensor([0, 2]))
    follow(best, [[0.7] * 2], first=3)
    assert best.epoch.tolist() == [1, 3]
    assert best.loss.tolist() == [0.5, 0.5]


def test_without_patience_nothing_ever_ends():
    assert in_blocks([1.0] * 50, None, [7] * 8)[1] == 50


def test_what_comes_after_an_end_is_not_taken_in():
    best = BestWeights(torch.zeros(2, 3), [None, None])
    over = torch.tensor([[False, False], [True, False], [False, False]])
    ends = follow(best, [[0.5, 0.5], [0.4, 0.4], [0.1, 0.1]], over=over)
    assert ends.tolist() == [1, 3]
    assert best.epoch.tolist() == [2, 3]
    assert best.flat[:, 0].tolist() == [2, 3]


def test_an_epoch_that_was_not_judged_does_not_end_patience():
    best = BestWeights(torch.zeros(1, 3), [2])
    assert follow(best, [0.5, math.nan, math.nan, math.nan]).tolist() == [4]
    assert follow(best, [0.6], 5).tolist() == [0]


@pytest.mark.parametrize("wrong", [math.inf, math.nan])
def test_weights_that_are_not_finite_are_never_best(wrong):
    best = BestWeights(torch.zeros(1, 2), [None])
    losses = torch.tensor([[0.5]], dtype=torch.float64)
    best.update(torch.tensor([[[1.0, wrong]]]), losses, torch.tensor([1]), torch.tensor([[False]]))
    assert (best.flat.tolist(), best.epoch.item()) == ([[0.0, 0.0]], 0)


def test_best_weights_are_a_copy():
    best = BestWeights(torch.ones(1, 2), [None])
    snapshots = torch.full((1, 1, 2), 3.0)
    best.update(snapshots, torch.tensor([[0.5]], dtype=torch.float64), torch.tensor([1]), torch.tensor([[False]]))
    snapshots.zero_()
    assert best.flat.tolist() == [[3.0, 3.0]]


def test_members_that_go_on_keep_their_count_also_when_put_down_and_taken_up():
    best = BestWeights(torch.zeros(3, 3), [1, 2, 2])
    assert follow(best, [[0.5, 0.5, 0.5], [0.6, 0.6, 0.4]]).tolist() == [1, 2, 2]
    best.keep(torch.tensor([1, 2]))
    other = BestWeights(torch.zeros(2, 3), [2, 2])
    other.restore({name: value.clone() for name, value in best.state().items()})
    for each in (best, other):
        assert follow(each, [[0.6, 0.6]], 3).tolist() == [0, 1]
        assert (each.epoch.tolist(), each.flat[:, 0].tolist()) == ([1, 2], [1.0, 2.0])


def test_a_divergence_reads_as_a_sentence():
    assert str(Divergence(3, 1e6)) == "the loss was no longer finite in epoch 3 at learning rate 1e+06"
