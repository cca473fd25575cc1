import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.nn import ACTIVATIONS, Network, family_of, initial_state, linear_names, to_sequential

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
