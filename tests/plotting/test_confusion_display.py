import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from demarcate.errors import SettingError
from demarcate.plotting import ConfusionDisplay


def test_rows_that_are_not_decided_are_left_out_of_a_confusion_and_counted():
    display = ConfusionDisplay.from_predictions(["a", "b", "b", "a"], ["a", None, "b", None])
    assert display.matrix.tolist() == [[1, 0], [0, 1]]
    assert display.title.endswith("2 not decided")
    with pytest.raises(SettingError, match="none of 2 rows"):
        ConfusionDisplay.from_predictions(["a", "b"], [None, None])


def test_confusion_counts_as_scikit_learn_does(blobs, blob_run):
    display = ConfusionDisplay.from_estimator(blob_run, blobs.X, blobs.y)
    np.testing.assert_array_equal(display.matrix, confusion_matrix(blobs.y, blob_run.predict(blobs.X)))
    written = [text.get_text() for text in display.ax_.texts]
    assert written == [f"{count:,}" for count in display.matrix.ravel()]


def test_the_easiest_and_the_hardest_class_are_named():
    true = ["a"] * 10 + ["b"] * 10 + ["c"] * 10
    predicted = ["a"] * 10 + ["b"] * 7 + ["c"] * 3 + ["c"] * 9 + ["a"]
    display = ConfusionDisplay.from_predictions(true, predicted)
    assert (display.easiest, display.hardest) == ("a", "b")
    assert display.title == "26 of 30 right. Easiest class: a (100% found); hardest: b (70% found)"


def test_equal_classes_are_called_equal():
    assert "no class is easier" in ConfusionDisplay.from_predictions([0, 1], [0, 1]).title


def test_mistakes_between_two_classes_have_names():
    display = ConfusionDisplay.from_predictions([0, 0, 1, 1, 1], [0, 1, 1, 0, 0])
    words = [text.get_text() for text in display.ax_.texts]
    assert words == ["1\ntrue negatives", "1\nfalse positives", "2\nfalse negatives", "1\ntrue positives"]


def test_mistakes_are_named_after_the_positive_class_and_not_at_all_where_there_is_none():
    labels = ["cancer", "cancer", "healthy", "healthy", "healthy"], ["cancer", "healthy", "healthy", "cancer", "cancer"]
    words = [text.get_text() for text in ConfusionDisplay.from_predictions(*labels, positive="cancer").ax_.texts]
    assert words == ["1\ntrue positives", "1\nfalse negatives", "2\nfalse positives", "1\ntrue negatives"]
    assert [text.get_text() for text in ConfusionDisplay.from_predictions(*labels).ax_.texts] == ["1", "1", "2", "1"]
    with pytest.raises(SettingError, match="Did you mean 'cancer'"):
        ConfusionDisplay.from_predictions(*labels, positive="cancel")


def test_a_class_without_rows_has_no_recall():
    display = ConfusionDisplay.from_predictions(["a", "a", "b"], ["a", "c", "b"])
    assert np.isnan(display.recall[2])
    assert display.hardest == "a"


def test_labels_and_predictions_are_as_many():
    with pytest.raises(SettingError, match="y_true has 2 labels and y_pred has 1"):
        ConfusionDisplay.from_predictions([0, 1], [0])
