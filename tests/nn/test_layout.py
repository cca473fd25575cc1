from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_family import MLP

REPEATABLE = settings(deadline=None, derandomize=True)

WIDTH = st.integers(1, 7)


@st.composite
def populations(draw):
    """Widths of one to five members that may share a stack, and how much wider than needed the stack is."""
    depth, n_outputs = draw(st.integers(0, 3)), draw(WIDTH)
    widths = st.tuples(*[WIDTH] * (depth + 1), st.just(n_outputs))
    members = tuple(draw(st.lists(widths, min_size=1, max_size=5)))
    extra = (*draw(st.lists(st.integers(0, 3), min_size=depth + 1, max_size=depth + 1)), 0)
    padded = tuple(max(layer) + more for layer, more in zip(zip(*members, strict=True), extra, strict=True))
    return Layout(members, padded)


def random_states(layout, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [MLP.initial_state(widths, generator, torch.float64) for widths in layout.widths]


def assert_same(actual, expected):
    for state, other in zip(actual, expected, strict=True):
        for layer, other_layer in zip(state, other, strict=True):
            assert all(torch.equal(*pair) for pair in zip(layer, other_layer, strict=True))


@REPEATABLE
@given(populations())
def test_unpacking_gives_back_what_was_packed(layout):
    states = random_states(layout)
    flat = layout.pack(states)
    assert flat.shape == (layout.n_members, layout.n_parameters)
    assert_same(layout.unpack(flat), states)


@REPEATABLE
@given(populations())
def test_what_is_not_a_members_own_is_zero(layout):
    states = random_states(layout)
    own = [sum(parameter.count_nonzero().item() for layer in state for parameter in layer) for state in states]
    assert layout.pack(states).count_nonzero(1).tolist() == own


@REPEATABLE
@given(populations(), st.data())
def test_some_rows_of_a_buffer_are_the_buffer_of_some_members(layout, data):
    members = data.draw(st.lists(st.integers(0, layout.n_members - 1), min_size=1, unique=True))
    states = random_states(layout)
    selected = layout.select(members)
    assert selected.padded == layout.padded
    assert_same(selected.unpack(layout.pack(states)[members]), [states[member] for member in members])


def test_layers_are_views_of_the_buffer():
    layout = Layout(((2, 3, 1), (2, 2, 1)))
    flat = torch.zeros(2, layout.n_parameters)
    for weight, bias in layout.layers(flat):
        weight.add_(1)
        bias.add_(1)
    assert flat[:, :13].eq(1).all()
    assert flat[:, 13:].eq(0).all()


def test_every_members_row_is_aligned_and_what_is_left_over_stays_empty():
    layout = Layout(((2, 3, 1), (2, 2, 1)))
    assert layout.n_parameters == 16
    states = [[(torch.ones(d_out, d_in), torch.ones(d_out)) for d_in, d_out in pairwise(w)] for w in layout.widths]
    flat = layout.pack(states)
    assert flat.sum(1).tolist() == [13, 9]
    assert flat[:, 13:].eq(0).all()


def test_the_mask_of_weights_leaves_out_biases_and_what_is_left_over():
    mask = Layout(((2, 1),)).decay_mask(torch.empty(0, dtype=torch.float64), biases=False)
    assert (mask.dtype, mask.tolist()) == (torch.float64, [1.0, 1.0, *[0.0] * 14])


def test_unpacked_parameters_are_copies_shaped_as_linear_keeps_them():
    layout = Layout(((2, 3, 1),))
    flat = torch.zeros(1, layout.n_parameters)
    (state,) = layout.unpack(flat)
    flat += 1
    assert [(weight.shape, bias.shape) for weight, bias in state] == [((3, 2), (3,)), ((1, 3), (1,))]
    assert all(parameter.eq(0).all() and parameter.is_contiguous() for layer in state for parameter in layer)


@pytest.mark.parametrize(
    ("widths", "padded", "message"),
    [
        ((), (), "a population has at least one member"),
        (((2, 1), (2, 3, 1)), (), "members of a population must be equally deep"),
        (((2, 1), (2, 3)), (), "members of a population must have equally many outputs"),
        (((2, 8, 1),), (2, 7, 1), "no member is wider than the stack"),
    ],
)
def test_members_that_cannot_share_a_stack_are_refused(widths, padded, message):
    with pytest.raises(SettingError, match=f"^{message}"):
        Layout(widths, padded)
