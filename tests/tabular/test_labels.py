import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.tabular import class_codes, known_codes, labels_of
from demarcate.tabular.labels import typed_labels

CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "numpy": np.array,
    "objects": lambda cells: np.array(cells, dtype=object),
    "pandas": pd.Series,
    "pandas categorical": lambda cells: pd.Series(cells, dtype="category"),
    "polars": pl.Series,
    "pyarrow": lambda cells: pa.chunked_array([cells]).to_pylist(),
}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize(
    "cells", [["b", "a", "b", " a"], [3, 1, 3, 1], [True, False, True, False], [0.0, 1.0, 0.0, 0.0]]
)
def test_classes_are_sorted_and_codes_point_at_them_in_any_container(container: str, cells: list):
    classes, codes = class_codes(CONTAINERS[container](cells))
    stripped = [cell.strip() if isinstance(cell, str) else cell for cell in cells]
    assert classes.tolist() == sorted(set(stripped))
    assert classes[codes].tolist() == stripped
    assert codes.dtype == np.int64


@given(
    cells=st.lists(st.sampled_from(["a", "b", "c"]) | st.just("a"), min_size=4).filter(lambda c: 1 < len({*c}) < len(c))
)
def test_known_codes_of_the_training_labels_are_their_codes(cells: list):
    classes, codes = class_codes(cells)
    assert known_codes(cells, classes).tolist() == codes.tolist()


def test_labels_of_several_types_are_taken_as_text_in_one_spelling():
    classes, codes = class_codes([1, "1", 1.0, "a", True, "true"])
    assert classes.tolist() == ["1", "a", "true"]
    assert codes.tolist() == [0, 0, 0, 1, 2, 2]


def test_numbers_of_two_types_stay_numbers():
    assert class_codes([1, 2.0, 1.0, 2])[0].tolist() == [1, 2]
    assert class_codes([np.int64(1), 2, 2])[0].dtype.kind == "i"


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT, "", "  "])
def test_missing_labels_are_refused_with_their_rows(missing: object):
    with pytest.raises(InputError, match="the target is missing in row 2, 4"):
        class_codes(["a", missing, "b", missing, "a"])
    with pytest.raises(InputError, match="the target is missing in row 1"):
        known_codes([missing, "a"], np.array(["a", "b"]))


def test_na_is_a_label_like_any_other():
    assert class_codes(["NA", "DE", "NA"])[0].tolist() == ["DE", "NA"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "a"], "every label is 'a'"),
        ([], "there is no label"),
        (["a", "b", "c"], "all 3 labels differ"),
        ([1.5, 2.5, 1.5], r"row 1 holds 1\.5, and 2 more rows hold fractions\. This looks like regression"),
        ([f"{row % 58}.25" for row in range(60)], r"row 1 holds 0\.25, .*regression"),
        ([None, None, "a"], "2 problems(.|\n)*row 1, 2(.|\n)*every label is 'a'"),
        ([None] * 8, "row 1, 2, 3, 4, 5 and 3 more"),
    ],
)
def test_labels_that_nothing_can_be_learned_from_are_refused(labels: list, message: str):
    with pytest.raises(InputError, match=message):
        class_codes(labels)


def test_a_few_fractions_written_as_text_name_classes():
    assert class_codes(["0.5", "2.5", "0.5"])[0].tolist() == ["0.5", "2.5"]


@pytest.mark.parametrize(
    ("classes", "labels", "codes"),
    [
        ([0, 1], ["1", " 0", 1.0, "1.0", 0], [1, 0, 1, 1, 0]),
        ([0.0, 1.0], ["1", 0, "0.0"], [1, 0, 0]),
        ([False, True], ["true", "False", True], [1, 0, 1]),
        (["no", "yes"], ["yes ", "no"], [1, 0]),
        (["1", "1.0"], ["1", "1.0"], [0, 1]),
        (["TRUE", "True"], ["TRUE", "True"], [0, 1]),
        ([-1, 1], ["-1.0", "1"], [0, 1]),
    ],
)
def test_known_labels_are_recognised_however_they_are_stored(classes: list, labels: list, codes: list):
    assert known_codes(labels, np.array(classes)).tolist() == codes


def test_unknown_labels_are_counted_by_name():
    with pytest.raises(InputError, match=r"'2' in 2 rows, 'x' in 1 row\. The classes are '0', '1'"):
        known_codes([2, 0, "2", "x"], np.array([0, 1]))


def test_of_many_unknown_labels_some_are_named():
    with pytest.raises(InputError, match="and 15 more"):
        known_codes(list(range(25)), np.array(["a", "b"]))


def test_labels_come_out_as_plain_values():
    assert labels_of(np.array([1, 2])) == [1, 2]
    assert [type(label) for label in labels_of([np.int64(1), np.str_(" a "), None])] == [int, str, type(None)]


@pytest.mark.parametrize("unit", ["D", "s", "us", "ns"])
def test_dates_of_any_precision_are_spelled_alike(unit):
    days = np.array(["2020-01-01", "2021-05-06"] * 2, dtype=f"datetime64[{unit}]")
    assert [spelling[:10] for spelling in class_codes(days)[0]] == ["2020-01-01", "2021-05-06"]
    assert labels_of(list(days)) == labels_of(days)


def test_a_date_that_is_missing_is_a_missing_label():
    with pytest.raises(InputError, match="the target is missing in row 2"):
        class_codes(np.array(["2020-01-01", "NaT", "2020-01-01", "2021-01-01"], dtype="datetime64[ns]"))


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (["1", "0", None], [1, 0, None]),
        ([1.0, 2.0, None], [1, 2, None]),
        ([3, 1, 2], [3, 1, 2]),
        ([" a ", "b", ""], ["a", "b", None]),
        ([True, False, None], [True, False, None]),
        (["007", "1", "2"], ["007", "1", "2"]),
        (["1", "two", "3"], ["1", "two", "3"]),
        (["-1", "1", "0"], [-1, 1, 0]),
        (["1234567890123456", "1", "2"], ["1234567890123456", "1", "2"]),
    ],
)
def test_labels_are_whole_numbers_if_all_are_and_else_words(cells, labels):
    found = typed_labels(pl.Series("y", cells))
    assert found == labels
    assert [type(label) for label in found] == [type(label) for label in labels]


def test_rows_of_one_label_share_one_object():
    found = typed_labels(pl.Series(["a long label", " a long label", "another"]))
    assert found[0] is found[1]
