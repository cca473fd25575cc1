import math

import pytest
import torch

from demarcate.engine import Member, Samples, Training
from demarcate.errors import SettingError
from demarcate.nn import Network, initial_state

CODES = torch.tensor([0, 1, 0, 1])
NO_ROWS = torch.arange(0)


def test_a_row_is_gathered_in_each_members_own_encoding():
    samples = Samples.of([torch.arange(8.0).view(4, 2), torch.arange(12.0).view(4, 3) + 100], CODES, 2)
    gathered = samples.gather(torch.tensor([1, 0]), torch.tensor([[3, 0], [1, 1]]))
    assert gathered.tolist() == [[[109, 110, 111], [100, 101, 102]], [[2, 3, 0], [2, 3, 0]]]


def test_rows_count_alike_without_weights_and_in_the_matrices_precision():
    samples = Samples.of([torch.ones(4, 2, dtype=torch.float64)], CODES, 2)
    assert samples.weights.tolist() == [1, 1, 1, 1]
    assert samples.weights.dtype == torch.float64


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_a_weight_that_is_negative_or_not_finite_is_refused_and_its_row_named(wrong):
    with pytest.raises(SettingError, match=r"^what a row's loss counts is finite and at least 0: got .* for row 2$"):
        Samples.of([torch.ones(4, 2)], CODES, 2, torch.tensor([1.0, 0.0, wrong, 1.0]))


def test_a_member_without_training_rows_is_refused():
    with pytest.raises(SettingError, match=r"^a member trains on at least one row: got none$"):
        Member(Network(), Training(), 0, NO_ROWS, NO_ROWS)


def test_early_stopping_without_validation_rows_is_refused():
    with pytest.raises(SettingError, match=r"^early stopping needs validation rows: got none\. "):
        Member(Network(), Training(patience=3), 0, torch.arange(4), NO_ROWS)


def test_a_members_widths_come_from_its_own_encoding_and_head():
    samples = Samples.of([torch.ones(4, 2), torch.ones(4, 5)], CODES, 2)
    widths = [
        Member(Network(hidden=(3,), head=head), Training(), 0, CODES, NO_ROWS, encoding=encoding).widths(samples)
        for head, encoding in [("auto", 0), ("softmax", 1)]
    ]
    assert widths == [(2, 3, 1), (5, 3, 2)]


def begin(initial, dtype=torch.float32):
    samples = Samples.of([torch.ones(4, 2, dtype=dtype)], CODES, 2)
    return Member(Network(hidden=(3,)), Training(), 0, CODES, NO_ROWS, initial=initial).begin(samples)[0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_given_weights_take_on_the_samples_precision(dtype):
    given = initial_state((2, 3, 1), torch.Generator().manual_seed(5), torch.float64)
    begun = begin(given, dtype)
    for layer, other in zip(begun, given, strict=True):
        for found, expected in zip(layer, other, strict=True):
            assert torch.equal(found, expected.to(dtype))


def test_given_weights_of_other_widths_are_refused():
    with pytest.raises(SettingError, match=r"^initial weights have the network's own widths, \(\(2, 3\), \(3, 1\)\): "):
        begin(initial_state((2, 4, 1), torch.Generator()))


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_given_weights_that_are_not_finite_are_refused(wrong):
    state = initial_state((2, 3, 1), torch.Generator())
    state[1][1].fill_(wrong)
    with pytest.raises(SettingError, match=r"^initial weights are finite numbers"):
        begin(state)
