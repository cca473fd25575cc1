import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demarcate.errors import SettingError
from demarcate.nn import ACTIVATIONS, Network, family_of
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_family import MLP

REPEATABLE = settings(deadline=None, derandomize=True)
NETWORKS = st.builds(
    Network,
    hidden=st.lists(st.integers(1, 9), max_size=3),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    dropout=st.sampled_from([0.0, 0.3]),
)


@REPEATABLE
@given(NETWORKS, st.integers(1, 5), st.integers(1, 4))
def test_tensor_names_and_shapes_are_those_of_the_state_dict(network, d_in, n_outputs):
    state = MLP.initial_state(network.widths(d_in, n_outputs), torch.Generator().manual_seed(0), torch.float32)
    named = MLP.to_module(network, state).state_dict()
    assert list(named) == [name for names in MLP.tensor_names(network) for name in names]
    shapes = {name: tuple(tensor.shape) for name, tensor in named.items()}
    assert family_of(network).named_shapes(network, d_in, n_outputs) == shapes


@st.composite
def layouts(draw):
    depth = draw(st.integers(0, 3))
    hidden = draw(st.lists(st.lists(st.integers(1, 9), min_size=depth, max_size=depth), min_size=1, max_size=5))
    return Layout(tuple((3, *widths, 2) for widths in hidden))


@REPEATABLE
@given(layouts())
def test_padding_has_no_gradient(layout):
    generator = torch.Generator().manual_seed(0)
    states = [MLP.initial_state(widths, generator, torch.float64) for widths in layout.widths]
    leaf = layout.pack(states).requires_grad_()
    x = torch.randn(layout.n_members, 6, 3, generator=generator, dtype=leaf.dtype)
    MLP.forward(Network(activation="silu"), layout.layers(leaf), x).square().sum().backward()
    ones = [[(torch.ones_like(weight), torch.ones_like(bias)) for weight, bias in state] for state in states]
    assert leaf.grad[layout.pack(ones) == 0].count_nonzero() == 0


def test_masks_act_on_every_hidden_layer_and_not_on_the_outputs():
    layout = Layout(((3, 4, 5, 2),))
    layers, x = layout.layers(torch.ones(1, layout.n_parameters)), torch.ones(1, 6, 3)
    first, second = torch.zeros(1, 6, 4), torch.ones(1, 6, 5)
    assert MLP.forward(Network(), layers, x, [first, second]).eq(1 + 5).all()
    assert MLP.forward(Network(), layers, x, [first + 1, second * 0]).eq(1).all()


@REPEATABLE
@given(NETWORKS, st.integers(1, 5), st.integers(1, 4))
def test_a_state_survives_the_way_through_a_sequential(network, d_in, n_outputs):
    widths = network.widths(d_in, n_outputs)
    state = MLP.initial_state(widths, torch.Generator().manual_seed(0), torch.float32)
    back = MLP.from_module(Network(), MLP.to_module(network, state), widths)
    for layer, other in zip(back, state, strict=True):
        assert all(torch.equal(*pair) for pair in zip(layer, other, strict=True))


def test_a_sequential_is_the_network_written_by_hand():
    network = Network(hidden=(3, 4), activation="tanh", dropout=0.2)
    state = MLP.initial_state(network.widths(2, 5), torch.Generator().manual_seed(0), torch.float32)
    layers = [type(layer) for layer in MLP.to_module(network, state)]
    assert layers == [nn.Linear, nn.Tanh, nn.Dropout, nn.Linear, nn.Tanh, nn.Dropout, nn.Linear]
    assert [layer.p for layer in MLP.to_module(network, state) if isinstance(layer, nn.Dropout)] == [0.2, 0.2]


def test_a_sequential_is_in_evaluation_mode_and_owns_its_parameters():
    network = Network(hidden=(3,), dropout=0.5)
    state = MLP.initial_state((2, 3, 1), torch.Generator().manual_seed(0), torch.float32)
    module = MLP.to_module(network, state)
    x = torch.ones(10, 2)
    assert not module.training
    assert torch.equal(module(x), module(x))
    with torch.no_grad():
        module[0].weight.zero_()
    assert state[0][0].count_nonzero() == 6


def test_double_precision_stays_double():
    state = MLP.initial_state((2, 3, 1), torch.Generator().manual_seed(0), torch.float64)
    assert MLP.to_module(Network(hidden=(3,)), state)[0].weight.dtype == torch.float64


def test_a_layer_without_bias_begins_at_zero_bias():
    (layer,) = MLP.from_module(Network(), nn.Sequential(nn.Linear(2, 3, bias=False)), (2, 3))
    assert layer[1].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("widths", [(2, 3, 1), (2, 1), (3, 4, 1), (2, 4, 2)])
def test_weights_of_other_widths_are_refused(widths):
    plain = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    with pytest.raises(SettingError, match=r"^initial weights have the network's own shapes, .*, got \(4, 2\) \(4,\) "):
        MLP.from_module(Network(), plain, widths)
