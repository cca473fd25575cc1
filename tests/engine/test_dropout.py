import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.engine.dropout import Dropout
from demarcate.nn import Layout

REPEATABLE = settings(deadline=None, derandomize=True)
CPU = torch.device("cpu")


def dropout(rates, hidden, seeds=None, padded=()):
    layout = Layout(tuple((2, *((widths,) if isinstance(widths, int) else widths), 1) for widths in hidden), padded)
    return Dropout(rates, layout, seeds or list(range(len(rates))), CPU)


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.2, 0.5, 0.9, 0.999])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_share_silenced_is_the_rate_and_the_rest_is_scaled_up(rate, dtype):
    n_rows, width = 4000, 50
    dropped = dropout([rate], [width])(0, torch.ones(1, n_rows, width, dtype=dtype))
    silenced = (dropped == 0).double().mean().item()
    spread = (rate * (1 - rate) / (n_rows * width)) ** 0.5
    assert abs(silenced - rate) < 5 * spread + 1 / 65536
    assert dropped.dtype == dtype
    kept = dropped[dropped != 0]
    assert kept.unique().numel() == 1
    assert kept[0].item() == pytest.approx(1 / (1 - rate), rel=0.01)


@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_the_expectation_is_what_went_in(rate):
    x = torch.rand(1, 1, 30, dtype=torch.float64) + 1
    dropped = dropout([rate], [30])(0, x.expand(1, 20_000, 30))
    torch.testing.assert_close(dropped.mean(1), x[0], rtol=6 * (rate / (1 - rate) / 20_000) ** 0.5, atol=0)


def test_units_rows_and_steps_are_silenced_independently():
    drop = dropout([0.5], [2])
    first, second = (drop(0, torch.ones(1, 20_000, 2, dtype=torch.float64))[0] for _ in range(2))
    columns = torch.stack([first[:, 0], first[:, 1], first[:, 0].roll(1), second[:, 0]])
    correlation = torch.corrcoef(columns) - torch.eye(4)
    assert correlation.abs().max() < 5 / 20_000**0.5


def test_a_rate_of_zero_is_exactly_the_identity_beside_members_with_dropout():
    x = torch.randn(2, 9, 5)
    dropped = dropout([0.0, 0.5], [5, 5])(0, x)
    assert torch.equal(dropped[0], x[0])
    assert not torch.equal(dropped[1], x[1])


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
    batch, widest = max(rows, other_rows), max(width, other_width)
    for _ in range(3):
        expected = alone(0, torch.ones(1, rows, width))[0]
        found = beside(0, torch.ones(2, batch, widest), [other_rows, rows])[1]
        assert torch.equal(found[:rows, :width], expected)
        assert found[rows:].eq(1).all()
        assert found[:, width:].eq(1).all()


def test_members_that_go_on_draw_what_they_would_have_drawn():
    together, apart = (dropout([0.5, 0.2, 0.4], [4, 5, 6]) for _ in range(2))
    x = torch.ones(3, 8, 6)
    for drop in (together, apart):
        drop(0, x)
    apart.keep([0, 2])
    assert torch.equal(apart(0, x[:2]), together(0, x)[[0, 2]])


def test_seeds_draw_apart_and_equal_seeds_alike():
    first, second, third = dropout([0.5] * 3, [64] * 3, [1, 2, 1])(0, torch.ones(3, 64, 64))
    assert torch.equal(first, third)
    assert 0.4 < (first == second).double().mean() < 0.6


def test_each_layer_is_silenced_at_its_own_width():
    drop = dropout([0.5], [(3, 5)], padded=(2, 8, 8, 1))
    for layer, width in enumerate((3, 5)):
        dropped = drop(layer, torch.ones(1, 200, 8))
        assert (dropped == 0).any(1)[0].tolist() == [True] * width + [False] * (8 - width)
