"""A family of networks that the package does not have trains, predicts, is saved and becomes a torch module."""

import copy
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import nn

from demarcate import Training, datasets, train
from demarcate.bundle import inspect_bundle, read_bundle, write_bundle
from demarcate.engine import Member, Samples, fit
from demarcate.engine.planner import plan
from demarcate.errors import BundleError, SettingError
from demarcate.inspection.importance import _tried_columns
from demarcate.nn import ACTIVATIONS, FAMILIES, Family, Network, family_of
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_backward import MlpPropagation
from demarcate.nn.propagation import AutogradPropagation


@dataclass(frozen=True)
class SkipNetwork(Network):
    """A linear layer, ``n_blocks`` residual layers of the same width, and a linear layer."""

    family: ClassVar[str] = "skip"
    n_blocks: int = 2

    def widths(self, d_in, n_outputs):
        return (d_in, *self.hidden * (1 + self.n_blocks), n_outputs)


class SkipModule(nn.Module):
    def __init__(self, widths, activation, dropout=0.0, dtype=torch.float32):
        super().__init__()
        self.linears = nn.ModuleList(nn.Linear(*pair, dtype=dtype) for pair in pairwise(widths))
        self.activation, self.dropout = ACTIVATIONS[activation].module(), nn.Dropout(dropout)

    def forward(self, x):
        first, *blocks, last = self.linears
        x = first(x)
        for block in blocks:
            x = x + self.dropout(self.activation(block(x)))
        return last(x)


class SkipFamily(Family):
    network_type = SkipNetwork
    starts_linear = True

    def shapes(self, widths):
        return [((d_out, d_in), (d_out,)) for d_in, d_out in pairwise(widths)]

    def tensor_names(self, network):
        return [(f"linears.{at}.weight", f"linears.{at}.bias") for at in range(network.n_blocks + 2)]

    def forward(self, network, layers, x, masks=None):
        (weight, bias), *blocks, last = layers
        x = torch.baddbmm(bias, x, weight)
        for number, (weight, bias) in enumerate(blocks):
            change = ACTIVATIONS[network.activation].function(torch.baddbmm(bias, x, weight))
            x = x + (change if masks is None else change * masks[number + 1])
        return torch.baddbmm(last[1], x, last[0])

    def forward_rest(self, network, layers, x):
        for weight, bias in layers[1:-1]:
            x = x + ACTIVATIONS[network.activation].function(x @ weight + bias)
        return torch.addmm(layers[-1][1], x, layers[-1][0])

    def to_module(self, network, state):
        module = SkipModule(self.widths_of(network, state), network.activation, network.dropout, state[0][0].dtype)
        module.load_state_dict(self.state_dict(network, state))
        return module.eval()


NETWORK = SkipNetwork(hidden=(6,), activation="tanh")
ROWS = torch.arange(40)


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setitem(FAMILIES, "skip", SkipFamily())


def samples(dtype=torch.float64):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(40, 4, generator=generator, dtype=dtype)
    return Samples.of([x], (x[:, 0] * x[:, 1] > 0).long(), 2)


def trained(networks, **settings):
    training = Training(**{"optimizer": "sgd", "lr": 0.1, "epochs": 5, "batch_size": None, **settings})
    validation = ROWS[30:] if training.patience else ROWS[:0]
    members = [Member(network, training, seed, ROWS[:30], validation) for seed, network in enumerate(networks)]
    return members, fit(members, samples(), device="cpu")


def test_it_trains_as_a_plain_torch_loop_trains_its_module():
    members, fitted = trained([NETWORK, NETWORK], weight_decay=0.01)
    assert plan(members, samples()) == [[0, 1]]
    for member, result in zip(members, fitted, strict=True):
        module = family_of(NETWORK).to_module(NETWORK, member.begin(samples())[0]).train()
        optimizer = torch.optim.SGD(module.parameters(), lr=0.1, weight_decay=0.01)
        for _ in range(5):
            optimizer.zero_grad()
            logits = module(samples().matrices[0, :30])
            nn.functional.binary_cross_entropy_with_logits(logits[:, 0], samples().codes[:30].double()).backward()
            optimizer.step()
        for name, tensor in family_of(NETWORK).state_dict(NETWORK, result.state).items():
            torch.testing.assert_close(tensor, module.state_dict()[name], rtol=1e-9, atol=1e-12)


def test_only_networks_that_agree_share_a_stack():
    networks = [NETWORK, SkipNetwork(hidden=(6,)), Network(hidden=(6,)), SkipNetwork(hidden=(6,), dropout=0.5)]
    members, fitted = trained(networks)
    assert plan(members, samples()) == [[0], [1, 3], [2]]
    assert [result.network for result in fitted] == networks


def test_dropout_mini_batches_early_stopping_and_bf16_work():
    networks = [SkipNetwork(hidden=(6,), dropout=0.5, input_dropout=0.1), SkipNetwork(hidden=(6,))] * 2
    settings = {"optimizer": "adam", "lr": 0.05, "batch_size": 8, "patience": 2, "epochs": 30, "init": "he"}
    members, fitted = trained(networks, **settings)
    assert len({result.history.n_epochs for result in fitted}) > 1
    for result in fitted:
        assert all(tensor.isfinite().all() for layer in result.state for tensor in layer)
    (rounded,) = fit(members[:1], samples(torch.float32), device="cpu", precision="bf16")
    assert all(tensor.isfinite().all() for layer in rounded.state for tensor in layer)


def test_a_fit_goes_on_from_its_checkpoint(tmp_path):
    members, (expected,) = trained([NETWORK])
    short = [Member(NETWORK, member.training, 0, member.rows, member.validation_rows) for member in members]
    for _ in range(2):
        (result,) = fit(short, samples(), device="cpu", checkpoint=tmp_path)
        assert all(torch.equal(*pair) for pair in zip(result.state[0], expected.state[0], strict=True))


def test_the_gradient_by_autograd_is_the_one_by_hand():
    layout = Layout(((3, 5, 2), (3, 4, 2)))
    network, generator = Network(hidden=(5,), activation="silu"), torch.Generator().manual_seed(0)
    flat = layout.pack([family_of(network).initial_state(w, generator, torch.float64) for w in layout.widths])
    by_hand = MlpPropagation(layout, ACTIVATIONS["silu"], flat, torch.float64)
    by_autograd = AutogradPropagation(network, layout, flat, torch.float64)
    masks = [torch.randint(2, (2, 7, 5), generator=generator).double()]
    with torch.inference_mode():
        x, residual = torch.randn(2, 7, 3, dtype=flat.dtype), torch.randn(2, 2, 7, dtype=flat.dtype)
        for propagation in (by_hand, by_autograd):
            propagation.logits = propagation.forward(x, torch.empty(2, 2, 7, dtype=flat.dtype), masks)
            propagation.backward(residual, masks)
    torch.testing.assert_close(by_autograd.logits, by_hand.logits)
    torch.testing.assert_close(by_autograd.gradient, by_hand.gradient)
    assert (by_autograd.widest, by_hand.widest) == (5, 5)


def test_train_takes_it_from_a_module_and_gives_it_back_as_one(tmp_path, monkeypatch):
    X, y = datasets.moons(n_samples=200)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        begun = SkipModule((2, 6, 6, 6, 1), "tanh")
    networks = {"skip": NETWORK, "mlp": Network(hidden=(6,))}
    runs = train((X, y), networks, Training(lr=0.02, epochs=200), initial={"skip": copy.deepcopy(begun)})
    run = runs["skip"]
    assert run.scores["accuracy"].value > 0.8
    assert torch.equal(run.untrained.member(0).linears[1].weight, begun.linears[1].weight)
    logits = run.network(run.predictor.encode(X)).detach()
    torch.testing.assert_close(run.predictor.logits(X)[0], logits, rtol=1e-5, atol=1e-6)

    write_bundle(run.predictor, tmp_path / "skip.safetensors")
    spec = inspect_bundle(tmp_path / "skip.safetensors").spec
    assert spec.networks == (NETWORK,)
    read = read_bundle(tmp_path / "skip.safetensors")
    expected = run.predictor.predict_proba(X)
    assert np.array_equal(read.predict_proba(X), expected)
    monkeypatch.setattr(type(family_of(NETWORK)), "starts_linear", False)
    np.testing.assert_allclose(read.predict_proba(X), expected, atol=1e-6)
    assert _tried_columns(read) == ["x1", "x2"]


def test_a_file_of_an_unknown_family_is_refused(tmp_path, monkeypatch):
    runs = train(datasets.moons(n_samples=60), NETWORK, Training(epochs=1))
    write_bundle(runs["network"].predictor, tmp_path / "skip.safetensors")
    monkeypatch.delitem(FAMILIES, "skip")
    with pytest.raises(BundleError, match="the family of networks 'skip' is unknown"):
        read_bundle(tmp_path / "skip.safetensors")
    with pytest.raises(SettingError, match=r"^a network's family must be one of mlp, residual, got 'skip'$"):
        family_of(NETWORK)


def test_a_module_of_another_architecture_is_refused():
    family = family_of(NETWORK)
    with pytest.raises(
        SettingError, match=r"^initial networks have the parameters linears\.0\.weight, .*, got 0\.weight"
    ):
        family.from_module(NETWORK, nn.Sequential(nn.Linear(2, 1)), NETWORK.widths(2, 1))
    with pytest.raises(SettingError, match=r"^initial weights have the network's own shapes, "):
        family.from_module(NETWORK, SkipModule((2, 7, 7, 7, 1), "tanh"), NETWORK.widths(2, 1))
    with pytest.raises(SettingError, match=r"^an initial network must be a torch\.nn\.Sequential, got Linear$"):
        family_of(Network()).from_module(Network(), nn.Linear(2, 1), (2, 1))
