import os
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier, Network, Training, load, train
from demarcate.errors import SettingError
from demarcate.inspection.learning_curves import LearningCurves
from demarcate.plotting import HistoryDisplay


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
    np.testing.assert_allclose(curve.high - curve.mean, half, rtol=1e-5)
    np.testing.assert_allclose(curve.low, np.maximum(curve.mean - half, 0), atol=1e-6)


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
    with pytest.raises(SettingError, match="no history in its record"):
        HistoryDisplay.from_run(heart_classifier.predictor_.with_record({}))
    with pytest.raises(SettingError, match="A history has no columns"):
        HistoryDisplay.from_run(pl.DataFrame())
    with pytest.raises(SettingError, match="The history has no epoch"):
        HistoryDisplay.from_run([])


def test_training_rows_in_eval_mode_have_a_curve_of_their_own(moons, capsys):
    network, training = Network((8,), dropout=0.3), Training(lr=0.02, epochs=12)
    run, plain = (train(moons, network, training, every=every)["network"] for every in (5, None))
    display = HistoryDisplay.from_run(run)
    lines = {line.get_label(): line for line in display.ax_[1].get_lines()}
    known = run.history.drop_nulls("eval_train_accuracy")
    np.testing.assert_array_equal(lines["train rows, eval mode"].get_xdata(), known["epoch"])
    np.testing.assert_array_equal(lines["train rows, eval mode"].get_ydata(), known["eval_train_accuracy"])
    np.testing.assert_array_equal(lines["train rows"].get_ydata(), run.history["train_accuracy"])
    mean = HistoryDisplay.from_run((plain, run)).curves["eval_train_loss"].mean
    np.testing.assert_array_equal(mean, known["eval_train_loss"])


@pytest.mark.parametrize(("every", "line", "marker"), [(20, "None", "o"), (2, "-.", "None")])
def test_few_epochs_in_eval_mode_are_points_and_no_line(moons, capsys, every, line, marker):
    run = train(moons, Network((4,), dropout=0.3), Training(lr=0.02, epochs=40), every=every)["network"]
    lines = {each.get_label(): each for each in HistoryDisplay.from_run(run).ax_[0].get_lines()}
    drawn = lines["train rows, eval mode"]
    assert (drawn.get_linestyle(), drawn.get_marker() or "None") == (line, marker)


def test_where_eval_mode_changes_nothing_it_has_no_curve(moons, capsys):
    run = train(moons, Network((4,)), Training(lr=0.02, epochs=4), every=2)["network"]
    assert "eval_train_loss" in run.history.columns
    assert sorted(HistoryDisplay.from_run(run).curves) == ["test_accuracy", "test_loss", "train_accuracy", "train_loss"]


def test_lines_end_with_the_curves_and_the_title_says_which_epoch_was_best(heart_classifier):
    display = HistoryDisplay.from_run(heart_classifier)
    last = max(curve.epochs[-1] for curve in display.curves.values())
    for ax in display.ax_:
        assert 0 < ax.get_xlim()[0] < 1
        assert last < ax.get_xlim()[1] < last + 1
    assert display.ax_[0].get_ylim()[0] == 0
    assert display.ax_[1].get_ylim()[1] < 1.02
    assert display.title == LearningCurves.of(heart_classifier).finding()


def test_the_history_in_a_model_file_is_drawn_without_torch_and_polars(heart_classifier, tmp_path):
    model = tmp_path / "model.safetensors"
    heart_classifier.save(model)
    program = (
        "import sys; from demarcate.bundle import inspect_bundle; from demarcate.plotting import HistoryDisplay\n"
        f"HistoryDisplay.from_run(inspect_bundle({str(model)!r}).spec)\n"
        "sys.exit(', '.join({'torch', 'polars', 'sklearn'} & sys.modules.keys()) or 0)"
    )
    environment = {**os.environ, "MPLBACKEND": "agg"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
