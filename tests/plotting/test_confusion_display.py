import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from demarcate.errors import SettingError
from demarcate.evaluation import Costs
from demarcate.plotting import ConfusionDisplay


def test_rows_that_are_not_decided_have_a_column_of_their_own():
    display = ConfusionDisplay.from_predictions(["a", "b", "b", "a"], ["a", None, "b", None])
    assert display.matrix.tolist() == [[1, 0], [0, 1]]
    assert display.undecided.tolist() == [1, 1]
    assert display.title == "50% right: 2 of 4 rows, 2 not decided"
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["a", "b", "undecided"]
    with pytest.raises(SettingError, match="none of 2 rows"):
        ConfusionDisplay.from_predictions(["a", "b"], [None, None])


def test_confusion_counts_as_scikit_learn_does(blobs, blob_run):
    display = ConfusionDisplay.from_estimator(blob_run, blobs.X, blobs.y)
    np.testing.assert_array_equal(display.matrix, confusion_matrix(blobs.y, blob_run.predict(blobs.X)))
    written = [text.get_text() for text in display.ax_.texts]
    rows = display.matrix.sum(1, keepdims=True)
    cells = zip(display.matrix.ravel(), (display.matrix / rows).ravel(), strict=True)
    assert written == [f"{count:,}\n{share:.0%}" if count else "0" for count, share in cells]


def test_many_classes_have_their_labels_and_the_percentages_that_are_not_nothing():
    rng = np.random.default_rng(0)
    true = np.repeat(np.arange(26), 400)
    predicted = np.where(rng.uniform(size=len(true)) < 0.9, true, (true + 1) % 26)
    predicted[0] = 13
    display = ConfusionDisplay.from_predictions(true, predicted)
    written = np.array([text.get_text() for text in display.ax_.texts]).reshape(26, 26)
    assert len(display.ax_.get_yticklabels()) == 26
    assert all(abs(int(cell) - 90) <= 6 for cell in written.diagonal())
    assert written[0, 13] == ""
    assert display.ax_.texts[0].get_fontsize() >= 6
    assert "The commonest mistake: " in display.caption


def test_the_easiest_and_the_hardest_class_are_named():
    true = ["a"] * 10 + ["b"] * 10 + ["c"] * 10
    predicted = ["a"] * 10 + ["b"] * 7 + ["c"] * 3 + ["c"] * 9 + ["a"]
    display = ConfusionDisplay.from_predictions(true, predicted)
    assert (display.easiest, display.hardest) == ("a", "b")
    assert display.title == "87% right: 26 of 30 rows"
    assert display.caption.startswith(
        "Easiest class: a (100% found); hardest: b (70% found). The commonest mistake: b taken for c (3 rows)."
    )


def test_the_caption_names_the_threshold_that_decides(moons, moon_runs):
    predictor = moon_runs["line"].predictor
    assert not ConfusionDisplay.from_estimator(predictor, moons.X, moons.y).decided_for
    by_cost = predictor.deciding(Costs.of(predictor.classes, {(0, 1): 4}))
    display = ConfusionDisplay.from_estimator(by_cost, moons.X, moons.y)
    assert display.caption.startswith("Decided for 1 from a probability of 0.800 on. ")


def test_equal_classes_are_called_equal():
    assert "No class is easier" in ConfusionDisplay.from_predictions([0, 1], [0, 1]).caption


def test_mistakes_between_two_classes_have_names():
    display = ConfusionDisplay.from_predictions([0, 0, 1, 1, 1], [0, 1, 1, 0, 0])
    words = [text.get_text() for text in display.ax_.texts]
    assert words == [
        "1\n50%\ntrue negatives",
        "1\n50%\nfalse positives",
        "2\n67%\nfalse negatives",
        "1\n33%\ntrue positives",
    ]


def test_mistakes_are_named_after_the_positive_class_and_not_at_all_where_there_is_none():
    labels = ["cancer", "cancer", "healthy", "healthy", "healthy"], ["cancer", "healthy", "healthy", "cancer", "cancer"]
    words = [text.get_text() for text in ConfusionDisplay.from_predictions(*labels, positive="cancer").ax_.texts]
    assert words == [
        "1\n50%\ntrue positives",
        "1\n50%\nfalse negatives",
        "2\n67%\nfalse positives",
        "1\n33%\ntrue negatives",
    ]
    unnamed = [text.get_text() for text in ConfusionDisplay.from_predictions(*labels).ax_.texts]
    assert unnamed == ["1\n50%", "1\n50%", "2\n67%", "1\n33%"]
    with pytest.raises(SettingError, match="Did you mean 'cancer'"):
        ConfusionDisplay.from_predictions(*labels, positive="cancel")


def test_a_class_without_rows_has_no_recall():
    display = ConfusionDisplay.from_predictions(["a", "a", "b"], ["a", "c", "b"])
    assert np.isnan(display.recall[2])
    assert display.hardest == "a"


def test_labels_and_predictions_are_as_many():
    with pytest.raises(SettingError, match="y_true has 2 labels and y_pred has 1"):
        ConfusionDisplay.from_predictions([0, 1], [0])
