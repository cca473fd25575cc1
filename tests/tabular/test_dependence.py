import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.tabular.dependence import MAX_BLOCKS, Dependence, blocks_in_time

times_of_some_rows = st.lists(st.integers(0, 30).map(float), min_size=1, max_size=200).map(np.array)


@given(times=times_of_some_rows)
def test_a_block_is_consecutive_in_time_and_never_parts_equal_times(times):
    blocks = blocks_in_time(times)
    assert blocks.shape == times.shape
    assert len(np.unique(blocks)) <= MAX_BLOCKS
    order = np.argsort(times, kind="stable")
    assert np.all(np.diff(blocks[order]) >= 0)
    for time in np.unique(times):
        assert len(np.unique(blocks[times == time])) == 1


def test_blocks_of_different_times_have_about_as_many_rows_each():
    counts = np.bincount(blocks_in_time(np.random.default_rng(0).permutation(300).astype(float)))
    assert counts.tolist() == [10] * 30


def test_rows_are_drawn_with_their_group_and_without_groups_with_their_block():
    groups, times = np.array([2, 0, 2, 1]), np.array([4.0, 1.0, 2.0, 3.0])
    assert Dependence(groups=groups, times=times).clusters().tolist() == [2, 0, 2, 1]
    assert Dependence(times=times).clusters().tolist() == [1, 0, 0, 1]


def test_some_rows_keep_their_groups_and_times():
    whole = Dependence(groups=np.array([2, 0, 1]), times=np.array([4.0, 1.0, 2.0]), gap=3.0, group_columns=("id",))
    some = whole.rows(np.array([2, 0]))
    assert some.groups is not None
    assert some.times is not None
    assert (some.groups.tolist(), some.times.tolist(), some.gap) == ([1, 2], [2.0, 4.0], 3.0)
    assert some.group_columns == ("id",)


def test_independent_rows_have_no_clusters():
    with pytest.raises(AssertionError):
        Dependence().clusters()


def test_facts_are_sentences_and_json():
    dependence = Dependence(
        groups=np.array([0, 0, 1]),
        times=np.array([0.0, 86400.0, 172800.0]),
        gap=7 * 86400.0,
        group_columns=("patient",),
        time_column="day",
        is_date=True,
    )
    assert dependence.describe() == (
        "2 groups by 'patient', of 1 to 2 rows each: scores are those of new groups. Times of 'day' from 1970-01-01 to "
        "1970-01-03, labels known 7 days after their row: scores are those of later rows."
    )
    assert dependence.to_json() == {
        "group_columns": ["patient"],
        "n_groups": 2,
        "time_column": "day",
        "times": [0.0, 172800.0],
        "gap": 7.0,
    }
