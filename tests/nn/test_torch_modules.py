from itertools import pairwise

import numpy as np
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
    he_state,
    initial_state,
    linear_names,
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
@given(WIDTHS, st.integers(0, 2**32 - 1))
def test_initial_weights_are_bit_for_bit_those_of_a_sequential_after_manual_seed(widths, seed):
    state = initial_state(widths, torch.Generator().manual_seed(seed))
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        plain = nn.Sequential(*(nn.Linear(*pair) for pair in pairwise(widths)))
    for (weight, bias), layer in zip(state, plain, strict=True):
        assert torch.equal(weight, layer.weight)
        assert torch.equal(bias, layer.bias)


@REPEATABLE
@given(WIDTHS, st.integers(0, 2**32 - 1), st.sampled_from([torch.float32, torch.float64]))
def test_weights_after_he_are_torchs_own_normals_and_biases_are_0_but_at_the_top(widths, seed, dtype):
    top = torch.arange(widths[-1]) - 0.5
    state = he_state(widths, top, torch.Generator().manual_seed(seed), dtype)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        plain = [torch.empty(d_out, d_in, dtype=dtype) for d_in, d_out in pairwise(widths)]
        for weight in plain:
            nn.init.kaiming_normal_(weight, nonlinearity="relu")
    plain[-1] = plain[-1] / 10
    for number, ((weight, bias), expected) in enumerate(zip(state, plain, strict=True)):
        torch.testing.assert_close(weight, expected, rtol=1e-6, atol=0)
        assert bias.tolist() == (top.tolist() if number == len(plain) - 1 else [0.0] * len(expected))
        assert (weight.dtype, bias.dtype) == (dtype, dtype)


def test_signals_keep_their_size_through_hidden_layers_and_logits_begin_near_the_top_biases():
    widths = (300, 200, 200, 200, 3)
    top = torch.tensor([0.7, -1.2, 0.1])
    state = he_state(widths, top, torch.Generator().manual_seed(0))
    hidden = np.random.default_rng(0).normal(size=(500, 300))
    sizes = []
    for weight, bias in state[:-1]:
        hidden = np.maximum(hidden @ weight.numpy().T + bias.numpy(), 0)
        sizes.append(np.mean(hidden**2))
    assert sizes == pytest.approx([1.0] * 3, rel=0.2)
    logits = hidden @ state[-1][0].numpy().T + state[-1][1].numpy()
    assert np.std(logits - top.numpy()) == pytest.approx(0.1 * np.sqrt(2), rel=0.25)


@pytest.mark.parametrize("draw", [initial_state, lambda widths, generator: he_state(widths, torch.ones(1), generator)])
def test_drawing_initial_weights_leaves_torchs_own_generator_alone(draw):
    before = torch.random.get_rng_state()
    draw((3, 4, 1), torch.Generator().manual_seed(0))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_initial_weights_in_double_precision_are_torchs_in_double_precision():
    state = initial_state((5, 7), torch.Generator().manual_seed(3), torch.float64)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        plain = nn.Linear(5, 7, dtype=torch.float64)
    torch.testing.assert_close(state[0][0], plain.weight.detach(), rtol=1e-14, atol=0)


@REPEATABLE
@given(NETWORKS, st.integers(1, 5), st.integers(1, 4))
def test_a_state_survives_the_way_through_a_sequential(network, d_in, n_outputs):
    widths = network.widths(d_in, n_outputs)
    state = initial_state(widths, torch.Generator().manual_seed(0))
    back = from_sequential(to_sequential(network, state), widths)
    for layer, other in zip(back, state, strict=True):
        assert all(torch.equal(*pair) for pair in zip(layer, other, strict=True))


@REPEATABLE
@given(NETWORKS, st.integers(1, 5), st.integers(1, 4))
def test_linear_names_are_the_keys_of_the_state_dict(network, d_in, n_outputs):
    state = initial_state(network.widths(d_in, n_outputs), torch.Generator().manual_seed(0))
    named = to_sequential(network, state).state_dict()
    assert list(named) == [f"{name}.{part}" for name in linear_names(network) for part in ("weight", "bias")]


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
