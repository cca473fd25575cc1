import numpy as np

from demarcate.evaluation import bootstrap
from demarcate.evaluation.bootstrap import LIMITED_RESAMPLES, Bootstrap, resample
from demarcate.evaluation.measures import mean_of
from demarcate.evaluation.sampling import PLAIN, Sampling
from demarcate.phases.time_budget import TimeBudget, keeping_to


def test_each_resample_draws_as_many_rows_as_there_are(monkeypatch):
    monkeypatch.setattr(bootstrap, "CHUNK_NUMBERS", 70)
    chunks = list(resample(20, 10, seed=0))
    assert [len(chunk) for chunk in chunks] == [3, 3, 3, 1]
    assert (np.concatenate(chunks).sum(axis=1) == 20).all()


def test_the_size_of_the_chunks_changes_nothing(monkeypatch):
    whole = np.concatenate(list(resample(20, 10, seed=0)))
    monkeypatch.setattr(bootstrap, "CHUNK_NUMBERS", 1)
    np.testing.assert_array_equal(np.concatenate(list(resample(20, 10, seed=0))), whole)


def test_draws_move_with_a_value_that_is_known_better_and_others_stay():
    draws = {"loss": np.array([0.25, 0.75]), "other": np.array([1.0, 2.0])}
    stretch = {"loss": 1.0, "other": 1.0}
    rows = Bootstrap({"loss": 0.5, "other": 1.5}, draws, stretch, stretch, n_rows=100, level=0.95, n_units=100)
    moved = rows.about({"loss": 0.625})
    assert moved.draws["loss"].tolist() == [0.375, 0.875]
    assert (moved.values["other"], moved.draws["other"].tolist()) == (1.5, [1.0, 2.0])


def test_rows_of_a_cluster_are_drawn_together_and_weigh_what_they_weigh():
    sampling = Sampling(np.array([1.0, 2.0, 3.0, 4.0]), np.array([7, 7, 9, 9]))
    for drawn in resample(4, 20, seed=0, sampling=sampling):
        times = drawn / sampling.weights
        np.testing.assert_array_equal(times[:, 0], times[:, 1])
        np.testing.assert_array_equal(times[:, 2], times[:, 3])
        np.testing.assert_array_equal(times[:, 0] + times[:, 2], 2)


def resampled(values, sampling=PLAIN):
    return Bootstrap.of({"mean": mean_of(values)}, len(values), len(values), sampling, seed=0, level=0.95)


def test_the_difference_of_two_bootstraps_is_the_bootstrap_of_the_difference():
    rng = np.random.default_rng(0)
    one, other, folds = rng.normal(size=60), rng.normal(size=60), np.arange(60) % 3
    sampling = Sampling(folds=folds)
    less = resampled(one, sampling).less(resampled(other, sampling), 1000)
    whole = resampled(one - other, sampling)
    np.testing.assert_allclose(less.values["mean"], whole.values["mean"])
    np.testing.assert_allclose(less.draws["mean"], whole.draws["mean"], atol=1e-12)
    np.testing.assert_allclose(less.percentiles("mean"), whole.percentiles("mean"), atol=1e-12)
    np.testing.assert_allclose(less.stretch["mean"], whole.stretch["mean"])


def test_where_time_is_over_draws_are_few_and_the_interval_is_that_of_their_deviation(monkeypatch):
    monkeypatch.setattr(bootstrap, "CHUNK_NUMBERS", 10_000)
    values = np.random.default_rng(0).normal(size=200)
    budget = TimeBudget(1e-9)
    with keeping_to(budget):
        few = resampled(values)
    assert len(few.draws["mean"]) == LIMITED_RESAMPLES
    assert budget.left_out == ["intervals come from fewer random draws of the rows than they would"]
    low, high = few.percentiles("mean")
    # The standard error of a mean is known without drawing; 25 draws show it to within a third.
    assert 1.3 < (high - low) / (2 * values.std() / 200**0.5) < 2.7


def test_with_time_enough_a_limit_changes_nothing_but_the_rounding():
    values = np.random.default_rng(0).normal(size=200)
    budget = TimeBudget(1000)
    with keeping_to(budget):
        limited = resampled(values)
    np.testing.assert_allclose(limited.draws["mean"], resampled(values).draws["mean"], atol=1e-12)
    assert budget.left_out == []
