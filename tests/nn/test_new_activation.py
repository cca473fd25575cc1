"""An activation that the package does not have is one record: it trains, is saved, and stands in the help text."""

import subprocess
import sys

import numpy as np
import pytest
import torch
from torch import nn

from demarcate import Network, Training, datasets, load, train
from demarcate.bundle import read_bundle, write_bundle
from demarcate.nn import ACTIVATIONS, Activation, activations
from demarcate.nn.activations import ActivationFunctions
from demarcate.nn.layout import Layout
from demarcate.nn.mlp_backward import MlpPropagation
from demarcate.nn.mlp_family import MLP
from demarcate.nn.propagation import AutogradPropagation


def softsign():
    return ActivationFunctions(
        function=nn.functional.softsign,
        module=nn.Softsign,
        forward_out=lambda x, _: x.div_(1 + x.abs()),
        backward_=lambda gradient, out: gradient.mul_((1 - out.abs()) ** 2),
    )


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    record = Activation("softsign", "x / (1 + |x|)", softsign, lambda x: x / (1 + np.abs(x)))
    monkeypatch.setitem(activations._RECORDS, "softsign", record)


def test_its_gradient_by_hand_is_autograds():
    layout, network = Layout(((3, 6, 4, 1),)), Network(hidden=(6, 4), activation="softsign")
    flat = layout.pack([MLP.initial_state(layout.padded, torch.Generator().manual_seed(0), torch.float64)])
    x, gradient = torch.randn(1, 9, 3, dtype=flat.dtype), torch.randn(1, 1, 9, dtype=flat.dtype)
    results = []
    for propagation in (
        MlpPropagation(layout, ACTIVATIONS["softsign"], flat, flat.dtype),
        AutogradPropagation(network, layout, flat, flat.dtype),
    ):
        logits = propagation.forward(x, torch.empty(1, 1, 9, dtype=flat.dtype))
        propagation.backward(gradient)
        results.append((logits, propagation.gradient))
    torch.testing.assert_close(*results)


def test_it_trains_and_survives_a_model_file(tmp_path):
    X, y = datasets.moons(n_samples=200)
    run = train((X, y), Network(hidden=(8, 8), activation="softsign"), Training(lr=0.03, epochs=40))["network"]
    assert run.scores["accuracy"].value > 0.8
    assert isinstance(run.network[1], nn.Softsign)
    write_bundle(run.predictor, tmp_path / "model.safetensors")
    read = read_bundle(tmp_path / "model.safetensors")
    assert read.networks[0].activation == "softsign"
    assert np.array_equal(read.predict_proba(X), run.predictor.predict_proba(X))
    without_torch = load(tmp_path / "model.safetensors", backend="numpy")
    assert without_torch.predict_proba(X[:20]) == pytest.approx(run.predictor.predict_proba(X[:20]), abs=1e-6)


def test_the_help_text_names_it_without_importing_torch():
    code = (
        "import sys; from demarcate.nn import activations as a; "
        "a._RECORDS['softsign'] = a.Activation('softsign', 'x / (1 + |x|)', None, None); "
        "from demarcate.cli.options import NetworkOptions; "
        "fields = NetworkOptions.__dataclass_fields__; "
        "helps = [fields[name].metadata['typer'][0].help for name in ('activation', 'head')]; "
        "print(*helps, 'torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "none: x, which keeps the network linear; softsign: x / (1 + |x|). [default: by preset, silu]" in run.stdout
    assert "softmax: one logit a class" in run.stdout
    assert run.stdout.endswith("False\n")
