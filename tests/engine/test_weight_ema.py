"""The average that is kept is that of a plain loop's weights."""

import copy

import pytest
import torch
from torch import nn

from demarcate.engine import Member, Samples, Training, fit
from demarcate.engine.weight_ema import WeightEma
from demarcate.nn import Network
from demarcate.nn.mlp_family import MLP

N_ROWS, D_IN = 70, 4
TRAIN, HELD, NO_ROWS = torch.arange(50), torch.arange(50, 70), torch.arange(0)


def problem(dtype=torch.float64):
    generator = torch.Generator().manual_seed(3)
    x = torch.randn(N_ROWS, D_IN, generator=generator).to(dtype)
    noise = torch.randn(N_ROWS, generator=generator)
    return x, (x[:, 0] * x[:, 1] + 0.5 * noise > 0).long()


def plain_loop(model, x, codes, training, seed):
    """A lesson's loop with an average of the weights beside it; the average after each epoch."""
    optimizer = torch.optim.Adam(model.parameters(), lr=training.lr)
    loss_of, average = nn.BCEWithLogitsLoss(), copy.deepcopy(model)
    generator = torch.Generator().manual_seed(seed)
    n_steps, step, after = training.steps(len(TRAIN)), 0, []
    every = max(1, n_steps // 16)
    for _ in range(training.epochs):
        order = TRAIN[torch.randperm(len(TRAIN), generator=generator)] if training.batch_size else TRAIN
        for rows in order.split(training.batch_size or len(TRAIN)):
            optimizer.zero_grad()
            loss_of(model(x[rows])[:, 0], codes[rows].to(x.dtype)).backward()
            optimizer.step()
            step += 1
            if step % every == 0:
                one = max(0.0, min(1 - 1 / (training.averaging * n_steps), 1 - 1 / (1 + step / 2)))
                decay = one**every
                with torch.no_grad():
                    for kept, now in zip(average.parameters(), model.parameters(), strict=True):
                        kept.copy_(decay * kept + (1 - decay) * now)
        after.append(copy.deepcopy(average))
    return after


@pytest.mark.parametrize("batch_size", [None, 16, 1], ids=["full-batch", "mini-batches", "every-third-step"])
@pytest.mark.parametrize("averaging", [0.01, 1.5, 6.0])
def test_a_member_is_judged_by_the_average_and_ends_with_it(batch_size, averaging):
    x, codes = problem()
    training = Training(lr=0.01, epochs=8, batch_size=batch_size, averaging=averaging)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(D_IN, 8), nn.Tanh(), nn.Linear(8, 1)).double()
    initial = MLP.from_module(Network(), model, (D_IN, 8, 1))
    after = plain_loop(model, x, codes, training, seed=5)
    member = Member(Network((8,), "tanh"), training, 5, TRAIN, HELD, initial=initial)
    (fitted,) = fit([member], Samples.of([x], codes, 2), device="cpu")
    found = [parameter for layer in fitted.state for parameter in layer]
    torch.testing.assert_close(found, [each.detach() for each in after[-1].parameters()], rtol=1e-9, atol=1e-12)
    loss_of = nn.BCEWithLogitsLoss()
    with torch.no_grad():
        losses = [loss_of(each(x[HELD])[:, 0], codes[HELD].double()).item() for each in after]
    assert fitted.history.validation_loss.tolist() == pytest.approx(losses, rel=1e-9)


def test_with_patience_the_best_average_is_kept():
    x, codes = problem()
    training = Training(lr=0.05, epochs=200, batch_size=16, averaging=2.0, patience=5)
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(D_IN, 32), nn.Tanh(), nn.Linear(32, 1)).double()
    initial = MLP.from_module(Network(), model, (D_IN, 32, 1))
    after = plain_loop(model, x, codes, training, seed=1)
    member = Member(Network((32,), "tanh"), training, 1, TRAIN, HELD, initial=initial)
    (fitted,) = fit([member], Samples.of([x], codes, 2), device="cpu")
    assert fitted.best_epoch == fitted.history.validation_loss.argmin() + 1 == fitted.history.n_epochs - 5
    found = [parameter for layer in fitted.state for parameter in layer]
    expected = [each.detach() for each in after[fitted.best_epoch - 1].parameters()]
    torch.testing.assert_close(found, expected, rtol=1e-7, atol=1e-9)


def test_training_goes_on_with_the_weights_themselves():
    x, codes = problem()
    samples = Samples.of([x], codes, 2)
    plain, averaged = (
        fit([Member(Network((8,)), Training(epochs=9, averaging=averaging), 0, TRAIN, HELD)], samples)[0]
        for averaging in (0.0, 3.0)
    )
    assert torch.equal(plain.history.train_loss, averaged.history.train_loss)
    assert not torch.equal(plain.history.validation_loss, averaged.history.validation_loss)


def test_with_bf16_products_the_average_is_judged_in_the_weights_own_precision():
    x, codes = problem(torch.float32)
    training = Training(epochs=5, averaging=2.0)
    member = Member(Network((64,)), training, 0, TRAIN, HELD)
    (fitted,) = fit([member], Samples.of([x], codes, 2), device="cpu", precision="bf16")
    (weight, bias), (top, top_bias) = fitted.state
    logits = torch.relu(x[HELD] @ weight.T + bias) @ top.T + top_bias
    loss = nn.BCEWithLogitsLoss()(logits[:, 0], codes[HELD].float()).item()
    assert fitted.history.validation_loss[-1].item() == pytest.approx(loss, rel=1e-5)


@pytest.mark.parametrize("held", [HELD, NO_ROWS], ids=["watched", "unwatched"])
@pytest.mark.parametrize("batch_size", [None, 16, 1])
def test_a_member_whose_weights_diverge_keeps_a_finite_average(batch_size, held):
    x, codes = problem(torch.float32)
    shared = {"optimizer": "sgd", "epochs": 60, "batch_size": batch_size, "averaging": 3.0}
    members = [
        Member(Network((8, 8)), Training(lr=lr, **shared), seed, TRAIN, held) for seed, lr in enumerate((0.1, 1e37))
    ]
    samples = Samples.of([x], codes, 2)
    kept, diverged = fit(members, samples)
    assert kept.divergence is None
    assert diverged.divergence is not None
    assert all(parameter.isfinite().all() for layer in diverged.state for parameter in layer)
    assert diverged.best_epoch < diverged.divergence.epoch
    (alone,) = fit(members[:1], samples)
    for pair in zip(kept.state, alone.state, strict=True):
        torch.testing.assert_close(*pair, rtol=1e-4, atol=1e-5)


def test_constant_weights_are_their_own_average():
    average = WeightEma(4.0, 50, torch.zeros(1, 2))
    for step in range(1, 5001):
        average.update(torch.ones(1, 2), step)
    torch.testing.assert_close(average.flat, torch.ones(1, 2))
