"""What the hand-derived passes of every family share: copies of parameters, precision and work space."""

import pytest
import torch

from demarcate.nn import ACTIVATIONS
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_backward import MlpPropagation
from demarcate.nn.mlp_family import MLP
from demarcate.nn.residual_backward import ResidualPropagation
from demarcate.nn.residual_family import RESIDUAL

FAMILIES_BY_HAND = [(MLP, MlpPropagation), (RESIDUAL, ResidualPropagation)]


def drawn(family, widths, batch, dtype=torch.float32, seed=0):
    """A layout of two members alike, their parameters, inputs and dropout masks."""
    layout = Layout((widths,) * 2, family=family)
    generator = torch.Generator().manual_seed(seed)
    flat = layout.pack([family.initial_state(own, generator, dtype) for own in layout.widths])
    x = torch.randn(2, batch, widths[0], generator=generator, dtype=dtype)
    masks = [torch.randint(2, (2, batch, width), generator=generator).to(dtype) * 1.5 for width in layout.hidden]
    return layout, flat, x, masks


@pytest.mark.parametrize(("family", "propagation"), FAMILIES_BY_HAND)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_an_update_in_place_is_seen_after_a_refresh(family, propagation, dtype):
    layout, flat, x, _ = drawn(family, (3, 4, 5, 2), 5)
    passes = propagation(layout, ACTIVATIONS["tanh"], flat, dtype)
    flat.mul_(2)
    passes.refresh()
    refreshed = passes.forward(x.to(dtype), torch.empty(2, 2, 5))
    anew = propagation(layout, ACTIVATIONS["tanh"], flat, dtype).forward(x.to(dtype), torch.empty(2, 2, 5))
    assert torch.equal(refreshed, anew)


@pytest.mark.parametrize(("family", "propagation"), FAMILIES_BY_HAND)
@pytest.mark.parametrize("activation", ["relu", "silu", "tanh"])
def test_bf16_products_round_logits_and_gradient_and_no_more(family, propagation, activation):
    layout, flat, x, masks = drawn(family, (20, 64, 48, 3), 40, seed=1)
    results = {}
    for dtype in (torch.float32, torch.bfloat16):
        passes = propagation(layout, ACTIVATIONS[activation], flat, dtype)
        rounded = [mask.to(dtype) for mask in masks]
        logits = passes.forward(x.to(dtype), torch.empty(2, 3, 40), rounded)
        passes.backward(torch.softmax(logits, 1) / 40, rounded)
        results[dtype] = logits.clone(), passes.gradient.clone()
    for exact, rough in zip(*results.values(), strict=True):
        assert rough.dtype == torch.float32
        assert (rough - exact).norm() < 0.02 * exact.norm()
        assert not torch.equal(rough, exact)


@pytest.mark.parametrize(("family", "propagation"), FAMILIES_BY_HAND)
def test_batches_of_different_lengths_each_have_their_work_space(family, propagation):
    layout, flat, x, _ = drawn(family, (3, 4, 5, 1), 6, torch.float64)
    passes = propagation(layout, ACTIVATIONS["relu"], flat, torch.float64)
    whole = passes.forward(x, torch.empty(2, 1, 6, dtype=torch.float64)).clone()
    part = passes.forward(x[:, :2].contiguous(), torch.empty(2, 1, 2, dtype=torch.float64))
    torch.testing.assert_close(part, whole[..., :2])
