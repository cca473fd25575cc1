import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding.base import FitContext
from demarcate.encoding.target_statistics import STRENGTHS, ClassStatistics, class_counts, score_names


def statistics(values, codes, weights=None, parts=None):
    values, codes = np.array(values), np.array(codes)
    rows, context = np.arange(len(values)), FitContext(codes=codes, weights=weights)
    parts = np.zeros(values.max() + 1, dtype=np.int64) if parts is None else np.array(parts)
    of_parts = class_counts(parts[values], parts.max() + 1, rows, context)
    return ClassStatistics.of(class_counts(values, len(parts), rows, context), of_parts, parts)


def drawn(shares, n_rows=100, seed=0):
    """Values whose rows are of class 1 with these shares."""
    draw = np.random.default_rng(seed)
    values = np.repeat(np.arange(len(shares)), n_rows)
    return values, (draw.random(len(values)) < np.repeat(shares, n_rows)).astype(int)


def test_of_two_classes_the_score_is_the_log_odds_less_those_of_all_rows():
    values, codes = drawn([0.2, 0.5, 0.8] * 10, 2000)
    odds = statistics(values, codes).log_odds()
    assert odds.shape == (30, 1)
    assert odds[:, 0] == pytest.approx([-np.log(4), 0, np.log(4)] * 10, abs=0.15)


def test_of_more_classes_each_has_a_score():
    values, codes = np.repeat([0, 1], 300), np.array([0, 0, 1] * 100 + [2] * 300)
    odds = statistics(values, codes).log_odds()
    assert odds.shape == (2, 3)
    assert (np.sign(odds) == [[1, 1, -1], [-1, -1, 1]]).all()
    assert np.abs(odds).max(1).min() > 2
    assert score_names("x", 3) == ["x: log odds of class 0", "x: log odds of class 1", "x: log odds of class 2"]
    assert score_names("x", 1) == ["x: log odds"]


def test_values_of_few_rows_are_shrunk_more():
    draw = np.random.default_rng(0)
    shares = draw.beta(4, 4, 60)
    values, codes = drawn(shares, 50)
    values, codes = np.append(values, [60, 60]), np.append(codes, [1, 1])
    odds = statistics(values, codes).log_odds()[:, 0]
    observed = np.array([codes[values == value].mean() for value in range(61)])
    assert abs(odds[60]) < odds[:60].max()
    assert np.corrcoef(odds[:60], observed[:60])[0, 1] > 0.99


@pytest.mark.parametrize(("strength", "least", "most"), [(2, 1, 4), (16, 8, 32), (200, 64, 1024)])
def test_the_strength_of_the_prior_is_that_of_the_data(strength, least, most):
    shares = np.random.default_rng(1).beta(strength / 2, strength / 2, 300)
    assert least <= statistics(*drawn(shares, 60)).strength() <= most


def test_values_alike_are_not_informative_and_their_scores_are_next_to_0():
    of_seeds = [statistics(*drawn([0.3] * 200, 20, seed)) for seed in range(20)]
    assert not any(each.are_informative() for each in of_seeds)
    assert np.median([each.strength() for each in of_seeds]) == STRENGTHS[-1]
    assert max(np.abs(each.log_odds()).max() for each in of_seeds if each.strength() == STRENGTHS[-1]) < 0.01


def test_values_that_differ_are_informative():
    assert statistics(*drawn([0.1, 0.9] * 30, 20)).are_informative()


def test_values_that_only_follow_their_parts_are_not_informative():
    values, codes = drawn([0.1] * 30 + [0.9] * 30, 40)
    assert statistics(values, codes).are_informative()
    apart = statistics(values, codes, parts=[0] * 30 + [1] * 30)
    assert not apart.are_informative()
    assert np.abs(apart.log_odds()).max() < 0.2


def test_equal_weights_change_nothing_and_a_row_of_weight_two_counts_twice():
    values, codes = drawn([0.1, 0.4, 0.9], 10)
    plain = statistics(values, codes)
    assert statistics(values, codes, np.full(30, 3.0)).counts == pytest.approx(plain.counts)
    weights = np.where(codes == 1, 2.0, 1.0)
    counts = statistics(values, codes, weights).counts
    assert counts[:, 1] / counts[:, 0] == pytest.approx(2 * plain.counts[:, 1] / plain.counts[:, 0])
    assert counts.sum() == pytest.approx(30)


@settings(max_examples=100, deadline=None)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), max_size=40),
    zero=st.booleans(),
)
def test_scores_are_finite_whatever_the_rows_even_without_any(pairs, zero):
    values, codes = (np.array([pair[at] for pair in pairs], dtype=np.int64) for at in (0, 1))
    weights = np.zeros(len(codes) + 1) if zero else None
    rows, context = np.arange(len(codes)), FitContext(codes=np.append(codes, 3), weights=weights)
    counts = class_counts(values, 6, rows, context)
    fitted = ClassStatistics.of(counts, counts[:3], np.array([0, 0, 0, 1, 1, 2]))
    odds = fitted.log_odds()
    assert odds.shape == (6, 4)
    assert np.isfinite(odds).all()
    assert fitted.are_informative() in (True, False)
