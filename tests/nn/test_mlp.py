import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.nn import ACTIVATIONS, Layout, forward, initial_state

REPEATABLE = settings(deadline=None, derandomize=True)


@st.composite
def layouts(draw):
    depth = draw(st.integers(0, 3))
    hidden = draw(st.lists(st.lists(st.integers(1, 9), min_size=depth, max_size=depth), min_size=1, max_size=5))
    return Layout(tuple((3, *widths, 2) for widths in hidden))


@REPEATABLE
@given(layouts())
def test_padding_has_no_gradient(layout):
    generator = torch.Generator().manual_seed(0)
    states = [initial_state(widths, generator, torch.float64) for widths in layout.widths]
    leaf = layout.pack(states).requires_grad_()
    x = torch.randn(layout.n_members, 6, 3, generator=generator, dtype=leaf.dtype)
    forward(layout.layers(leaf), x, ACTIVATIONS["silu"]).square().sum().backward()
    ones = [[(torch.ones_like(weight), torch.ones_like(bias)) for weight, bias in state] for state in states]
    assert leaf.grad[layout.pack(ones) == 0].count_nonzero() == 0


def test_the_hook_meets_every_hidden_layer_and_not_the_outputs():
    layout = Layout(((3, 4, 5, 2),))
    calls = []

    def hook(layer, x):
        calls.append((layer, tuple(x.shape)))
        return x * 0

    logits = forward(layout.layers(torch.ones(1, layout.n_parameters)), torch.ones(1, 6, 3), ACTIVATIONS["relu"], hook)
    assert calls == [(0, (1, 6, 4)), (1, (1, 6, 5))]
    assert logits.eq(1).all()
