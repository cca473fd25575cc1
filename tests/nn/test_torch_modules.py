import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demarcate.errors import SettingError
from demarcate.nn import (
    ACTIVATIONS,
    Network,
    from_sequential,
    initial_state,
    to_sequential,
)

REPEATABLE = settings(deadline=None, derandomize=True)

WIDTHS = st.lists(st.integers(1, 40), min_size=2, max_size=5)
NETWORKS = st.builds(
    Network,
    hidden=st.lists(st.integers(1, 9), max_size=3),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    dropout=st.sampled_from([0.0, 0.3]),
)


@REPEATABLE
@given(NETWORKS, st.integers(1, 5), st.integers(1, 4))
def test_a_state_survives_the_way_through_a_sequential(network, d_in, n_outputs):
    widths = network.widths(d_in, n_outputs)
    state = initial_state(widths, torch.Generator().manual_seed(0))
    back = from_sequential(to_sequential(network, state), widths)
    for layer, other in zip(back, state, strict=True):
        assert all(torch.equal(*pair) for pair in zip(layer, other, strict=True))


def test_a_sequential_is_the_network_written_by_hand():
    network = Network(hidden=(3, 4), activation="tanh", dropout=0.2)
    state = initial_state(network.widths(2, 5), torch.Generator().manual_seed(0))
    layers = [type(layer) for layer in to_sequential(network, state)]
    assert layers == [nn.Linear, nn.Tanh, nn.Dropout, nn.Linear, nn.Tanh, nn.Dropout, nn.Linear]
    assert [layer.p for layer in to_sequential(network, state) if isinstance(layer, nn.Dropout)] == [0.2, 0.2]


def test_a_sequential_is_in_evaluation_mode_and_owns_its_parameters():
    network = Network(hidden=(3,), dropout=0.5)
    state = initial_state((2, 3, 1), torch.Generator().manual_seed(0))
    module = to_sequential(network, state)
    x = torch.ones(10, 2)
    assert not module.training
    assert torch.equal(module(x), module(x))
    with torch.no_grad():
        module[0].weight.zero_()
    assert state[0][0].count_nonzero() == 6


def test_double_precision_stays_double():
    state = initial_state((2, 3, 1), torch.Generator().manual_seed(0), torch.float64)
    assert to_sequential(Network(hidden=(3,)), state)[0].weight.dtype == torch.float64


def test_a_layer_without_bias_begins_at_zero_bias():
    (layer,) = from_sequential(nn.Sequential(nn.Linear(2, 3, bias=False)), (2, 3))
    assert layer[1].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("widths", [(2, 3, 1), (2, 1), (3, 4, 1), (2, 4, 2)])
def test_weights_of_other_widths_are_refused(widths):
    plain = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    with pytest.raises(SettingError, match=r"^initial weights have the network's own shapes, .*: got \(4, 2\) \(4,\) "):
        from_sequential(plain, widths)
