"""A state changes only what it must; cards train in turn; frames have what is new."""

import copy

import numpy as np
import pytest

from demarcate.studio.first_states import state_of
from demarcate.studio.messages import Message
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import DRAWN_EXTENT
from demarcate.studio.workbench import Workbench

SMALL = {"n_samples": 60}
DRAWN = [[-1.0, 0.0, 0], [-1.0, 1.0, 0], [1.0, 0.0, 1], [1.0, 1.0, 1], [1.5, 0.5, 1], [-1.5, 0.5, 0]]
CARD = {"hidden": [4], "epochs": 40, "batch_size": 16}


def small_state(*cards, **data):
    return state_of({**SMALL, **data}, {}, *(cards or (CARD, {**CARD, "hidden": [3]})))


def edited(state, **parts):
    """A copy of a state with other settings: ``data=...``, ``view=...``, or a card by its id."""
    other = copy.deepcopy(state)
    for name, settings in parts.items():
        part = other[name] if name in other else next(card for card in other["cards"] if card["id"] == name)
        part.update(settings)
    return other


def step_epoch(bench):
    """Step one epoch, however long it takes."""
    bench.step(whole_epoch=True)
    while bench.is_running:
        bench.train(10.0)


@pytest.fixture
def bench():
    own = Workbench()
    own.messages = own.show(small_state(), 1)
    return own


def trained(bench, seconds=0.02):
    bench.run()
    bench.train(seconds)
    return bench


def facts_of(bench):
    return {card["id"]: card for card in bench.frame().facts["cards"]}


def test_a_first_state_gives_the_data_and_cards_before_training(bench):
    (message,) = bench.messages
    assert (message.kind, message.facts["revision"]) == ("dataset", 1)
    frame = bench.frame()
    assert (frame.facts["revision"], frame.facts["number"], frame.facts["running"]) == (1, 1, False)
    assert [card["status"] for card in frame.facts["cards"]] == ["ready", "ready"]
    card = frame.facts["cards"][0]
    assert (card["best_epoch"], card["batches"]) == (0, 3)
    assert Message.from_bytes(frame.to_bytes()).facts["cards"][0]["train_loss"] is None
    assert 0.2 < card["monitored_accuracy"] < 0.8
    assert frame.arrays["0.logits"].shape == (1, 100, 100)
    assert frame.arrays["1.units"].shape == (3, 24, 24)
    assert not bench.has_news


def test_cards_train_in_lockstep_up_to_where_they_pause(bench):
    trained(bench, 60.0)
    assert not bench.is_running
    assert {card["epoch"] for card in facts_of(bench).values()} == {40}
    bench.run()
    bench.train(0.0)
    bench.pause()
    assert abs(bench.cards[0].live.epoch - bench.cards[1].live.epoch) <= 1


def test_a_frame_has_the_epochs_since_the_last_and_all_of_them_for_a_page_that_comes_later(bench):
    step_epoch(bench)
    assert bench.frame().arrays["0.epochs"].tolist() == [1]
    step_epoch(bench)
    step_epoch(bench)
    frame = bench.frame()
    assert frame.arrays["0.epochs"].tolist() == [2, 3]
    assert frame.arrays["0.train_loss"][-1] == np.float32(frame.facts["cards"][0]["train_loss"])
    assert bench.frame().arrays["0.epochs"].tolist() == []
    assert [message.kind for message in bench.show_again()] == ["dataset"]
    again = bench.frame()
    assert again.arrays["0.epochs"].tolist() == [1, 2, 3]
    losses = again.arrays["0.monitored_loss"]
    assert again.facts["cards"][0]["best_epoch"] == losses.argmin() + 1
    assert again.facts["cards"][0]["best_loss"] == pytest.approx(losses.min())


def test_the_curves_of_several_seeds_are_their_means(bench):
    bench.show(small_state({**CARD, "seeds": 3}), 2)
    step_epoch(bench)
    frame = bench.frame()
    seeds = frame.facts["cards"][0]["seeds_monitored"]
    assert len(seeds) == 3
    assert frame.facts["cards"][0]["monitored_loss"] == pytest.approx(np.mean([seed["loss"] for seed in seeds]))
    assert frame.arrays["0.member_logits"].shape == (3, 1, 50, 50)


def test_inside_an_epoch_the_numbers_are_of_the_weights_that_are_shown(bench):
    bench.step(whole_epoch=False)
    card = facts_of(bench)["a"]
    assert (card["epoch"], card["batch"], card["status"]) == (0, 1, "paused")
    assert card["monitored_loss"] is not None


def test_rate_acts_at_once_and_only_on_its_card(bench):
    trained(bench)
    epochs = [card.live.epoch for card in bench.cards]
    assert bench.show(edited(small_state(), a={"lr": 0.1}), 2) == []
    assert [card.live.epoch for card in bench.cards] == epochs
    facts = facts_of(bench)
    assert (facts["a"]["changed"], facts["b"]["changed"]) == (True, False)
    assert bench.is_running


def test_another_width_builds_its_card_alone_which_goes_on_if_it_was_running(bench):
    trained(bench)
    other = bench.cards[1].live.epoch
    bench.show(edited(small_state(), a={"hidden": [6]}), 2)
    facts = facts_of(bench)
    assert (facts["a"]["begin"], facts["a"]["epoch"], facts["a"]["status"]) == (2, 0, "running")
    assert (facts["b"]["begin"], facts["b"]["epoch"]) == (1, other)


@pytest.mark.parametrize("change", [{"data": {"noise": 0.1}}, {"split": {"seed": 4}}, {"data": {"standardise": False}}])
def test_other_rows_build_all_cards_and_are_sent(bench, change):
    trained(bench)
    (message,) = bench.show(edited(small_state(), **change), 2)
    assert (message.kind, message.facts["revision"]) == ("dataset", 2)
    assert [card["begin"] for card in facts_of(bench).values()] == [2, 2]


def test_another_view_sends_other_places_and_leaves_training_alone(bench):
    trained(bench)
    epoch = bench.cards[0].live.epoch
    before = bench.frame().arrays["0.logits"]
    (message,) = bench.show(edited(small_state(), view={"columns": ["x2", "x1"]}), 2)
    assert message.facts["axes"] == ["x2", "x1"]
    after = bench.frame().arrays["0.logits"]
    assert bench.cards[0].live.epoch == epoch
    np.testing.assert_allclose(after[0], before[0].T, atol=2)


def test_what_only_the_page_reads_changes_nothing_but_the_revision(bench):
    assert bench.show(edited(small_state(), view={"kind": "regions"}, decision={"threshold": 0.2}), 9) == []
    assert bench.frame().facts["revision"] == 9


def test_cards_come_go_and_change_their_order(bench):
    state = small_state()
    state["cards"] = [{**CARD, "id": "c", "hidden": [2]}, state["cards"][1]]
    bench.show(state, 2)
    frame = bench.frame()
    assert [card["id"] for card in frame.facts["cards"]] == ["c", "b"]
    assert frame.arrays["1.units"].shape == (3, 24, 24)


def test_a_card_that_is_refused_stands_beside_the_others_with_its_problem(bench):
    messages = bench.show(edited(small_state(), data={"source": "blobs"}, a={"head": "logit"}), 2)
    assert [message.kind for message in messages] == ["dataset", "problem"]
    problem = messages[1].facts
    assert (problem["where"], problem["card"], problem["field"], problem["revision"]) == ("card", "a", "head", 2)
    trained(bench, 60.0)
    facts = facts_of(bench)
    assert (facts["a"]["status"], facts["b"]["epoch"]) == ("refused", 40)
    assert facts["a"].keys() == facts["b"].keys()
    with pytest.raises(StudioError, match="separates two classes"):
        bench.card("a")
    bench.show(edited(small_state(), data={"source": "blobs"}), 3)
    assert facts_of(bench)["a"]["begin"] == 3


def test_a_state_that_cannot_be_shown_leaves_what_there_is_and_its_frames_are_new(bench):
    trained(bench)
    messages = bench.show(edited(small_state(), data={"noise": -1, "source": "blobs"}, a={"lr": -1}), 7)
    assert [(message.facts["field"], message.facts["revision"]) for message in messages] == [("noise", 7), ("lr", 7)]
    messages = bench.show(edited(small_state(), data={"source": "table", "table": "gone"}), 8)
    assert [message.kind for message in messages] == ["problem"]
    frame = bench.frame()
    assert (frame.facts["revision"], frame.facts["cards"][0]["begin"]) == (8, 1)


def test_settings_that_a_card_cannot_take_on_the_way_leave_it_training_as_it_is(bench):
    state = edited(small_state(), split={"validation": 0.0})
    bench.show(state, 2)
    trained(bench)
    (message,) = bench.show(edited(state, a={"patience": 3, "lr": 0.5}, b={"lr": 0.5}), 3)
    assert (message.facts["card"], message.facts["field"]) == ("a", "patience")
    facts = facts_of(bench)
    assert (facts["a"]["begin"], facts["a"]["changed"], facts["b"]["changed"]) == (2, False, True)


def test_before_any_state_could_be_shown_there_is_nothing_to_train_or_send():
    bench = Workbench()
    assert [message.kind for message in bench.show({}, 1)] == ["problem"]
    for act in (bench.run, bench.pause, lambda: bench.step(whole_epoch=True), lambda: bench.reset(None)):
        act()
        assert not bench.has_news
        assert not bench.is_running
    assert bench.show_again() == []


def test_reset_begins_anew_with_the_same_seeds(bench):
    first = bench.frame().arrays["0.logits"]
    trained(bench)
    bench.reset("a")
    frame = bench.frame()
    assert [card["begin"] for card in frame.facts["cards"]] == [2, 1]
    np.testing.assert_array_equal(frame.arrays["0.logits"], first)
    bench.reset(None)
    assert [card["begin"] for card in facts_of(bench).values()] == [3, 2]
    with pytest.raises(StudioError, match="no card 'z'"):
        bench.reset("z")


def test_run_goes_on_with_finished_cards_only_when_all_are_finished():
    bench = Workbench()
    bench.show(small_state({**CARD, "epochs": 3}, {**CARD, "epochs": 6}), 1)
    step_epoch(bench)
    trained(bench, 60.0)
    assert [card.live.epoch for card in bench.cards] == [3, 6]
    trained(bench, 60.0)
    assert [card.live.epoch for card in bench.cards] == [6, 12]
    step_epoch(bench)
    assert [card.live.epoch for card in bench.cards] == [7, 13]


def test_large_networks_have_coarse_maps_while_they_train_and_fine_ones_when_they_rest():
    bench = Workbench()
    bench.show(small_state({**CARD, "hidden": [256, 256]}), 1)
    assert bench.frame().arrays["0.logits"].shape == (1, 100, 100)
    bench.run()
    assert bench.frame().arrays["0.logits"].shape == (1, 50, 50)


def test_after_a_state_that_is_refused_the_next_one_is_sent_whole(bench):
    trained(bench)
    bench.frame()
    good, bad = small_state(), small_state(noise=-1)
    assert kinds(bench.show(good, 2)) == []
    assert kinds(bench.show(bad, 3)) == ["problem"]
    assert kinds(bench.show(good, 4)) == ["dataset"]
    assert len(bench.frame().arrays["0.epochs"]) == bench.cards[0].live.epoch
    assert kinds(bench.show(good, 5)) == []


def test_points_drawn_by_hand_are_refused_until_there_are_two_classes(bench):
    (problem,) = bench.show(state_of({"source": "drawn", "added": DRAWN[:2]}, {}, CARD), 2)
    assert (problem.facts["where"], problem.facts["field"]) == ("data", "added")
    assert kinds(bench.show(state_of({"source": "drawn", "added": DRAWN}, {}, CARD), 3)) == ["dataset"]


def test_the_map_of_points_drawn_by_hand_stays_where_it_is(bench):
    (dataset,) = bench.show(state_of({"source": "drawn", "added": DRAWN}, {}, CARD), 2)
    assert tuple(dataset.facts["extent"]) == DRAWN_EXTENT
    (dataset,) = bench.show(state_of({"source": "drawn", "added": [*DRAWN, [8.0, 0.0, 1]]}, {}, CARD), 3)
    assert dataset.facts["extent"][1] > 8


def kinds(messages):
    return [message.kind for message in messages]


def test_epochs_a_second_are_counted_while_cards_train_and_stay_when_they_rest(bench):
    assert facts_of(bench)["a"]["epochs_per_second"] == 0
    bench.run()
    facts_of(bench)
    bench.train(60.0)
    assert not bench.is_running
    rate = facts_of(bench)["a"]["epochs_per_second"]
    assert rate > 0
    assert facts_of(bench)["a"]["epochs_per_second"] == rate


def test_a_step_of_a_long_epoch_can_be_paused_and_ends_with_it(monkeypatch):
    monkeypatch.setattr("demarcate.studio.workbench.SLICE_SECONDS", 0.0)
    bench = Workbench()
    bench.show(small_state({**CARD, "batch_size": 1}, {**CARD, "batch_size": 1}), 1)
    bench.step(whole_epoch=True)
    assert bench.is_running
    bench.pause()
    assert [(card.live.epoch, card.live.batch) for card in bench.cards] == [(0, 1), (0, 0)]
    bench.step(whole_epoch=True)
    bench.train(60.0)
    assert not bench.is_running
    assert [(card.live.epoch, card.live.batch) for card in bench.cards] == [(1, 0), (1, 0)]
    bench.step(whole_epoch=True)
    bench.reset(None)
    bench.train(60.0)
    assert not bench.is_running
    assert [card.live.epoch for card in bench.cards] == [0, 0]


def test_the_numbers_of_a_network_that_has_diverged_are_of_the_weights_that_are_shown(bench):
    diverging = {**CARD, "hidden": [], "optimizer": "sgd", "lr": 900, "weight_decay": 900, "seeds": 2}
    bench.show(small_state(diverging), 2)
    trained(bench, 60.0)
    frame = bench.frame()
    (card,) = frame.facts["cards"]
    assert (card["status"], card["best_epoch"]) == ("diverged", 1)
    accuracies = [seed["accuracy"] for seed in card["seeds_monitored"]]
    assert min(accuracies) > 0
    assert card["monitored_accuracy"] == pytest.approx(np.mean(accuracies))
    curves = frame.arrays["0.monitored_accuracy"]
    assert np.isnan(curves[-1])
    assert np.isfinite(curves[0])
