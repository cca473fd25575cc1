import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from demarcate.evaluation.ranking import rank, weighted_auc

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
