"""Callers' own modules train as a plain loop over them does, with their buffers, dropout and checkpoints."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from demarcate import Training
from demarcate.engine import Member, Samples, fit
from demarcate.engine.planner import plan
from demarcate.errors import Interrupted, SettingError
from demarcate.nn import family_of
from demarcate.nn.module_family import MAX_EXACT, redrawn
from demarcate.nn.module_network import ModuleNetwork
from demarcate.nn.module_randomness import ModuleRandomness, drawing_from

N, D = 60, 3


class Skip(nn.Module):
    """Skips, layer norm, a module used twice and a constant buffer with infinities."""

    def __init__(self, dropout=0.0):
        super().__init__()
        self.first, self.block, self.last = nn.Linear(D, 8), nn.Linear(8, 8), nn.Linear(8, 2)
        self.norm, self.dropout = nn.LayerNorm(8), nn.Dropout(dropout)
        self.register_buffer("mask", torch.tensor([0.0, -torch.inf]))
        self.register_buffer("large", torch.tensor([MAX_EXACT + 1]))

    def forward(self, x):
        hidden = torch.tanh(self.first(x))
        hidden = hidden + self.dropout(torch.relu(self.block(self.norm(hidden))))
        return self.last(hidden + self.block(hidden)) + self.mask.exp() * 0


class Embedded(nn.Module):
    """Embeds a whole number beside numbers."""

    def __init__(self):
        super().__init__()
        self.embedding, self.last = nn.Embedding(4, 2), nn.Linear(D + 1, 2)

    def forward(self, x):
        return self.last(torch.cat([x[:, 1:], self.embedding(x[:, 0].long().clamp(0, 3))], 1))


def batch_norm(momentum=0.1):
    # A bias before batch norm has no gradient but rounding, which Adam makes whole steps of.
    first = nn.Linear(D, 8, bias=False)
    return nn.Sequential(first, nn.BatchNorm1d(8, momentum=momentum), nn.ReLU(), nn.Linear(8, 2))


def no_bias():
    return nn.Sequential(nn.Linear(D, 8, bias=False), nn.PReLU(), nn.Linear(8, 2))


def convolution():
    return nn.Sequential(nn.Unflatten(1, (1, D)), nn.Conv1d(1, 4, 2), nn.ReLU(), nn.Flatten(), nn.Linear(8, 2))


def frozen():
    module = nn.Sequential(nn.Linear(D, 8), nn.ReLU(), nn.Linear(8, 2))
    module[0].requires_grad_(requires_grad=False)
    return module


BUILDERS = [Skip, Embedded, batch_norm, lambda: batch_norm(None), no_bias, convolution, frozen]
NAMES = ["skip", "embedding", "batch norm", "cumulative batch norm", "no bias", "convolution", "frozen"]


def samples():
    x = torch.randn(N, D, generator=torch.Generator().manual_seed(1))
    return Samples.of([x], (x[:, 0] * x[:, 1] > 0).long(), 2)


def network_of(module, build=None, d_out=2):
    return ModuleNetwork(head="softmax" if d_out == 2 else "logit", module=module, build=build, d_in=D, d_out=d_out)


def member_of(module, training, seed=0, build=None, n_validation=0, d_out=2):
    network = network_of(module, build, d_out)
    initial = None if build else family_of(network).from_module(network, module, ())
    rows = torch.arange(N)
    return Member(network, training, seed, rows[n_validation:], rows[:n_validation], initial=initial)


def plain_loop(module, training, seed):
    """Train a copy of a module as a learner would; return it and the losses of each epoch."""
    module = copy.deepcopy(module).train()
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}[training.optimizer]
    trained = [parameter for parameter in module.parameters() if parameter.requires_grad]
    optimizer = kind(trained, lr=training.lr, weight_decay=training.weight_decay)
    data, generator, losses = samples(), torch.Generator().manual_seed(seed), []
    x, y = data.matrices[0], data.codes
    for _ in range(training.epochs):
        batches = [torch.arange(N)]
        if training.batch_size:
            batches = torch.randperm(N, generator=generator).split(training.batch_size)
        total = 0.0
        for rows in batches:
            loss = nn.functional.cross_entropy(module(x[rows]), y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        losses.append(total / N)
    return module.eval(), losses


@pytest.mark.parametrize("build", BUILDERS, ids=NAMES)
@pytest.mark.parametrize(
    "training",
    [
        Training(lr=0.01, epochs=12, batch_size=16, weight_decay=0.01),
        Training("adamw", lr=0.01, epochs=12, batch_size=None, weight_decay=0.01),
        Training("sgd", lr=0.1, epochs=12, batch_size=14),
    ],
    ids=["adam", "adamw, full batch", "sgd"],
)
def test_a_module_trains_as_in_a_plain_loop(build, training):
    torch.manual_seed(3)
    module = build()
    (result,) = fit([member_of(module, training, seed=5)], samples())
    expected, losses = plain_loop(module, training, 5)
    trained = family_of(result.network).to_module(result.network, result.state)
    assert result.history.train_loss.tolist() == pytest.approx(losses, abs=1e-6)

    inputs = samples().matrices[0]
    torch.testing.assert_close(trained(inputs), expected(inputs), atol=1e-5, rtol=1e-5)


def test_a_module_is_not_changed_by_training():
    module = batch_norm()
    before = copy.deepcopy(module.state_dict())
    fit([member_of(module, Training(epochs=2))], samples())
    assert all(torch.equal(tensor, module.state_dict()[name]) for name, tensor in before.items())


def test_weights_of_a_seed_are_those_of_a_module_built_after_setting_it():
    training = Training(lr=0.01, epochs=3, batch_size=16)
    (result,) = fit([member_of(batch_norm(), training, seed=7, build=batch_norm)], samples())
    torch.manual_seed(7)
    module, order = batch_norm(), torch.Generator()
    order.set_state(torch.get_rng_state())
    data, losses = samples(), []
    optimizer = torch.optim.Adam(module.parameters(), lr=0.01)
    for _ in range(3):
        for rows in torch.randperm(N, generator=order).split(16):
            loss = nn.functional.cross_entropy(module(data.matrices[0, rows]), data.codes[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses.append(loss.item() * len(rows))
    assert result.history.train_loss.sum().item() == pytest.approx(sum(losses) / N, abs=1e-5)


def test_further_seeds_draw_new_weights_by_the_layers_own_rule():
    module = nn.Sequential(nn.Linear(D, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    with drawing_from(torch.Generator().manual_seed(3)):
        drawn = redrawn(module)
    torch.manual_seed(3)
    first, last = nn.Linear(D, 4), nn.Linear(4, 2)
    assert torch.equal(drawn[0].weight, first.weight)
    assert torch.equal(drawn[2].bias, last.bias)


def test_parameters_that_no_layer_can_redraw_are_refused():
    class Scaled(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

    with pytest.raises(SettingError, match=r"^the weights of other seeds must be drawn anew, and the module itself"):
        redrawn(Scaled())


def test_dropout_of_a_module_follows_the_seed_and_nothing_else():
    training = Training(lr=0.01, epochs=5, batch_size=16)
    torch.manual_seed(0)
    module = Skip(dropout=0.5)
    torch.manual_seed(1)
    (first,) = fit([member_of(module, training, seed=2)], samples())
    state = torch.get_rng_state()
    torch.rand(5)
    results = fit([member_of(Skip(dropout=0.2), training, seed=2), member_of(module, training, seed=2)], samples())
    (other,) = fit([member_of(module, training, seed=3)], samples())
    torch.manual_seed(1)
    assert torch.equal(torch.get_rng_state(), state), "training draws nothing from the caller's generator"
    assert torch.equal(first.history.train_loss, results[1].history.train_loss)
    assert not torch.equal(first.history.train_loss, other.history.train_loss)


def test_a_module_stops_early_and_restores_its_best_buffers_too():
    training = Training(lr=0.05, epochs=60, patience=5, batch_size=16)
    (result,) = fit([member_of(batch_norm(), training, n_validation=20)], samples())
    module = family_of(result.network).to_module(result.network, result.state)
    data = samples()
    loss = nn.functional.cross_entropy(module(data.matrices[0, :20]), data.codes[:20]).item()
    assert result.best_epoch < result.history.n_epochs <= 60
    assert loss == pytest.approx(min(result.history.validation_loss.tolist()), abs=1e-6)
    assert module[1].num_batches_tracked == 3 * result.best_epoch


def test_an_interrupted_training_resumes_with_the_same_bits(tmp_path):
    training = Training(lr=0.01, epochs=30, batch_size=16)
    member = member_of(nn.Sequential(*batch_norm(), nn.Dropout(0.2)), training)
    (whole,) = fit([member], samples())

    def interrupt(progress):
        if progress.epoch >= 10:
            raise KeyboardInterrupt

    with pytest.raises((KeyboardInterrupt, Interrupted)):
        fit([member], samples(), on_epoch=interrupt, checkpoint=tmp_path / "c", checkpoint_every=0.0)
    (resumed,) = fit([member], samples(), checkpoint=tmp_path / "c")
    assert torch.equal(whole.history.train_loss, resumed.history.train_loss)
    assert all(torch.equal(one, other) for one, other in zip(whole.state[0], resumed.state[0], strict=True))


def test_every_module_is_a_population_of_its_own():
    module, training = batch_norm(), Training(epochs=1)
    assert plan([member_of(module, training, seed) for seed in range(3)], samples()) == [[0], [1], [2]]


def test_a_batch_of_one_row_that_batch_norm_refuses_is_told_in_words():
    member = member_of(batch_norm(), Training(epochs=1, batch_size=59))
    with pytest.raises(
        SettingError, match=r"^the module must take inputs of shape \(1, 3\) in a training step, got Value"
    ):
        fit([member], samples())


def test_an_output_of_another_shape_in_training_is_refused():
    class Wrong(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(D, 2)

        def forward(self, x):
            return self.layer(x).T if self.training else self.layer(x)

    with pytest.raises(
        SettingError, match=r"^the module must return logits of shape \(32, 2\) .*, got shape \(2, 32\)$"
    ):
        fit([member_of(Wrong(), Training(epochs=1))], samples())


def test_a_row_of_logits_without_a_column_is_one_logit():
    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(D, 1)

        def forward(self, x):
            return self.layer(x).squeeze(-1)

    (result,) = fit([member_of(Flat(), Training(lr=0.1, epochs=3), d_out=1)], samples())
    assert result.history.train_loss.isfinite().all()


def test_he_weights_are_refused():
    with pytest.raises(SettingError, match=r"^init must be 'torch' for a module of your own"):
        fit([member_of(batch_norm(), Training(epochs=1, init="he"), build=batch_norm)], samples())


def test_settings_of_a_network_are_refused():
    with pytest.raises(SettingError, match=r"^hidden must be left to the module"):
        ModuleNetwork(hidden=(3,), module=batch_norm())


def test_dropout_is_switched_off_in_a_copy():
    network = network_of(Skip(dropout=0.5))
    assert network.without_dropout().module.dropout.p == 0
    assert network.module.dropout.p == 0.5
    assert network_of(Skip()).without_dropout().module.dropout.p == 0


def test_a_network_is_pickled_with_its_family():
    network = network_of(batch_norm())
    assert family_of(network) is family_of(network)
    assert family_of(pickle.loads(pickle.dumps(network))).slots == family_of(network).slots


def test_the_state_of_the_generators_is_set_aside():
    outer = torch.get_rng_state()
    randomness = ModuleRandomness(3, torch.device("cpu"))
    with randomness:
        first = torch.rand(3)
    state = randomness.state()
    with randomness:
        second = torch.rand(3)
    randomness.restore(state)
    with randomness:
        assert torch.equal(torch.rand(3), second)
    assert not torch.equal(first, second)
    assert torch.equal(torch.get_rng_state(), outer)


def test_random_numbers_do_not_repeat_those_that_order_the_rows():
    with ModuleRandomness(0, torch.device("cpu")):
        drawn = torch.rand(4)
    assert not np.isin(drawn, torch.rand(8, generator=torch.Generator().manual_seed(0))).any()
