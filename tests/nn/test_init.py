from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demarcate.nn.mlp_family import MLP

REPEATABLE = settings(deadline=None, derandomize=True)

WIDTHS = st.lists(st.integers(1, 40), min_size=2, max_size=5)


@REPEATABLE
@given(WIDTHS, st.integers(0, 2**32 - 1))
def test_initial_weights_are_bit_for_bit_those_of_a_sequential_after_manual_seed(widths, seed):
    state = MLP.initial_state(widths, torch.Generator().manual_seed(seed), torch.float32)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        plain = nn.Sequential(*(nn.Linear(*pair) for pair in pairwise(widths)))
    for (weight, bias), layer in zip(state, plain, strict=True):
        assert torch.equal(weight, layer.weight)
        assert torch.equal(bias, layer.bias)


@REPEATABLE
@given(WIDTHS, st.integers(0, 2**32 - 1), st.sampled_from([torch.float32, torch.float64]))
def test_weights_after_he_are_torchs_own_normals_and_biases_are_0_but_in_the_output_layer(widths, seed, dtype):
    output_bias = torch.arange(widths[-1]) - 0.5
    state = MLP.he_state(widths, output_bias, torch.Generator().manual_seed(seed), dtype)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        plain = [torch.empty(d_out, d_in, dtype=dtype) for d_in, d_out in pairwise(widths)]
        for weight in plain:
            nn.init.kaiming_normal_(weight, nonlinearity="relu")
    plain[-1] = plain[-1] / 10
    for number, ((weight, bias), expected) in enumerate(zip(state, plain, strict=True)):
        torch.testing.assert_close(weight, expected, rtol=1e-6, atol=0)
        assert bias.tolist() == (output_bias.tolist() if number == len(plain) - 1 else [0.0] * len(expected))
        assert (weight.dtype, bias.dtype) == (dtype, dtype)


def test_signals_keep_their_size_through_hidden_layers_and_logits_begin_near_the_output_biases():
    widths = (300, 200, 200, 200, 3)
    output_bias = torch.tensor([0.7, -1.2, 0.1])
    state = MLP.he_state(widths, output_bias, torch.Generator().manual_seed(0), torch.float32)
    hidden = np.random.default_rng(0).normal(size=(500, 300))
    sizes = []
    for weight, bias in state[:-1]:
        hidden = np.maximum(hidden @ weight.numpy().T + bias.numpy(), 0)
        sizes.append(np.mean(hidden**2))
    assert sizes == pytest.approx([1.0] * 3, rel=0.2)
    logits = hidden @ state[-1][0].numpy().T + state[-1][1].numpy()
    assert np.std(logits - output_bias.numpy()) == pytest.approx(0.1 * np.sqrt(2), rel=0.25)


@pytest.mark.parametrize("draw", [MLP.initial_state, lambda widths, *rest: MLP.he_state(widths, torch.ones(1), *rest)])
def test_drawing_initial_weights_leaves_torchs_own_generator_alone(draw):
    before = torch.random.get_rng_state()
    draw((3, 4, 1), torch.Generator().manual_seed(0), torch.float32)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_initial_weights_in_double_precision_are_torchs_in_double_precision():
    state = MLP.initial_state((5, 7), torch.Generator().manual_seed(3), torch.float64)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        plain = nn.Linear(5, 7, dtype=torch.float64)
    torch.testing.assert_close(state[0][0], plain.weight.detach(), rtol=1e-14, atol=0)
