import warnings

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import accuracy_score, log_loss

from demarcate import Network, Training, datasets, train
from demarcate.errors import SettingError

DATA = datasets.moons(n_samples=120, noise=0.3)
NETWORKS = {"linear": Network(()), "good": Network((16, 16), "tanh", dropout=0.2)}


@pytest.fixture(scope="module")
def runs():
    return train(DATA, NETWORKS, Training(lr=0.03, epochs=40, batch_size=None), test_size=0.3, seed=2, seeds=5)


def test_a_name_is_the_run_of_the_first_seed(runs):
    assert runs["good"] is runs.repeats["good"][0]
    assert runs["good"].seed == 2
    np.testing.assert_array_equal(runs.test_rows, runs["linear"].test_rows)


def test_the_table_says_what_each_trained_network_makes_of_its_own_rows(runs):
    assert runs.table.shape == (10, 7)
    for row in runs.table.iter_rows(named=True):
        run = next(run for run in runs.repeats[row["network"]] if run.seed == row["seed"])
        for which in ("train", "test"):
            rows = getattr(run, f"{which}_rows")
            probabilities, labels = run.predict_proba(DATA.X[rows]), DATA.y[rows]
            assert row[f"{which}_accuracy"] == pytest.approx(accuracy_score(labels, probabilities.argmax(1)))
            assert row[f"{which}_loss"] == pytest.approx(log_loss(labels, probabilities), abs=1e-6)


def test_means_come_with_students_interval(runs):
    values = [run.scores["accuracy"].value for run in runs.repeats["good"]]
    row = runs.means.row(1, named=True)
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert (row["network"], row["seeds"]) == ("good", 5)
    assert row["test_accuracy"] == pytest.approx(np.mean(values))
    assert row["test_accuracy_low"] == pytest.approx(low)
    assert row["test_accuracy_high"] == pytest.approx(min(high, 1))


def test_a_difference_is_taken_seed_by_seed(runs):
    good, linear = ([run.scores["log_loss"].value for run in runs.repeats[name]] for name in ("good", "linear"))
    found = runs.difference("good", "linear", "test_loss")
    paired = np.subtract(good, linear)
    assert found.value == pytest.approx(paired.mean())
    assert found.high - found.low == pytest.approx(2 * stats.t.ppf(0.975, 4) * stats.sem(paired))


def test_a_run_is_saved_like_any_classifier(runs, tmp_path):
    from demarcate import load

    runs["good"].save(tmp_path / "good.safetensors")
    np.testing.assert_array_equal(
        load(tmp_path / "good.safetensors").predict_proba(DATA.X), runs["good"].predict_proba(DATA.X)
    )


def test_a_single_seed_has_no_interval():
    row = train(DATA, Network((4,)), Training(epochs=2)).means.row(0, named=True)
    assert row["test_accuracy_low"] is None


def test_an_unknown_network_or_number_is_refused(runs):
    with pytest.raises(SettingError, match="networks are 'linear', 'good', got 'bad'"):
        runs.difference("good", "bad")
    with pytest.raises(SettingError, match="got 'speed'"):
        runs.difference("good", "linear", "speed")


def test_several_seeds_print_means(runs):
    lines = str(runs).splitlines()
    assert lines[0].startswith("means over 5 seeds  train accuracy")
    assert [line.split()[0] for line in lines[1:]] == ["linear", "good"]
    assert repr(runs) == str(runs)


def test_places_far_from_the_rows_need_no_warning():
    run = train(datasets.moons(n_samples=60), Network((4,)), Training(epochs=1))["network"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        far = np.array([[1e6, -1e6]])
        assert run.predict_proba(far).shape == (1, 2)
        assert run.encode(far).shape[0] == 1
