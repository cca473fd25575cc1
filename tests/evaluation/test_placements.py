import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from demarcate.evaluation.ranking import auc_row_values


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=30))
def test_their_mean_is_the_area_with_ties(rows):
    is_positive = np.array([each for each, _ in rows])
    if is_positive.all() or not is_positive.any():
        return
    scores = np.array([float(each) for _, each in rows])
    assert auc_row_values(is_positive, scores).mean() == pytest.approx(roc_auc_score(is_positive, scores))


def test_their_spread_is_that_of_the_area_over_fresh_rows():
    rng = np.random.default_rng(0)
    areas, errors = [], []
    for _ in range(400):
        is_positive = rng.random(120) < 0.3
        scores = rng.normal(size=120) + is_positive
        values = auc_row_values(is_positive, scores)
        areas.append(values.mean())
        errors.append(values.std(ddof=1) / 120**0.5)
    assert np.mean(errors) == pytest.approx(np.std(areas), rel=0.1)
