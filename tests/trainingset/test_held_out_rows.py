import numpy as np
import polars as pl
import pytest
import torch

from demarcate import Network, datasets
from demarcate.errors import InputError, InputWarning, SettingError
from demarcate.tabular.dependent_splits import split_rows
from demarcate.trainingset.held_out_rows import HeldOutRows
from demarcate.trainingset.read_data import read_training_set
from demarcate.trainingset.read_dependence import RowRoles

HEART = datasets.heart()
# A category of four patients stands among the first rows, so that none is new in the others.
ORDER = np.argsort(HEART.X["restecg"].to_numpy() != "1", kind="stable")
X, Y = HEART.X[ORDER], HEART.y[ORDER]


def read(held_out, data=(X[:200], Y[:200]), **arguments):
    return read_training_set(data, [Network()], test=held_out.table, **arguments)


def test_a_share_is_drawn_for_each_seed_and_a_split_serves_all():
    table = read(HeldOutRows())
    drawn = HeldOutRows(0.25).splits(table, None, [3, 4])
    for own, seed in zip(drawn, (3, 4), strict=True):
        assert [*map(np.ndarray.tolist, (own.train, own.test))] == [
            rows.tolist() for rows in split_rows(table.codes, 0.25, seed, None)
        ]
    assert [len(own.test) for own in HeldOutRows().splits(table, None, [0])] == [40]
    both = HeldOutRows(split=(range(150), range(150, 200))).splits(table, (X, Y), [0, 1])
    assert [len(own.train) for own in both] == [150, 150]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"X_test": X}, "X_test and y_test must be given together, got X_test without y_test"),
        ({"y_test": Y}, "X_test and y_test must be given together, got y_test without X_test"),
        ({"test_size": 0.2, "split": ([0], [1])}, "test rows must be chosen in one way, got test_size beside split"),
        (
            {"split": ([0], [1]), "X_test": X, "y_test": Y},
            "test rows must be chosen in one way, got split beside X_tes",
        ),
    ],
)
def test_rows_are_chosen_in_one_way(arguments, message):
    with pytest.raises(SettingError, match=f"^{message}"):
        HeldOutRows(**arguments)


def test_test_rows_come_after_the_others_and_decide_no_kind_category_or_class():
    # A number that would make a constant column vary, and a category that only test rows have.
    first = pl.DataFrame({"x": [1.0, 2.0, 3.0, 4.0], "same": [1, 1, 1, 1], "word": ["a", "b", "a", "b"]})
    second = pl.DataFrame({"x": [9.0, 1e9], "same": [2, 3], "word": ["a", "zebra"]})
    held_out = HeldOutRows(X_test=second, y_test=["no", "yes"])
    with pytest.warns(InputWarning, match=r"'word' in 50% \(new: 'zebra', read as 'other'; row 2\)"):
        table = read(held_out, (first, ["yes", "no", "yes", "no"]))
    assert table.schema == read(HeldOutRows(), (first, ["yes", "no", "yes", "no"])).schema
    assert [column.name for column in table.schema.used] == ["x", "word"]
    assert table.parsed["x"].tolist() == [1, 2, 3, 4, 9, 1e9]
    assert table.parsed["word"].to_list() == ["a", "b", "a", "b", "a", "zebra"]
    assert table.classes[table.codes].tolist() == ["yes", "no", "yes", "no", "no", "yes"]
    (own,) = held_out.splits(table, None, [0])
    assert (own.train.tolist(), own.test.tolist()) == ([0, 1, 2, 3], [4, 5])


def test_test_rows_may_be_tensors_as_the_others():
    points, labels = (
        torch.from_numpy(array) for array in (datasets.moons(n_samples=60).X.to_numpy(), datasets.moons(n_samples=60).y)
    )
    labels = labels.float().unsqueeze(1)
    held_out = HeldOutRows(X_test=points[40:], y_test=labels[40:])
    table = read(held_out, (points[:40], labels[:40]))
    assert np.allclose(table.parsed["x1"], points[:, 0])
    assert table.codes.tolist() == labels.flatten().tolist()


def test_groups_and_weights_are_those_of_all_rows():
    ages = X["age"]
    held_out = HeldOutRows(X_test=X[200:], y_test=Y[200:])
    named = read(held_out, roles=RowRoles("age"), sample_weight="chol")
    assert len(named.weights) == len(named.dependence.groups) == 303
    assert named.weights.tolist() == X["chol"].to_list()
    assert len(np.unique(named.dependence.groups)) == ages.n_unique()
    arrays = read(held_out, roles=RowRoles(ages.to_numpy()), sample_weight=X["chol"].to_numpy())
    assert arrays.dependence.groups.tolist() == named.dependence.groups.tolist()
    assert arrays.weights.tolist() == named.weights.tolist()
    weighted = read(held_out, class_weight={1: 3.0})
    assert weighted.weights.tolist() == (1 + 2 * (Y == 1)).tolist()


@pytest.mark.parametrize(
    ("X_test", "y_test", "message"),
    [
        (X[200:].drop("age"), Y[200:], "X_test, y_test: Missing column: 'age'."),
        (X[200:], Y[201:], "X_test, y_test: The table has 103 rows and 102 labels."),
        (X[200:], Y[200:] + 5, "X_test, y_test: Unknown labels: '5' in "),
        (X[200:].with_columns(age=pl.lit("old")), Y[200:], "X_test, y_test: Column 'age' needs numbers: row 1 holds"),
    ],
)
def test_test_rows_that_do_not_fit_the_others_are_refused_by_name(X_test, y_test, message):
    with pytest.raises(InputError, match=f"^{message}"):
        read(HeldOutRows(X_test=X_test, y_test=y_test))


def test_a_training_set_takes_a_split_and_no_second_table():
    table = read(HeldOutRows())
    with pytest.raises(SettingError, match=r"^X_test and y_test must be left out: a training set is read already"):
        read(HeldOutRows(X_test=X, y_test=Y), table)
