import json
import pickle

import pytest

from demarcate.evaluation import ClassScores, Score, Scores, ScoresByModel

ACCURACY, LOSS = Score(0.832, 0.776, 0.878, 303, "out-of-fold"), Score(0.38, 0.31, 0.46, 303, "out-of-fold")
SCORES = Scores(accuracy=ACCURACY, log_loss=LOSS)
BASELINES = ScoresByModel(majority=Scores(accuracy=ACCURACY), logistic_regression=SCORES)
OF_CLASSES = ClassScores(["no", "yes"], [{"precision": ACCURACY}, {"precision": LOSS, "f1": LOSS}])


def test_scores_are_a_dict_that_prints_as_a_table():
    assert SCORES == {"accuracy": ACCURACY, "log_loss": LOSS}
    assert json.loads(json.dumps(list(SCORES))) == ["accuracy", "log_loss"]
    assert repr(SCORES) == str(SCORES)
    assert repr(SCORES).splitlines() == [
        "Scores on 303 out-of-fold rows, with 95% intervals",
        "",
        "          value  interval",
        "accuracy  0.832  [0.776, 0.878]",
        "log loss  0.380  [0.310, 0.460]",
    ]
    assert repr(Scores()).splitlines()[0] == "No scores"


def test_baselines_print_side_by_side():
    lines = repr(BASELINES).splitlines()
    assert lines[2].split("  ")[-2:] != []
    assert "majority class" in lines[2]
    assert "logistic regression" in lines[2]
    assert lines[4].split() == ["log", "loss", "-", "0.380", "[0.310,", "0.460]"]


def test_scores_of_classes_name_their_classes_where_rows_of_a_metric_are_missing_too():
    lines = repr(OF_CLASSES).splitlines()
    assert lines[2].split() == ["class", "precision", "F1"]
    assert lines[3].split() == ["no", "0.832", "[0.776,", "0.878]", "-"]
    assert OF_CLASSES[1]["f1"] == LOSS


def test_each_gives_a_frame_with_a_row_for_each_score():
    assert SCORES.to_frame().rows()[0] == ("accuracy", 0.832, 0.776, 0.878, 303, "out-of-fold")
    frame = BASELINES.to_frame()
    assert frame.columns == ["model", "metric", "value", "low", "high", "n_rows", "rows"]
    assert frame["model"].to_list() == ["majority", "logistic_regression", "logistic_regression"]
    assert OF_CLASSES.to_frame()["class"].to_list() == ["no", "yes", "yes"]


@pytest.mark.parametrize("scores", [SCORES, BASELINES, OF_CLASSES])
def test_each_shows_the_same_numbers_as_html_and_survives_pickling(scores):
    again = pickle.loads(pickle.dumps(scores))
    assert again == scores
    assert again._repr_html_() == scores._repr_html_()
    assert "0.832" in scores._repr_html_()
