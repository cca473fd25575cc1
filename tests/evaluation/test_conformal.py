import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.evaluation.conformal import Conformal
from demarcate.evaluation.sampling import Sampling

REPEATABLE = settings(derandomize=True, deadline=None, max_examples=80)


def draw(n_rows, n_classes, generator, sharpness=1.5):
    """Codes, and the probabilities that they were drawn from."""
    logits = generator.normal(0, sharpness, (n_rows, n_classes)) + np.linspace(0, 1, n_classes)
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    return (generator.random((n_rows, 1)) > probabilities.cumsum(1)[:, :-1]).sum(1), probabilities


def holds(sets, codes):
    return sets[np.arange(len(codes)), codes]


@REPEATABLE
@given(st.integers(1, 60), st.sampled_from([Fraction(1, 2), Fraction(4, 5), Fraction(9, 10), Fraction(19, 20)]))
def test_a_label_is_in_if_it_conforms_with_no_smaller_share_of_rows_than_asked_for(n_rows, coverage):
    generator = np.random.default_rng(n_rows)
    codes, probabilities = draw(n_rows, 3, generator)
    sets = Conformal.of(codes, probabilities).sets(probabilities[None], float(coverage))
    truths = probabilities[np.arange(n_rows), codes]
    for row, code in np.ndindex(n_rows, 3):
        # As conformal prediction is usually written, with exact numbers: scores 1 - p, and the k-th smallest of them.
        k = math.ceil((n_rows + 1) * coverage)
        bound = np.inf if k > n_rows else np.sort(1 - truths)[k - 1]
        assert (
            sets[row, code] == (1 - probabilities[row, code] <= bound)
            or abs(1 - probabilities[row, code] - bound) < 1e-15
        )


@pytest.mark.parametrize("coverage", [0.8, 0.9])
@pytest.mark.parametrize("per_class", [False, True])
def test_sets_hold_the_true_label_as_often_as_asked(coverage, per_class):
    generator = np.random.default_rng(5)
    shares, shares_of_class = [], []
    for _ in range(60):
        conformal = Conformal.of(*draw(150, 3, generator))
        codes, probabilities = draw(1000, 3, generator)
        right = holds(conformal.sets(probabilities[None], coverage, per_class=per_class), codes)
        shares.append(right.mean())
        shares_of_class.append([right[codes == code].mean() for code in range(3)])
    assert np.mean(shares) == pytest.approx(coverage, abs=0.02)
    of_classes = np.mean(shares_of_class, 0)
    if per_class:
        np.testing.assert_allclose(of_classes, coverage, atol=0.035)
    else:
        assert np.ptp(of_classes) > 0.05


@pytest.mark.parametrize(("n_rows", "is_always_in"), [(8, True), (9, False)])
def test_a_class_with_too_few_rows_for_the_coverage_is_in_every_set(n_rows, is_always_in):
    conformal = Conformal(np.append(np.full(40, 0.6), np.full(n_rows, 0.4)), (40, n_rows))
    sets = conformal.sets(np.array([[[1.0, 0.0]]]), 0.9, per_class=True)
    assert sets.tolist() == [[True, is_always_in]]


def test_a_class_without_rows_is_in_every_set_of_its_own_class():
    conformal = Conformal(np.full(40, 0.6), (40, 0))
    assert conformal.thresholds(0.9, per_class=True).tolist() == [0.6, 0.0]
    assert conformal.thresholds(0.9).tolist() == [0.6, 0.6]


def test_a_wider_coverage_never_drops_a_label():
    generator = np.random.default_rng(1)
    conformal = Conformal.of(*draw(80, 4, generator))
    _, probabilities = draw(50, 4, generator)
    sizes = [conformal.sets(probabilities[None], coverage).sum() for coverage in (5e-324, 0.01, 0.3, 0.6, 0.9, 0.999)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] == 200


class TestEmptySets:
    CONFORMAL = Conformal(np.full(99, 0.9), (99, 0, 0))
    UNSURE = np.array([[[0.2, 0.5, 0.3], [0.95, 0.05, 0.0]]])

    def test_no_label_is_in_where_none_is_as_likely_as_true_ones_are(self):
        assert self.CONFORMAL.sets(self.UNSURE).tolist() == [[False] * 3, [True, False, False]]

    def test_unless_the_likeliest_is_asked_for(self):
        sets = self.CONFORMAL.sets(self.UNSURE, allow_empty=False)
        assert sets.tolist() == [[False, True, False], [True, False, False]]


class TestFolds:
    def test_a_label_is_in_if_most_folds_put_it_in(self):
        conformal = Conformal(np.full(99, 0.6), (50, 49))
        of_folds = np.array([[[0.9, 0.1]], [[0.7, 0.3]], [[0.0, 1.0]]])
        # The mean over folds is 0.53, and would not be in.
        assert conformal.sets(of_folds).tolist() == [[True, False]]

    def test_one_that_is_unsure_does_not_empty_the_sets_of_certain_folds(self):
        generator = np.random.default_rng(2)
        conformal = Conformal.of(np.zeros(200, int), np.array([[1 - 1e-6, 1e-6]] * 190 + [[0.99, 0.01]] * 10))
        of_folds = np.tile([1 - 1e-7, 1e-7], (8, 500, 1))
        unsure = generator.integers(8, size=500)
        of_folds[unsure, np.arange(500)] = [0.9, 0.1]
        assert conformal.sets(of_folds)[:, 0].all()


@pytest.mark.parametrize("coverage", [0, 1, -0.1, 1.5, 90, True, math.nan])
def test_a_coverage_that_is_none_is_refused(coverage):
    with pytest.raises(SettingError, match="not between 0 and 1"):
        Conformal(np.full(9, 0.5), (5, 4)).thresholds(coverage)


@pytest.mark.parametrize(
    ("truths", "class_rows", "reason"),
    [
        ([0.5, 0.6], (1,), "one probability for each row"),
        ([[0.5, 0.6]], (2,), "one probability for each row"),
        ([0.5, 1.5], (1, 1), "Probability 1 is 1.5"),
        ([np.nan, 0.5], (1, 1), "Probability 0 is nan"),
        ([0.6, 0.5], (2, 0), "do not ascend within a class"),
    ],
)
def test_what_is_no_record_of_true_classes_is_refused(truths, class_rows, reason):
    with pytest.raises(SettingError, match=reason):
        Conformal(np.array(truths), class_rows)


def test_it_keeps_each_classes_probabilities_sorted():
    probabilities = np.array([[0.1, 0.1, 0.8], [0.7, 0.2, 0.1], [0.5, 0.2, 0.3], [0.2, 0.2, 0.6]])
    conformal = Conformal.of(np.array([2, 0, 2, 2]), probabilities)
    assert conformal.truths.tolist() == [0.7, 0.3, 0.6, 0.8]
    assert conformal.class_rows == (1, 0, 3)


@pytest.mark.parametrize("coverage", [0, 1, -0.1, 90, float("nan"), True, None, "0.9", [0.9]])
def test_what_is_no_coverage_is_refused(coverage):
    with pytest.raises(SettingError, match="not between 0 and 1"):
        Conformal(np.array([0.5, 0.7]), (1, 1)).thresholds(coverage)


def coverage_of(sampling_of, draw, n_tables=120):
    """Return the share of the next rows' true labels that sets hold, over many tables; ``draw`` makes rows."""
    held = []
    for seed in range(n_tables):
        rng = np.random.default_rng(seed)
        codes, probabilities, sampling = draw(rng)
        conformal = Conformal.of(codes, probabilities, sampling_of(sampling))
        fresh_codes, fresh, fresh_sampling = draw(rng)
        sets = conformal.sets(fresh[np.newaxis])
        weights = fresh_sampling.row_weights(len(fresh_codes))
        held.append(np.average(sets[np.arange(len(fresh_codes)), fresh_codes], weights=weights))
    return float(np.mean(held))


def two_sided(chance):
    return np.stack([1 - chance, chance], axis=1)


def weighted_rows(rng):
    codes, chance = rng.integers(2, size=150), rng.uniform(0.02, 0.98, size=150)
    # Heavy rows are hard ones.
    wrong = np.where(codes == 1, 1 - chance, chance)
    return codes, two_sided(chance), Sampling(np.exp(3 * wrong))


def grouped_rows(rng):
    groups = np.repeat(np.arange(15), 10)
    codes = rng.integers(2, size=150)
    right = 1 / (1 + np.exp(-(1.5 + 1.5 * rng.normal(size=15)[groups] + 0.3 * rng.normal(size=150))))
    return codes, two_sided(np.where(codes == 1, right, 1 - right)), Sampling(clusters=groups)


def test_sets_cover_the_weighted_rows():
    assert coverage_of(lambda _: Sampling(), weighted_rows) < 0.87
    assert 0.89 <= coverage_of(lambda sampling: sampling, weighted_rows) <= 0.93


def test_sets_cover_rows_of_new_groups():
    by_row = coverage_of(lambda _: Sampling(), grouped_rows)
    by_group = coverage_of(lambda sampling: sampling, grouped_rows)
    assert by_row < by_group
    assert 0.89 <= by_group <= 0.95


def test_equal_weights_give_the_thresholds_of_rows_without():
    rng = np.random.default_rng(0)
    codes, probabilities = rng.integers(3, size=200), rng.dirichlet([1, 1, 1], size=200)
    plain = Conformal.of(codes, probabilities)
    weighted = Conformal.of(codes, probabilities, Sampling(np.full(200, 0.3)))
    for coverage in (0.5, 0.8, 0.9, 0.99):
        for per_class in (False, True):
            expected = plain.thresholds(coverage, per_class=per_class)
            np.testing.assert_array_equal(weighted.thresholds(coverage, per_class=per_class), expected)


def test_a_class_without_rows_is_in_every_set_of_weighted_rows():
    codes, probabilities = np.zeros(50, dtype=int), np.full((50, 2), 0.5)
    conformal = Conformal.of(codes, probabilities, Sampling(np.arange(1.0, 51)))
    assert conformal.thresholds(per_class=True)[1] == 0


@pytest.mark.parametrize(
    ("weights", "new_weights"),
    [([1.0], (1.0, 1.0, 1.0)), ([1.0, -1.0], (1.0, 1.0, 1.0)), ([1.0, 1.0], (1.0,)), ([1.0, 1.0], None)],
)
def test_what_are_no_weights_is_refused(weights, new_weights):
    with pytest.raises(SettingError, match=r"no weight for each row|What a new row counts"):
        Conformal(np.array([0.5, 0.6]), (1, 1), np.array(weights), new_weights)


@pytest.mark.parametrize("coverage", [5e-324, 1e-20, 1e-12])
def test_a_coverage_of_nearly_nothing_is_met_by_the_most_probable_row(coverage):
    conformal = Conformal(np.array([0.5, 0.7, 0.9]), (1, 2))
    assert conformal.thresholds(coverage).tolist() == [0.9, 0.9]
    assert conformal.thresholds(coverage, per_class=True).tolist() == [0.5, 0.9]
