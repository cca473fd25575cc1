import math

import pytest
import torch

from demarcate.engine import Training
from demarcate.engine.optimizers import FLUSH_INTERVAL, update_rule_for

PLAIN = {
    "sgd": lambda groups: torch.optim.SGD(groups, momentum=0.9),
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}


def gradients(n_steps, n_members=4, n_parameters=16, dtype=torch.float64):
    generator = torch.Generator().manual_seed(2)
    return torch.randn(n_steps, n_members, n_parameters, generator=generator, dtype=dtype)


@pytest.mark.parametrize("name", PLAIN)
@pytest.mark.parametrize("rates", [(0.1, 0.1, 0.1, 0.1), (0.1, 0.1, 0.02, 0.1)], ids=["alike", "in-groups"])
def test_each_members_row_is_updated_as_torchs_optimizer_updates_it(name, rates):
    momentum = 0.9 if name == "sgd" else 0.0
    trainings = [
        Training(optimizer=name, lr=lr, weight_decay=0.1 * (member == 3), momentum=momentum)
        for member, lr in enumerate(rates)
    ]
    flat = torch.randn(4, 16, dtype=torch.float64)
    leaves = [row.clone().requires_grad_() for row in flat]
    plain = PLAIN[name](
        [
            {"params": [leaf], "lr": training.lr, "weight_decay": training.weight_decay}
            for leaf, training in zip(leaves, trainings, strict=True)
        ]
    )
    optimizer = update_rule_for(trainings, flat, n_steps=1)
    for number, gradient in enumerate(gradients(300)):
        optimizer.step(flat, gradient, number)
        for leaf, own in zip(leaves, gradient, strict=True):
            leaf.grad = own.clone()
        plain.step()
    torch.testing.assert_close(flat, torch.stack(leaves).detach(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_not_marked_does_not_decay_as_in_a_group_of_its_own(name):
    momentum, marks = 0.9 if name == "sgd" else 0.0, (torch.arange(16) % 5 != 2).double()
    trainings = [
        Training(optimizer=name, lr=lr, weight_decay=decay, momentum=momentum, schedule=schedule, epochs=300)
        for lr, decay, schedule in [
            (0.02, 0.1, "cosine"),
            (0.02, 0.1, "constant"),
            (0.05, 0.0, "cosine"),
            (0.01, 1.0, "cosine"),
        ]
    ]
    flat = torch.randn(4, 16, dtype=torch.float64)
    leaves = [[row[marks == marked].clone().requires_grad_() for marked in (0, 1)] for row in flat]
    groups = [
        {"params": [leaf], "lr": training.lr, "weight_decay": training.weight_decay * marked}
        for pair, training in zip(leaves, trainings, strict=True)
        for marked, leaf in enumerate(pair)
    ]
    plain, optimizer = PLAIN[name](groups), update_rule_for(trainings, flat, 1, marks)
    for number, gradient in enumerate(gradients(300)):
        factor = 0.5 * (1 + math.cos(math.pi * number / 300))
        for group, training in zip(groups, (training for training in trainings for _ in range(2)), strict=True):
            group["lr"] = training.lr * (factor if training.schedule == "cosine" else 1.0)
        for group, own in zip(plain.param_groups, groups, strict=True):
            group["lr"] = own["lr"]
        for pair, own in zip(leaves, gradient, strict=True):
            for marked, leaf in enumerate(pair):
                leaf.grad = own[marks == marked].clone()
        plain.step()
        optimizer.step(flat, gradient, number)
    for row, pair in zip(flat, leaves, strict=True):
        for marked, leaf in enumerate(pair):
            torch.testing.assert_close(row[marks == marked], leaf.detach(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_not_marked_and_has_no_gradient_stays_what_it_is_to_the_bit(name):
    flat, marks = torch.randn(2, 16), torch.zeros(16)
    marks[:8] = 1
    before = flat.clone()
    optimizer = update_rule_for([Training(optimizer=name, weight_decay=0.3)] * 2, flat, 1, marks)
    for number in range(50):
        optimizer.step(flat, torch.zeros(2, 16), number)
    assert torch.equal(flat[:, 8:], before[:, 8:])
    assert (flat[:, :8].abs() < before[:, :8].abs()).all()


@pytest.mark.parametrize("name", PLAIN)
def test_members_that_go_on_and_states_that_are_taken_up_change_nothing(name):
    trainings = [
        Training(optimizer=name, lr=lr, momentum=0.5, schedule="cosine", warmup=warmup, epochs=40)
        for lr, warmup in [(0.1, 2.0), (0.2, 0.0), (0.2, 2.0), (0.3, 0.0)]
    ]
    flat, kept = torch.ones(4, 16, dtype=torch.float64), torch.tensor([1, 3])
    whole = update_rule_for(trainings, flat, n_steps=5)
    *first, last = gradients(200)
    for number, gradient in enumerate(first):
        whole.step(flat, gradient, number)
    part = flat[kept].clone()
    other = update_rule_for([trainings[1], trainings[3]], part, n_steps=5)
    whole.keep(kept)
    other.restore({name: value.clone() for name, value in whole.state().items()})
    found = part.clone()
    whole.step(found, last[kept], 199)
    other.step(part, last[kept], 199)
    assert torch.equal(found, part)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_moments_that_have_all_but_vanished_are_swept_before_they_are_denormal(dtype):
    flat = torch.zeros(1, 16, dtype=dtype)
    adam = update_rule_for([Training()], flat, n_steps=1)
    adam.step(flat, torch.full_like(flat, 1e-3), 0)
    tiny = torch.finfo(dtype).tiny
    for step in range(60 * FLUSH_INTERVAL):
        adam.step(flat, torch.zeros_like(flat), step + 1)
        if step % 50 == 0:
            assert ((adam.buffers["mean"] == 0) | (adam.buffers["mean"] > tiny)).all()
    assert adam.buffers["mean"].count_nonzero() == 0
    assert flat.isfinite().all()


@pytest.mark.parametrize("masked", [False, True], ids=["all-decay", "some-decay"])
@pytest.mark.parametrize("name", PLAIN)
def test_an_accelerator_updates_all_groups_at_once_as_the_cpu_does_one_after_the_other(name, masked):
    trainings = [
        Training(optimizer=name, lr=lr, weight_decay=decay, momentum=0.9 if name == "sgd" else 0.0, warmup=warmup)
        for lr, decay, warmup in [(0.02, 0.1, 0.0), (0.05, 0.0, 0.0), (0.01, 1.0, 50.0), (0.02, 0.1, 150.0)]
    ]
    flat = torch.randn(4, 16, dtype=torch.float64)
    mask, other = (torch.arange(16) % 3 > 0).double() if masked else None, flat.clone()
    by_group, at_once = (update_rule_for(trainings, each, 1, mask) for each in (flat, other))
    at_once._on_cpu = False
    at_once._regroup()
    calls, update = [], at_once.update
    at_once.update = lambda *arguments: calls.append(update(*arguments))
    for number, gradient in enumerate(gradients(100)):
        by_group.step(flat, gradient.clone(), number)
        at_once.step(other, gradient.clone(), number)
    assert len(calls) == 100
    torch.testing.assert_close(other, flat, rtol=1e-9, atol=1e-12)
