import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine import Divergence
from demarcate.engine.stopping import Best

REPEATABLE = settings(deadline=None, derandomize=True)
LOSSES = st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.4, math.nan]), min_size=1, max_size=12)


def watch(losses, patience):
    """Feed one member's losses to `Best`; weights of epoch e are all e."""
    best = Best(torch.zeros(1, 3), [patience])
    for epoch, loss in enumerate(losses, 1):
        best.update(torch.full((1, 3), float(epoch)), torch.tensor([loss], dtype=torch.float64), epoch)
        if best.exhausted().item():
            return best, epoch
    return best, len(losses)


@REPEATABLE
@given(LOSSES, st.integers(1, 4))
def test_patience_counts_the_epochs_since_the_first_best(losses, patience):
    best, stopped = watch(losses, patience)
    seen = [(loss, epoch) for epoch, loss in enumerate(losses[:stopped], 1) if not math.isnan(loss)]
    expected = min(seen, default=(math.inf, 0))
    assert (best.loss.item(), best.epoch.item()) == expected
    assert best.flat.unique().tolist() == [expected[1]]
    assert stopped == len(losses) or stopped - expected[1] == patience
    assert stopped - expected[1] <= patience or expected[1] == 0


def test_without_patience_nothing_is_ever_exhausted():
    assert watch([1.0] * 50, None)[1] == 50


def test_weights_that_are_not_finite_are_never_best():
    best = Best(torch.zeros(1, 2), [None])
    best.update(torch.tensor([[1.0, math.inf]]), torch.tensor([0.5], dtype=torch.float64), 1)
    assert (best.flat.tolist(), best.epoch.item()) == ([[0.0, 0.0]], 0)


def test_best_weights_are_a_copy():
    flat = torch.ones(1, 2)
    best = Best(flat, [None])
    best.update(flat, torch.tensor([0.5], dtype=torch.float64), 1)
    flat.zero_()
    assert best.flat.tolist() == [[1.0, 1.0]]


def test_members_that_go_on_keep_their_count():
    best = Best(torch.zeros(3, 1), [1, 2, 2])
    for epoch, losses in enumerate([[0.5, 0.5, 0.5], [0.6, 0.6, 0.4]], 1):
        best.update(torch.full((3, 1), float(epoch)), torch.tensor(losses, dtype=torch.float64), epoch)
    assert best.exhausted().tolist() == [True, False, False]
    best.keep(torch.tensor([1, 2]))
    best.update(torch.full((2, 1), 3.0), torch.tensor([0.6, 0.6], dtype=torch.float64), 3)
    assert best.exhausted().tolist() == [True, False]
    assert (best.epoch.tolist(), best.flat.flatten().tolist()) == ([1, 2], [1.0, 2.0])


def test_a_divergence_reads_as_a_sentence():
    assert str(Divergence(3, 1e6)) == "the loss was no longer finite in epoch 3 at learning rate 1e+06"
