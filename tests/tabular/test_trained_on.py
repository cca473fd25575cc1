import hashlib

import numpy as np
import polars as pl
import pytest

from demarcate.errors import SettingError
from demarcate.tabular import Column, Schema, TrainedOn
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.trained_on import hash_labels
from demarcate.tabular.trained_range import TrainedRange

SCHEMA = Schema((Column("age", "numerical"), Column("plan", "categorical"), Column("empty", "numerical")))
PARSED = {
    "age": np.array([30.0, np.nan, 40.0]),
    "plan": pl.Series(["a", "b", None]),
    "empty": np.full(3, np.nan),
}


def test_columns_of_quantities_have_ranges():
    trained_on = TrainedOn.of(SCHEMA, PARSED)
    assert trained_on.n_rows == 3
    assert trained_on.ranges == {"age": TrainedRange(2, 30.0, 30.0, 40.0, 40.0)}
    assert trained_on.groups is None


def test_groups_are_kept_once_and_sorted():
    dependence = Dependence(np.array([1, 0, 1]), labels=("a", "b", "of other rows"), group_columns=("who",))
    trained_on = TrainedOn.of(SCHEMA, PARSED, dependence)
    assert trained_on.groups.tolist() == sorted(hash_labels(["a", "b"]).tolist())
    assert trained_on.group_columns == ("who",)
    assert trained_on.knows_groups(hash_labels(["c", "a"])).tolist() == [False, True]


def test_a_model_without_groups_knows_none():
    assert TrainedOn.of(SCHEMA, PARSED).knows_groups(np.array([1, 2])).tolist() == [False, False]


def test_the_latest_time_is_kept():
    dependence = Dependence(times=np.array([3.0, 9.0, 4.0]), gap=2.0, time_column="t", is_date=True)
    trained_on = TrainedOn.of(SCHEMA, PARSED, dependence, "w")
    assert (trained_on.time_column, trained_on.latest, trained_on.gap, trained_on.is_date) == ("t", 9.0, 2.0, True)
    assert trained_on.weight_column == "w"


def test_a_hash_is_of_the_text():
    expected = int.from_bytes(hashlib.sha256("é\x1f1".encode()).digest()[:8], "little", signed=True)
    assert hash_labels(["é\x1f1"]).tolist() == [expected]


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"n_rows": 0}, "trained on 0 rows"),
        ({"group_columns": ("who",)}, "there are no groups"),
        ({"groups": np.array([2, 1])}, "do not ascend"),
        ({"groups": np.array([1, 1])}, "do not ascend"),
        ({"groups": np.array([], dtype=np.int64)}, r"groups of shape \(0,\)"),
        ({"groups": np.arange(4)}, r"groups of shape \(4,\) in 3 rows"),
        ({"latest": np.nan}, "latest time is nan"),
        ({"latest": 1.0, "gap": -1.0}, "gap is -1"),
        ({"gap": 1.0}, "no latest time"),
        ({"time_column": "t"}, "no latest time"),
        ({"is_date": True}, "no latest time"),
        ({"is_date": True, "latest": 1e12}, "outside the years 1 to 9999"),
        ({"ranges": {"age": TrainedRange(4, 0.0, 0.0, 0.0, 0.0)}}, "'age' has 4 values in 3 rows"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(facts, reason):
    with pytest.raises(SettingError, match=reason):
        TrainedOn(**{"n_rows": 3, **facts})
