"""A new optimizer is one class and one record: it trains, is checked, and is listed where the others are."""

import inspect
import subprocess
import sys

import pytest
import torch
from torch import nn

from demarcate.engine import Member, Samples, Training, fit
from demarcate.engine.optimizers import OPTIMIZERS, Optimizer, UpdateRule
from demarcate.errors import SettingError
from demarcate.nn import Network
from demarcate.nn.mlp_family import MLP


class RmsProp(UpdateRule):
    """Root mean square propagation, by its formula."""

    def buffer_names(self):
        return ("square",)

    def update(self, parameters, gradient, buffers, lr, weight_decay):
        (square,) = buffers
        if weight_decay:
            gradient.add_(parameters, alpha=weight_decay)
        square.mul_(0.99).addcmul_(gradient, gradient, value=0.01)
        parameters.addcdiv_(gradient, square.sqrt().add_(1e-8), value=-lr)


TOY = Optimizer("rmsprop", "root mean square propagation", RmsProp)


@pytest.fixture
def rmsprop(monkeypatch):
    monkeypatch.setitem(OPTIMIZERS, "rmsprop", TOY)


def test_a_new_optimizer_trains_as_torchs_own(rmsprop):
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(40, 3, generator=generator, dtype=torch.float64)
    codes = (x[:, 0] * x[:, 1] > 0).long()
    members, models = [], []
    for seed, (lr, weight_decay) in enumerate([(0.01, 0.0), (0.003, 0.1)]):
        torch.manual_seed(seed)
        model = nn.Sequential(nn.Linear(3, 8), nn.Tanh(), nn.Linear(8, 1)).double()
        training = Training(optimizer="rmsprop", lr=lr, weight_decay=weight_decay, epochs=30, batch_size=None)
        initial = MLP.from_module(Network(), model, (3, 8, 1))
        rows = torch.arange(40)
        members.append(Member(Network((8,), "tanh"), training, seed, rows, rows[:0], initial=initial))
        plain = torch.optim.RMSprop(model.parameters(), lr=lr, weight_decay=weight_decay)
        for _ in range(30):
            plain.zero_grad()
            nn.BCEWithLogitsLoss()(model(x)[:, 0], codes.double()).backward()
            plain.step()
        models.append(model)
    for fitted, model in zip(fit(members, Samples.of([x], codes, 2), device="cpu"), models, strict=True):
        parameters = [parameter for layer in fitted.state for parameter in layer]
        torch.testing.assert_close(parameters, [each.detach() for each in model.parameters()], rtol=1e-8, atol=1e-10)


def test_a_new_optimizer_resumes_its_checkpoint_with_the_same_bits(rmsprop, tmp_path):
    x = torch.randn(20, 2, generator=torch.Generator().manual_seed(1))
    samples, rows = Samples.of([x], (x[:, 0] > 0).long(), 2), torch.arange(20)
    member = Member(Network((4,)), Training(optimizer="rmsprop", epochs=40), 0, rows, rows[:0])
    (expected,) = fit([member], samples)

    def stop(progress):
        if progress.epoch == 35:
            raise KeyError

    with pytest.raises(KeyError):
        fit([member], samples, on_epoch=stop, checkpoint=tmp_path, checkpoint_every=0)
    (resumed,) = fit([member], samples, checkpoint=tmp_path)
    for pair in zip(expected.state, resumed.state, strict=True):
        assert all(map(torch.equal, *pair))


def test_an_optimizer_that_is_not_registered_is_refused():
    with pytest.raises(SettingError, match=r"^optimizer must be one of sgd, adam, adamw, got 'rmsprop'$"):
        Training(optimizer="rmsprop")


NEW_PROCESS = """
import sys
from demarcate.engine.optimizers import OPTIMIZERS, Optimizer, Sgd
OPTIMIZERS["rmsprop"] = Optimizer("rmsprop", "root mean square propagation", Sgd)
sys.argv = ["demarcate", {command!r}, "--help"]
from demarcate.cli.app import run
try:
    run()
finally:
    print("torch" in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("command", ["fit", "sweep"])
def test_help_lists_a_new_optimizer_without_importing_torch(command):
    code = NEW_PROCESS.format(command=command)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "rmsprop" in done.stdout, done.stderr
    assert command != "fit" or "root mean square" in " ".join(done.stdout.split())
    assert done.stderr.split()[-1] == "False"


def test_the_documentation_of_training_lists_every_optimizer():
    documentation = inspect.getdoc(Training)
    for optimizer in OPTIMIZERS.values():
        assert f"``{optimizer.name}``" in documentation
        assert optimizer.help in " ".join(documentation.split())
