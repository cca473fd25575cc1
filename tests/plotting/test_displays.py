"""Data, comparison, confusion, disagreement, history, sweep and threshold."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from demarcate import DemarcateClassifier, Network, Training, load, sweep, train
from demarcate.errors import InputError, SettingError
from demarcate.plotting import (
    ComparisonDisplay,
    ConfusionDisplay,
    DataDisplay,
    DisagreementDisplay,
    HistoryDisplay,
    SweepDisplay,
    ThresholdDisplay,
    style,
)


def test_data_are_points_by_class(blobs):
    display = DataDisplay.from_data(blobs)
    drawn = [len(points.get_offsets()) for points in display.ax_.collections]
    assert drawn == [40, 40, 40, 40]
    assert display.ax_.get_legend().get_title().get_text() == "class"


def test_data_of_a_wider_table_are_drawn_over_the_columns_named(heart):
    display = DataDisplay.from_data(heart, columns=("age", "chol"), rows=range(50))
    assert display.points.shape == (50, 2)
    assert (display.ax_.get_xlabel(), display.ax_.get_ylabel()) == ("age", "chol")


def test_rows_and_labels_are_as_many():
    with pytest.raises(InputError, match="3 rows and 2 labels"):
        DataDisplay.from_data((np.zeros((3, 2)), [0, 1]))


def test_networks_side_by_side_share_their_limits_and_one_legend(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons)
    assert len(display.ax_) == len(display.displays) == 2
    assert len({ax.get_xlim() for ax in display.ax_}) == len({ax.get_ylim() for ax in display.ax_}) == 1
    assert [ax.get_legend() is None for ax in display.ax_] == [True, False]
    test = moon_runs["curve"].scores["accuracy"]
    assert f"test accuracy {test.value:.0%} [{test.low:.0%}, {test.high:.0%}]" in display.ax_[1].get_title(loc="left")
    assert len(display.displays["line"].points) == len(moon_runs.test_rows)


def test_probability_maps_side_by_side_share_one_colour_bar(moons, moon_runs):
    display = ComparisonDisplay.from_runs(moon_runs, moons, kind="probability", resolution=20)
    display.figure_.canvas.draw()
    assert len(display.figure_.axes) == 3
    assert display.plot() is display


def test_many_networks_go_on_in_a_second_row(moons, moon_runs):
    runs = {f"network {number}": moon_runs["line"] for number in range(5)}
    display = ComparisonDisplay.from_runs(runs, moons, resolution=5)
    assert len(display.figure_.axes) == 5
    assert display.plot() is display


def test_nothing_to_compare_is_refused(moons):
    with pytest.raises(SettingError, match="got none"):
        ComparisonDisplay.from_runs({}, moons)


def test_rows_that_are_not_decided_are_left_out_of_a_confusion_and_counted():
    display = ConfusionDisplay.from_predictions(["a", "b", "b", "a"], ["a", None, "b", None])
    assert display.matrix.tolist() == [[1, 0], [0, 1]]
    assert display.title.endswith("2 not decided")
    with pytest.raises(SettingError, match="none of 2 is"):
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


def test_a_class_without_rows_has_no_recall():
    display = ConfusionDisplay.from_predictions(["a", "a", "b"], ["a", "c", "b"])
    assert np.isnan(display.recall[2])
    assert display.hardest == "a"


def test_labels_and_predictions_are_as_many():
    with pytest.raises(SettingError, match="got 2 and 1"):
        ConfusionDisplay.from_predictions([0, 1], [0])


def test_the_spread_is_that_of_the_members(heart, heart_classifier):
    display = DisagreementDisplay.from_estimator(heart_classifier, heart, columns=("age", "chol"), resolution=8)
    predictor = heart_classifier.predictor_
    members = predictor.member_probabilities(display.plane.grid()).reshape(3, 8, 8, 2)
    np.testing.assert_allclose(display.spread, members.std(0).max(-1))
    assert display.ax_.get_title(loc="left") == "Where 3 networks disagree"


def test_runs_of_several_seeds_disagree_too(moons, moon_runs):
    display = DisagreementDisplay.from_estimator(moon_runs.repeats["curve"], moons, resolution=20)
    for place, run in enumerate(moon_runs.repeats["curve"]):
        own = run.predict_proba(display.plane.grid())
        np.testing.assert_allclose(display.member_probabilities[place].reshape(-1, 2), own, atol=1e-7)


@pytest.mark.parametrize("which", ["run", "no runs", "other"])
def test_one_network_does_not_disagree(which, moons, moon_runs):
    estimator = {"run": moon_runs["line"], "no runs": [], "other": [moon_runs["line"]]}[which]
    with pytest.raises(SettingError, match="at least two"):
        DisagreementDisplay.from_estimator(estimator, moons, resolution=4)


def test_the_history_of_a_run_is_drawn_as_it_was(moon_runs):
    run = moon_runs["curve"]
    display = HistoryDisplay.from_run(run)
    np.testing.assert_array_equal(display.curves["train_loss"].mean, run.history["train_loss"])
    lines = {line.get_label(): line for line in display.ax_[1].get_lines()}
    np.testing.assert_array_equal(lines["test rows"].get_ydata(), run.history["test_accuracy"])
    assert [ax.get_ylabel() for ax in display.ax_] == ["loss", "accuracy"]
    assert not display.ax_[0].collections


def test_several_runs_are_a_mean_with_its_interval_as_a_band(moon_runs):
    runs = moon_runs.repeats["curve"]
    curve = HistoryDisplay.from_run(runs).curves["test_loss"]
    values = np.stack([run.history["test_loss"].to_numpy() for run in runs])
    np.testing.assert_allclose(curve.mean, values.mean(0))
    half = 4.302653 * values.std(0, ddof=1) / np.sqrt(3)
    np.testing.assert_allclose(curve.high - curve.low, 2 * half, rtol=1e-5)


def test_the_best_epoch_is_marked_where_training_stopped_early(moons):
    training = Training(optimizer="adam", lr=0.05, epochs=80, batch_size=None, patience=10)
    run = train(moons, Network((32, 32)), training)["network"]
    display = HistoryDisplay.from_run(run)
    marked = [line for line in display.ax_[0].get_lines() if line.get_label().startswith("best epoch")]
    assert [line.get_xdata()[0] for line in marked] == [run.best_epoch]


def test_a_saved_model_has_its_history_with_it(heart_classifier, tmp_path):
    heart_classifier.save(tmp_path / "model.safetensors")
    before = HistoryDisplay.from_run(heart_classifier)
    after = HistoryDisplay.from_run(load(tmp_path / "model.safetensors"))
    assert set(after.curves) == {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy"}
    member = heart_classifier.members_[0].history
    for name, curve in after.curves.items():
        np.testing.assert_array_equal(curve.mean, before.curves[name].mean)
    everyone = [fitted.history.train_loss[0].item() for fitted in heart_classifier.members_]
    assert after.curves["train_loss"].mean[0] == pytest.approx(np.mean(everyone), rel=1e-4)
    assert member.n_epochs <= after.n_epochs


def test_long_histories_are_thinned_and_keep_their_ends(moons):
    X, y = moons
    clf = DemarcateClassifier(hidden=(2,), epochs=500, patience=None, n_folds=2, batch_size=None).fit(X, y)
    curve = HistoryDisplay.from_run(clf).curves["validation_loss"]
    assert len(curve.epochs) == 200
    assert (curve.epochs[0], curve.epochs[-1]) == (1, 500)


def test_a_model_without_a_history_says_so(heart_classifier):
    with pytest.raises(SettingError, match="no history in this model"):
        HistoryDisplay.from_run(heart_classifier.predictor_.with_record({}))
    with pytest.raises(SettingError, match="got DataFrame"):
        HistoryDisplay.from_run(pl.DataFrame())
    with pytest.raises(SettingError, match="at least one epoch"):
        HistoryDisplay.from_run([])


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


def test_either_class_can_be_the_positive_one(heart, heart_classifier):
    both = heart_classifier.oof_proba_
    of_zero = ThresholdDisplay.from_predictions(heart.y, both, positive=0)
    assert of_zero.recall[0] == pytest.approx(np.mean(both[heart.y == 0, 0] >= 0.01))
    of_model = ThresholdDisplay.from_estimator(heart_classifier, heart.X, heart.y)
    assert (of_model.positive, of_model.n_rows) == (1, 303)


@pytest.mark.parametrize(
    ("y", "probabilities", "given", "message"),
    [
        ([0, 1, 2, 0], [0.1, 0.2, 0.3, 0.4], {}, "two classes: got 3"),
        ([0, 1, 1], [0.1, 0.3, 1.2], {}, "in \\[0, 1\\]"),
        ([0, 1, 1], [0.1], {}, "got shape"),
        ([0, 1, 1], [0.1, 0.2, 0.3], {"false_negative": -1}, "false_negative is a cost"),
        ([0, 1, 1], [0.1, 0.2, 0.3], {"false_negative": 0, "false_positive": 0}, "costs something"),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(y, probabilities, given, message):
    with pytest.raises(SettingError, match=message):
        ThresholdDisplay.from_predictions(y, probabilities, **given)


@pytest.fixture(scope="module")
def swept(moons):
    over = {"hidden": [(2,), (8,), (16, 16)], "weight_decay": [0.0, 0.01]}
    return sweep(moons, over=over, seeds=2, training=Training(lr=0.02, epochs=10))


def test_a_sweep_is_drawn_along_the_setting_with_the_most_values(swept):
    display = SweepDisplay.from_sweep(swept)
    assert display.over == "hidden"
    assert [label.get_text() for label in display.ax_.get_xticklabels()] == ["2", "8", "16,16"]
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == [
        "weight decay 0.0",
        "weight decay 0.01",
    ]
    assert display.ax_.get_ylabel() == "log loss"


def test_what_is_drawn_are_the_sweeps_means_and_intervals(swept):
    display = SweepDisplay.from_sweep(swept, over="weight_decay", metric="accuracy")
    table = swept.table.filter(pl.col("hidden") == "8").sort("weight_decay")
    own = display.table.filter(pl.col("line") == "hidden units 8")
    np.testing.assert_array_equal(own["mean"], table["validation_accuracy"])
    np.testing.assert_allclose(own["mean"] - own["below"], table["validation_accuracy_low"])
    np.testing.assert_allclose(own["mean"] + own["above"], table["validation_accuracy_high"])


def test_many_numbers_are_placed_along_an_axis(moons):
    rates = [10.0**power for power in np.linspace(-4, -1, 10)]
    result = sweep(moons, over={"lr": rates}, seeds=1, training=Training(epochs=2))
    ax = SweepDisplay.from_sweep(result).ax_
    assert ax.get_xscale() == "log"
    assert ax.get_xlabel() == "learning rate"


@pytest.mark.parametrize(("given", "message"), [({"over": "lr"}, "got 'lr'"), ({"metric": "speed"}, "got 'speed'")])
def test_a_setting_or_metric_that_was_not_swept_is_refused(swept, given, message):
    with pytest.raises(SettingError, match=message):
        SweepDisplay.from_sweep(swept, **given)


@pytest.mark.parametrize("kind", ["comparison", "confusion", "threshold", "history", "disagreement", "slice"])
def test_every_picture_has_a_title_and_keeps_its_words_inside(kind, heart, heart_classifier, moons, moon_runs):
    from demarcate.plotting import BoundaryDisplay

    predicted = heart_classifier.classes_[heart_classifier.oof_proba_.argmax(1)]
    display = {
        "comparison": lambda: ComparisonDisplay.from_runs(moon_runs, moons, resolution=20),
        "confusion": lambda: ConfusionDisplay.from_predictions(heart.y, predicted),
        "threshold": lambda: ThresholdDisplay.from_predictions(heart.y, heart_classifier.oof_proba_),
        "history": lambda: HistoryDisplay.from_run(heart_classifier),
        "disagreement": lambda: DisagreementDisplay.from_estimator(
            heart_classifier, heart, columns=("age", "chol"), resolution=20
        ),
        "slice": lambda: BoundaryDisplay.from_estimator(
            heart_classifier, heart, columns=("age", "chol"), kind="probability", resolution=20
        ),
    }[kind]()
    figure = display.figure_
    figure.canvas.draw()
    canvas = figure.get_window_extent()
    axes = np.atleast_1d(display.ax_)
    assert axes[0].get_title(loc="left")
    sizes = [text.get_fontsize() for ax in axes for text in (ax._left_title, ax.xaxis.label, *ax.get_xticklabels())]
    assert min(sizes) >= style.SMALL
    for text in [ax._left_title for ax in axes] + ([figure._supxlabel] if figure._supxlabel else []):
        box = text.get_window_extent()
        assert canvas.x0 <= box.x0
        assert box.x1 <= canvas.x1
        assert canvas.y0 - 1 <= box.y0
        assert box.y1 <= canvas.y1 + 1
