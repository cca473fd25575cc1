import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from demarcate.tabular.row_sample import RowSample, random_keys


def sampled(n_rows, cuts=(), max_rows=50, seed=0):
    sample = RowSample(max_rows, seed)
    for part in np.split(np.arange(n_rows), sorted(cuts)):
        sample.add(pl.DataFrame({"row": part}))
    return sample


def test_different_numbers_have_different_keys_that_are_spread_evenly():
    keys = random_keys(np.arange(20_000))
    assert len(set(keys.tolist())) == 20_000
    counts = np.bincount((keys >> np.uint64(60)).astype(int), minlength=16)
    assert 1100 < counts.min() <= counts.max() < 1400


def test_few_rows_are_all_sampled():
    sample = sampled(50, cuts=(7, 7, 30))
    assert sample.is_complete
    assert sample.frame()["row"].to_list() == list(range(50))


@given(st.lists(st.integers(0, 400), max_size=6))
def test_the_parts_that_rows_come_in_change_nothing(cuts):
    assert sampled(400, cuts).frame().equals(sampled(400).frame())


def test_rows_are_sampled_from_all_of_the_table_in_its_order():
    rows = sampled(4000, max_rows=400).frame()["row"].to_numpy()
    assert len(rows) == 400
    assert (np.diff(rows) > 0).all()
    assert np.histogram(rows, bins=4, range=(0, 4000))[0].min() > 60


def test_another_seed_samples_other_rows():
    assert not sampled(400, seed=1).frame().equals(sampled(400).frame())


def test_memory_does_not_grow_with_the_rows():
    sample = RowSample(50)
    for begin in range(0, 5000, 20):
        sample.add(pl.DataFrame({"row": np.arange(begin, begin + 20)}))
        assert sum(len(frame) for _, frame in sample._parts) <= 100
