import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import SettingError
from demarcate.tabular import stratified_folds, stratified_split
from demarcate.tabular.splits import held_out_rows, holdout_size

codes_of_some_rows = st.lists(st.integers(0, 4), min_size=2, max_size=60).map(np.array)


@given(codes=codes_of_some_rows, n_folds=st.integers(2, 10), seed=st.integers(0, 2**31))
def test_folds_hold_every_row_once_and_differ_by_one_row_at_most(codes, n_folds, seed):
    n_folds = min(n_folds, len(codes))
    folds = stratified_folds(codes, n_folds, seed)
    assert folds.shape == codes.shape
    assert np.ptp(np.bincount(folds, minlength=n_folds)) <= 1
    for code in np.unique(codes):
        assert np.ptp(np.bincount(folds[codes == code], minlength=n_folds)) <= 1


@given(codes=codes_of_some_rows, seed=st.integers(0, 2**31))
def test_folds_repeat_with_the_seed(codes, seed):
    assert np.array_equal(stratified_folds(codes, 2, seed), stratified_folds(codes, 2, seed))


def test_another_seed_makes_other_folds():
    codes = np.zeros(50, dtype=np.int64)
    assert not np.array_equal(stratified_folds(codes, 5, 0), stratified_folds(codes, 5, 1))


@pytest.mark.parametrize("n_folds", [-1, 0, 1, 7])
def test_folds_there_cannot_be_are_refused(n_folds: int):
    with pytest.raises(SettingError, match=f"from 2 to the number of rows, 6, got {n_folds}"):
        stratified_folds(np.array([0, 1] * 3), n_folds, 0)


@given(codes=codes_of_some_rows, share=st.floats(0.05, 0.95), seed=st.integers(0, 2**31))
def test_a_split_holds_every_row_once_in_proportion(codes, share, seed):
    counts = np.bincount(codes)
    n_held = round(len(codes) * share)
    if not 1 <= n_held <= len(codes) - np.count_nonzero(counts):
        with pytest.raises(SettingError):
            stratified_split(codes, share, seed)
        return
    train, held = stratified_split(codes, share, seed)
    assert len(held) == n_held
    assert sorted([*train, *held]) == list(range(len(codes)))
    assert np.all(np.diff(train) > 0)
    assert np.all(np.diff(held) > 0)
    held_counts = np.bincount(codes[held], minlength=len(counts))
    assert np.all(held_counts[counts > 0] < counts[counts > 0])
    if np.all(counts[counts > 0] * (1 - n_held / len(codes)) >= 1):
        assert np.all(np.abs(held_counts - counts * n_held / len(codes)) < 1)


def test_a_number_of_rows_is_held_out_exactly():
    train, held = stratified_split(np.array([0] * 700 + [1] * 300), 100, seed=3)
    assert (len(train), len(held)) == (900, 100)
    assert np.count_nonzero(held >= 700) == 30


def test_a_split_repeats_with_the_seed_and_changes_with_it():
    codes = np.array([0, 1] * 50)
    first, again, other = (stratified_split(codes, 0.2, seed)[1] for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_only_row_of_a_class_is_trained_on():
    for seed in range(10):
        train, _ = stratified_split(np.array([0] * 9 + [1]), 5, seed)
        assert 9 in train


@pytest.mark.parametrize("held_out", [-1, 0, 0.0, 0.001, 9, 100, float("nan"), float("inf")])
def test_holding_out_nothing_or_too_much_is_refused(held_out: float):
    with pytest.raises(SettingError, match="of 10 rows in 2 classes, 1 to 8 can be held out"):
        stratified_split(np.array([0, 1] * 5), held_out, 0)


def test_a_hold_out_is_a_fifth_and_grows_until_each_class_has_a_hundred_rows():
    common, rarer, rare = (np.repeat([0, 1], [20_000 - n, n]) for n in (1000, 300, 150))
    assert holdout_size(common) == 4000
    assert holdout_size(rarer) == 6667
    assert holdout_size(rare) is None
    (held,) = held_out_rows(rarer, 8, 10_000, 0)
    assert np.bincount(rarer[held]).tolist() == [6567, 100]


def test_folds_take_the_place_of_a_hold_out_that_a_rare_class_makes_too_large():
    codes = np.repeat([0, 1], [19_850, 150])
    held_out = held_out_rows(codes, 8, 10_000, 0)
    assert len(held_out) == 8
    assert sum(np.count_nonzero(codes[rows]) for rows in held_out) == 150
