import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.evaluation.score_sample import ScoreSample, class_quota


def sampled(codes, n_classes, cuts=(), n_all=100, n_sampled=40):
    sample = ScoreSample(n_classes, n_all, n_sampled)
    for part in np.split(np.arange(len(codes)), sorted(cuts)):
        sample.add(codes[part], np.stack([part] * n_classes, axis=1).astype(float), codes[part])
    return sample.rows()


def test_few_rows_are_all_kept_in_order():
    codes = np.arange(100) % 3
    sample = sampled(codes, 3, cuts=(10, 11, 60))
    assert sample.codes.tolist() == codes.tolist()
    assert sample.probabilities[:, 0].tolist() == list(range(100))
    assert set(sample.counts) == {1.0}


@given(st.lists(st.integers(0, 600), max_size=8))
def test_the_parts_that_rows_come_in_change_nothing(cuts):
    codes = np.where(np.arange(600) % 50 == 0, 2, np.arange(600) % 2)
    whole, parted = sampled(codes, 3), sampled(codes, 3, cuts)
    assert parted.probabilities.tolist() == whole.probabilities.tolist()
    assert parted.counts.tolist() == whole.counts.tolist()


def test_a_class_with_few_rows_keeps_all_of_them_and_rows_stand_for_all():
    codes = np.where(np.arange(5000) % 1000 == 0, 1, 0)
    sample = sampled(codes, 2)
    assert sample.codes.sum() == 5
    assert len(sample.codes) == 40
    assert set(sample.counts[sample.codes == 1]) == {1.0}
    assert sample.counts.sum() == pytest.approx(5000)


def test_rows_are_drawn_from_the_whole_table():
    numbers = sampled(np.zeros(10_000, dtype=int), 2, n_sampled=400, n_all=1000).probabilities[:, 0]
    assert np.histogram(numbers, bins=4, range=(0, 10_000))[0] == pytest.approx(100, abs=40)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any), st.integers(6, 200))
def test_a_quota_fills_what_there_is_and_no_more(counts, total):
    counts = np.array(counts)
    most = class_quota(counts, total)
    assert np.minimum(counts, most).sum() <= total
    assert most == total or np.minimum(counts, most + 1).sum() > total
