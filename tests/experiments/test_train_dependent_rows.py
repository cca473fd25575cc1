"""Training on rows that come in groups, follow one another in time, or weigh differently."""

import numpy as np
import polars as pl
import pytest

from demarcate import Network, Training, load, train
from demarcate.errors import InputError

STOPPED = Training(lr=0.02, epochs=6, batch_size=None, patience=3)
SMALL = Network((4,))


@pytest.fixture(scope="module")
def data():
    generator = np.random.default_rng(0)
    X = pl.DataFrame(generator.normal(size=(200, 2)), schema=["a", "b"])
    extra = {
        "subject": np.repeat([f"S{number}" for number in range(40)], 5),
        "day": generator.permutation(200),
        "w": np.linspace(1, 5, 200),
    }
    return X.with_columns(**{name: pl.Series(values) for name, values in extra.items()}), np.arange(200) % 2


def test_groups_are_on_one_side_in_every_seed_and_no_feature(data):
    runs = train(data, SMALL, STOPPED, seeds=3, groups="subject")
    subjects = data[0]["subject"].to_numpy()
    for run in runs.repeats["network"]:
        parts = [set(subjects[rows]) for rows in (run.train_rows, run.validation_rows, run.test_rows)]
        assert all(parts)
        assert sum(map(len, parts)) == 40
        assert run.scores["accuracy"].n_clusters == len(parts[2])
    assert "subject" not in [column.name for column in runs["network"].predictor.schema.used]


def test_with_times_the_latest_rows_are_tested_on_and_a_gap_is_left_out(data):
    run = train(data, SMALL, STOPPED, time="day", gap=3)["network"]
    day = data[0]["day"].to_numpy()
    assert sorted(day[run.test_rows]) == list(range(160, 200))
    assert max(day[run.validation_rows]) == 156
    assert max(day[run.train_rows]) < min(day[run.validation_rows]) - 3


def test_scores_are_of_weighted_rows(data):
    run = train(data, SMALL, STOPPED, sample_weight="w")["network"]
    weights, labels = data[0]["w"].to_numpy()[run.test_rows], data[1][run.test_rows]
    hits = run.test_probabilities.argmax(1) == labels
    assert run.test_accuracy == pytest.approx(np.average(hits, weights=weights))
    assert run.scores["accuracy"].value == pytest.approx(run.test_accuracy)
    assert run.scores["log_loss"].value == pytest.approx(run.test_loss)
    assert "weighted" in run.scores["accuracy"].rows
    array = train((data[0].drop("w"), data[1]), SMALL, STOPPED, sample_weight=data[0]["w"])["network"]
    assert array.test_loss == pytest.approx(run.test_loss)


def test_the_saved_network_keeps_what_it_was_trained_on(data, tmp_path):
    run = train(data, SMALL, STOPPED, groups="subject")["network"]
    run.save(tmp_path / "network.safetensors")
    trained_on = load(tmp_path / "network.safetensors").trained_on
    assert trained_on.group_columns == ("subject",)
    assert trained_on.n_rows == len(run.train_rows) + len(run.validation_rows)


def test_groups_that_cannot_be_held_out_are_refused(data):
    with pytest.raises(InputError, match="group"):
        train(data, SMALL, STOPPED, groups=np.zeros(200, dtype=int))
