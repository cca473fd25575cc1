import numpy as np
import polars as pl
import pytest

from demarcate import Network, Training, datasets, train
from demarcate.errors import InputError, SettingError
from demarcate.studio import record
from demarcate.studio.first_states import PRESETS
from demarcate.studio.opening import opening_state
from demarcate.studio.recorder import moments
from demarcate.studio.tables import Tables

TANH = Network((4,), "tanh")
QUICK = Training(lr=0.05, epochs=6)


@pytest.fixture(scope="module")
def recording():
    networks = {"small": Network((2,), "tanh"), "large": TANH}
    return record("moons", networks, {"small": QUICK, "large": Training(epochs=12)}, seconds=2)


def frames(recording):
    return [(time, message) for time, message in recording.messages if message.kind == "frame"]


def test_it_begins_with_all_that_a_page_needs_before_the_first_epoch(recording):
    first = recording.messages[:3]
    assert [(time, message.kind) for time, message in first] == [(0, "welcome"), (0, "dataset"), (0, "frame")]
    assert [card["name"] for card in first[0][1].facts["state"]["cards"]] == ["small", "large"]
    assert [card["epoch"] for card in first[2][1].facts["cards"]] == [0, 0]


def test_it_ends_after_the_last_epoch_of_each_network_and_has_every_epoch_once(recording):
    time, last = frames(recording)[-1]
    assert time == recording.seconds == 2
    assert [card["epoch"] for card in last.facts["cards"]] == [6, 12]
    epochs = [message.arrays["1.epochs"] for _, message in frames(recording)]
    np.testing.assert_array_equal(np.concatenate(epochs), range(1, 13))


def test_the_last_frame_and_the_first_have_every_array_and_others_leave_some_out(recording):
    kinds = [{name.partition(".")[2] for name in message.arrays} for _, message in frames(recording)]
    assert {"logits", "units", "weights"} <= kinds[0] & kinds[-1]
    assert "logits" in kinds[1]
    assert not {"units", "weights"} & kinds[1]


def test_losses_are_those_of_the_same_training(recording):
    data = datasets.moons()
    rows = np.arange(300)
    state = recording.messages[0][1].facts["state"]
    assert state["split"] == {"validation": 0.2, "test": 0.2, "seed": 0}
    from sklearn.model_selection import train_test_split

    rest, test = train_test_split(rows, test_size=60, random_state=0, stratify=data.y)
    fitted, validation = train_test_split(rest, test_size=60, random_state=0, stratify=data.y[rest])
    run = train(data, {"small": Network((2,), "tanh")}, QUICK, split=(fitted, validation, test))["small"]
    losses = np.concatenate([message.arrays["0.train_loss"] for _, message in frames(recording)])
    np.testing.assert_allclose(losses, run.history["train_loss"].to_numpy(), rtol=1e-6)


def test_the_same_training_is_the_same_file():
    assert len({record("circles", {"a": TANH}, QUICK, seconds=1).to_bytes() for _ in range(2)}) == 1


def test_a_frame_of_one_s_own_is_recorded():
    table = pl.DataFrame({"a": np.linspace(0, 1, 40), "b": np.linspace(1, 3, 40) ** 2, "colour": ["red", "blue"] * 20})
    recording = record(table, {"a": TANH}, QUICK, target="colour", seconds=1)
    dataset = recording.messages[1][1].facts
    assert dataset["classes"] == ["blue", "red"]
    assert dataset["target"] == "colour"


def test_what_cannot_be_trained_is_refused_as_elsewhere():
    table = pl.DataFrame({"a": [1.0, 2.0, 3.0], "y": ["p", "p", "p"]})
    with pytest.raises(InputError, match="p"):
        record(table, {"a": TANH}, target="y")


@pytest.mark.parametrize(
    ("networks", "training", "message"),
    [
        ({}, None, "1 to 4 networks, got 0"),
        ({str(number): TANH for number in range(5)}, None, "1 to 4 networks, got 5"),
        ({"a": Network((2,), input_dropout=0.1)}, None, "input_dropout 0.0, got 0.1"),
        ({"a": "a network"}, None, "that are a Network, got 'a network'"),
        ({"a": TANH}, Training(momentum=0.9), "momentum 0.0, got 0.9"),
    ],
)
def test_what_no_card_has_is_refused_by_name(networks, training, message):
    with pytest.raises(SettingError, match=message):
        opening_state(PRESETS[0][2], Tables(), None, networks, training)


def test_a_data_set_keeps_its_target_and_its_categories():
    state = opening_state(PRESETS[0][2], tables := Tables(), datasets.heart())
    assert state["data"]["target"] == datasets.heart().target
    assert state["data"]["categorical"] == list(datasets.heart().categorical)
    assert tables.table(state["data"]["table"]).name == "heart"


def test_frames_are_close_at_first_and_each_epoch_is_one_at_most():
    assert moments(3, 50) == [1, 2, 3]
    assert moments(1000, 10)[0] == 10
    assert moments(1000, 10)[-1] == 1000
