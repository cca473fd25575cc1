import numpy as np
import pytest
from sklearn.metrics import precision_score, recall_score

from demarcate.inspection.threshold_curve import (
    N_STEPS,
    THRESHOLDS,
    AbstentionCurve,
    ThresholdCurve,
    cheapest_threshold,
    count_at_least,
)


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    probabilities = rng.random(300).round(3)
    return rng.random(300) < probabilities, probabilities


def test_a_row_counts_up_to_its_own_probability():
    assert count_at_least(np.array([0.2, 0.5]), np.array([0.0, 0.2, 0.3, 0.5, 0.6])).tolist() == [2, 2, 1, 1, 0]


@pytest.mark.parametrize("place", [0, 131, 500, 870])
def test_precision_and_recall_are_scikit_learns(rows, place):
    is_positive, probabilities = rows
    curve, called = ThresholdCurve.of(is_positive, probabilities), probabilities >= THRESHOLDS[place]
    assert curve.precision[place] == pytest.approx(precision_score(is_positive, called))
    assert curve.recall[place] == pytest.approx(recall_score(is_positive, called))


def test_costs_are_those_of_the_mistakes(rows):
    is_positive, probabilities = rows
    costs = ThresholdCurve.of(is_positive, probabilities).costs(3, 2)
    called = probabilities >= 0.4
    expected = np.mean(3 * (is_positive & ~called) + 2 * (~is_positive & called))
    assert costs[400] == pytest.approx(expected)


def test_shares_of_no_rows_are_nan():
    curve = ThresholdCurve.of(np.array([False, False]), np.array([0.2, 0.3]))
    assert np.isnan(curve.recall).all()
    assert np.isnan(curve.precision[-1])


@pytest.mark.parametrize(("expected", "best"), [(0.0, 0.25), (0.6, 0.5), (1.0, 0.75)])
def test_of_equally_cheap_thresholds_the_nearest_to_the_expected_one_is_taken(expected, best):
    assert cheapest_threshold(np.array([3.0, 1.0, 1.0, 1.0, 2.0]), expected, np.arange(5) / 4) == best


def test_dear_misses_lower_the_cheapest_threshold(rows):
    curve = ThresholdCurve.of(*rows)
    assert curve.cheapest(9, 1) < curve.cheapest(1, 1) < curve.cheapest(1, 9)
    assert curve.costs(9, 1)[round(curve.cheapest(9, 1) * N_STEPS)] == curve.costs(9, 1).min()


class TestAbstentionCurve:
    CODES = np.array([0, 1, 2, 0])
    PROBABILITIES = np.array([[0.8, 0.1, 0.1], [0.1, 0.6, 0.3], [0.5, 0.25, 0.25], [0.4, 0.3, 0.3]])

    def test_rows_below_the_confidence_are_not_answered(self):
        curve = AbstentionCurve.of(self.CODES, self.PROBABILITIES)
        assert curve.answered[[0, 450, 550, 700, 900]].tolist() == [4, 3, 2, 1, 0]
        assert curve.right[[0, 450, 550, 700, 900]].tolist() == [3, 2, 2, 1, 0]
        assert curve.accuracy[[0, 450]].tolist() == [0.75, 2 / 3]
        assert np.isnan(curve.accuracy[900])

    def test_mistakes_and_abstentions_have_costs(self):
        curve = AbstentionCurve.of(self.CODES, self.PROBABILITIES)
        assert curve.costs(2, 0.5)[450] == (2 * 1 + 0.5 * 1) / 4
        assert curve.cheapest(2, 0.5) == 0.6
        assert curve.cheapest(1, 2) == 0.0


def test_decisions_by_a_threshold_replace_the_counts_of_the_step_nearest_to_it(rows):
    is_positive, probabilities = rows
    curve = ThresholdCurve.of(is_positive, probabilities)
    threshold = 1 / 3
    decided = probabilities >= threshold
    own = curve.with_decisions(threshold, is_positive, decided)
    assert own.true_positives[333] == (decided & is_positive).sum()
    assert own.false_positives[333] == (decided & ~is_positive).sum()
    others = np.arange(1001) != 333
    assert (own.true_positives[others] == curve.true_positives[others]).all()
    assert (np.diff(own.true_positives) <= 0).all()
