from demarcate import Network, Training, diagnose
from demarcate.studio.card_diagnosis import diagnosis_of
from demarcate.studio.state import DataState


def test_the_diagnosis_is_that_of_the_card_on_all_but_the_test_rows(trained_card):
    trained = trained_card(DataState(n_samples=80), epoch=10, hidden=(2,), lr=0.05)
    facts, data = diagnosis_of(trained), trained.data
    kept = sorted([*data.train_rows, *data.validation_rows])
    rows = data.read.frame[kept], data.classes[data.codes[kept]]
    training = Training(lr=0.05, epochs=10, batch_size=32)
    expected = diagnose(rows, Network((2,), "tanh"), training, seeds=5, seed=0)
    assert (facts["verdict"], facts["headline"]) == (expected.verdict, expected.headline)
    assert facts["train"]["log_loss"]["value"] == expected.train.log_loss.value
    assert [each["answer"] for each in facts["effects"]] == [each.answer for each in expected.effects.values()]


def test_each_change_has_the_settings_that_a_card_would_have(trained_card):
    trained = trained_card(DataState(n_samples=80), epoch=4, hidden=(8,), dropout=0.5, weight_decay=0.001)
    changed = {each["name"]: each["settings"] for each in diagnosis_of(trained)["effects"]}
    assert changed["more_rows"] is None
    assert (changed["more_capacity"], changed["less_capacity"]) == ({"hidden": [32]}, {"hidden": [2]})
    assert changed["less_regularisation"] == {"dropout": 0.0, "weight_decay": 0.0, "patience": None}
    assert changed["more_regularisation"] == {"dropout": 0.575, "weight_decay": 0.01, "patience": 10}
    assert changed["longer_training"] == {"epochs": 12}
