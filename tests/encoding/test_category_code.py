import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier, Network, Training, datasets, diagnose, load, sweep, train
from demarcate.encoding.category_code import CategoryCodeEncoder
from demarcate.encoding.shared_table import SharedTable
from demarcate.errors import SettingError

CELLS = pl.Series(["normal", "fixed", None, "normal", "reversible", "new"])


@pytest.fixture
def encoder():
    return CategoryCodeEncoder.fit(CELLS, np.arange(5))


def test_codes_are_in_the_order_in_which_training_rows_show_the_categories(encoder):
    assert encoder.categories == ("normal", "fixed", "reversible")
    assert encoder.encode(CELLS).tolist() == [[1], [2], [0], [1], [3], [0]]


def test_the_state_gives_the_same_encoder(encoder):
    array, words = encoder.state
    again = CategoryCodeEncoder.from_state(array, words)
    assert np.array_equal(again.encode(CELLS), encoder.encode(CELLS))
    assert (encoder.width, encoder.names("thal")) == (1, ["thal"])


@pytest.fixture(scope="module")
def heart():
    return datasets.heart()


def test_a_network_of_the_heart_table_has_one_input_for_each_column(heart):
    run = train(heart, Network(hidden=(4,)), Training(epochs=1), category_encoding="integer")["network"]
    assert run.network[0].in_features == 13
    assert set(np.unique(run.encode(heart.X)[:, 2])) == {1, 2, 3, 4}


def test_folds_share_the_codes_and_a_model_file_holds_them(heart, tmp_path):
    settings = {"hidden": (4,), "epochs": 2, "n_folds": 2, "category_encoding": "integer", "pieces": False}
    classifier = DemarcateClassifier(**settings).fit(heart.X, heart.y)
    encoders = classifier.predictor_.encoders
    shared = SharedTable.of(encoders, classifier.predictor_.parse(heart.X))
    assert shared.d_in == (13, 13)
    classifier.save(tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert np.array_equal(again.predict_proba(heart.X), classifier.predict_proba(heart.X))
    assert [encoder.kinds for encoder in again.encoders] == [encoder.kinds for encoder in encoders]


@pytest.mark.parametrize(
    "attempt",
    [
        lambda data: train(data, Network(), category_encoding="ordinal"),
        lambda data: sweep(data, {"lr": [0.1]}, category_encoding="ordinal"),
        lambda data: diagnose(data, category_encoding="ordinal"),
        lambda data: DemarcateClassifier(category_encoding="ordinal").fit(*data),
    ],
)
def test_another_way_is_refused_with_those_there_are(heart, attempt):
    with pytest.raises(SettingError, match=r"category_encoding must be one of one_hot, integer, got 'ordinal'"):
        attempt(heart)
