import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from sklearn.model_selection import (
    GroupShuffleSplit,
    KFold,
    ShuffleSplit,
    StratifiedShuffleSplit,
    train_test_split,
)

from demarcate import datasets
from demarcate.errors import SettingError
from demarcate.trainingset import open_table
from demarcate.trainingset.own_split import read_own_splits
from demarcate.trainingset.read_dependence import RowRoles

X, Y = datasets.blobs(n_samples=40, centers=2)
TABLE = open_table(X, Y.tolist())
TRAIN, TEST = train_test_split(range(40), test_size=0.25, random_state=1337)


def read(split, data=(X, Y), table=TABLE, most=1):
    return read_own_splits(split, table, data, most=most)


def refusal(split, **arguments):
    with pytest.raises(SettingError) as caught:
        read(split, **arguments)
    return str(caught.value)


MASK = np.isin(np.arange(40), TEST)


@pytest.mark.parametrize(
    "split",
    [
        (TRAIN, TEST),
        [np.array(TRAIN), tuple(TEST)],
        (torch.tensor(TRAIN), torch.tensor(TEST, dtype=torch.int32)),
        (pl.Series(TRAIN), pd.Series(TEST, index=range(100, 110))),
        (pl.DataFrame({"row": TRAIN}), pd.DataFrame({"row": TEST})),
        (pa.table({"row": TRAIN}), np.array(TEST, dtype=np.uint8)),
        [(TRAIN, TEST)],
        iter([(np.array(TRAIN), np.array(TEST))]),
        ShuffleSplit(1, test_size=0.25, random_state=1337),
    ],
    ids=["lists", "arrays", "tensors", "series", "frames", "arrow", "pairs", "iterator", "splitter"],
)
def test_rows_of_any_library_are_row_numbers_in_the_callers_order(split):
    (own,) = read(split)
    assert (own.train.tolist(), own.test.tolist(), own.validation.tolist()) == (TRAIN, TEST, [])


@pytest.mark.parametrize(
    "mask", [MASK, MASK.tolist(), torch.from_numpy(MASK), pl.Series(MASK), pd.Series(MASK, dtype="boolean")]
)
def test_masks_are_the_rows_where_they_are_true(mask):
    (own,) = read((~MASK, mask))
    assert (own.train.tolist(), own.test.tolist()) == (sorted(TRAIN), sorted(TEST))


@pytest.mark.parametrize("seed", [42, 1337, 0])
def test_seeds_of_a_lesson_give_the_rows_of_its_train_test_split(seed):
    arrays = train_test_split(X.to_numpy(), Y, test_size=0.2, random_state=seed)
    (own,) = read(ShuffleSplit(1, test_size=0.2, random_state=seed))
    for rows, points, labels in ((own.train, *arrays[::2]), (own.test, *arrays[1::2])):
        assert np.array_equal(X.to_numpy()[rows], points)
        assert np.array_equal(Y[rows], labels)
    stratified = train_test_split(range(40), test_size=0.2, random_state=seed, stratify=Y)
    (own,) = read(StratifiedShuffleSplit(1, test_size=0.2, random_state=seed))
    assert [own.train.tolist(), own.test.tolist()] == stratified


def test_an_index_of_pandas_names_rows_by_the_index_of_the_table():
    frame = X.to_pandas().set_index(np.array([f"p{row}" for row in range(40)]))
    parts = train_test_split(frame, test_size=0.25, random_state=1337)
    (own,) = read(tuple(part.index for part in parts), data=(frame, Y))
    assert (own.train.tolist(), own.test.tolist()) == (TRAIN, TEST)


def test_three_parts_have_validation_rows():
    (own,) = read((range(20), range(20, 30), range(30, 40)))
    assert (len(own.train), own.validation.tolist(), own.test.tolist()) == (20, [*range(20, 30)], [*range(30, 40)])


def test_a_split_for_each_seed_comes_from_a_splitter_or_a_list():
    splitter = KFold(4, shuffle=True, random_state=0)
    every = read(splitter, most=4)
    assert sorted(np.concatenate([own.test for own in every])) == [*range(40)]
    listed = read([*splitter.split(X)], most=4)
    assert [own.test.tolist() for own in listed] == [own.test.tolist() for own in every]
    assert len(read((TRAIN, TEST), most=4)) == 1


def test_the_split_of_some_rows_counts_among_these():
    (own,) = read(([5, 1, 8, 3], [2, 4]))
    some = own.among(np.array([1, 2, 5, 8]))
    assert (some.train.tolist(), some.test.tolist()) == ([2, 0, 3], [1])


@pytest.mark.parametrize(
    ("split", "message"),
    [
        (([*TRAIN, TEST[0]], TEST), f"Row {TEST[0]} is among the training rows and among the test rows. Leave each"),
        ((TRAIN, [*TEST, 40]), "Row 40 of the test rows is not in the table, which has 40 rows. Count from 0 to 39."),
        ((TRAIN, [-1]), "Row -1 of the test rows is not in the table"),
        ((TRAIN, []), "There are no test rows. Give at least one."),
        ((np.zeros(40, dtype=bool), TEST), "There are no training rows. Give at least one."),
        (([*TRAIN, TRAIN[0]], TEST), f"Row {TRAIN[0]} is more than once among the training rows. Name each once"),
        ((MASK.astype(int), TEST), "Rows 0, 1 are more than once among the training rows. A mask is of booleans: mask"),
        ((MASK[:30], TEST), "The mask of training rows has 30 values, and the table 40 rows. Give one for each row."),
        (([0.0, 1.0], TEST), "The training rows hold 0.0. Rows are whole numbers from 0, or a mask of booleans."),
        ((["a", "b"], TEST), "The training rows hold 'a'. Rows are whole numbers"),
        (([[0, 1], [2]], TEST), "The training rows are lists of different lengths."),
        ((X[:30], X[30:]), "2 problems:\n- The training rows are a table of 2 columns, not row numbers. Split row num"),
        ((pd.Index([0, 1]), TEST), "The training rows are an index of pandas, and the table has no index. Give row"),
        (np.flatnonzero(Y), "split is of type ndarray, and is to be rows. Give (train_rows, test_rows) or"),
        ("rows", "split is of type str, and is to be rows. Give"),
        (0.2, "split is of type float, and is to be rows. Give"),
        ((TRAIN,), "split has 1 part, not two or three. Give"),
        (train_test_split(X, Y), "split has 4 parts, as train_test_split(X, y) returns them. Give them as train((X_tr"),
        (KFold(4), "split has 4 splits, and one is needed. Give one pair of rows, or a splitter of one split"),
        (KFold(50), "KFold cannot split these rows: Cannot have number of splits n_splits=50 greater than the number"),
        ((np.flatnonzero(Y == 0), np.flatnonzero(Y == 1)), "No training row has the class 1 (20 rows elsewhere). Give"),
    ],
)
def test_rows_that_cannot_be_meant_are_refused_in_words(split, message):
    assert re.match(re.escape(message), refusal(split))


def test_an_index_of_other_rows_is_refused():
    frame = X.to_pandas()
    assert refusal((pd.Index([1, 77]), TEST), data=(frame, Y)).startswith(
        "The index of the table has none of the training rows 77. Give labels of its index."
    )
    frame.index = [0] * 40
    assert "an index that repeats itself" in refusal((pd.Index([1]), TEST), data=(frame, Y))


def test_more_splits_than_one_are_one_for_each_seed():
    assert refusal(KFold(4), most=3) == (
        "split has 4 splits, and there are 3 seeds. Set seeds=4, a split for each seed, or give one split for all."
    )


def test_all_that_is_wrong_with_a_split_is_reported_together():
    first, second = np.flatnonzero(Y == 0), [*np.flatnonzero(Y == 1), np.flatnonzero(Y == 0)[3]]
    message = refusal((first, second))
    assert message.startswith("2 problems:\n- Row ")
    assert "among the training rows and among the test rows" in message
    assert "\n- No training row has the class 1 (20 rows elsewhere)" in message


def test_groups_on_both_sides_are_refused_and_splitters_are_told_the_groups():
    groups = np.repeat(np.arange(10), 4)
    table = open_table(X, Y.tolist(), roles=RowRoles(groups))
    message = refusal((TRAIN, TEST), table=table)
    assert "trained on, and of a group of test rows or not known before them. Split by group" in message
    (own,) = read(GroupShuffleSplit(1, test_size=0.3, random_state=0), table=table)
    assert not set(groups[own.train]) & set(groups[own.test])


def test_training_rows_come_before_test_rows_where_there_are_times():
    table = open_table(X, Y.tolist(), roles=RowRoles(time=np.arange(40)))
    (own,) = read((range(30), range(30, 40)), table=table)
    assert own.test.tolist() == [*range(30, 40)]
    assert "Rows 10, 11, 12, 13, 14 and 25 more are trained on" in refusal((range(10, 40), range(10)), table=table)
