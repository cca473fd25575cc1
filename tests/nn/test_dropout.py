import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.nn.dropout import Dropout
from demarcate.nn.layout import Layout

REPEATABLE = settings(deadline=None, derandomize=True)


def dropout(rates, hidden, seeds=None, padded=(), dtype=torch.float32):
    layout = Layout(tuple((2, *((widths,) if isinstance(widths, int) else widths), 1) for widths in hidden), padded)
    return Dropout(rates, layout, seeds or list(range(len(rates))), torch.empty(0, dtype=dtype))


def input_dropout(rates, widths, seeds=None, hidden=(3,), dtype=torch.float32):
    layout = Layout(tuple((width, *hidden, 1) for width in widths))
    return Dropout(rates, layout, seeds or list(range(len(rates))), torch.empty(0, dtype=dtype), "inputs")


def masks(drop, n_rows, batch=None, n_steps=1):
    """The first hidden layer's masks of each step, ``(n_steps, n_members, batch, d_hidden)``."""
    n_rows = [n_rows] * drop.layout.n_members if isinstance(n_rows, int) else n_rows
    return torch.stack([step[0] for step in drop.masks(n_steps, batch or max(n_rows), n_rows)])


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.1, 0.2, 0.5, 0.9, 0.996])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_over_steps_the_share_dropped_is_the_rate(rate, dtype):
    n_rows, width, n_steps = 100, 50, 256
    drawn = masks(dropout([rate], [width], dtype=dtype), n_rows, n_steps=n_steps)
    dropped = (drawn == 0).double().mean().item()
    spread = (rate * (1 - rate) / drawn.numel()) ** 0.5
    assert abs(dropped - rate) < 5 * spread + 1 / 65536
    assert drawn.dtype == dtype


@pytest.mark.parametrize("rate", [0.001, 0.01, 0.1, 0.2, 0.5, 0.9, 0.996])
def test_in_each_step_the_rate_is_a_256th_next_to_it_and_the_rest_is_scaled_up_by_just_that(rate):
    for step in masks(dropout([rate], [50]), 200, n_steps=20):
        (scale,) = step[step != 0].unique().tolist()
        of_the_step = 1 - 1 / scale
        assert of_the_step * 256 == pytest.approx(round(of_the_step * 256), abs=1e-3)
        assert abs(of_the_step - rate) < 1 / 256
        spread = (of_the_step * (1 - of_the_step) / step.numel()) ** 0.5
        assert abs((step == 0).double().mean().item() - of_the_step) <= 5 * spread


def test_a_rate_next_to_one_is_taken_as_255_of_256():
    drawn, expected = (masks(dropout([rate], [50]), 20, n_steps=5) for rate in (0.999, 255 / 256))
    assert torch.equal(drawn, expected)


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_the_expectation_is_what_went_in(rate):
    x = torch.rand(1, 1, 30, dtype=torch.float64) + 1
    dropped = x * masks(dropout([rate], [30], dtype=x.dtype), 20_000)[0]
    torch.testing.assert_close(dropped.mean(1), x[0], rtol=6 * (rate / (1 - rate) / 20_000) ** 0.5, atol=0)


def test_units_rows_and_steps_are_dropped_independently():
    drop = dropout([0.5], [2])
    first, second = masks(drop, 20_000, n_steps=2)[:, 0].double()
    columns = torch.stack([first[:, 0], first[:, 1], first[:, 0].roll(1), second[:, 0]])
    correlation = torch.corrcoef(columns) - torch.eye(4)
    assert correlation.abs().max() < 5 / 20_000**0.5


def test_a_rate_of_zero_is_exactly_the_identity_beside_members_with_dropout():
    drawn = masks(dropout([0.0, 0.5], [5, 5]), 9)[0]
    assert drawn[0].eq(1).all()
    assert not drawn[1].eq(1).all()


@REPEATABLE
@given(
    own=st.tuples(st.integers(1, 20), st.integers(1, 9)),
    other=st.tuples(st.integers(1, 20), st.integers(1, 9)),
    other_rate=st.sampled_from([0.0, 0.3]),
)
def test_what_a_member_draws_depends_on_nothing_of_its_neighbours(own, other, other_rate):
    (rows, width), (other_rows, other_width) = own, other
    alone = dropout([0.5], [width], [7])
    beside = dropout([other_rate, 0.5], [other_width, width], [3, 7])
    batch = max(rows, other_rows)
    for _ in range(3):
        expected = masks(alone, rows)[0, 0]
        drawn = masks(beside, [other_rows, rows], batch)[0, 1]
        assert torch.equal(drawn[:rows, :width], expected)
        assert drawn[rows:].eq(1).all()
        assert drawn[:, width:].eq(1).all()


@REPEATABLE
@given(st.integers(1, 5), st.integers(1, 30), st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=3))
def test_steps_drawn_ahead_are_those_drawn_one_by_one(n_steps, rows, hidden):
    hidden = hidden or [(3, 2)]
    ahead, one_by_one = (dropout([0.3, 0.0, 0.6][: len(hidden)], hidden) for _ in range(2))
    n_rows = [rows] * len(hidden)
    drawn = ahead.masks(n_steps, rows, n_rows)
    for step in drawn:
        (expected,) = one_by_one.masks(1, rows, n_rows)
        assert all(torch.equal(*pair) for pair in zip(step, expected, strict=True))


def test_a_short_batch_has_the_first_masks_of_a_long_one():
    short, long = (dropout([0.5, 0.5], [7, 7]) for _ in range(2))
    assert torch.equal(masks(short, 20, batch=6), masks(long, 20)[:, :, :6])
    assert torch.equal(masks(short, 20), masks(long, 20))


def test_members_that_go_on_draw_what_they_would_have_drawn():
    together, apart = (dropout([0.5, 0.2, 0.4], [4, 5, 6]) for _ in range(2))
    for drop in (together, apart):
        masks(drop, 8)
    apart.keep([0, 2])
    assert torch.equal(masks(apart, 8), masks(together, 8)[:, [0, 2]])


def test_seeds_draw_apart_and_equal_seeds_alike():
    first, second, third = masks(dropout([0.5] * 3, [64] * 3, [1, 2, 1]), 64)[0]
    assert torch.equal(first, third)
    assert 0.4 < (first == second).double().mean() < 0.6


def test_each_layer_is_dropped_at_its_own_width():
    drop = dropout([0.5], [(3, 5)], padded=(2, 8, 8, 1))
    (step,) = drop.masks(1, 200, [200])
    for mask, width in zip(step, (3, 5), strict=True):
        assert (mask == 0).any(1)[0].tolist() == [True] * width + [False] * (8 - width)


def test_masks_come_in_the_precision_of_the_products():
    drop = dropout([0.2], [16], dtype=torch.bfloat16)
    assert masks(drop, 5).dtype == torch.bfloat16


# Inputs


@pytest.mark.parametrize("rate", [0.01, 0.2, 0.9])
@pytest.mark.parametrize("hidden", [(), (3, 5)])
def test_inputs_are_dropped_at_the_rate_and_the_rest_is_scaled_up(rate, hidden):
    n_rows, width, n_steps = 100, 50, 256
    drawn = masks(input_dropout([rate], [width], hidden=hidden), n_rows, n_steps=n_steps)
    dropped = (drawn == 0).double().mean().item()
    assert abs(dropped - rate) < 5 * (rate * (1 - rate) / drawn.numel()) ** 0.5 + 1 / 65536
    assert drawn.double().mean().item() == pytest.approx(1, abs=6 * (rate / (1 - rate) / drawn.numel()) ** 0.5)


def test_inputs_draw_apart_from_hidden_units_of_the_same_seed():
    inputs, units = masks(input_dropout([0.5], [64]), 64), masks(dropout([0.5], [64]), 64)
    assert 0.45 < (inputs == units).double().mean() < 0.55


def test_columns_and_rows_that_only_fill_up_the_stack_stay_as_they_are():
    drop = input_dropout([0.5, 0.5, 0.0], [3, 8, 8])
    x = torch.full((4, 3, 200, 8), 2.0)
    drop.apply_(x, [100, 200, 200])
    assert x[:, 0, :, 3:].eq(2).all()
    assert x[:, 0, 100:].eq(2).all()
    assert x[:, 2].eq(2).all()
    assert sorted(x[:, :2, :100, :3].unique().tolist()) == [0, 4]


def test_inputs_dropped_in_place_are_multiplied_by_the_masks_there_would_be():
    in_place, apart = (input_dropout([0.3, 0.6], [5, 7]) for _ in range(2))
    x = torch.randn(3, 2, 9, 7, generator=torch.Generator().manual_seed(0))
    expected = x * masks(apart, 9, n_steps=3)
    in_place.apply_(x, [9, 9])
    assert torch.equal(x, expected)
