import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from demarcate.errors import SettingError
from demarcate.plotting import ThresholdDisplay


def test_precision_recall_and_cost_are_those_of_the_predictions():
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, 300)
    probability = np.clip(0.35 * y + rng.uniform(0, 0.65, 300), 0, 1)
    display = ThresholdDisplay.from_predictions(y, probability, false_negative=2)
    for threshold in (0.1, 0.37, 0.5, 0.9):
        called = probability >= threshold
        found = display.at(threshold)
        assert found["precision"] == pytest.approx(precision_score(y, called, zero_division=np.nan))
        assert found["recall"] == pytest.approx(recall_score(y, called))
        cost = 2 * (y & ~called).sum() + ((1 - y) & called).sum()
        assert found["cost"] == pytest.approx(cost / 300)
    assert display.cost[display.thresholds == display.best] == display.cost.min()


def test_dear_misses_lower_the_threshold_and_the_picture_marks_it():
    rng = np.random.default_rng(4)
    truth = rng.uniform(0, 1, 4000)
    y = (rng.uniform(0, 1, 4000) < truth).astype(int)
    display = ThresholdDisplay.from_predictions(y, truth, false_negative=3)
    assert display.best == pytest.approx(0.25, abs=0.06)
    marked = [line for line in display.ax_.get_lines() if line.get_label() == f"cheapest: {display.best:.2f}"]
    assert marked[0].get_xdata()[0] == display.best
    assert "Missing a row of class 1 costs 3" in display.figure_.get_supxlabel()


def drawn_at(display, label):
    return [line.get_xdata()[0] for line in display.ax_.get_lines() if line.get_label() == label]


def test_the_threshold_that_follows_from_the_costs_is_marked_beside_the_cheapest_one():
    display = ThresholdDisplay.from_predictions([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], false_negative=2)
    assert display.rule == pytest.approx(1 / 3)
    assert drawn_at(display, "rule: 0.33") == [display.rule]
    assert "rule: 0.33" in [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert "Rule: 1 / (1 + 2)" in display.figure_.get_supxlabel()


def test_with_equal_costs_the_rule_is_one_half_which_has_its_own_line():
    display = ThresholdDisplay.from_predictions([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    assert display.rule == 0.5
    assert drawn_at(display, "rule: 0.50") == []
    assert drawn_at(display, "0.50") == [0.5]


def test_either_class_can_be_the_positive_one(heart, heart_classifier):
    both = heart_classifier.oof_proba_
    of_zero = ThresholdDisplay.from_predictions(heart.y, both, positive=0)
    assert of_zero.recall[0] == pytest.approx(np.mean(both[heart.y == 0, 0] >= 0.01))
    of_model = ThresholdDisplay.from_estimator(heart_classifier, heart.X, heart.y)
    assert (of_model.positive, of_model.n_rows) == (1, 303)


def test_the_positive_class_is_the_one_that_is_named_or_that_labels_say():
    scores = [0.1, 0.4, 0.35, 0.8]
    assert ThresholdDisplay.from_predictions(["n", "n", "P", "P"], scores).positive == "P"
    screened = ["cancer", "cancer", "healthy", "healthy"]
    assert ThresholdDisplay.from_predictions(screened, scores).positive == "healthy"
    display = ThresholdDisplay.from_predictions(screened, scores, positive="cancer")
    assert (display.positive, display.recall[29]) == ("cancer", 0.5)
    with pytest.raises(SettingError, match="Did you mean 'cancer'"):
        ThresholdDisplay.from_predictions(screened, scores, positive="cancr")


@pytest.mark.parametrize(
    ("y", "probabilities", "given", "message"),
    [
        ([0, 1, 2, 0], [0.1, 0.2, 0.3, 0.4], {}, "There are 3 classes"),
        ([0, 1, 1], [0.1, 0.3, 1.2], {}, "Row 2 has the probability 1.2. Give probabilities in \\[0, 1\\]"),
        ([0, 1, 1], [0.1], {}, "have shape \\(1,\\)"),
        ([0, 1, 1], [0.1, 0.2, 0.3], {"false_negative": -1}, "false_negative is -1"),
        ([0, 1, 1], [0.1, 0.2, 0.3], {"false_negative": 0, "false_positive": 0}, "both 0"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(y, probabilities, given, message):
    with pytest.raises(SettingError, match=message):
        ThresholdDisplay.from_predictions(y, probabilities, **given)


def test_two_panels_share_the_threshold_and_each_has_its_own_scale():
    display = ThresholdDisplay.from_predictions([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], false_negative=2)
    above, below = display.ax_.get_position(), display.cost_ax_.get_position()
    assert above.y0 >= below.y1
    assert display.ax_.get_xlim() == display.cost_ax_.get_xlim() == (0, 1)
    assert (display.ax_.get_ylabel(), display.cost_ax_.get_ylabel()) == ("share", "mean cost of a row")


def test_on_axes_of_the_callers_both_panels_stand_in_their_place():
    figure, (left, _) = plt.subplots(1, 2)
    display = ThresholdDisplay.from_predictions([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], ax=left)
    figure.canvas.draw()
    box, panels = left.get_window_extent(), (display.ax_.get_window_extent(), display.cost_ax_.get_window_extent())
    assert display.figure_ is figure
    assert all(box.x0 - 1 <= panel.x0 and panel.x1 <= box.x1 + 1 for panel in panels)
    assert panels[0].y0 >= panels[1].y1
    assert "\n" in display.ax_.get_title(loc="left")
