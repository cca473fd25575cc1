import numpy as np

from demarcate.evaluation import bootstrap
from demarcate.evaluation.bootstrap import Bootstrap, resample
from demarcate.evaluation.sampling import Sampling


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
