import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from demarcate import DemarcateError, Training, datasets, train
from demarcate.bundle import inspect_bundle, read_bundle, write_bundle
from demarcate.engine import Member, Samples, fit
from demarcate.engine.planner import plan
from demarcate.errors import SettingError
from demarcate.nn import ACTIVATIONS, HEADS, Network, ResidualNetwork, family_of
from demarcate.nn.layout import Layout
from demarcate.nn.population import stack
from demarcate.nn.residual_family import RESIDUAL, ResidualFamily

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=50)
NETWORKS = st.builds(
    ResidualNetwork,
    hidden=st.lists(st.integers(1, 9), min_size=1, max_size=4),
    activation=st.sampled_from(sorted(ACTIVATIONS)),
    dropout=st.sampled_from([0.0, 0.3]),
)


def state_of(network, d_in=3, n_outputs=2, dtype=torch.float64, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return RESIDUAL.initial_state(network.widths(d_in, n_outputs), generator, dtype)


@REPEATABLE
@given(NETWORKS, st.integers(1, 5), st.integers(1, 4))
def test_tensor_names_and_shapes_are_those_of_the_state_dict(network, d_in, n_outputs):
    named = RESIDUAL.to_module(network, state_of(network, d_in, n_outputs)).state_dict()
    shapes = {name: tuple(tensor.shape) for name, tensor in named.items()}
    assert list(shapes.items()) == list(family_of(network).named_shapes(network, d_in, n_outputs).items())
    assert RESIDUAL.cost(network.widths(d_in, n_outputs)) == sum(t.numel() for t in named.values() if t.ndim > 1)


@REPEATABLE
@given(NETWORKS, st.lists(st.integers(0, 4), min_size=2, max_size=3))
def test_stack_lookup_and_module_compute_the_same_logits(network, wider):
    widths = [tuple(width + more for width in network.hidden) for more in wider]
    zero_at_zero = ACTIVATIONS[network.activation].zero_at_zero
    networks = [ResidualNetwork(hidden if zero_at_zero else network.hidden, network.activation) for hidden in widths]
    states = [state_of(own, seed=seed) for seed, own in enumerate(networks)]
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(9), dtype=torch.float64)
    populations = stack(networks, states, HEADS["softmax"])
    logits = torch.cat([population.logits(x.expand(population.n_members, -1, -1)) for population in populations])
    for own, state, out in zip(networks, states, logits, strict=True):
        with torch.no_grad():
            torch.testing.assert_close(out, RESIDUAL.to_module(own, state)(x), rtol=1e-12, atol=1e-13)
            layout = Layout((own.widths(3, 2),), family=RESIDUAL)
            layers = layout.member_layers(layout.pack([state]), 0)
            first = torch.addmm(layers[0][1], x, layers[0][0])
            torch.testing.assert_close(out, RESIDUAL.forward_rest(own, layers, first), rtol=1e-12, atol=1e-13)


def test_a_module_is_in_evaluation_mode_and_owns_its_parameters():
    network = ResidualNetwork(hidden=(3, 4), dropout=0.5)
    state, before = state_of(network), torch.get_rng_state()
    module = RESIDUAL.to_module(network, state)
    assert torch.equal(torch.get_rng_state(), before)
    assert not any(part.training for part in module.modules())
    assert [part.p for part in module.modules() if isinstance(part, nn.Dropout)] == [0.5, 0.5]
    with torch.no_grad():
        module.first.weight.zero_()
    assert state[0][0].count_nonzero() == 9
    back = RESIDUAL.from_module(network, RESIDUAL.to_module(network, state), network.widths(3, 2))
    assert all(torch.equal(*pair) for own in zip(back, state, strict=True) for pair in zip(*own, strict=True))


def test_it_trains_as_a_plain_torch_loop_trains_its_module():
    generator, rows = torch.Generator().manual_seed(0), torch.arange(30)
    x = torch.randn(30, 4, generator=generator, dtype=torch.float64)
    samples = Samples.of([x], (x[:, 0] * x[:, 1] > 0).long(), 2)
    training = Training(optimizer="sgd", lr=0.1, epochs=5, batch_size=None, patience=None, weight_decay=0.01)
    networks = [ResidualNetwork((6, 5), "tanh"), Network((6,), "tanh"), ResidualNetwork((4, 7), "tanh")]
    members = [Member(network, training, seed, rows, rows[:0]) for seed, network in enumerate(networks)]
    assert sorted(map(sorted, plan(members, samples))) == [[0, 2], [1]]
    for member, result in zip(members, fit(members, samples, device="cpu"), strict=True):
        family = family_of(member.network)
        module = family.to_module(member.network, member.begin(samples)[0]).train()
        optimizer = torch.optim.SGD(module.parameters(), lr=0.1, weight_decay=0.01)
        for _ in range(5):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(module(x)[:, 0], samples.codes.double()).backward()
            optimizer.step()
        for name, tensor in family.state_dict(member.network, result.state).items():
            torch.testing.assert_close(tensor, module.state_dict()[name], rtol=1e-9, atol=1e-12)


def test_it_is_saved_and_predicts_alike_from_its_file_by_lookup_or_without(tmp_path, monkeypatch):
    X, y = datasets.moons(n_samples=200)
    network = ResidualNetwork(hidden=(8, 6), activation="silu", dropout=0.1)
    run = train((X, y), network, Training(lr=0.02, epochs=30))["network"]
    assert run.scores["accuracy"].value > 0.8
    write_bundle(run.predictor, tmp_path / "model.safetensors")
    assert inspect_bundle(tmp_path / "model.safetensors").spec.networks == (network,)
    read, expected = read_bundle(tmp_path / "model.safetensors"), run.predictor.predict_proba(X)
    assert np.array_equal(read.predict_proba(X), expected)
    monkeypatch.setattr(ResidualFamily, "starts_linear", False)
    encoded = read_bundle(tmp_path / "model.safetensors").predict_proba(X)
    np.testing.assert_allclose(encoded, expected, atol=1e-6)


def test_a_residual_network_has_features():
    with pytest.raises(SettingError, match=r"^hidden widths of a residual network must be at least one, got none$"):
        ResidualNetwork(hidden=())
    with pytest.raises(DemarcateError, match=r"^dropout must be at least 0 and below 1, got 1"):
        ResidualNetwork(hidden=(3,), dropout=1.0)
