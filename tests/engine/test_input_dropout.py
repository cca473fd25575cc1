"""Training on silenced inputs is what plain torch makes of the same inputs."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from demarcate.engine import Member, Samples, Training, fit, plan
from demarcate.nn import Layout, Network, from_sequential
from demarcate.nn.dropout import Dropout

N_ROWS, D_IN = 70, 6
TRAIN, HELD = torch.arange(50), torch.arange(50, 70)


def problem(dtype=torch.float64):
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(N_ROWS, D_IN, generator=generator).to(dtype)
    return x, (x[:, 0] + x[:, 1] * x[:, 2] > 0).long()


def sequential(hidden, seed):
    torch.manual_seed(seed)
    widths = (D_IN, *hidden)
    layers = [layer for pair in zip(widths, hidden, strict=False) for layer in (nn.Linear(*pair), nn.ReLU())]
    return nn.Sequential(*layers, nn.Linear(widths[-1], 1)).double()


def plain_loop(model, x, codes, training, seed, rate, hidden):
    """A lesson's loop on inputs times masks; autograd does the rest. Losses on other rows after each epoch."""
    drop = Dropout([rate], Layout(((D_IN, *hidden, 1),)), [seed], torch.empty(0, dtype=x.dtype), "inputs")
    optimizer, loss_of = torch.optim.Adam(model.parameters(), lr=training.lr), nn.BCEWithLogitsLoss()
    generator, losses = torch.Generator().manual_seed(seed), []
    size = training.batch_size or len(TRAIN)
    for _ in range(training.epochs):
        order = TRAIN[torch.randperm(len(TRAIN), generator=generator)] if training.batch_size else TRAIN
        for rows in order.split(size):
            ((mask,),) = drop.masks(1, len(rows), [size])
            optimizer.zero_grad()
            loss_of(model(x[rows] * mask[0])[:, 0], codes[rows].to(x.dtype)).backward()
            optimizer.step()
        with torch.no_grad():
            losses.append(loss_of(model(x[HELD])[:, 0], codes[HELD].to(x.dtype)).item())
    return losses


@pytest.mark.parametrize("short", [True, False], ids=["short-epochs", "long-epochs"])
@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("hidden", [(), (8,), (8, 5)])
def test_members_follow_plain_networks_each_at_its_own_rate(monkeypatch, hidden, batch_size, short):
    if not short:
        monkeypatch.setattr("demarcate.engine.trainer.CHEAP_STEP", 0)
    x, codes = problem()
    training = Training(lr=0.01, epochs=12, batch_size=batch_size)
    rates, members, models, losses = [0.2, 0.0, 0.55], [], [], []
    for seed, rate in enumerate(rates):
        model = sequential(hidden, seed)
        initial = from_sequential(model, (D_IN, *hidden, 1))
        network = Network(hidden, input_dropout=rate)
        members.append(Member(network, training, seed, TRAIN, HELD, initial=initial))
        losses.append(plain_loop(model, x, codes, training, seed, rate, hidden))
        models.append(model)
    samples = Samples.of([x], codes, 2)
    assert len(plan(members, samples)) == 1
    before = x.clone()
    for fitted, model, expected in zip(fit(members, samples, device="cpu"), models, losses, strict=True):
        found = [parameter for layer in fitted.state for parameter in layer]
        torch.testing.assert_close(found, [each.detach() for each in model.parameters()], rtol=1e-8, atol=1e-11)
        assert fitted.history.validation_loss.tolist() == pytest.approx(expected, rel=1e-8)
    assert torch.equal(x, before)


def test_inputs_are_silenced_beside_hidden_units_which_draw_what_they_did():
    x, codes = problem()
    samples = Samples.of([x], codes, 2)
    plain = Member(Network((8,), dropout=0.3), Training(epochs=6), 0, TRAIN, HELD)
    with_both = replace(plain, network=replace(plain.network, input_dropout=0.3), seed=1)
    (alone,) = fit([plain], samples)
    beside, other = fit([plain, with_both], samples)
    torch.testing.assert_close(beside.state, alone.state, rtol=1e-9, atol=1e-12)
    (other_alone,) = fit([with_both], samples)
    torch.testing.assert_close(other.state, other_alone.state, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("batch_size", [None, 16])
def test_with_bf16_products_inputs_are_silenced_too(batch_size):
    x, codes = problem(torch.float32)
    samples = Samples.of([x], codes, 2)
    network = Network((64,), input_dropout=0.4)
    member = Member(network, Training(epochs=8, lr=0.01, batch_size=batch_size), 0, TRAIN, HELD)
    (exact,), (rough,) = (fit([member], samples, device="cpu", precision=each) for each in ("float32", "bf16"))
    torch.testing.assert_close(rough.history.train_loss, exact.history.train_loss, rtol=0.05, atol=0.02)
