import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from demarcate.errors import InputError, SettingError
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.dependent_splits import (
    MAX_DEALT_GROUPS,
    forward_splits,
    grouped_folds,
    held_out_groups,
    rows_to_train_on,
    split_rows,
    splits_of,
)
from demarcate.tabular.splits import cross_validation_splits

rows_in_groups = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=12, max_size=120).map(
    lambda rows: tuple(map(np.array, zip(*rows, strict=True)))
)
rows_in_time = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 40), st.integers(0, 6)), min_size=20, max_size=200
).map(lambda rows: tuple(map(np.array, zip(*rows, strict=True))))
SEEDS = st.integers(0, 2**31)


def repeated(n_groups: int, n_each: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return codes and groups: groups of one class each, in random order."""
    generator = np.random.default_rng(seed)
    groups = generator.permutation(np.repeat(np.arange(n_groups), n_each))
    return (np.arange(n_groups) % 2)[groups], groups


@given(rows=rows_in_groups, n_folds=st.integers(2, 6), seed=SEEDS)
def test_folds_keep_groups_whole_and_none_is_empty(rows, n_folds, seed):
    codes, groups = rows
    n_folds = min(n_folds, len(np.unique(groups)))
    assume(n_folds >= 2)
    folds = grouped_folds(codes, groups, n_folds, seed)
    assert set(folds) == set(range(n_folds))
    for group in np.unique(groups):
        assert len(np.unique(folds[groups == group])) == 1


def test_folds_of_groups_have_each_class_in_proportion():
    codes, groups = repeated(60, 8)
    folds = grouped_folds(codes, groups, 5, 3)
    assert np.bincount(folds).tolist() == [96] * 5
    assert [codes[folds == fold].mean() for fold in range(5)] == pytest.approx([0.5] * 5, abs=0.1)


def test_folds_repeat_with_the_seed_and_change_with_it():
    codes, groups = repeated(60, 8)
    assert np.array_equal(grouped_folds(codes, groups, 5, 1), grouped_folds(codes, groups, 5, 1))
    assert not np.array_equal(grouped_folds(codes, groups, 5, 1), grouped_folds(codes, groups, 5, 2))


def test_more_folds_than_groups_are_refused():
    with pytest.raises(SettingError, match="from 2 to the number of groups, 3, got 4"):
        grouped_folds(np.array([0, 1, 0]), np.array([0, 1, 2]), 4, 0)


def test_very_many_groups_are_spread_evenly():
    codes, groups = repeated(MAX_DEALT_GROUPS + 20_000, 2)
    folds = grouped_folds(codes, groups, 4, 0)
    assert np.bincount(folds) / len(folds) == pytest.approx([0.25] * 4, abs=0.01)
    assert [codes[folds == fold].mean() for fold in range(4)] == pytest.approx([0.5] * 4, abs=0.01)


@given(rows=rows_in_groups, seed=SEEDS)
def test_every_held_out_class_is_trained_on(rows, seed):
    codes, groups = rows
    try:
        held_out = held_out_groups(codes, groups, 4, 1000, seed)
    except InputError:
        return
    scored = np.concatenate(held_out)
    assert len(np.unique(scored)) == len(scored)
    n_groups_of_class = [len(np.unique(groups[codes == code])) for code in range(codes.max() + 1)]
    for group in np.unique(groups):
        alone = any(n == 1 and (codes[groups == group] == code).any() for code, n in enumerate(n_groups_of_class))
        assert np.isin(np.flatnonzero(groups == group), scored).all() != alone


def test_one_group_or_a_class_to_each_group_is_refused_with_the_remedy():
    with pytest.raises(InputError, match="Of 1 group, 0 can be held out"):
        held_out_groups(np.array([0, 1, 0, 1]), np.zeros(4, dtype=np.int64), 2, 1000, 0)
    with pytest.raises(InputError, match="rows of each class in two groups or more"):
        held_out_groups(np.array([0, 1, 0, 1]), np.array([0, 1, 0, 1]), 2, 1000, 0)


def test_a_large_table_holds_out_whole_groups_of_about_a_fifth():
    codes, groups = repeated(200, 10)
    (held,) = held_out_groups(codes, groups, 8, 1000, 0)
    assert len(held) == 400
    assert not np.intersect1d(groups[held], np.delete(groups, held)).size


@given(rows=rows_in_groups, share=st.floats(0.1, 0.6), seed=SEEDS)
def test_a_split_by_group_has_no_group_on_both_sides(rows, share, seed):
    codes, groups = rows
    try:
        train, held = split_rows(codes, share, seed, Dependence(groups=groups))
    except (InputError, SettingError):
        return
    assert sorted([*train, *held]) == list(range(len(codes)))
    assert len(train)
    assert len(held)
    assert not np.intersect1d(groups[train], groups[held]).size


@given(rows=rows_in_time, share=st.floats(0.1, 0.6), gap=st.integers(0, 5))
def test_a_split_in_time_holds_out_the_latest_rows_behind_the_gap(rows, share, gap):
    codes, times, _ = rows
    assume(len(np.unique(times)) > 1)
    try:
        train, held = split_rows(codes, share, 0, Dependence(times=times.astype(float), gap=float(gap)))
    except (InputError, SettingError):
        return
    assert len(held)
    if len(train):
        assert times[train].max() + gap < times[held].min() or gap == 0
        assert times[train].max() < times[held].min()
    assert times[held].max() == times.max()


@given(rows=rows_in_time, gap=st.integers(0, 4), by_group=st.booleans(), seed=SEEDS)
def test_a_window_is_scored_after_what_it_trains_on_and_stops_by(rows, gap, by_group, seed):
    codes, times, groups = rows
    dependence = Dependence(groups=groups if by_group else None, times=times.astype(float), gap=float(gap))
    try:
        splits = forward_splits(codes, dependence, 5, 1000, seed)
    except InputError:
        return
    for split in splits:
        assert len(split.train)
        assert len(split.validation)
        assert len(split.scored)
        assert split.is_forward
        assert times[split.train].max() < times[split.validation].min()
        before = max(times[split.train].max(), times[split.validation].max())
        assert before < times[split.scored].min() - gap + (gap == 0)
        if by_group:
            trained_on = np.concatenate([split.train, split.validation])
            assert not np.intersect1d(groups[trained_on], groups[split.scored]).size
            assert not np.intersect1d(groups[split.train], groups[split.validation]).size
    scored = np.concatenate([split.scored for split in splits])
    assert len(np.unique(scored)) == len(scored)


def test_windows_expand_and_share_out_the_later_half():
    times = np.arange(200.0)
    splits = forward_splits(np.arange(200) % 2, Dependence(times=times), 5, 1000, 0)
    assert [len(split.scored) for split in splits] == [20] * 5
    assert [len(split.train) + len(split.validation) for split in splits] == [100, 120, 140, 160, 180]
    assert np.concatenate([split.scored for split in splits]).tolist() == list(range(100, 200))


def test_the_windows_of_a_large_table_share_out_its_last_fifth():
    splits = forward_splits(np.arange(2000) % 2, Dependence(times=np.arange(2000.0)), 8, 1000, 0)
    assert [len(split.scored) for split in splits] == [100] * 4
    assert np.concatenate([split.scored for split in splits]).tolist() == list(range(1600, 2000))


def test_rows_of_one_time_cannot_be_scored_forward():
    with pytest.raises(InputError, match="20 rows at 1 different time cannot be scored forward in time"):
        forward_splits(np.arange(20) % 2, Dependence(times=np.ones(20)), 5, 1000, 0)


def test_independent_rows_are_split_as_before():
    codes = np.arange(50) % 3
    expected, actual = cross_validation_splits(codes, 4, 1000, 7), splits_of(codes, None, 4, 1000, 7)
    assert [split.scored.tolist() for split in actual] == [split.scored.tolist() for split in expected]
    assert not any(split.is_forward for split in actual)


@given(st.integers(0, 2**20), st.booleans(), st.booleans(), st.sampled_from([0.0, 3.0]))
def test_rows_to_train_on_are_of_other_groups_and_known_before(seed, by_group, by_time, gap):
    generator = np.random.default_rng(seed)
    scored = np.sort(generator.choice(60, 12, replace=False))
    groups = generator.integers(8, size=60) if by_group else None
    times = generator.permutation(60).astype(float) if by_time else None
    dependence = Dependence(groups, times, gap) if by_group or by_time else None
    rows = set(rows_to_train_on(60, scored, dependence).tolist())
    for row in range(60):
        is_apart = row not in scored and (groups is None or groups[row] not in groups[scored])
        assert (row in rows) == (is_apart and (times is None or times[row] < times[scored].min() - gap))


def test_a_gap_that_leaves_no_earlier_rows_is_refused():
    dependence = Dependence(times=np.arange(40.0), gap=100.0)
    with pytest.raises(
        InputError, match=r"40 rows with a gap of 100 cannot be divided into earlier rows and 8 later ones"
    ):
        split_rows(np.arange(40) % 2, 0.2, 0, dependence)
