"""Variances of weighted means and shares of clustered rows."""

import numpy as np
import pytest

from demarcate.evaluation.linearisation import effective_trials, mean_interval, mean_variance
from demarcate.evaluation.measures import share_of
from demarcate.evaluation.sampling import Sampling


def share(hits):
    return share_of(np.asarray(hits, dtype=bool), np.ones(len(hits), dtype=bool))


HITS = np.arange(60) % 4 > 0


def test_rows_by_themselves_are_worth_themselves():
    assert effective_trials(share(HITS), Sampling(), 0.95) == pytest.approx(60)
    assert effective_trials(share(HITS), Sampling(clusters=np.arange(60)), 0.95) == pytest.approx(60)
    assert effective_trials(share(HITS), Sampling(weights=np.full(60, 7.0)), 0.95) == pytest.approx(60)


def test_clusters_of_equal_rows_are_worth_less_than_their_number():
    # Each of 15 clusters is four times the same row: 15 trials, and fewer for what is not known of so few.
    hits = np.repeat(np.arange(15) % 3 > 0, 4)
    of_clusters = Sampling(clusters=np.repeat(np.arange(15), 4))
    assert effective_trials(share(hits), of_clusters, None) == pytest.approx(15, rel=0.06)
    assert effective_trials(share(hits), of_clusters, 0.95) < effective_trials(share(hits), of_clusters, None)


def test_rows_all_right_are_worth_their_clusters():
    sampling = Sampling(clusters=np.repeat([0, 1, 2], [10, 10, 40]))
    assert effective_trials(share(np.ones(60)), sampling, 0.95) == pytest.approx(60**2 / (100 + 100 + 1600))


def test_a_share_of_no_rows_is_worth_nothing():
    nothing = share_of(HITS, np.zeros(60, dtype=bool))
    assert effective_trials(nothing, Sampling(weights=np.ones(60)), 0.95) == 0


def test_weighted_rows_are_worth_at_most_kishs_number():
    weights = np.where(np.arange(60) < 10, 20.0, 1.0)
    worth = effective_trials(share(np.arange(60) >= 10), Sampling(weights=weights), 0.95)
    assert worth <= weights.sum() ** 2 / (weights**2).sum()


def test_rows_that_stand_for_several_count_as_those():
    weights = np.linspace(1, 3, 60)
    each = effective_trials(share(HITS), Sampling(weights=weights), None, np.full(60, 5.0))
    repeated = effective_trials(share(np.repeat(HITS, 5)), Sampling(weights=np.repeat(weights, 5)), None)
    assert each == pytest.approx(repeated)


def test_the_variance_of_a_clustered_mean_is_that_of_cluster_means():
    values = np.random.default_rng(0).normal(size=80)
    sampling = Sampling(clusters=np.repeat(np.arange(20), 4))
    of_clusters = values.reshape(20, 4).mean(axis=1)
    assert mean_variance(values, sampling) == pytest.approx(of_clusters.var(ddof=1) / 20)


def test_a_single_cluster_has_no_interval():
    value, low, high = mean_interval(np.array([1.0, 3.0]), Sampling(clusters=np.zeros(2, dtype=int)))
    assert (value, low, high) == (2.0, None, None)


def test_intervals_of_clustered_means_hold_the_mean_of_new_clusters():
    rng = np.random.default_rng(3)
    inside = 0
    for _ in range(300):
        values = np.repeat(rng.normal(size=12), 5) + rng.normal(size=60)
        _, low, high = mean_interval(values, Sampling(clusters=np.repeat(np.arange(12), 5)))
        inside += low <= 0 <= high
    assert 0.92 <= inside / 300 <= 0.98
