import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from demarcate.evaluation.ranking import auc_row_values, rank, weighted_auc

REPEATABLE = settings(deadline=None, derandomize=True)
# Few distinct scores, so that most rows are tied.
TIED_ROWS = st.lists(st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3)), min_size=2, max_size=30)


@REPEATABLE
@given(TIED_ROWS)
def test_a_weighted_area_is_scikit_learns_ties_included(rows):
    positive, scores, weights = (np.array(column) for column in zip(*rows, strict=True))
    area = weighted_auc(rank(positive, scores / 4), weights[np.newaxis].astype(float))[0]
    if weights[positive].sum() == 0 or weights[~positive].sum() == 0:
        assert np.isnan(area)
    else:
        assert area == pytest.approx(roc_auc_score(positive, scores, sample_weight=weights))


@REPEATABLE
@given(TIED_ROWS)
def test_a_weight_counts_as_so_many_copies_of_a_row(rows):
    positive, scores, weights = (np.array(column) for column in zip(*rows, strict=True))
    weighted = weighted_auc(rank(positive, scores / 4), weights[np.newaxis].astype(float))
    copied = rank(np.repeat(positive, weights), np.repeat(scores / 4, weights))
    np.testing.assert_array_equal(weighted, weighted_auc(copied, np.ones((1, weights.sum()))))


def test_every_weighting_is_scored_by_itself():
    generator = np.random.default_rng(0)
    positive, scores = generator.random(50) < 0.4, generator.integers(10, size=50) / 10
    weights = generator.integers(0, 4, size=(7, 50)).astype(float)
    ranking = rank(positive, scores)
    one_by_one = [weighted_auc(ranking, row[np.newaxis])[0] for row in weights]
    np.testing.assert_array_equal(weighted_auc(ranking, weights), one_by_one)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=30))
def test_the_mean_of_row_values_is_the_area_with_ties(rows):
    is_positive = np.array([each for each, _ in rows])
    if is_positive.all() or not is_positive.any():
        return
    scores = np.array([float(each) for _, each in rows])
    assert auc_row_values(is_positive, scores).mean() == pytest.approx(roc_auc_score(is_positive, scores))


def test_the_spread_of_row_values_is_that_of_the_area_over_fresh_rows():
    rng = np.random.default_rng(0)
    areas, errors = [], []
    for _ in range(400):
        is_positive = rng.random(120) < 0.3
        scores = rng.normal(size=120) + is_positive
        values = auc_row_values(is_positive, scores)
        areas.append(values.mean())
        errors.append(values.std(ddof=1) / 120**0.5)
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.1)


@REPEATABLE
@given(TIED_ROWS)
def test_the_weighted_mean_of_weighted_row_values_is_the_weighted_area(rows):
    positive, scores, weights = (np.array(column) for column in zip(*rows, strict=True))
    if weights[positive].sum() == 0 or weights[~positive].sum() == 0:
        return
    values = auc_row_values(positive, scores / 4, weights.astype(float))
    assert np.average(values, weights=weights) == pytest.approx(roc_auc_score(positive, scores, sample_weight=weights))


def test_equal_weights_give_the_row_values_of_rows_without():
    rng = np.random.default_rng(0)
    is_positive, scores = rng.random(60) < 0.4, rng.normal(size=60).round(1)
    np.testing.assert_allclose(
        auc_row_values(is_positive, scores, np.full(60, 2.0)), auc_row_values(is_positive, scores)
    )
