"""Callers' own modules in `train`, `sweep` and `diagnose`: recognised ones in the stack, others beside it."""

import pickle

import numpy as np
import pytest
import torch
from torch import nn

from demarcate import Network, Training, datasets, diagnose, load, sweep, train
from demarcate.errors import BundleError, NetworkWarning, SettingError
from demarcate.nn.module_network import ModuleNetwork

MOONS = datasets.moons(n_samples=80, noise=0.2)
QUICK = Training(lr=0.02, epochs=8)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.output = nn.Linear(2, 8), nn.Linear(8, 1)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x)))


class Skip(Plain):
    def __init__(self):
        super().__init__()
        self.skip = nn.Linear(2, 8)

    def forward(self, x):
        return self.output(torch.relu(self.hidden(x)) + self.skip(x))


class Detached(Plain):
    def forward(self, x):
        return super().forward(x).detach()


class Infinite(Plain):
    def forward(self, x):
        return super().forward(x) + torch.inf


def drawn(build, seed):
    torch.manual_seed(seed)
    return build()


def sigmoid_by_hand():
    class Sigmoid(Plain):
        def forward(self, x):
            return 1 / (1 + torch.exp(-super().forward(x).clamp(-30, 30)))

    return Sigmoid()


def test_a_plain_module_trains_with_the_numbers_of_its_network():
    runs = train(MOONS, {"class": Plain, "network": Network((8,), head="logit")}, QUICK, seed=3, seeds=2)
    for own, network in zip(runs.repeats["class"], runs.repeats["network"], strict=True):
        assert own.history.equals(network.history)
        assert own.spec == network.spec
    assert isinstance(runs["class"].network, Plain)
    x = runs["class"].encode(MOONS.X)
    assert torch.equal(runs["class"].network(x), runs["network"].network(x))


def test_a_built_module_starts_with_its_own_weights_and_further_seeds_with_others():
    module = drawn(Plain, 9)
    runs = train(MOONS, {"own": module}, QUICK, seed=3, seeds=2)
    first, second = runs.repeats["own"]
    other = train(MOONS, Network((8,), head="logit"), QUICK, seed=4)["network"]
    x = first.encode(MOONS.X)
    assert torch.allclose(first.logits(MOONS.X, trained=False), module(x), atol=1e-6)
    assert second.history.equals(other.history)


def test_weights_of_a_function_are_its_own():
    def constant():
        module = Plain()
        nn.init.constant_(module.output.weight, 0.1)
        return module

    run = train(MOONS, {"own": constant}, QUICK, seed=5)["own"]
    assert torch.allclose(run.logits(MOONS.X, trained=False), drawn(constant, 5)(run.encode(MOONS.X)), atol=1e-6)


def test_another_module_is_trained_by_autograd_and_said_to_be():
    runs = train(MOONS, {"skip": Skip, "net": Network((4,))}, QUICK, seeds=2)
    assert isinstance(runs["skip"].spec, ModuleNetwork)
    assert isinstance(runs["skip"].network, Skip)
    assert str(runs).splitlines()[-1] == (
        "'skip' was trained by autograd: the forward of Skip is no plain chain of layers"
    )
    probabilities = torch.sigmoid(runs["skip"].network(runs["skip"].encode(MOONS.X))).detach().numpy()[:, 0]
    assert np.allclose(runs["skip"].predict_proba(MOONS.X)[:, 1], probabilities, atol=1e-6)
    assert runs["skip"].history["train_loss"][-1] < runs["skip"].history["train_loss"][0]


def test_runs_of_modules_are_pickled():
    runs = train(MOONS, {"skip": Skip, "plain": Plain()}, QUICK)
    loaded = pickle.loads(pickle.dumps(runs))
    for name in runs:
        assert np.array_equal(loaded[name].predict_proba(MOONS.X), runs[name].predict_proba(MOONS.X))


def test_a_module_that_a_function_returns_is_not_changed():
    held = Plain().double().train()
    train(MOONS, {"own": lambda: held}, QUICK)
    assert held.training
    assert held.hidden.weight.dtype == torch.float64


def test_layers_that_find_their_width_are_built_on_the_rows():
    heart = datasets.heart()
    runs = train(heart, {"lazy": lambda: nn.Sequential(nn.LazyLinear(4), nn.LayerNorm(4), nn.LazyLinear(1))}, QUICK)
    assert runs["lazy"].network[0].in_features == runs["lazy"].encode(heart.X).shape[1]


def test_initial_weights_come_from_a_module_or_its_state():
    source, skip = drawn(Plain, 1), drawn(Skip, 2)
    runs = train(
        MOONS,
        {"net": Network((8,), head="logit"), "plain": Plain, "state": Network((8,), head="logit"), "skip": Skip},
        QUICK,
        initial={"net": source, "plain": source.state_dict(), "state": source.state_dict(), "skip": skip.state_dict()},
    )
    assert runs["net"].history.equals(runs["plain"].history)
    assert runs["net"].history.equals(runs["state"].history)
    assert torch.allclose(runs["skip"].logits(MOONS.X, trained=False), skip(runs["skip"].encode(MOONS.X)), atol=1e-6)


@pytest.mark.parametrize(
    ("initial", "message"),
    [
        (drawn(Skip, 0), r"^initial\['network'\] must be a plain chain of layers, as the network is: "),
        ({"weight": torch.ones(1)}, "^an initial state must have 4 parameters, got weight$"),
        (3, r"^initial\['network'\] must be a torch.nn.Module or its state dict, got int$"),
        (nn.Linear(2, 1), "^initial weights have the network's own shapes, "),
    ],
)
def test_other_initial_weights_are_refused(initial, message):
    with pytest.raises(SettingError, match=message):
        train(MOONS, Network((8,)), QUICK, initial={"network": initial})


@pytest.mark.parametrize(
    ("network", "message"),
    [
        (
            nn.Linear(3, 1),
            r"^network 'own' must take the 2 numbers of an encoded row, got a first layer that reads 3",
        ),
        (nn.Linear(2, 3), r"^network 'own' must return 1 or 2 logits a row for 2 classes, got shape \(64, 3\) for 64 "),
        (
            nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()),
            "^network 'own' must return logits, got probabilities of its",
        ),
        (nn.Sequential(nn.Linear(2, 2), nn.Softmax(1)), "CrossEntropyLoss applies it itself"),
        (nn.LSTM(2, 2), "^network 'own' must return a tensor of logits, got a tuple$"),
        (nn.Linear(2, 1).requires_grad_(requires_grad=False), "^network 'own' must have a parameter to train"),
        (
            Detached,
            "^network 'own' must return logits that depend on parameters that are trained, got a tensor without",
        ),
        (Infinite, "^network 'own' must return finite logits, got inf$"),
        (
            nn.Linear(2, 1, device="meta"),
            "^network 'own' must have parameters with numbers, got some on the meta device$",
        ),
        (lambda: 3, "^network 'own' must build a torch.nn.Module, got int$"),
        (nn.Linear, "^network 'own' must be built without arguments, got TypeError: "),
        ("tanh", "^network 'own' must be a Network, a torch.nn.Module or a function that builds one, got str$"),
    ],
)
def test_modules_that_cannot_be_trained_are_refused_in_words(network, message):
    with pytest.raises(SettingError, match=message):
        train(MOONS, {"own": network}, QUICK)


@pytest.mark.parametrize("wrap", [nn.DataParallel, lambda module: module.double(), lambda module: module.bfloat16()])
def test_what_spreads_a_module_or_its_number_type_is_taken_off(wrap):
    run = train(MOONS, {"own": lambda: wrap(Plain())}, QUICK)["own"]
    assert run.spec == Network((8,), head="logit")
    assert run.network.hidden.weight.dtype == torch.float32


def test_a_module_that_cannot_be_copied_is_refused_with_the_way_out():
    module = Plain()
    module.cache = torch.ones(2, requires_grad=True) * 2
    with pytest.raises(SettingError, match=r"^network 'own' must be a module that can be copied, got .*Pass the class"):
        train(MOONS, {"own": module}, QUICK)


def test_probabilities_made_by_hand_are_warned_of():
    with pytest.warns(NetworkWarning, match=r"^network 'own' seems to return probabilities: "):
        train(MOONS, {"own": sigmoid_by_hand}, QUICK)


def test_a_recognised_module_is_saved_and_another_refused_with_the_way_out(tmp_path):
    runs = train(MOONS, {"plain": Plain, "skip": Skip}, QUICK)
    runs["plain"].save(tmp_path / "plain.safetensors")
    loaded = load(tmp_path / "plain.safetensors").predict_proba(MOONS.X)
    assert np.allclose(loaded, runs["plain"].predict_proba(MOONS.X), atol=1e-6)
    with pytest.raises(BundleError, match=r"torch\.export\.save\(torch\.export\.export\(run\.network, \(run\.encode"):
        runs["skip"].save(tmp_path / "skip.safetensors")
    x = runs["skip"].encode(MOONS.X)
    torch.export.save(torch.export.export(runs["skip"].network, (x,)), tmp_path / "own.pt2")
    assert torch.allclose(torch.export.load(tmp_path / "own.pt2").module()(x), runs["skip"].network(x))


def test_a_sweep_varies_the_layers_of_a_recognised_module_and_the_training_of_another():
    result = sweep(MOONS, {"hidden": [(2,), (16,)]}, network=Plain, training=QUICK, seeds=2)
    assert {configuration.network.hidden for configuration in result.configurations} == {(2,), (16,)}
    result = sweep(MOONS, {"lr": [0.001, 0.1]}, network=Skip, training=QUICK, seeds=2)
    assert result.winner.settings["lr"] == 0.1
    with pytest.raises(SettingError, match="hidden must be left to the module, whose layers are its own"):
        sweep(MOONS, {"hidden": [(2,), (16,)]}, network=Skip, training=QUICK)


def test_a_diagnosis_tries_what_a_module_leaves_open():
    diagnosis = diagnose(MOONS, Skip(), QUICK, seeds=2)
    names = [result.probe.name for result in diagnosis.probes]
    assert diagnosis.reasons[-1] == "Its layers are its own: more and fewer units were not tried."
    assert names == ["configured", "half of the rows", "quarter of the rows", "longer", "regularised"]
    plain = diagnose(MOONS, Plain(), QUICK, seeds=2)
    assert plain.more_capacity.change == "hidden 8 to 32"


def test_a_seed_without_a_category_is_told_in_words():
    rows = np.arange(60)
    kind = np.where(rows == 7, "rare", np.where(rows % 2 == 0, "even", "odd"))
    table = {"kind": kind, "x": rows / 60.0}
    labels = np.where(rows % 3 == 0, "yes", "no")
    splits = [(np.setdiff1d(rows, [*range(k, 60, 5)]), np.arange(k, 60, 5)) for k in (0, 2)]
    with pytest.raises(SettingError, match=r"^network 'own' must read rows of one width, got 3 and 4 numbers"):
        train((table, labels), {"own": nn.Linear(4, 1)}, QUICK, seeds=2, split=splits)
