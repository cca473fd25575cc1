import numpy as np
import polars as pl
import pytest
import torch

from demarcate import Network, datasets
from demarcate.errors import InputError, SettingError, TargetError
from demarcate.trainingset.read_data import read_training_set
from demarcate.trainingset.read_dependence import RowRoles

FRAME = pl.DataFrame(
    {"a": [0.1, 0.7, 0.3, 0.9, 0.2, 0.5], "who": ["x", "y", "x", "z", "z", "y"], "w": [1, 2, 0, 4, 5, 6]}
)
LABELS = ["no", "yes", "no", "yes", "no", "yes"]


def used(table):
    return [column.name for column in table.schema.used]


def test_roles_and_weights_by_name_are_no_features():
    table = read_training_set((FRAME, LABELS), [Network()], RowRoles("who"), "w")
    assert used(table) == ["a"]
    assert table.dependence.groups.tolist() == [0, 1, 0, 2, 2, 1]
    assert table.weights.tolist() == [1, 2, 0, 4, 5, 6]
    assert table.weights_column == "w"


@pytest.mark.parametrize("of", [list, np.array, torch.tensor, lambda values: pl.Series("w", values)])
def test_weights_may_be_an_array(of):
    table = read_training_set((FRAME.drop("w"), LABELS), [Network()], sample_weight=of([1.0, 2, 0, 4, 5, 6]))
    assert table.weights.tolist() == [1, 2, 0, 4, 5, 6]
    assert table.weights_column is None
    sampling = table.sampling(np.array([1, 3]))
    assert (sampling.weights.tolist(), sampling.clusters) == ([2, 4], None)


def test_weights_of_rows_and_classes_are_multiplied():
    table = read_training_set((FRAME, LABELS), [Network()], sample_weight="w", class_weight={"yes": 10.0})
    assert table.weights.tolist() == [1, 20, 0, 40, 5, 60]


def test_sampling_knows_groups_and_is_plain_for_independent_rows():
    table = read_training_set((FRAME, LABELS), [Network()], RowRoles("who"))
    assert table.sampling(np.array([0, 2, 3])).clusters.tolist() == [0, 0, 2]
    assert read_training_set(datasets.moons(n_samples=20), [Network()]).sampling(np.arange(20)).is_plain


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ([1.0] * 5, "one value for each row"),
        ([-1.0] * 6, r"-1\.0"),
        ([0.0] * 6, "All weights are 0"),
        ("q", "no column 'q'"),
    ],
)
def test_weights_that_are_none_are_refused(weights, said):
    with pytest.raises(InputError, match=said):
        read_training_set((FRAME, LABELS), [Network()], sample_weight=weights)


def test_a_training_set_has_its_own():
    table = read_training_set((FRAME, LABELS), [Network()], RowRoles("who"), "w")
    assert read_training_set(table, [Network()]) is table
    for given in ({"roles": RowRoles("who")}, {"sample_weight": np.ones(6)}):
        with pytest.raises(SettingError, match="a training set has its own"):
            read_training_set(table, [Network()], **given)


@pytest.mark.parametrize("data", [FRAME, FRAME[["a", "w"]], (FRAME,), "heart.csv"])
def test_a_table_comes_with_its_labels(data):
    with pytest.raises(
        SettingError, match=r"^data must be a data set, or a table and its labels together, \(X, y\), got"
    ):
        read_training_set(data, [Network()])


def test_labels_of_test_rows_in_a_tensor_are_of_the_classes_of_the_training_rows():
    X, labels = FRAME[["a"]], torch.tensor([0, 1, 2, 0, 1, 2])
    table = read_training_set((X, labels), [Network()], test=(X[:2], torch.tensor([1, 0])))
    assert (table.classes.tolist(), table.codes[-2:].tolist()) == ([0, 1, 2], [1, 0])
    with pytest.raises(
        TargetError, match=r"^y_test: targets must be class indices of 3 logits, 0 to 2, got 3 in row 2"
    ):
        read_training_set((X, labels), [Network()], test=(X[:2], torch.tensor([1, 3])))
    with pytest.raises(TargetError, match=r"^y_test: Labels have the shape \(2, 3\) and are one-hot"):
        read_training_set((X, LABELS), [Network()], test=(X[:2], np.eye(3)[:2]))
