"""What the fit loop promises beyond following plain torch."""

import math
import threading
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from demarcate.engine import Halving, Member, Samples, Training, fit
from demarcate.engine.planner import plan
from demarcate.errors import SettingError
from demarcate.nn import Network
from demarcate.nn.mlp_family import MLP

N_ROWS, D_IN = 80, 4
TRAIN, HELD, NO_ROWS = torch.arange(60), torch.arange(60, 80), torch.arange(0)
SPREAD = torch.randperm(N_ROWS, generator=torch.Generator().manual_seed(4))


def noisy_samples(n_classes=2, dtype=torch.float32, weights=None):
    generator = torch.Generator().manual_seed(11)
    x = torch.randn(N_ROWS, D_IN, generator=generator).to(dtype)
    noise = torch.randn(N_ROWS, generator=generator)
    codes = ((x[:, 0] * x[:, 1] + 0.7 * noise > 0).long() + (x[:, 2] > 0.7)).clamp(max=n_classes - 1)
    return Samples.of([x], codes, n_classes, weights)


def member(hidden=(8,), *, seed=0, rows=TRAIN, held=HELD, activation="tanh", dropout=0.0, encoding=0, **training):
    settings = {"optimizer": "adam", "lr": 0.03, "epochs": 12, "batch_size": 16, **training}
    return Member(Network(hidden, activation, dropout), Training(**settings), seed, rows, held, encoding)


def run(members, samples=None, **options):
    return fit(members, samples or noisy_samples(), device="cpu", **options)


def parameters(fitted):
    return torch.cat([parameter.flatten() for layer in fitted.state for parameter in layer])


def judged(fitted, samples, rows, encoding=0):
    """Mean loss and accuracy of a member on rows, from its plain `Sequential`."""
    x = samples.matrices[encoding, rows, : samples.d_in[encoding]]
    with torch.inference_mode():
        logits = MLP.to_module(fitted.network, fitted.state)(x)
    codes, weights = samples.codes[rows], samples.weights[rows]
    if logits.shape[1] == 1:
        losses = functional.binary_cross_entropy_with_logits(logits[:, 0], codes.to(x.dtype), reduction="none")
        right = (logits[:, 0] > 0).long() == codes
    else:
        losses, right = functional.cross_entropy(logits, codes, reduction="none"), logits.argmax(1) == codes
    return ((losses * weights).sum() / weights.sum()).item(), right.double().mean().item()


def assert_same_member(found, expected, tolerance=1e-6):
    torch.testing.assert_close(parameters(found), parameters(expected), rtol=tolerance, atol=tolerance)
    assert (found.best_epoch, found.divergence) == (expected.best_epoch, expected.divergence)
    for name in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "validation_epochs"):
        torch.testing.assert_close(
            getattr(found.history, name), getattr(expected.history, name), rtol=tolerance, atol=tolerance
        )


# Early stopping


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("batch_size", [None, 16])
@pytest.mark.parametrize("n_classes", [2, 3])
def test_early_stopping_gives_the_weights_of_the_best_epoch(n_classes, batch_size, dropout):
    samples = noisy_samples(n_classes)
    members = [
        member((32,), seed=seed, dropout=dropout, batch_size=batch_size, patience=5, epochs=200) for seed in range(3)
    ]
    for fitted in run(members, samples):
        losses = fitted.history.validation_loss
        loss, accuracy = judged(fitted, samples, HELD)
        assert fitted.best_epoch == losses.argmin().item() + 1
        assert fitted.history.n_epochs == fitted.best_epoch + 5 < 200
        assert loss == pytest.approx(losses.min().item(), rel=1e-5)
        assert accuracy == pytest.approx(fitted.history.validation_accuracy[losses.argmin()].item())


def test_without_patience_the_last_weights_stay():
    (fitted,) = run([member((32,), epochs=60)])
    assert judged(fitted, noisy_samples(), HELD)[0] == pytest.approx(
        fitted.history.validation_loss[-1].item(), rel=1e-5
    )
    assert fitted.best_epoch == fitted.history.n_epochs == 60
    assert fitted.history.validation_loss.argmin() < 59


def test_stopping_early_is_the_longer_training_cut_short():
    whole, cut = run([member(epochs=100), member(epochs=100, patience=4)])
    n_epochs = cut.history.n_epochs
    assert n_epochs < 100
    assert torch.equal(cut.history.validation_loss, whole.history.validation_loss[:n_epochs])
    assert torch.equal(cut.history.train_loss, whole.history.train_loss[:n_epochs])


# Members do not touch each other


MIXED = [
    member((8,), seed=1, epochs=60, activation="relu", lr=1.0, patience=3),
    member((6,), seed=2, epochs=60, activation="relu", dropout=0.3, patience=30),
    member((8,), seed=3, epochs=60, activation="relu", dropout=0.2, rows=TRAIN[:49], lr=0.003),
    member((7,), seed=4, epochs=60, activation="relu", rows=SPREAD[:64], held=SPREAD[64:], weight_decay=0.01),
    member((8,), seed=5, epochs=60, activation="relu", lr=1e200),
]


ADDED = {"averaging": 2.0, "warmup": 1.5, "decay_biases": False}


@pytest.mark.parametrize("added", [{}, ADDED], ids=["plain", "added"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam", "adamw"])
@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
def test_a_member_of_a_stack_ends_as_it_does_alone(optimizer, batch_size, added):
    """Though others stop early or diverge, are wider, have more rows or draw their own dropout."""
    members = [
        replace(one, training=replace(one.training, optimizer=optimizer, batch_size=batch_size, **added))
        for one in MIXED
    ]
    samples = noisy_samples(dtype=torch.float64)
    assert len(plan(members, samples)) == 1
    together = run(members, samples)
    assert together[0].history.n_epochs < 60 == together[2].history.n_epochs
    assert together[4].divergence is not None
    for index, one in enumerate(members):
        assert_same_member(together[index], run([one], samples)[0])


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("validate_every", [1, 4])
def test_members_that_train_for_different_epochs_share_a_stack_and_end_as_they_do_alone(validate_every, batch_size):
    shared = {"validate_every": validate_every, "batch_size": batch_size, "averaging": 2.0}
    members = [
        replace(one, traced=True)
        for one in (
            member(seed=1, epochs=5, **shared),
            member(seed=2, epochs=30, schedule="cosine", **shared),
            member(seed=3, epochs=23, warmup=3.0, held=HELD[:9], **shared),
            member(seed=4, epochs=70, schedule="cosine", patience=6, **shared),
            member(seed=5, epochs=5, schedule="cosine", **shared),
        )
    ]
    samples = noisy_samples(dtype=torch.float64)
    assert len(plan(members, samples)) == 1
    for one, found in zip(members, run(members, samples), strict=True):
        (expected,) = run([one], samples)
        assert_same_member(found, expected)
        torch.testing.assert_close(found.validation_logits, expected.validation_logits)


def test_the_order_of_members_changes_nothing():
    samples = noisy_samples(dtype=torch.float64)
    forwards, backwards = run(MIXED, samples), run(MIXED[::-1], samples)[::-1]
    for found, expected in zip(forwards, backwards, strict=True):
        assert_same_member(found, expected)


def test_members_that_cannot_share_a_stack_come_back_in_their_order():
    members = [
        member((8,)),
        member(()),
        member((8, 8)),
        member((300,)),
        member((8,), activation="sigmoid"),
        member((8,)),
    ]
    assert [fitted.network for fitted in run(members)] == [one.network for one in members]


def test_members_read_their_own_encodings():
    wide = noisy_samples()
    narrow = wide.matrices[0, :, :2] * 3 + 1
    both = Samples.of([wide.matrices[0], narrow], wide.codes, 2)
    found = run([member(encoding=0), member(encoding=1)], both)
    alone = [run([member()], wide)[0], run([member()], Samples.of([narrow], wide.codes, 2))[0]]
    for fitted, expected in zip(found, alone, strict=True):
        assert_same_member(fitted, expected)
    assert found[1].state[0][0].shape == (8, 2)


def test_a_narrow_encoding_is_not_padded_to_a_wide_one_of_another_stack():
    narrow = noisy_samples()
    both = Samples.of([narrow.matrices[0], torch.ones(N_ROWS, 9000)], narrow.codes, 2)
    members = [member(encoding=0), member(encoding=1)]
    assert plan(members, both) == [[0], [1]]
    assert_same_member(run(members, both)[0], run([member()], narrow)[0])


# Divergence


@pytest.mark.parametrize("held", [HELD, NO_ROWS], ids=["watched", "unwatched"])
@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("lr", [1e6, 1e37])
def test_a_member_that_diverges_says_when_and_leaves_the_others_alone(lr, batch_size, held):
    shared = {"optimizer": "sgd", "batch_size": batch_size, "held": held, "epochs": 30, "activation": "relu"}
    healthy, wild = member((8, 8), lr=0.1, **shared), member((8, 8), lr=lr, seed=1, **shared)
    kept, diverged = run([healthy, wild])
    assert_same_member(kept, run([healthy])[0])
    assert diverged.divergence.lr == lr
    assert 1 <= diverged.divergence.epoch == diverged.history.n_epochs + 1 <= 30
    assert f"in epoch {diverged.divergence.epoch} at learning rate {lr:g}" in str(diverged.divergence)
    assert parameters(diverged).isfinite().all()
    assert diverged.best_epoch < diverged.divergence.epoch
    for name in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
        assert getattr(diverged.history, name).isfinite().all()
    assert len(diverged.history.validation_loss) == (diverged.history.n_epochs if len(held) else 0)


def test_a_member_that_diverges_at_once_keeps_the_weights_it_began_from():
    (fitted,) = run([member((8, 8), activation="relu", optimizer="sgd", lr=1e37, seed=3)])
    begun = MLP.initial_state((D_IN, 8, 8, 1), torch.Generator().manual_seed(3), torch.float32)
    assert fitted.divergence.epoch == 1
    assert (fitted.best_epoch, fitted.history.n_epochs) == (0, 0)
    assert torch.equal(parameters(fitted), torch.cat([part.flatten() for layer in begun for part in layer]))


def test_a_member_that_diverges_gets_its_best_weights_so_far():
    samples = noisy_samples()
    doubling = {
        "optimizer": "sgd",
        "lr": 0.5,
        "weight_decay": 6.0,
        "batch_size": None,
    }
    (fitted,) = run([member((), epochs=400, **doubling)], samples)
    assert 10 < fitted.divergence.epoch < 400
    assert fitted.best_epoch == fitted.history.validation_loss.argmin().item() + 1
    assert judged(fitted, samples, HELD)[0] == pytest.approx(fitted.history.validation_loss.min().item(), rel=1e-4)


def test_without_validation_rows_the_best_weights_are_those_of_the_lowest_training_loss():
    samples = noisy_samples()
    doubling = {"optimizer": "sgd", "lr": 0.5, "weight_decay": 6.0, "batch_size": None}
    (fitted,) = run([member((), held=NO_ROWS, epochs=400, **doubling)], samples)
    assert fitted.divergence is not None
    assert fitted.best_epoch == fitted.history.train_loss.argmin().item()
    assert judged(fitted, samples, TRAIN)[0] == pytest.approx(fitted.history.train_loss.min().item(), rel=1e-5)


# What is recorded


def test_the_history_of_full_batches_is_the_loss_before_each_step_and_after_each_epoch():
    samples = noisy_samples(3, torch.float64)
    shared = {"batch_size": None, "optimizer": "sgd", "lr": 0.3}
    longest = run([member(epochs=6, **shared)], samples)[0].history
    for epoch in range(1, 6):
        (fitted,) = run([member(epochs=epoch, **shared)], samples)
        found = [longest.train_loss[epoch], longest.train_accuracy[epoch]]
        assert [value.item() for value in found] == pytest.approx(judged(fitted, samples, TRAIN), rel=1e-12)
        found = [longest.validation_loss[epoch - 1], longest.validation_accuracy[epoch - 1]]
        assert [value.item() for value in found] == pytest.approx(judged(fitted, samples, HELD), rel=1e-12)
    assert longest.train_loss.dtype == torch.float64


def test_watching_in_chunks_changes_no_number(monkeypatch):
    traced = replace(member(), traced=True)
    whole = run([traced])[0]
    monkeypatch.setattr("demarcate.engine.validation.MAX_GATHERED", 40)
    cut = run([traced])[0]
    assert_same_member(cut, whole)
    torch.testing.assert_close(cut.validation_logits, whole.validation_logits)


def test_a_traced_member_keeps_its_validation_logits_of_every_epoch():
    samples = noisy_samples(3, torch.float64)
    other = replace(member(epochs=5, held=HELD[:7], seed=1), traced=True)
    traced, narrow, untraced = run([replace(member(epochs=5), traced=True), other, member(epochs=5)], samples)
    assert untraced.validation_logits is None
    assert traced.validation_logits.shape == (5, 20, 3)
    assert narrow.validation_logits.shape == (5, 7, 3)
    for epoch in range(1, 6):
        (fitted,) = run([member(epochs=epoch)], samples)
        logits = MLP.to_module(fitted.network, fitted.state)(samples.matrices[0, HELD])
        torch.testing.assert_close(traced.validation_logits[epoch - 1], logits.detach(), rtol=1e-9, atol=1e-9)


def test_progress_tells_each_epoch_of_each_population_once():
    told = []
    members = [member(epochs=9), member(epochs=9, patience=1, lr=1.0), member((8, 8), epochs=4)]
    fitted = run(members, on_epoch=told.append)
    assert {progress.n_populations for progress in told} == {2}
    first, second = ([one for one in told if one.population == number] for number in (1, 2))
    assert first + second == told
    assert [progress.epoch for progress in first] == list(range(1, 10))
    assert [progress.epoch for progress in second] == list(range(1, 5))
    assert [(one.n_epochs, one.n_members) for one in (first[0], second[0])] == [(9, 2), (4, 1)]
    stopped = fitted[1].history.n_epochs
    assert stopped < 9
    assert [progress.n_active for progress in first] == [2] * stopped + [1] * (9 - stopped)
    both = [fitted[0].history.train_loss[0], fitted[1].history.train_loss[0]]
    assert first[0].train_loss == pytest.approx(sum(both).item() / 2)
    assert first[-1].validation_loss == pytest.approx(fitted[0].history.validation_loss[-1].item())


def test_progress_leaves_out_losses_that_are_not_finite():
    told = []
    shared = {"activation": "relu", "optimizer": "sgd", "batch_size": 16}
    healthy, _ = run([member(lr=0.1, **shared), member(lr=1e37, **shared)], on_epoch=told.append)
    assert told[0].n_active == 2
    assert told[0].train_loss == pytest.approx(healthy.history.train_loss[0].item())


def test_progress_has_no_loss_to_tell_where_no_rows_are_watched():
    told = []
    run([member(held=NO_ROWS, epochs=2)], on_epoch=told.append)
    assert [progress.validation_accuracy for progress in told] == [None, None]
    assert [progress.validation_loss for progress in told] == [None, None]
    assert all(math.isfinite(progress.train_loss) for progress in told)


def test_progress_has_the_losses_and_accuracies_of_each_member_by_its_index():
    told = []
    members = [member((4, 4), epochs=3), member(epochs=5), member(epochs=9, patience=1, lr=1.0), member(epochs=7)]
    fitted = run(members, on_epoch=told.append, evaluate_train_every=2)
    for index, own in enumerate(fitted):
        mine = [progress for progress in told if index in progress.members]
        assert [progress.epoch for progress in mine] == list(range(1, own.history.n_epochs + 1))
        assert [index in progress.ended for progress in mine] == [False] * (len(mine) - 1) + [True]
        for name in ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy"):
            assert [progress.of(index)[name] for progress in mine] == getattr(own.history, name).tolist()
        losses = [progress.of(index)["eval_train_loss"] for progress in mine]
        assert [loss for loss in losses if loss is not None] == own.history.eval_train_loss.tolist()


# Training rows in eval mode


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
def test_training_rows_are_evaluated_without_dropout_as_often_as_asked(batch_size):
    """As the network trained up to that epoch says of them; members of one stack differ in rows, widths and epochs."""
    weights = torch.rand(N_ROWS, generator=torch.Generator().manual_seed(1))
    samples = noisy_samples(3, weights=weights)
    settings = {"dropout": 0.4, "batch_size": batch_size}

    def members(epochs):
        return [
            member((8,), seed=1, epochs=epochs, **settings),
            member((6,), seed=2, epochs=min(epochs, 4), rows=TRAIN[:41], held=NO_ROWS, **settings),
            member((3, 3), seed=3, epochs=epochs, averaging=2.0, **settings),
        ]

    whole = run(members(7), samples, evaluate_train_every=3)
    assert [one.history.eval_train_epochs.tolist() for one in whole] == [[1, 3, 6, 7], [1, 3, 4], [1, 3, 6, 7]]
    for epoch in (1, 3, 4, 6, 7):
        for one, cut, own in zip(whole, run(members(epoch), samples), members(7), strict=True):
            if epoch in one.history.eval_train_epochs.tolist():
                place = one.history.eval_train_epochs.tolist().index(epoch)
                loss, accuracy = judged(cut, samples, own.rows)
                assert one.history.eval_train_loss[place].item() == pytest.approx(loss, rel=1e-5)
                assert one.history.eval_train_accuracy[place].item() == pytest.approx(accuracy)


def test_evaluating_training_rows_changes_no_bit_of_the_training():
    samples = noisy_samples()
    for one, other in zip(run(MIXED, samples), run(MIXED, samples, evaluate_train_every=1), strict=True):
        assert_same_member(one, other, 0)
        assert len(one.history.eval_train_loss) == 0
        assert len(other.history.eval_train_loss) == other.history.n_epochs


@pytest.mark.parametrize("every", [0, -1, 1.5, True])
def test_a_number_of_epochs_between_evaluations_is_at_least_one(every):
    with pytest.raises(SettingError, match=r"^evaluate_train_every must be a whole number of epochs from 1 up, got "):
        run([member()], evaluate_train_every=every)


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("n_epochs", [1, 3])
def test_the_length_of_a_block_changes_nothing(monkeypatch, batch_size, n_epochs):
    """Though members stop, diverge and are traced in the middle of a block."""
    members = [
        replace(one, training=replace(one.training, batch_size=batch_size), traced=True) for one in (*MIXED, MIXED[0])
    ]
    samples = noisy_samples(dtype=torch.float64)
    monkeypatch.setattr("demarcate.engine.trainer.MAX_BLOCK_EPOCHS", n_epochs)
    short_blocks = run(members, samples)
    monkeypatch.setattr("demarcate.engine.trainer.MAX_BLOCK_EPOCHS", 16)
    monkeypatch.setattr("demarcate.engine.trainer.Trainer._block_length", lambda self: 16)
    for found, expected in zip(run(members, samples), short_blocks, strict=True):
        assert_same_member(found, expected, 1e-12)
        torch.testing.assert_close(found.validation_logits, expected.validation_logits)


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
def test_validation_rows_are_looked_at_as_often_as_asked_and_at_the_end(batch_size):
    always, seldom = (
        run([member(epochs=10, batch_size=batch_size, validate_every=every, held=HELD)])[0].history for every in (1, 4)
    )
    assert always.validation_epochs.tolist() == list(range(1, 11))
    assert seldom.validation_epochs.tolist() == [4, 8, 10]
    assert torch.equal(seldom.validation_loss, always.validation_loss[[3, 7, 9]])
    assert torch.equal(seldom.validation_accuracy, always.validation_accuracy[[3, 7, 9]])
    assert torch.equal(seldom.train_loss, always.train_loss)


def test_patience_is_judged_where_validation_rows_are_looked_at():
    samples = noisy_samples()
    (fitted,) = run([member((32,), patience=5, epochs=200, validate_every=3)], samples)
    losses, epochs = fitted.history.validation_loss, fitted.history.validation_epochs
    best = int(epochs[losses.argmin()])
    assert fitted.best_epoch == best
    assert fitted.history.n_epochs == epochs[-1] == next(each for each in range(3, 200, 3) if each - best >= 5)
    assert judged(fitted, samples, HELD)[0] == pytest.approx(losses.min().item(), rel=1e-5)


# Halving


def test_members_that_are_dropped_end_with_the_weights_they_have():
    asked = {}

    def drop(epoch, standings):
        asked[epoch] = dict(standings)
        return {0} if epoch == 3 else {2}

    members = [member(epochs=12, seed=0), member((8, 8), epochs=12, seed=1), member((8, 8), epochs=12, seed=2)]
    dropped, whole, late = run(members, halving=Halving((3, 6), drop))
    alone = [
        run([replace(one, training=replace(one.training, epochs=n))])[0]
        for one, n in zip(members, (3, 12, 6), strict=True)
    ]
    for found, expected in zip((dropped, whole, late), alone, strict=True):
        assert_same_member(found, expected)
    assert [one.dropped for one in (dropped, whole, late)] == [True, False, True]
    assert sorted(asked[3]) == [0, 1, 2]
    assert sorted(asked[6]) == [1, 2]
    assert asked[3][0].loss == pytest.approx(dropped.history.validation_loss[-1].item())
    assert asked[6][1].accuracy == pytest.approx(whole.history.validation_accuracy[5].item())


def test_a_member_with_patience_stands_by_its_best_epoch_and_keeps_its_weights_when_dropped():
    asked = {}

    def drop(epoch, standings):
        asked[epoch] = standings
        return {0}

    (fitted,) = run([member((32,), epochs=100, patience=90)], halving=Halving((60,), drop))
    losses = fitted.history.validation_loss
    assert len(losses) == 60
    assert fitted.best_epoch == losses.argmin().item() + 1 < 60
    assert asked[60][0].loss == losses.min().item()


def test_a_member_that_ended_before_it_is_judged_still_stands():
    asked = {}
    shared = {"activation": "relu", "optimizer": "sgd", "batch_size": None, "epochs": 20}
    members = [member(lr=0.1, **shared), member((8, 8), lr=1e37, **shared)]
    run(members, halving=Halving((10,), lambda epoch, standings: asked.update(standings) or ()))
    assert asked[1].loss == math.inf or asked[1].loss > 0
    assert math.isfinite(asked[0].loss)


# Precision and threads


@pytest.mark.parametrize("batch_size", [None, 16], ids=["full-batch", "mini-batches"])
@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_bf16_products_teach_what_float32_products_teach(batch_size, dropout):
    members = [
        member((64, 64), seed=seed, batch_size=batch_size, dropout=dropout, activation="silu", lr=0.003, epochs=30)
        for seed in range(4)
    ]
    exact, rough = (run(members, precision=precision) for precision in ("float32", "bf16"))
    for one, other in zip(exact, rough, strict=True):
        assert all(part.dtype == torch.float32 for layer in other.state for part in layer)
        assert not torch.equal(parameters(one), parameters(other))
        torch.testing.assert_close(other.history.train_loss, one.history.train_loss, rtol=0.05, atol=0.03)
        assert judged(other, noisy_samples(), HELD)[0] == pytest.approx(
            other.history.validation_loss[-1].item(), rel=1e-4
        )


@pytest.mark.parametrize("held", [HELD, NO_ROWS], ids=["watched", "unwatched"])
def test_a_member_that_diverges_in_bf16_is_found_and_keeps_finite_weights(held):
    shared = {"activation": "relu", "optimizer": "sgd", "epochs": 30, "held": held}
    healthy, wild = run([member((64, 64), lr=0.1, **shared), member((64, 64), lr=1e37, **shared)], precision="bf16")
    assert healthy.divergence is None
    assert wild.divergence is not None
    assert parameters(wild).isfinite().all()


def test_a_precision_that_is_not_known_is_refused():
    with pytest.raises(SettingError, match=r"^precision must be one of auto, float32, bf16, got 'fp8'$"):
        run([member()], precision="fp8")


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("added", [{}, ADDED], ids=["plain", "added"])
def test_members_trained_side_by_side_end_as_they_do_one_after_the_other(two_threads, monkeypatch, added):
    members = [*MIXED, member((8, 8), seed=6, epochs=9), member((5, 5), seed=7, epochs=9)]
    members = [replace(one, training=replace(one.training, **added)) for one in members]
    if added:
        members = [replace(one, network=replace(one.network, input_dropout=0.2)) for one in members]
    samples = noisy_samples(dtype=torch.float64)
    expected = run(members, samples)
    monkeypatch.setattr("demarcate.engine.backend.MIN_CONCURRENT_WORK", 1.0)
    seen = []
    found = run(members, samples, on_epoch=lambda progress: seen.append(torch.get_num_threads()))
    assert set(seen) == {1}
    assert torch.get_num_threads() == 2
    for one, other in zip(found, expected, strict=True):
        assert_same_member(one, other)
    for one, other in zip(run(members, samples), found, strict=True):
        assert torch.equal(parameters(one), parameters(other))


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_what_one_of_several_threads_raises_ends_all(two_threads, monkeypatch, error):
    monkeypatch.setattr("demarcate.engine.backend.MIN_CONCURRENT_WORK", 1.0)

    def interrupt(progress):
        raise error

    before = threading.active_count()
    with pytest.raises(error):
        run([member(epochs=1000, seed=seed) for seed in range(4)], on_epoch=interrupt)
    assert (torch.get_num_threads(), threading.active_count()) == (2, before)


def test_a_large_population_that_is_alone_ends_with_the_bits_of_one_thread(two_threads):
    big = [member((600, 600), epochs=4, batch_size=None)]
    several = run(big)
    torch.set_num_threads(1)
    assert torch.equal(parameters(several[0]), parameters(run(big)[0]))


# Weights


@pytest.mark.parametrize("batch_size", [None, 16])
def test_rows_without_weight_teach_nothing_and_are_not_counted_in_the_loss(batch_size):
    weights = torch.ones(N_ROWS)
    weights[::3] = 0
    samples = noisy_samples(weights=weights)
    flipped = replace(samples, codes=torch.where(weights == 0, 1 - samples.codes, samples.codes))
    one, other = (run([member(batch_size=batch_size)], seen)[0] for seen in (samples, flipped))
    assert torch.equal(parameters(one), parameters(other))
    assert torch.equal(one.history.validation_loss, other.history.validation_loss)


def test_a_mini_batch_of_rows_without_weight_is_no_divergence():
    weights = torch.zeros(N_ROWS)
    weights[::10] = 1
    (fitted,) = run([member(batch_size=2, epochs=5)], noisy_samples(weights=weights))
    assert fitted.divergence is None
    assert fitted.history.n_epochs == 5


def test_validation_rows_without_weight_are_no_divergence():
    weights = torch.ones(N_ROWS)
    weights[HELD] = 0
    samples = noisy_samples(weights=weights)
    (fitted,) = run([member()], samples)
    assert fitted.divergence is None
    plain = replace(samples, weights=torch.ones(N_ROWS))
    assert fitted.history.validation_loss[-1].item() == pytest.approx(judged(fitted, plain, HELD)[0], rel=1e-5)


def test_training_rows_of_which_none_counts_are_refused():
    weights = torch.ones(N_ROWS)
    weights[TRAIN] = 0
    with pytest.raises(
        SettingError,
        match=r"^all training rows of member 1 weigh 0: it learns nothing\. Give one of them a weight above 0$",
    ):
        run([member(rows=HELD, held=NO_ROWS), member()], noisy_samples(weights=weights))


def test_weights_count_by_their_ratio():
    members = [member(batch_size=None)]
    one, thousand = (
        run(members, noisy_samples(dtype=torch.float64, weights=torch.arange(1.0, N_ROWS + 1) * scale))[0]
        for scale in (1, 1000)
    )
    assert_same_member(one, thousand, 1e-9)


# Schedules, precision, repetition


def test_a_cosine_schedule_falls_to_zero_over_all_mini_batches():
    """Plain SGD on a linear model, its rate written out from the formula."""
    samples = noisy_samples(dtype=torch.float64)
    (fitted,) = run([member((), optimizer="sgd", lr=0.5, schedule="cosine", batch_size=25, epochs=7, seed=2)], samples)
    generator = torch.Generator().manual_seed(2)
    ((weight, bias),) = MLP.initial_state((D_IN, 1), generator, torch.float64)
    weight.requires_grad_(), bias.requires_grad_()
    steps = [rows for _ in range(7) for rows in TRAIN[torch.randperm(60, generator=generator)].split(25)]
    for step, rows in enumerate(steps):
        logits = functional.linear(samples.matrices[0, rows], weight, bias)[:, 0]
        loss = functional.binary_cross_entropy_with_logits(logits, samples.codes[rows].double())
        slopes = torch.autograd.grad(loss, [weight, bias])
        rate = 0.5 * (1 + math.cos(math.pi * step / len(steps))) / 2
        with torch.no_grad():
            weight -= rate * slopes[0]
            bias -= rate * slopes[1]
    torch.testing.assert_close(parameters(fitted), torch.cat([weight.flatten(), bias]).detach(), rtol=1e-10, atol=0)


def test_dropout_acts_in_training_and_not_in_watching():
    samples = noisy_samples()
    shared = {"batch_size": None, "optimizer": "sgd", "epochs": 1}
    with_dropout, without = run([member(dropout=0.5, lr=1e-12, **shared), member(lr=1e-12, **shared)], samples)
    assert with_dropout.history.train_loss.item() != pytest.approx(without.history.train_loss.item(), rel=1e-4)
    assert with_dropout.history.validation_loss.item() == pytest.approx(without.history.validation_loss.item())


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_samples_precision_is_the_weights_precision(dtype):
    (fitted,) = run([member(dropout=0.2)], noisy_samples(dtype=dtype))
    assert parameters(fitted).dtype == dtype


def test_the_same_seed_gives_the_same_bits_and_another_seed_others():
    members = [member(dropout=0.3, seed=seed, patience=5) for seed in (0, 1, 0)]
    first, again = run(members), run(members)
    for one, other in zip(first, again, strict=True):
        assert torch.equal(parameters(one), parameters(other))
        assert torch.equal(one.history.train_loss, other.history.train_loss)
    torch.testing.assert_close(parameters(first[0]), parameters(first[2]))
    assert not torch.allclose(parameters(first[0]), parameters(first[1]))


def test_torchs_own_generator_neither_matters_nor_moves():
    torch.manual_seed(1)
    (first,) = run([member(dropout=0.3)])
    torch.manual_seed(2)
    before = torch.random.get_rng_state()
    (second,) = run([member(dropout=0.3)])
    assert torch.equal(parameters(first), parameters(second))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_what_is_given_is_not_written_to():
    initial = MLP.initial_state((D_IN, 8, 1), torch.Generator().manual_seed(0), torch.float32)
    samples = noisy_samples()
    copies = [samples.matrices.clone(), *(part.clone() for layer in initial for part in layer)]
    (fitted,) = run([replace(member(), initial=initial)], samples)
    given = [samples.matrices, *(part for layer in initial for part in layer)]
    assert all(torch.equal(*pair) for pair in zip(copies, given, strict=True))
    assert not torch.equal(fitted.state[0][0], initial[0][0])


# Edges


def test_one_row_is_learned():
    (fitted,) = run([member(rows=TRAIN[:1], held=NO_ROWS, epochs=50)])
    assert fitted.history.train_accuracy[-1] == 1
    assert fitted.history.train_loss[-1] < fitted.history.train_loss[0]


def test_no_members_are_no_work():
    assert run([]) == []


def test_a_device_that_is_not_here_is_refused():
    with pytest.raises(SettingError, match=r"^device must be auto, cpu or a device torch finds here, got 'nonsense'$"):
        fit([member()], noisy_samples(), device="nonsense")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError])
def test_an_interruption_passes_through_and_leaves_the_thread_count_as_it_was(error):
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    seen = []

    def interrupt(progress):
        seen.append(torch.get_num_threads())
        raise error

    try:
        with pytest.raises(error):
            run([member()], on_epoch=interrupt)
        assert torch.get_num_threads() == 2
        assert seen == [1]
    finally:
        torch.set_num_threads(before)
