"""A card is `train` with its rows, seeds and settings; what cannot be trained is refused in words."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch

from demarcate import Network, Training, datasets, train
from demarcate.errors import DivergenceWarning
from demarcate.studio.card import Card, memory_of
from demarcate.studio.code_listing import CodeListing
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import LIMITS, CardState, DataState, SplitState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables

CASES = {
    "as it is": {},
    "full batch": {"batch_size": None, "optimizer": "sgd", "lr": 0.1},
    "dropout and decay": {"dropout": 0.3, "weight_decay": 0.01, "optimizer": "adamw"},
    "linear": {"hidden": ()},
    "two logits": {"head": "softmax", "activation": "relu"},
    "a cosine": {"schedule": "cosine", "epochs": 7},
}


def runs_of(card, n_epochs, made):
    """What `train` gives for each seed of a card, after some epochs."""
    settings, data = card.settings, card.data
    network = Network(settings.hidden, settings.activation, settings.dropout, settings.head)
    names = ("optimizer", "lr", "weight_decay", "schedule", "batch_size")
    training = Training(epochs=n_epochs, **{name: getattr(settings, name) for name in names})
    split = [rows for rows in (data.train_rows, data.validation_rows, data.test_rows) if len(rows)]
    runs = train(
        made, {"a": network}, training, split=tuple(split), seed=settings.seed, seeds=settings.seeds, device="cpu"
    )
    return runs.repeats["a"]


def assert_is_run(card, index, run):
    state = itertools.chain.from_iterable(card.live.states()[index])
    for tensor, parameter in zip(state, run.network.parameters(), strict=True):
        assert torch.equal(tensor, parameter)
    history = card.live.history()[:, :, index].numpy()
    for column, name in enumerate(run.history.columns[1:]):
        np.testing.assert_array_equal(history[:, column], run.history[name].to_numpy())


@pytest.mark.parametrize("settings", CASES.values(), ids=CASES)
def test_a_card_is_train_with_its_rows_seed_and_settings(card, settings):
    own = card(seed=3, **settings)
    own.step()
    own.advance(2, 0.0)
    own.advance(own.pauses_after, 10.0)
    assert_is_run(own, 0, *runs_of(own, own.settings.epochs, datasets.moons(60)))


def test_each_seed_of_a_card_is_train_with_that_seed_on_the_same_split(card):
    own = card(seed=3, seeds=3)
    own.advance(6, 10.0)
    for index, run in enumerate(runs_of(own, 6, datasets.moons(60))):
        assert_is_run(own, index, run)


def test_without_validation_rows_the_test_rows_are_monitored_as_train_does(card, blobs):
    own = card(blobs)
    own.advance(6, 10.0)
    (run,) = runs_of(own, 6, datasets.blobs(60, centers=3, random_state=0))
    assert run.history.columns[-1] == "test_accuracy"
    assert_is_run(own, 0, run)


def test_rate_decay_dropout_name_and_pause_change_on_the_way_and_all_else_does_not(card):
    own = card()
    own.advance(3, 10.0)
    on_the_way = {"lr": 0.02, "weight_decay": 0.1, "dropout": 0.2, "name": "b", "epochs": 9, "patience": 4}
    for name, value in on_the_way.items():
        assert own.take(replace(own.settings, **{name: value})), name
    anew = {"hidden": (4,), "activation": "relu", "head": "softmax", "optimizer": "sgd", "batch_size": 8, "seed": 1}
    for name, value in {**anew, "seeds": 2, "schedule": "cosine"}.items():
        assert not own.take(replace(own.settings, **{name: value})), name
    assert own.live.epoch == 3
    assert [(each.epoch, each.setting, each.before, each.after) for each in own.changes] == [
        (3, "lr", 0.01, 0.02),
        (3, "weight_decay", 0.0, 0.1),
        (3, "dropout", 0.0, 0.2),
    ]
    assert (own.live.training.lr, own.live.training.weight_decay, own.live.dropout) == (0.02, 0.1, 0.2)


def test_before_its_first_step_a_card_is_built_anew_so_that_nothing_was_changed_on_the_way(card):
    own = card()
    assert not own.take(replace(own.settings, lr=0.02))
    assert own.take(replace(own.settings, name="b"))


def test_the_epochs_of_a_cosine_build_a_card_anew_because_it_falls_over_them(card):
    own = card(schedule="cosine")
    own.advance(3, 10.0)
    assert not own.take(replace(own.settings, epochs=20))


def test_a_finished_card_goes_on_for_as_many_epochs_again(card):
    own = card()
    own.advance(100, 10.0)
    assert (own.live.epoch, own.can_advance) == (6, False)
    assert own.status(is_running=False) == ("finished", "6 epochs are over; Run trains as many again")
    own.go_on()
    own.advance(100, 10.0)
    assert own.live.epoch == 12
    own.take(replace(own.settings, epochs=4))
    assert not own.can_advance


def test_steps_go_past_where_a_card_pauses(card):
    own = card()
    own.advance(6, 10.0)
    own.step()
    own.advance(own.one_epoch_more(), 10.0)
    assert (own.live.epoch, own.live.batch) == (7, 0)
    assert not own.can_advance


def test_epochs_have_an_end_in_words(card):
    own = card(epochs=LIMITS["epochs"])
    own.pauses_after = 2
    own.advance(2, 10.0)
    own.go_on()
    assert own.pauses_after == LIMITS["epochs"]


def test_patience_pauses_a_card_and_says_so(card):
    own = card(hidden=(64,), lr=0.05, batch_size=None, patience=5, epochs=5000)
    own.advance(5000, 60.0)
    assert own.live.is_out_of_patience
    (best,) = own.live.best_epochs()
    note = f"5 epochs without a better loss: the weights are those of epoch {best}. Run trains on"
    assert own.status(is_running=True) == ("finished", note)
    paused = own.live.epoch
    stopped = own.trained(1)
    assert (stopped.epoch, stopped.n_epochs, stopped.is_stopped) == (best, paused, True)
    (run,) = runs_of(own, best, datasets.moons(60))
    assert all(map(torch.equal, itertools.chain.from_iterable(stopped.states[0]), run.network.parameters()))
    listing = CodeListing.of(stopped).demarcate
    assert f"epochs={best}," in listing
    assert f"stopped after {paused} epochs with the weights of epoch {best}" in listing
    own.advance(own.one_epoch_more(), 10.0)
    assert own.live.epoch == paused + 1
    own.go_on()
    assert own.can_advance


def test_a_network_whose_loss_is_not_finite_says_which_and_what_helps(card, moons):
    own = card(hidden=(), optimizer="sgd", lr=1000.0, weight_decay=1000.0, epochs=100, seeds=2)
    own.advance(100, 10.0)
    status, note = own.status(is_running=True)
    assert status == "diverged"
    assert note.startswith("Seeds 0, 1: the loss was no longer finite in epoch ")
    assert note.endswith("are shown. Lower the rate")
    with pytest.warns(DivergenceWarning):
        run = runs_of(own, 100, datasets.moons(60))[0]
    assert torch.equal(own.live.states()[0][0][0], run.network[0].weight)


def test_a_trained_card_is_apart_from_its_training(card):
    own = card(seeds=2)
    own.advance(3, 10.0)
    trained = own.trained(revision=8)
    before = trained.states[1][0][0].clone()
    own.advance(6, 10.0)
    assert torch.equal(trained.states[1][0][0], before)
    assert (trained.epoch, trained.revision, len(trained.history)) == (3, 8, 3)
    np.testing.assert_allclose(trained.history["validation_loss"], own.live.history()[:3, 2].mean(1))
    assert trained.predictor.n_members == 2


REFUSED = {
    "head": (
        DataState(source="blobs", n_samples=60),
        SplitState(),
        {"head": "logit"},
        "separates two classes, and these rows have 4",
    ),
    "patience": (DataState(n_samples=60), SplitState(0.0, 0.2), {"patience": 5}, "the split has none"),
    "batch_size": (
        DataState(n_samples=20_000),
        SplitState(),
        {"hidden": (256,) * 6, "seeds": 5, "batch_size": None},
        r"12,000 rows takes about [\d.]+ GB",
    ),
}


@pytest.mark.parametrize("field", REFUSED)
def test_what_cannot_be_trained_on_these_rows_is_refused_with_its_field(field):
    data, split, settings, fact = REFUSED[field]
    with pytest.raises(StudioError, match=fact) as raised:
        Card(CardState(id="b", **settings), StudioData.of(data, split, Tables()))
    assert [(each.where, each.card, each.field) for each in raised.value.problems] == [("card", "b", field)]


def test_patience_that_cannot_be_counted_leaves_a_card_as_it_is(card, blobs):
    own = card(blobs)
    own.advance(2, 10.0)
    with pytest.raises(StudioError, match="the split has none"):
        own.take(replace(own.settings, patience=5, lr=0.5))
    assert (own.settings.lr, own.changes) == (0.01, [])


def test_memory_is_counted_of_what_a_step_holds():
    small, large = CardState(id="a", batch_size=32), CardState(id="a", batch_size=None)
    sizes = [memory_of(each, 2, 1, 10_000, 100) for each in (small, large)]
    assert sizes[1] > 10_000 * 4 * sum(large.hidden) * 4 > sizes[0]
