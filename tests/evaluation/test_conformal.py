import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.evaluation.conformal import Conformal

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
    sizes = [conformal.sets(probabilities[None], coverage).sum() for coverage in (0.01, 0.3, 0.6, 0.9, 0.99, 0.999)]
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
