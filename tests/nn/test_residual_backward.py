"""The hand-derived gradient of residual networks is autograd's."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import linear

from demarcate.nn import ACTIVATIONS, HEADS
from demarcate.nn.layout import Layout
from demarcate.nn.residual_backward import ResidualPropagation
from demarcate.nn.residual_family import RESIDUAL

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=40)


def plain_network(leaves, x, activation, masks):
    """One network written out, with its dropout masks."""
    function = ACTIVATIONS[activation].function
    weight, bias, *blocks, last_weight, last_bias = leaves
    h = linear(x, weight, bias)
    for number in range(len(blocks) // 3):
        inner, inner_bias, outer = blocks[3 * number : 3 * number + 3]
        units = function(linear(function(h), inner, inner_bias))
        h = h + linear(units * masks[number + 1] if masks else units, outer)
    return linear(function(h) * masks[0] if masks else function(h), last_weight, last_bias)


@st.composite
def layouts(draw, activation):
    n_blocks = draw(st.integers(0, 3))
    widths = st.lists(st.integers(1, 7), min_size=n_blocks + 1, max_size=n_blocks + 1)
    alike, n_outputs = draw(widths), draw(st.sampled_from([1, 2, 3]))
    members = []
    for _ in range(draw(st.integers(1, 3))):
        hidden = draw(widths) if ACTIVATIONS[activation].zero_at_zero else alike
        members.append((draw(st.integers(1, 4)), *hidden, n_outputs))
    return Layout(tuple(members), family=RESIDUAL)


@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@REPEATABLE
@given(data=st.data(), batch=st.integers(1, 9), dropout=st.booleans(), seed=st.integers(0, 99))
def test_logits_and_gradient_are_those_of_plain_networks_under_autograd(activation, data, batch, dropout, seed):
    layout = data.draw(layouts(activation))
    generator, n_outputs = torch.Generator().manual_seed(seed), layout.padded[-1]
    flat = layout.pack([RESIDUAL.initial_state(widths, generator, torch.float64) for widths in layout.widths])
    x = torch.randn(layout.n_members, batch, layout.padded[0], generator=generator, dtype=flat.dtype)
    for own, widths in zip(x, layout.widths, strict=True):
        own[:, widths[0] :] = 0
    masks = [
        torch.randint(2, (layout.n_members, batch, width), generator=generator).to(flat.dtype) * 1.5
        for width in layout.hidden
    ]
    head = HEADS["logit" if n_outputs == 1 else "softmax"]
    codes = torch.randint(max(2, n_outputs), (layout.n_members, batch), generator=generator)
    scale = torch.rand(layout.n_members, 1, batch, generator=generator, dtype=flat.dtype) + 0.1

    propagation = ResidualPropagation(layout, ACTIVATIONS[activation], flat, torch.float64)
    with torch.inference_mode():
        for _ in range(2):  # the second time in used work space
            out = torch.empty(layout.n_members, n_outputs, batch, dtype=flat.dtype)
            logits = propagation.forward(x, out, masks if dropout else None)
            targets = head.target_probabilities(codes, n_outputs, flat.dtype)
            propagation.backward(head.gradient(logits, targets) * scale, masks if dropout else None)

    own_gradients = layout.unpack(propagation.gradient)
    for member, (state, widths) in enumerate(zip(layout.unpack(flat), layout.widths, strict=True)):
        leaves = [parameter.requires_grad_() for layer in state for parameter in layer]
        own_masks = [mask[member, :, :width] for mask, width in zip(masks, widths[1:-1], strict=True)]
        expected = plain_network(leaves, x[member, :, : widths[0]], activation, own_masks if dropout else None)
        losses = head.loss(expected, head.targets(codes[member], flat.dtype)) * scale[member, 0]
        gradients = torch.autograd.grad(losses.sum(), leaves)
        torch.testing.assert_close(logits[member].T, expected.detach(), rtol=1e-11, atol=1e-13)
        flattened = [gradient for layer in own_gradients[member] for gradient in layer]
        torch.testing.assert_close(flattened, list(gradients), rtol=1e-10, atol=1e-13)
    ones = [[tuple(map(torch.ones_like, layer)) for layer in state] for state in layout.unpack(flat)]
    assert propagation.gradient[layout.pack(ones) == 0].count_nonzero() == 0
