"""Modules that are plain multilayer perceptrons are recognised, however they are written; nothing else is."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from demarcate import Network
from demarcate.nn import ACTIVATION_NAMES
from demarcate.nn.mlp_family import MLP
from demarcate.nn.recognition import UnrecognisedError, closing_function, looks_like_probabilities, recognise


class Layers(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = nn.Linear(2, 8), nn.Linear(8, 8), nn.Linear(8, 3)


class Functional(Layers):
    def forward(self, x):
        x = functional.relu(self.first(x))
        print("shape", x.shape)
        return self.last(torch.relu(self.second(x)))


class Method(Layers):
    def forward(self, x):
        return self.last(self.second(self.first(x).sigmoid()).sigmoid())


class Squeezed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(2, 4), nn.ReLU(inplace=True), nn.Dropout(0.3))
        self.head = nn.Linear(4, 1)

    def forward(self, x):
        return self.head(self.layers(x)).squeeze(1)


class Skip(Layers):
    def forward(self, x):
        hidden = torch.relu(self.first(x))
        return self.last(hidden + self.second(hidden))


class Twice(Layers):
    def forward(self, x):
        return self.last(self.second(self.second(self.first(x))))


class Branching(Layers):
    def forward(self, x):
        return self.last(self.second(self.first(x))) if x.sum() > 0 else self.last(self.first(x))


class Softmaxed(Layers):
    def forward(self, x):
        return torch.softmax(self.last(self.second(self.first(x))), dim=1)


class OwnParameter(Functional):
    def __init__(self):
        super().__init__()
        self.temperature = nn.Parameter(torch.ones(()))


def hooked():
    module = nn.Sequential(nn.Linear(2, 1))
    module[0].register_forward_hook(lambda *_: None)
    return module


def frozen():
    module = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
    module[0].requires_grad_(requires_grad=False)
    return module


def tied():
    module = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
    module[2].weight = module[0].weight
    return module


@pytest.mark.parametrize(
    ("module", "network"),
    [
        (nn.Linear(3, 4), Network((), head="softmax")),
        (Functional(), Network((8, 8), "relu", head="softmax")),
        (Method(), Network((8, 8), "sigmoid", head="softmax")),
        (Squeezed(), Network((4,), "relu", 0.3, head="logit")),
        (nn.Sequential(nn.Dropout(0.1), nn.Linear(2, 1)), Network((), input_dropout=0.1, head="logit")),
        (
            nn.Sequential(nn.Sequential(nn.Linear(2, 5), nn.Tanh()), nn.Linear(5, 2)),
            Network((5,), "tanh", head="softmax"),
        ),
        (nn.Sequential(nn.Linear(2, 5), nn.Linear(5, 2)), Network((5,), "none", head="softmax")),
        (
            nn.Sequential(nn.Linear(2, 5), nn.ReLU(), nn.Dropout(0.0), nn.Identity(), nn.Linear(5, 1)),
            Network((5,), head="logit"),
        ),
    ],
)
def test_a_chain_of_layers_is_the_network_that_it_is(module, network, capsys):
    recognised = recognise(module)
    assert recognised.network == network
    x = torch.randn(7, recognised.state[0][0].shape[1])
    logits = module.eval()(x)
    capsys.readouterr()
    plain = MLP.to_module(recognised.network, recognised.state)(x)
    assert torch.equal(plain, logits.reshape(plain.shape))


def test_recognising_prints_nothing_of_the_callers_own(capsys):
    recognise(Functional())
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("module", "reason"),
    [
        (Skip(), "the forward of Skip is no plain chain of layers"),
        (Twice(), "a layer is used more than once"),
        (Branching(), "the forward of Branching is no plain chain of layers"),
        (Softmaxed(), "the forward of Softmaxed calls softmax"),
        (OwnParameter(), "it has parameters or buffers outside the chain of its linear layers"),
        (hooked(), "Linear has hooks"),
        (frozen(), "some of its parameters are frozen"),
        (tied(), "layers share a parameter"),
        (nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)), "BatchNorm1d is no linear layer, activation or dropout"),
        (nn.Sequential(nn.Linear(2, 4), nn.GELU("tanh"), nn.Linear(4, 1)), "GELU is no linear layer"),
        (
            nn.Sequential(nn.Linear(2, 4), nn.Dropout(0.5), nn.ReLU(), nn.Linear(4, 1)),
            "more than an activation and then",
        ),
        (nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 4), nn.Tanh(), nn.Linear(4, 1)), "differ between"),
        (nn.Sequential(nn.Linear(2, 4, bias=False), nn.ReLU(), nn.Linear(4, 1)), "a linear layer has no bias"),
        (nn.Sequential(nn.Linear(2, 1), nn.Tanh()), "something follows its last linear layer"),
        (nn.Sequential(nn.Tanh(), nn.Linear(2, 1)), "an activation comes before its first linear layer"),
        (nn.Sequential(nn.Linear(2, 1)).double(), "its parameters are not float32"),
        (nn.Identity(), "it has no linear layer"),
    ],
)
def test_everything_else_is_refused_with_the_reason(module, reason):
    with pytest.raises(UnrecognisedError, match=reason):
        recognise(module)


@given(
    st.lists(st.integers(1, 6), max_size=4),
    st.sampled_from(ACTIVATION_NAMES),
    st.sampled_from([0.0, 0.25]),
    st.integers(1, 4),
)
def test_every_network_recognises_its_own_module(hidden, activation, dropout, n_outputs):
    head = "logit" if n_outputs == 1 else "softmax"
    # Without a hidden layer there is no activation, and no dropout of hidden units, to see in the module.
    network = Network(tuple(hidden), activation, dropout, head=head) if hidden else Network((), head=head)
    state = MLP.initial_state(network.widths(3, n_outputs), torch.Generator().manual_seed(0), torch.float32)
    module = MLP.to_module(network, state)
    recognised = recognise(module)
    assert recognised.network == network
    assert all(
        torch.equal(*pair)
        for one, other in zip(state, recognised.state, strict=True)
        for pair in zip(one, other, strict=True)
    )
    assert [name for names in recognised.names for name in names] == list(module.state_dict())


@pytest.mark.parametrize(
    ("module", "function"),
    [
        (nn.Sequential(nn.Linear(2, 2), nn.Softmax(1)), "Softmax"),
        (nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()), "Sigmoid"),
        (Softmaxed(), "Softmax"),
        (Functional(), None),
        (nn.Sequential(nn.Linear(2, 2), nn.LogSoftmax(1)), None),
    ],
)
def test_probabilities_in_place_of_logits_are_named(module, function):
    assert closing_function(module) == function


def test_outputs_tell_probabilities_from_logits():
    x = torch.randn(64, 2, generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    linear = nn.Linear(2, 1)
    assert looks_like_probabilities(lambda rows: torch.special.expit(linear(rows)), x)
    assert not looks_like_probabilities(linear, x)
    assert not looks_like_probabilities(lambda rows: 0.5 + 0.01 * linear(rows) * rows.abs().max(), x)
