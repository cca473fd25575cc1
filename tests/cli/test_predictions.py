import json

import numpy as np
import pytest

from demarcate import load
from demarcate.cli import predictions


@pytest.fixture
def some():
    classes = np.array(["low", "mid", "high"])
    probabilities = np.array([[0.125, 0.625, 0.25], [0.5, 0.25, 0.25]])
    return classes, classes[probabilities.argmax(1)], probabilities


def test_a_table_has_the_label_and_a_probability_for_each_class(some):
    table = predictions.as_table(*some)
    assert table.rows() == [("mid", 0.125, 0.625, 0.25), ("low", 0.5, 0.25, 0.25)]
    assert table.columns == ["prediction", "probability_low", "probability_mid", "probability_high"]


@pytest.mark.parametrize("labels", [[0, 7], [False, True], [0.5, 1.0]])
def test_labels_keep_their_type(labels):
    table = predictions.as_table(np.array(labels), np.array(labels[1:]), np.array([[0.25, 0.75]]))
    assert table["prediction"].to_list() == labels[1:]
    assert table.columns[1:] == [f"probability_{label}" for label in labels]


def test_json_never_holds_what_is_not_a_number(model, capsys):
    predictor = load(model)
    with pytest.raises(ValueError, match="JSON"):
        predictions.print_json(predictor, predictor.classes[:1], np.array([[np.nan, 0.5]]))
    assert capsys.readouterr().out == ""
    predictions.print_json(predictor, predictor.classes[:1], np.array([[0.5, 0.5]]))
    assert json.loads(capsys.readouterr().out)["predictions"][0]["prediction"] == 0


def test_words_begin_with_the_likelier_class(model):
    predictor = load(model)
    words = predictions.in_words(predictor, 1, np.array([0.25, 0.75]))
    assert words == "P(target = 1) = 0.750\nP(target = 0) = 0.250\nprediction: 1"
