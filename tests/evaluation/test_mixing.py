"""Weights of kinds of network, and mixtures by them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.evaluation.mixing import MIN_PROBABILITY, MIN_WEIGHT, kind_weights, mixture, out_of_fold_weights
from demarcate.evaluation.sampling import Sampling

REPEATABLE = settings(deadline=None, derandomize=True, max_examples=15)


def two_classes(of_second):
    """Probabilities of two classes, ``(n_kinds, n_rows, 2)``, from those of the second."""
    of_second = np.asarray(of_second, dtype=np.float64)
    return np.stack([1 - of_second, of_second], -1)


def other_probabilities(probabilities, seed):
    return np.random.default_rng(seed).dirichlet(np.ones(probabilities.shape[2]), probabilities.shape[:2])


def log_loss(codes, probabilities, weights=None):
    of_truth = probabilities[np.arange(len(codes)), codes].clip(MIN_PROBABILITY)
    return -np.average(np.log(of_truth), weights=weights)


@st.composite
def scored_rows(draw):
    """Classes of rows, and the probabilities of a few kinds, better or worse."""
    n_kinds, n_rows, n_classes = draw(st.integers(2, 5)), draw(st.integers(1, 40)), draw(st.integers(2, 4))
    generator = np.random.default_rng(draw(st.integers(0, 1000)))
    codes = generator.integers(0, n_classes, n_rows)
    logits = generator.normal(size=(n_kinds, n_rows, n_classes))
    logits[:, np.arange(n_rows), codes] += generator.uniform(-1, 3, size=(n_kinds, 1))
    return codes, np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)


@st.composite
def samplings(draw, n_rows):
    generator = np.random.default_rng(draw(st.integers(0, 1000)))
    weights = generator.exponential(size=n_rows) if draw(st.booleans()) else None
    clusters = generator.integers(0, 5, n_rows) if draw(st.booleans()) else None
    return Sampling(weights, clusters)


# The weights of kinds


@REPEATABLE
@given(st.data(), scored_rows())
def test_weights_sum_to_one_and_none_is_small(data, rows):
    codes, probabilities = rows
    weights = kind_weights(codes, probabilities, data.draw(samplings(len(codes))))
    assert weights.shape == (len(probabilities),)
    assert weights.sum() == pytest.approx(1)
    assert all(weight == 0 or weight >= MIN_WEIGHT for weight in weights)


@REPEATABLE
@given(st.data(), scored_rows())
def test_the_same_rows_give_the_same_weights(data, rows):
    codes, probabilities = rows
    sampling = data.draw(samplings(len(codes)))
    first, again = (kind_weights(codes, probabilities, sampling) for _ in range(2))
    assert first.tolist() == again.tolist()


@REPEATABLE
@given(scored_rows())
def test_a_kind_that_is_worse_in_every_row_weighs_nothing(rows):
    codes, probabilities = rows
    worse = probabilities[0].copy()
    of_truth = worse[np.arange(len(codes)), codes]
    worse[np.arange(len(codes)), codes] = of_truth / 2
    weights = kind_weights(codes, np.stack([probabilities[0], worse]))
    assert weights.tolist() == [1, 0]


def test_kinds_that_are_right_about_different_rows_share_the_weight():
    codes = np.zeros(400, dtype=np.int64)
    of_second = np.where(np.arange(400) % 2, 0.1, 0.6)
    weights = kind_weights(codes, two_classes([of_second, 0.7 - of_second]))
    assert weights.min() > 0.4
    assert log_loss(codes, mixture(two_classes([of_second, 0.7 - of_second]), weights)) < log_loss(
        codes, two_classes(of_second)
    )


def test_equal_kinds_are_as_good_as_one_whatever_they_weigh():
    codes = np.arange(30) % 2
    own = two_classes(np.random.default_rng(0).uniform(0.1, 0.9, 30))
    mixed = mixture(np.stack([own, own]), kind_weights(codes, np.stack([own, own])))
    np.testing.assert_allclose(mixed, own, atol=1e-12)


def test_the_mean_is_at_least_as_good_as_the_best_kind_on_the_rows_that_chose():
    generator = np.random.default_rng(1)
    codes = generator.integers(0, 2, 500)
    noise = generator.normal(0, 1, size=(3, 500))
    kinds = two_classes(1 / (1 + np.exp(-(2 * codes - 1 + noise))))
    mixed = log_loss(codes, mixture(kinds, kind_weights(codes, kinds)))
    assert mixed < min(log_loss(codes, own) for own in kinds)


def test_one_kind_has_all_the_weight_and_without_rows_all_weigh_the_same():
    none = np.empty(0, dtype=np.int64)
    assert kind_weights(np.array([0, 1]), two_classes([[0.5, 0.5]])).tolist() == [1]
    assert kind_weights(none, np.empty((4, 0, 2))).tolist() == [0.25] * 4


def test_a_probability_of_zero_of_the_true_class_is_no_infinite_loss():
    codes = np.zeros(50, dtype=np.int64)
    once_wrong, poor = np.full(50, 0.01), np.full(50, 0.9)
    once_wrong[7] = 1.0
    assert kind_weights(codes, two_classes([once_wrong, poor]))[0] > 0.5


def test_rows_count_by_their_weight():
    codes = np.zeros(100, dtype=np.int64)
    is_heavy = np.arange(100) < 20
    kinds = two_classes([np.where(is_heavy, 0.05, 0.9), np.where(is_heavy, 0.9, 0.05)])
    assert kind_weights(codes, kinds)[1] > 0.5
    heavy = Sampling(np.where(is_heavy, 100.0, 1.0))
    assert kind_weights(codes, kinds, heavy)[0] > 0.5


def test_rows_of_weight_zero_decide_nothing():
    codes = np.zeros(60, dtype=np.int64)
    counts = np.arange(60) % 2 == 0
    kinds = two_classes([np.where(counts, 0.2, 0.999), np.where(counts, 0.3, 0.001)])
    assert kind_weights(codes, kinds, Sampling(counts.astype(np.float64))).tolist() == [1, 0]


def test_rows_of_a_cluster_are_drawn_together():
    # Of 10 clusters one has most rows: draws without it, about one in three, choose the kind that is bad in it.
    clusters = np.concatenate([np.zeros(900, dtype=np.int64), np.repeat(np.arange(1, 10), 10)])
    codes = np.zeros(990, dtype=np.int64)
    kinds = two_classes([np.where(clusters == 0, 0.1, 0.6), np.where(clusters == 0, 0.6, 0.1)])
    by_seed = [kind_weights(codes, kinds, Sampling(clusters=clusters), seed)[1] for seed in range(20)]
    assert max(by_seed) > 0.3
    assert max(kind_weights(codes, kinds, seed=seed)[1] for seed in range(20)) < 0.3


# Weights that the other rows chose


@REPEATABLE
@given(scored_rows(), st.integers(1, 4), st.integers(0, 100))
def test_the_weights_of_a_part_do_not_depend_on_its_rows(rows, n_parts, seed):
    codes, probabilities = rows
    parts = np.sort(np.arange(len(codes)) % n_parts)
    before = out_of_fold_weights(codes, probabilities, parts)
    part = seed % len(before)
    own = np.flatnonzero(parts == part)
    changed = probabilities.copy()
    changed[:, own] = other_probabilities(changed[:, own], seed)
    after = out_of_fold_weights(codes, changed, parts)
    assert before.shape == (parts.max() + 1, len(probabilities))
    assert after[part].tolist() == before[part].tolist()


@REPEATABLE
@given(st.data(), scored_rows())
def test_the_weights_of_a_part_are_those_of_all_other_rows(data, rows):
    codes, probabilities = rows
    parts, sampling = np.arange(len(codes)) % 3, data.draw(samplings(len(codes)))
    for part, weights in enumerate(out_of_fold_weights(codes, probabilities, parts, sampling)):
        others = np.flatnonzero(parts != part)
        expected = kind_weights(codes[others], probabilities[:, others], sampling.rows(others))
        assert weights.tolist() == expected.tolist()


@REPEATABLE
@given(scored_rows(), st.integers(0, 100))
def test_in_time_the_weights_of_a_part_depend_on_earlier_parts_alone(rows, seed):
    codes, probabilities = rows
    parts, forward = np.sort(np.arange(len(codes)) % 4), Sampling(is_forward=True)
    before = out_of_fold_weights(codes, probabilities, parts, forward)
    assert before[0].tolist() == [1 / len(probabilities)] * len(probabilities)
    part = seed % len(before)
    late = np.flatnonzero(parts >= part)
    changed = probabilities.copy()
    changed[:, late] = other_probabilities(changed[:, late], seed)
    after = out_of_fold_weights(codes, changed, parts, forward)
    assert after[: part + 1].tolist() == before[: part + 1].tolist()


def test_a_kind_that_only_its_own_part_speaks_for_weighs_nothing_there():
    codes, parts = np.zeros(100, dtype=np.int64), np.arange(100) % 2
    lucky = two_classes([np.full(100, 0.2), np.where(parts == 1, 0.01, 0.9)])
    assert out_of_fold_weights(codes, lucky, parts)[1].tolist() == [1, 0]
    assert out_of_fold_weights(codes, lucky, parts)[0].tolist() == [0, 1]


# Mixtures


@REPEATABLE
@given(scored_rows(), st.integers(0, 100))
def test_a_mixture_is_the_weighted_mean_of_the_kinds_row_by_row(rows, seed):
    _, probabilities = rows
    n_kinds, n_rows, _ = probabilities.shape
    by_row = np.random.default_rng(seed).dirichlet(np.ones(n_kinds), n_rows)
    mixed = mixture(probabilities, by_row)
    for row in range(n_rows):
        np.testing.assert_allclose(mixed[row], by_row[row] @ probabilities[:, row], atol=1e-12)
    np.testing.assert_allclose(mixture(probabilities, by_row[0]), mixture(probabilities, by_row[[0] * n_rows]))
    np.testing.assert_allclose(mixed.sum(1), 1)


def test_the_mixture_of_one_kind_is_the_kind_bit_by_bit():
    own = two_classes([[0.1, 0.7, 1 / 3]])
    assert np.array_equal(mixture(own, np.array([1.0])), own[0])
