import json
import warnings
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from demarcate import Network, Training, datasets, diagnose
from demarcate.errors import DivergenceWarning, InputError, SettingError
from demarcate.experiments.diagnosis.diagnosis_result import EFFECTS, Diagnosis

QUICK = Training(lr=0.02, epochs=30, batch_size=None)
TINY = Network((2,), "tanh")


@pytest.fixture(scope="module")
def clear():
    """A network that cannot bend, on two rings."""
    return diagnose(datasets.circles(n_samples=300), Network(()), QUICK, seeds=5)


@pytest.fixture(scope="module")
def overfitting():
    """Labels by chance in thirty columns: whatever is learned is wrong."""
    generator = np.random.default_rng(0)
    X, y = generator.normal(size=(100, 30)), generator.integers(2, size=100)
    return diagnose((X, y), Network((64,)), Training(lr=0.02, epochs=60, batch_size=None), seeds=5)


def test_a_line_around_a_ring_underfits_and_capacity_helps(clear):
    assert clear.verdict == "underfits"
    assert clear.headline == "The network underfits."
    assert clear.more_capacity.answer == "helps"
    assert clear.more_capacity.change == "hidden none to 32"
    assert clear.more_capacity.log_loss.low > clear.min_gain
    assert clear.more_capacity.accuracy.low > 0.2
    assert clear.less_capacity is None
    assert "less_capacity" not in clear.effects
    assert clear.noise.best in {"larger", "larger, regularised"}
    assert clear.reasons[1].startswith("A larger network (hidden none to 32) lowered the log loss")


def test_learning_chance_by_heart_overfits(overfitting):
    assert overfitting.verdict == "overfits"
    assert overfitting.train.accuracy.value > 0.95
    assert overfitting.held_out.accuracy.value < 0.7
    assert overfitting.gap.log_loss.low > 0
    assert overfitting.more_regularisation.answer == "helps"
    assert "early stopping" in overfitting.more_regularisation.change


def test_symptom_and_remedy_are_two_sentences_of_what_is_seen_and_what_would_help(clear, overfitting):
    assert clear.reasons[:2] == (clear.symptom, clear.remedy)
    assert "It does not fit even the rows it was trained on as well as it could." in clear.symptom
    assert f"a gap of {overfitting.gap.log_loss}. It fits the rows it was trained on far better" in overfitting.symptom
    assert overfitting.remedy.startswith(("More regularisation", "A smaller network"))
    assert overfitting.gap.log_loss.value > overfitting.large_gap
    assert "Symptom: Its log loss is" in str(clear)
    assert "Remedy: A larger network" in str(clear)


def test_a_network_that_knows_its_rows_by_heart_overfits_though_nothing_is_sure_to_help():
    """Some labels are wrong: every network that can learn the rest learns them too."""
    X, y = datasets.moons(n_samples=120, noise=0.25, random_state=3)
    diagnosis = diagnose((X, y), Network((64, 64)), Training(lr=0.02, epochs=300, batch_size=None), seeds=5)
    assert diagnosis.train.accuracy.value > 0.99
    assert diagnosis.train.log_loss.value < 0.01
    assert diagnosis.gap.log_loss.low > 0
    assert diagnosis.verdict == "overfits"


def test_the_lessons_small_networks_are_as_they_are_taught():
    """The big one has its own test in ``benchmarks/trust``: ten splits of it take a minute."""
    moons, training = datasets.moons(n_samples=300, noise=0.30), Training(lr=0.01, epochs=300, batch_size=None)
    tiny = diagnose(moons, TINY, training)
    good = diagnose(moons, Network((16, 16), dropout=0.2), replace(training, weight_decay=1e-4))
    assert tiny.verdict == "underfits"
    assert good.verdict in {"is about right", "is limited by noise"}
    assert good.headline.startswith("The network is about right")


def test_chance_that_is_not_learned_by_heart_is_noise():
    generator = np.random.default_rng(1)
    X, y = generator.normal(size=(400, 2)), generator.integers(2, size=400)
    diagnosis = diagnose((X, y), Network((8,), dropout=0.2), Training(lr=0.01, epochs=20, patience=5), seeds=5)
    assert diagnosis.verdict == "is limited by noise"
    assert diagnosis.noise.share > 0.8
    assert "the columns do not separate these rows' classes" in diagnosis.reasons[-1]
    assert diagnosis.headline == "The network is about right, and limited by noise."


def test_clusters_far_apart_are_about_right():
    data = datasets.blobs(n_samples=200, centers=[(0, 0), (8, 0), (0, 8)], cluster_std=1.0)
    diagnosis = diagnose(data, Network((16,)), Training(lr=0.02, epochs=60, batch_size=None), seeds=5)
    assert diagnosis.verdict == "is about right"
    assert diagnosis.held_out.accuracy.value > 0.98


def test_a_table_too_small_to_tell_by_leaves_it_open():
    generator = np.random.default_rng(0)
    X, y = generator.normal(size=(20, 2)), np.arange(20) % 2
    diagnosis = diagnose((X, y), Network((8,)), Training(lr=0.01, epochs=20), seeds=5)
    assert diagnosis.verdict == "cannot tell"
    assert diagnosis.headline == "Cannot tell whether the network underfits or overfits."
    assert "more rows" in diagnosis.reasons[-1]


def test_the_same_seed_gives_the_same_diagnosis_and_another_another():
    data = datasets.moons(n_samples=80)
    first, again, other = (diagnose(data, TINY, QUICK, seeds=3, seed=seed).to_json() for seed in (1, 1, 2))
    assert first == again
    assert first["judged"] != other["judged"]


def test_all_of_it_is_json(clear):
    told = json.loads(json.dumps(clear.to_json(), allow_nan=False))
    assert told["verdict"] == "underfits"
    assert [told["symptom"], told["remedy"]] == told["reasons"][:2]
    assert told["large_gap"] == clear.large_gap
    assert set(EFFECTS) < set(told)
    assert told["less_capacity"] is None
    assert told["more_capacity"]["log_loss"]["value"] == clear.more_capacity.log_loss.value
    assert [tried["name"] for tried in told["tried"]] == [tried.probe.name for tried in clear.probes]
    assert told["tried"][0]["n_train"] == 240
    assert (told["n_rows"], told["n_used"], told["n_judged"], told["n_seeds"]) == (300, 300, 300, 5)


def test_it_reads_well(clear):
    lines = str(clear).splitlines()
    assert lines[0] == "The network underfits."
    assert max(len(line) for line in lines if not line.startswith("more regularisation")) <= 110
    assert any(line.startswith("more capacity") and "helps" in line for line in lines)
    assert f"From {len(clear.probes) * 5} networks" in str(clear)
    assert repr(clear) == str(clear)


def test_of_a_large_table_only_some_rows_take_part_and_it_says_so():
    diagnosis = diagnose(datasets.circles(n_samples=500), TINY, QUICK, seeds=5, max_rows=100)
    assert (diagnosis.n_rows, diagnosis.n_used, diagnosis.n_scored) == (500, 100, 100)
    assert diagnosis.probes[0].n_train == 80
    assert "100 of 500 rows" in diagnosis.basis()
    assert "of 100 of 500 rows" in diagnosis.reasons[-1]


def test_columns_of_every_kind_with_gaps_are_read():
    heart = datasets.heart()
    rows = np.arange(120)
    frame = heart.X[rows].with_columns(pl.when(pl.col("age") > 60).then(None).otherwise(pl.col("age")).alias("age"))
    diagnosis = diagnose(
        (frame, heart.y[rows]),
        Network((4,)),
        Training(lr=0.02, epochs=8),
        seeds=2,
        categorical=heart.categorical,
        class_weight={1: 2.0},
    )
    assert isinstance(diagnosis, Diagnosis)
    assert 0 < diagnosis.held_out.log_loss.value < 2


def test_three_classes_one_of_them_rare():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(60, 2))
    y = ["often"] * 40 + ["seldom"] * 19 + ["once"]
    diagnosis = diagnose((X, y), Network((4,)), QUICK, seeds=5)
    assert diagnosis.n_scored == 59
    assert diagnosis.noise.majority_error == pytest.approx(19 / 59)


def test_wrong_settings_are_all_told_at_once():
    with pytest.raises(SettingError) as raised:
        diagnose(datasets.moons(), TINY, QUICK, seeds=1, max_rows=3, seed=-1)
    for said in (
        "seeds is 1. Give a whole number from 2 up",
        "max_rows is 3. Give a whole number from 20 up",
        "seed is -1. Give a whole number from 0 up",
    ):
        assert said in str(raised.value)


def test_tables_that_cannot_be_read_are_refused():
    with pytest.raises(InputError, match="The table has 10 rows, and a diagnosis of 2 classes takes at least 20"):
        diagnose(datasets.moons(n_samples=10), TINY, QUICK)
    with pytest.raises(InputError, match=r"at least two classes|two"):
        diagnose((np.zeros((30, 2)) + np.arange(30)[:, None], ["a"] * 30), TINY, QUICK)
    with pytest.raises(SettingError, match="precision"):
        diagnose(datasets.moons(), TINY, QUICK, precision="float8")


def test_networks_that_diverge_are_warned_of_and_counted():
    training = Training(optimizer="sgd", lr=1e30, epochs=5)
    with pytest.warns(DivergenceWarning, match=r"The loss of \d+ of \d+ networks stopped being finite"):
        diagnosis = diagnose(datasets.moons(n_samples=60), Network((4,)), training, seeds=2)
    assert diagnosis.diverged > 0
    assert np.isfinite(diagnosis.held_out.log_loss.value)


def test_ctrl_c_ends_it():
    def interrupt(_progress):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        diagnose(datasets.moons(n_samples=60), TINY, QUICK, on_epoch=interrupt)


def test_a_network_that_stops_early_never_stops_by_a_judged_row():
    """Judged rows whose labels are all turned round change what is measured, not what is trained."""
    X, y = datasets.moons(n_samples=100)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        diagnosis = diagnose((X, y), TINY, Training(lr=0.05, epochs=40, patience=3), seeds=5)
    assert diagnosis.probes[0].n_train == 80


def test_a_split_of_ones_own_is_diagnosed_on_its_test_rows_also_of_a_sample():
    moons, training = datasets.moons(n_samples=200, noise=0.3), Training(epochs=2)
    split = (range(150), range(150, 200))
    diagnosis = diagnose(moons, Network((2,)), training, seeds=2, split=split)
    assert (diagnosis.n_scored, diagnosis.probes[0].n_train, diagnosis.split) == (50, 150, "by caller")
    assert "on the training rows of the split that was given, and scores all on its test rows" in " ".join(
        diagnosis.basis().split()
    )
    some = diagnose(moons, Network((2,)), training, seeds=2, split=split, max_rows=100)
    assert some.n_used == 100 == some.n_scored + some.probes[0].n_train
    apart = (moons.X[:150], moons.y[:150])
    second = diagnose(apart, Network((2,)), training, seeds=2, X_test=moons.X[150:], y_test=moons.y[150:])
    assert second.held_out == diagnosis.held_out
