"""The hand-derived gradient is autograd's."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.nn import ACTIVATIONS, HEADS
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_backward import MlpPropagation
from demarcate.nn.mlp_family import MLP

REPEATABLE = settings(deadline=None, derandomize=True)
SMOOTH = sorted(ACTIVATIONS)


def plain_network(state, x, activation, masks):
    """One network written out, with its dropout masks."""
    for layer, (weight, bias) in enumerate(state):
        x = torch.nn.functional.linear(x, weight, bias)
        if layer < len(state) - 1:
            x = ACTIVATIONS[activation].function(x)
            x = x * masks[layer] if masks else x
    return x


def drawn(layout, batch, generator, dtype, *, dropout):
    flat = layout.pack([MLP.initial_state(widths, generator, dtype) for widths in layout.widths])
    x = torch.randn(layout.n_members, batch, layout.padded[0], generator=generator, dtype=dtype)
    for member, widths in enumerate(layout.widths):
        x[member, :, widths[0] :] = 0
    masks = [
        torch.randint(2, (layout.n_members, batch, width), generator=generator).to(dtype) * 1.5
        for width in layout.padded[1:-1]
    ]
    return flat, x, masks if dropout else None


def autograd(layout, flat, x, activation, masks, head, codes, weights):
    """Logits and gradients of the members' weighted mean losses, network by network."""
    logits, gradients = [], []
    for member, state in enumerate(layout.unpack(flat)):
        leaves = [parameter.clone().requires_grad_() for layer in state for parameter in layer]
        own = list(zip(leaves[::2], leaves[1::2], strict=True))
        widths = layout.widths[member]
        seen = masks and [mask[member, :, :width] for mask, width in zip(masks, widths[1:-1], strict=True)]
        out = plain_network(own, x[member, :, : widths[0]], activation, seen)
        losses = head.loss(out, head.targets(codes[member], out.dtype))
        gradients.append(torch.autograd.grad((losses * weights[member]).sum() / weights[member].sum(), leaves))
        logits.append(out.detach())
    return torch.stack(logits), gradients


@st.composite
def layouts(draw, activation):
    depth = draw(st.integers(0, 3))
    alike = draw(st.lists(st.integers(1, 7), min_size=depth, max_size=depth))
    n_members, n_outputs = draw(st.integers(1, 3)), draw(st.sampled_from([1, 2, 3]))
    members = []
    for _ in range(n_members):
        own = draw(st.lists(st.integers(1, 7), min_size=depth, max_size=depth))
        hidden = own if ACTIVATIONS[activation].zero_at_zero else alike
        members.append((draw(st.integers(1, 4)), *hidden, n_outputs))
    return Layout(tuple(members))


@pytest.mark.parametrize("activation", SMOOTH)
@REPEATABLE
@given(data=st.data(), batch=st.integers(1, 9), dropout=st.booleans(), seed=st.integers(0, 99))
def test_logits_and_gradient_are_those_of_plain_networks_under_autograd(activation, data, batch, dropout, seed):
    layout = data.draw(layouts(activation))
    generator = torch.Generator().manual_seed(seed)
    flat, x, masks = drawn(layout, batch, generator, torch.float64, dropout=dropout)
    n_outputs = layout.padded[-1]
    head = HEADS["logit" if n_outputs == 1 else "softmax"]
    codes = torch.randint(max(2, n_outputs), (layout.n_members, batch), generator=generator)
    weights = torch.rand(layout.n_members, batch, generator=generator, dtype=torch.float64) + 0.1
    expected, gradients = autograd(layout, flat, x, activation, masks, head, codes, weights)

    propagation = MlpPropagation(layout, ACTIVATIONS[activation], flat, torch.float64)
    with torch.inference_mode():
        for _ in range(2):  # the second time in used work space
            logits = propagation.forward(x, torch.empty(layout.n_members, n_outputs, batch, dtype=flat.dtype), masks)
            scale = (weights / weights.sum(1, keepdim=True)).unsqueeze(1)
            propagation.backward(
                head.gradient(logits, head.target_probabilities(codes, n_outputs, flat.dtype)) * scale, masks
            )
    torch.testing.assert_close(logits.transpose(1, 2), expected, rtol=1e-11, atol=1e-13)
    for member, state in enumerate(layout.unpack(propagation.gradient)):
        flattened = [gradient for layer in state for gradient in layer]
        torch.testing.assert_close(flattened, list(gradients[member]), rtol=1e-10, atol=1e-13)
    used = layout.pack([[(w * 0 + 1, b * 0 + 1) for w, b in state] for state in layout.unpack(flat)])
    assert propagation.gradient[used == 0].count_nonzero() == 0
