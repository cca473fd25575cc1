"""The engine's numbers are those of plain torch modules, losses, autograd and optimizers."""

import copy
import itertools

import pytest
import torch
from torch import nn

from demarcate.engine import Member, Samples, Training, fit
from demarcate.nn import ACTIVATIONS, Network, from_sequential

N_ROWS, D_IN, N_STEPS = 60, 5, 100
TOLERANCE = {torch.float32: 1e-4, torch.float64: 1e-9}
OPTIMIZERS = {
    "sgd": lambda p, lr, wd: torch.optim.SGD(p, lr=lr, weight_decay=wd),
    "sgd-momentum": lambda p, lr, wd: torch.optim.SGD(p, lr=lr, weight_decay=wd, momentum=0.9),
    "adam": lambda p, lr, wd: torch.optim.Adam(p, lr=lr, weight_decay=wd),
    "adamw": lambda p, lr, wd: torch.optim.AdamW(p, lr=lr, weight_decay=wd),
}
RATES = {"sgd": 0.1, "sgd-momentum": 0.02, "adam": 0.01, "adamw": 0.01}


def sequential(hidden, activation, n_outputs, dtype):
    modules, widths = [], (D_IN, *hidden, n_outputs)
    for layer, (d_in, d_out) in enumerate(itertools.pairwise(widths)):
        modules.append(nn.Linear(d_in, d_out, dtype=dtype))
        if layer < len(widths) - 2 and ACTIVATIONS[activation].module:
            modules.append(ACTIVATIONS[activation].module())
    return nn.Sequential(*modules)


def problem(n_classes, dtype):
    generator = torch.Generator().manual_seed(7)
    x = torch.randn(N_ROWS, D_IN, generator=generator, dtype=dtype)
    codes = ((x[:, 0] + x[:, 1] * x[:, 2] > 0).long() + (x[:, 3] > 0.5).long()).clamp(max=n_classes - 1)
    return x, codes


def plain_loop(model, x, codes, order, head, optimizer, batch_size):
    """A PyTorch lesson's loop: module, loss, zero_grad, backward, step."""
    loss_of = nn.BCEWithLogitsLoss() if head == "logit" else nn.CrossEntropyLoss()
    epoch_losses = []
    for rows in order:
        total = 0.0
        for start in range(0, len(rows), batch_size or len(rows)):
            batch = rows[start : start + (batch_size or len(rows))]
            target = codes[batch].to(x.dtype).unsqueeze(1) if head == "logit" else codes[batch]
            loss = loss_of(model(x[batch]), target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * len(batch)
        epoch_losses.append(total / len(rows))
    return epoch_losses


def relative_difference(found, expected):
    return ((found - expected).abs().max() / expected.abs().max()).item()


@pytest.mark.parametrize("dtype", TOLERANCE, ids=["float32", "float64"])
@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("head", ["softmax", "logit"])
def test_a_stack_of_three_follows_three_plain_networks(head, activation, optimizer, batch_size, dtype):
    n_classes = 2 if head == "logit" else 3
    x, codes = problem(n_classes, dtype)
    widths = [(8, 8), (8, 8), (8, 8)] if not ACTIVATIONS[activation].zero_at_zero else [(8, 8), (5, 8), (7, 3)]
    rates, decays = [RATES[optimizer], RATES[optimizer] / 3, RATES[optimizer] / 10], [0.0, 1e-3, 1e-2]
    rows = [torch.arange(0, 50), torch.arange(10, 60), torch.cat([torch.arange(0, 20), torch.arange(30, 59)])]
    epochs = N_STEPS if batch_size is None else N_STEPS // 4

    members, models = [], []
    for index in range(3):
        torch.manual_seed(index)
        model = sequential(widths[index], activation, 1 if head == "logit" else n_classes, dtype)
        training = Training(
            optimizer=optimizer.split("-", maxsplit=1)[0],
            momentum=0.9 if optimizer == "sgd-momentum" else 0.0,
            lr=rates[index],
            weight_decay=decays[index],
            batch_size=batch_size,
            epochs=epochs,
        )
        network = Network(hidden=widths[index], activation=activation, head=head)
        initial = from_sequential(model, network.widths(D_IN, model[-1].out_features))
        members.append(Member(network, training, index, rows[index], torch.arange(0), initial=initial))
        models.append(model)

    fitted = fit(members, Samples.of([x], codes, n_classes), device="cpu")

    for index, model in enumerate(models):
        generator = torch.Generator().manual_seed(index)
        order = [
            rows[index] if batch_size is None else rows[index][torch.randperm(len(rows[index]), generator=generator)]
            for _ in range(epochs)
        ]
        plain = OPTIMIZERS[optimizer](model.parameters(), rates[index], decays[index])
        losses = plain_loop(model, x, codes, order, head, plain, batch_size)
        linears = [layer for layer in model if isinstance(layer, nn.Linear)]
        for (weight, bias), layer in zip(fitted[index].state, linears, strict=True):
            assert relative_difference(weight, layer.weight) < TOLERANCE[dtype]
            assert relative_difference(bias, layer.bias) < TOLERANCE[dtype]
        assert relative_difference(fitted[index].history.train_loss, torch.tensor(losses, dtype=torch.float64)) < TOLERANCE[dtype]


def test_a_cosine_schedule_is_torchs_own():
    x, codes = problem(2, torch.float64)
    torch.manual_seed(0)
    model = sequential((8,), "tanh", 1, torch.float64)
    initial = from_sequential(copy.deepcopy(model), (D_IN, 8, 1))
    training = Training(optimizer="adam", lr=0.05, schedule="cosine", batch_size=None, epochs=40)
    member = Member(
        Network(hidden=(8,), activation="tanh"), training, 0, torch.arange(N_ROWS), torch.arange(0), initial=initial
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=40)
    for _ in range(40):
        loss = nn.BCEWithLogitsLoss()(model(x), codes.double().unsqueeze(1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    (fitted,) = fit([member], Samples.of([x], codes, 2), device="cpu")
    assert relative_difference(fitted.state[0][0], model[0].weight) < 1e-9


def test_row_weights_are_those_of_torchs_weighted_cross_entropy():
    x, codes = problem(3, torch.float64)
    class_weights = torch.tensor([0.5, 1.0, 4.0], dtype=torch.float64)
    torch.manual_seed(0)
    model = sequential((8,), "relu", 3, torch.float64)
    initial = from_sequential(copy.deepcopy(model), (D_IN, 8, 3))
    training = Training(optimizer="sgd", lr=0.1, batch_size=None, epochs=50)
    member = Member(Network(hidden=(8,)), training, 0, torch.arange(N_ROWS), torch.arange(0), initial=initial)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    loss_of = nn.CrossEntropyLoss(weight=class_weights)
    for _ in range(50):
        optimizer.zero_grad()
        loss_of(model(x), codes).backward()
        optimizer.step()
    (fitted,) = fit([member], Samples.of([x], codes, 3, class_weights[codes]), device="cpu")
    assert relative_difference(fitted.state[0][0], model[0].weight) < 1e-9
