import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.nn import ACTIVATIONS, Network, family_of, initial_state, to_sequential
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_family import MLP, linear_names

NETWORKS = st.builds(
    Network,
    hidden=st.lists(st.integers(1, 9), max_size=3),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    dropout=st.sampled_from([0.0, 0.3]),
)


@settings(deadline=None, derandomize=True)
@given(NETWORKS, st.integers(1, 5), st.integers(1, 4))
def test_tensor_names_and_shapes_are_those_of_the_state_dict(network, d_in, n_outputs):
    state = initial_state(network.widths(d_in, n_outputs), torch.Generator().manual_seed(0))
    named = to_sequential(network, state).state_dict()
    assert list(named) == [f"{name}.{part}" for name in linear_names(network) for part in ("weight", "bias")]
    shapes = {name: tuple(tensor.shape) for name, tensor in named.items()}
    assert family_of(network).named_shapes(network, d_in, n_outputs) == shapes


@st.composite
def layouts(draw):
    depth = draw(st.integers(0, 3))
    hidden = draw(st.lists(st.lists(st.integers(1, 9), min_size=depth, max_size=depth), min_size=1, max_size=5))
    return Layout(tuple((3, *widths, 2) for widths in hidden))


@settings(deadline=None, derandomize=True)
@given(layouts())
def test_padding_has_no_gradient(layout):
    generator = torch.Generator().manual_seed(0)
    states = [initial_state(widths, generator, torch.float64) for widths in layout.widths]
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
