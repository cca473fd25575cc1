import math

import numpy as np
import pytest
import torch

from demarcate.engine import Member, Samples, Training
from demarcate.errors import SettingError
from demarcate.nn import Network
from demarcate.nn.mlp_family import MLP

CODES = torch.tensor([0, 1, 0, 1])
NO_ROWS = torch.arange(0)


def test_a_row_is_gathered_in_each_members_own_encoding():
    samples = Samples.of([torch.arange(8.0).view(4, 2), torch.arange(12.0).view(4, 3) + 100], CODES, 2)
    gathered = samples.inputs.gather(torch.tensor([1, 0]), torch.tensor([[3, 0], [1, 1]]))
    assert gathered.tolist() == [[[109, 110, 111], [100, 101, 102]], [[2, 3, 0], [2, 3, 0]]]


def test_rows_count_alike_without_weights_and_in_the_matrices_precision():
    samples = Samples.of([torch.ones(4, 2, dtype=torch.float64)], CODES, 2)
    assert samples.weights.tolist() == [1, 1, 1, 1]
    assert samples.weights.dtype == torch.float64


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_a_weight_that_is_negative_or_not_finite_is_refused_and_its_row_named(wrong):
    with pytest.raises(
        SettingError, match=r"^the weight of a row's loss must be finite and at least 0, got .* for row 2$"
    ):
        Samples.of([torch.ones(4, 2)], CODES, 2, torch.tensor([1.0, 0.0, wrong, 1.0]))


def test_a_member_without_training_rows_is_refused():
    with pytest.raises(SettingError, match=r"^a member trains on at least one row, got none$"):
        Member(Network(), Training(), 0, NO_ROWS, NO_ROWS)


def test_early_stopping_without_validation_rows_is_refused():
    with pytest.raises(SettingError, match=r"^early stopping needs validation rows, got none\. "):
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
    given = MLP.initial_state((2, 3, 1), torch.Generator().manual_seed(5), torch.float64)
    begun = begin(given, dtype)
    for layer, other in zip(begun, given, strict=True):
        for found, expected in zip(layer, other, strict=True):
            assert torch.equal(found, expected.to(dtype))


def test_given_weights_of_other_widths_are_refused():
    with pytest.raises(
        SettingError, match=r"^initial weights have the network's own shapes, \(3, 2\) \(3,\) \(1, 3\) \(1,\), "
    ):
        begin(MLP.initial_state((2, 4, 1), torch.Generator(), torch.float32))


@pytest.mark.parametrize("wrong", [math.nan, math.inf])
def test_given_weights_that_are_not_finite_are_refused(wrong):
    state = MLP.initial_state((2, 3, 1), torch.Generator(), torch.float32)
    state[1][1].fill_(wrong)
    with pytest.raises(SettingError, match=r"^initial weights must be finite numbers"):
        begin(state)


def begun(training, *, codes=CODES, n_classes=2, weights=None, rows=None, head="auto", dtype=torch.float32):
    """Where a member begins: its layers, and the generator that draws the rest of its randomness."""
    samples = Samples.of([torch.ones(len(codes), 2, dtype=dtype)], codes, n_classes, weights)
    rows = torch.arange(len(codes)) if rows is None else torch.tensor(rows)
    return Member(Network(hidden=(3,), head=head), training, 7, rows, NO_ROWS).begin(samples)


@pytest.mark.parametrize("head", ["logit", "softmax"])
@pytest.mark.parametrize(
    ("weights", "rows", "counts"),
    [
        (None, None, [4, 2]),
        (None, [0, 1, 4], [2, 1]),
        ([1, 1, 1, 1, 4, 4], None, [4 / 2, 8 / 2]),
        ([100, 100, 100, 100, 400, 400], None, [2, 4]),
        ([1, 1, 1, 1, 4, 4], [3, 4], [1 / 2.5, 4 / 2.5]),
        ([1, 1, 1, 1, 0, 0], None, [4 / (4 / 6), 0]),
        (None, [0, 1], [2, 0]),
    ],
)
def test_after_he_a_member_begins_with_the_shares_of_its_rows_and_one_row_more_of_each_class(
    head, weights, rows, counts
):
    codes = torch.tensor([0, 0, 0, 0, 1, 1])
    weights = None if weights is None else torch.tensor(weights, dtype=torch.float32)
    state, _ = begun(Training(init="he"), codes=codes, weights=weights, rows=rows, head=head)
    shares = (np.array(counts) + 1) / (np.sum(counts) + 2)
    expected = np.log(shares) if head == "softmax" else [np.log(shares[1] / shares[0])]
    np.testing.assert_allclose(state[-1][1].numpy(), expected, rtol=1e-6)
    assert not state[0][1].any()


def test_after_he_every_row_is_told_about_the_shares_before_training():
    draw = np.random.default_rng(0)
    codes = torch.from_numpy(draw.choice(3, 300, p=[0.7, 0.2, 0.1]))
    samples = Samples.of([torch.from_numpy(draw.normal(size=(300, 20)).astype(np.float32))], codes, 3)
    member = Member(Network(hidden=(32, 32)), Training(init="he"), 0, torch.arange(300), NO_ROWS)
    module = MLP.to_module(member.network, member.begin(samples)[0])
    with torch.no_grad():
        probabilities = torch.softmax(module(samples.matrices[0]), 1).numpy()
    shares = np.bincount(codes, minlength=3) / 300
    assert np.abs(probabilities - shares).max() < 0.15
    assert np.abs(probabilities.mean(0) - shares).max() < 0.05


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_members_seed_decides_its_weights_after_he_and_its_precision_is_the_samples(dtype):
    (state, generator), (again, other) = (begun(Training(init="he"), dtype=dtype) for _ in range(2))
    expected = MLP.he_state((2, 3, 1), torch.zeros(1), torch.Generator().manual_seed(7), dtype)
    for layer, same, drawn in zip(state, again, expected, strict=True):
        for found, repeated, hand in zip(layer, same, drawn, strict=True):
            assert found.dtype == dtype
            assert torch.equal(found, repeated)
            assert torch.equal(found, hand)
    assert torch.equal(generator.get_state(), other.get_state())


def test_given_weights_come_before_how_weights_begin():
    given = MLP.initial_state((2, 3, 1), torch.Generator().manual_seed(5), torch.float32)
    samples = Samples.of([torch.ones(4, 2)], CODES, 2)
    rows = torch.arange(4)
    state, _ = Member(Network(hidden=(3,)), Training(init="he"), 0, rows, NO_ROWS, initial=given).begin(samples)
    assert all(torch.equal(*pair) for pair in zip(state[0] + state[1], given[0] + given[1], strict=True))
