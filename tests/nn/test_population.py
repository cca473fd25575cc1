import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demarcate.nn import ACTIVATIONS, HEADS, Network, Population
from demarcate.nn.heads import head_for
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_family import MLP
from demarcate.nn.population import stack

REPEATABLE = settings(deadline=None, derandomize=True)

DTYPE = torch.float64


def plain(network, state, x):
    """A network written out, one torch.nn.functional call a layer."""
    activation = ACTIVATIONS[network.activation].module
    for layer, (weight, bias) in enumerate(state):
        x = nn.functional.linear(x, weight, bias)
        x = activation()(x) if activation and layer < len(state) - 1 else x
    return x


def members(hidden, activation="relu", d_in=(3,), n_outputs=2):
    networks = [Network(hidden=widths, activation=activation) for widths in hidden]
    generator = torch.Generator().manual_seed(0)
    d_in = list(d_in) * len(networks) if len(d_in) == 1 else d_in
    states = [
        MLP.initial_state(network.widths(width, n_outputs), generator, DTYPE)
        for network, width in zip(networks, d_in, strict=True)
    ]
    return networks, states


def one_stack(networks, states):
    """A population of all, whatever padding costs."""
    widths = tuple((state[0][0].shape[1], *(weight.shape[0] for weight, _ in state)) for state in states)
    layout = Layout(widths)
    return Population(tuple(networks), HEADS["softmax"], layout, layout.pack(states))


@st.composite
def hidden_widths(draw):
    depth = draw(st.integers(0, 3))
    return draw(st.lists(st.lists(st.integers(1, 9), min_size=depth, max_size=depth), min_size=1, max_size=5))


@REPEATABLE
@given(hidden_widths(), st.sampled_from(sorted(name for name in ACTIVATIONS if ACTIVATIONS[name].zero_at_zero)))
def test_a_padded_population_computes_what_its_networks_compute_alone(hidden, activation):
    networks, states = members(hidden, activation)
    population = one_stack(networks, states)
    x = torch.randn(len(networks), 6, 3, generator=torch.Generator().manual_seed(1), dtype=DTYPE)
    logits = population.logits(x)
    for index, (network, state) in enumerate(zip(networks, states, strict=True)):
        torch.testing.assert_close(logits[index], plain(network, state, x[index]), rtol=1e-12, atol=1e-12)
        torch.testing.assert_close(logits[index], population.member(index)(x[index]).detach(), rtol=1e-12, atol=1e-12)


def test_inputs_narrower_than_the_stack_are_padded():
    networks, states = members([(4,), (4,)], d_in=(3, 5))
    population = one_stack(networks, states)
    x = torch.randn(6, 3, dtype=DTYPE)
    torch.testing.assert_close(population.logits(x.expand(2, 6, 3))[0], plain(networks[0], states[0], x))


@REPEATABLE
@given(
    st.lists(st.sampled_from([(), (4,), (8,), (4, 4)]), min_size=1, max_size=8), st.sampled_from(["relu", "sigmoid"])
)
def test_stacking_keeps_every_member_in_its_place(hidden, activation):
    networks, states = members(hidden, activation)
    populations = stack(networks, states, HEADS["softmax"])
    assert [network for population in populations for network in population.networks] == networks
    kept = [state for population in populations for state in population.states()]
    for state, expected in zip(kept, states, strict=True):
        assert all(
            torch.equal(*pair) for layer in zip(state, expected, strict=True) for pair in zip(*layer, strict=True)
        )


def test_neighbours_of_one_kind_share_a_population_and_others_do_not():
    networks, states = members([(6,), (8,), (4, 4), (4,)])
    assert [population.n_members for population in stack(networks, states, HEADS["softmax"])] == [2, 1, 1]


def test_padding_never_multiplies_what_a_stack_takes():
    networks, states = members([(400, 1), (1, 400)] * 3)
    populations = stack(networks, states, HEADS["softmax"])
    taken = sum(population.flat.numel() for population in populations)
    own = sum(weight.numel() + bias.numel() for state in states for weight, bias in state)
    assert taken < 2 * own


def test_sigmoid_networks_of_different_widths_do_not_share_a_population():
    networks, states = members([(4,), (4,), (8,)], "sigmoid")
    assert [population.n_members for population in stack(networks, states, HEADS["softmax"])] == [2, 1]


def test_selected_members_compute_as_before():
    networks, states = members([(4,), (8,), (2,)])
    population = one_stack(networks, states)
    x = torch.randn(3, 6, 3, dtype=DTYPE)
    selected = population.select([2, 0])
    assert selected.networks == (networks[2], networks[0])
    torch.testing.assert_close(selected.logits(x[[2, 0]]), population.logits(x)[[2, 0]])


def test_selecting_every_member_in_order_copies_nothing():
    networks, states = members([(4,), (8,)])
    population = one_stack(networks, states)
    assert population.select([0, 1]) is population


def test_predicting_needs_no_gradient():
    networks, states = members([(4,)])
    population = Population(
        tuple(networks), head_for("auto", 2), Layout(((3, 4, 2),)), Layout(((3, 4, 2),)).pack(states).requires_grad_()
    )
    assert not population.logits(torch.ones(1, 2, 3, dtype=DTYPE)).requires_grad


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_population_of_one_is_a_plain_network(activation):
    networks, states = members([(6, 5)], activation)
    population = one_stack(networks, states)
    x = torch.randn(1, 7, 3, dtype=DTYPE)
    torch.testing.assert_close(population.logits(x)[0], plain(networks[0], states[0], x[0]))


@pytest.mark.parametrize("device", ["cpu", "meta"])
@pytest.mark.parametrize("hidden", [(), (4, 3)])
def test_everything_is_computed_on_the_device_of_the_parameters(device, hidden):
    networks, states = members([hidden] * 3)
    population = one_stack(networks, states).to(device)
    assert population.device.type == device
    logits = population.select([2, 0]).logits(torch.ones(2, 5, 3, dtype=DTYPE, device=device))
    assert (logits.device.type, tuple(logits.shape)) == (device, (2, 5, 2))
    assert {parameter.device.type for parameter in population.member(1).parameters()} == {device}
