import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from demarcate.evaluation import Mean

FLOATS = st.floats(-1e3, 1e3)


@given(st.lists(FLOATS, min_size=2, max_size=30), st.sampled_from([0.5, 0.95, 0.99]))
def test_the_interval_is_students(values, level):
    mean = Mean.of(values, level=level)
    spread = stats.sem(values)
    low, high = stats.t.interval(level, len(values) - 1, np.mean(values), spread) if spread else [np.mean(values)] * 2
    assert (mean.low, mean.high) == pytest.approx((low, high), rel=1e-9, abs=1e-9)
    assert (mean.value, mean.n_repeats) == (pytest.approx(np.mean(values)), len(values))


def test_repetitions_that_share_rows_have_the_corrected_interval():
    values, n, shared = [0.2, 0.25, 0.4], 3, 48 / 192
    reach = stats.t.ppf(0.975, n - 1) * np.sqrt((1 / n + shared) * np.var(values, ddof=1))
    mean = Mean.of(values, shared=shared)
    assert (mean.value - mean.low, mean.high - mean.value) == pytest.approx((reach, reach))


@given(FLOATS)
def test_a_single_value_has_no_interval(value):
    assert Mean.of([value]) == Mean(value, None, None, 1)


def test_the_interval_is_cut_where_the_mean_cannot_be():
    mean = Mean.of([0.1, 0.9, 0.95], within=(0, 1))
    assert (mean.low, mean.high) == (0, 1)
