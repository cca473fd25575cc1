import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from demarcate.errors import InputError
from demarcate.tabular import encode_labels, to_labels
from demarcate.tabular.labels import canonical_label, typed_labels

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
    "cells", [["b", "a", "b", " a", "a"], [3, 1, 3, 1], [True, False, True, False], [0.0, 1.0, 0.0, 0.0]]
)
def test_classes_are_sorted_and_codes_point_at_them_in_any_container(container: str, cells: list):
    classes, codes = encode_labels(CONTAINERS[container](cells))
    assert classes.tolist() == sorted(set(cells))
    assert classes[codes].tolist() == cells
    assert codes.dtype == np.int64


def test_numbers_of_two_types_stay_numbers():
    assert encode_labels([1, 2.0, 1.0, 2])[0].tolist() == [1, 2]
    assert encode_labels([np.int64(1), 2, 2])[0].dtype.kind == "i"


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT, "", "  "])
def test_missing_labels_are_refused_with_their_rows(missing: object):
    with pytest.raises(InputError, match="The target is missing in rows 2, 4"):
        encode_labels(["a", missing, "b", missing, "a"])


def test_na_is_a_label_like_any_other():
    assert encode_labels(["NA", "DE", "NA"])[0].tolist() == ["DE", "NA"]


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a", "a"], "Every label is 'a'"),
        ([], "There is no label"),
        (["a", "b", "c"], "All 3 labels differ"),
        ([1.5, 2.5, 1.5], r"The label in row 1 is 1\.5, and 2 more rows hold fractions\. This looks like regression"),
        ([f"{row % 58}.25" for row in range(60)], r"The label in row 1 is 0\.25, .*regression"),
        ([None, None, "a"], "2 problems(.|\n)*rows 1, 2(.|\n)*Every label is 'a'"),
        ([None] * 8, "rows 1, 2, 3, 4, 5 and 3 more"),
    ],
)
def test_labels_that_nothing_can_be_learned_from_are_refused(labels: list, message: str):
    with pytest.raises(InputError, match=message):
        encode_labels(labels)


def test_a_few_fractions_written_as_text_name_classes():
    assert encode_labels(["0.5", "2.5", "0.5"])[0].tolist() == ["0.5", "2.5"]


def test_labels_come_out_as_plain_values():
    assert to_labels(np.array([1, 2])) == [1, 2]
    assert to_labels([np.int64(1), np.str_(" a "), None]) == [1, " a ", None]


@pytest.mark.parametrize("unit", ["D", "s", "us", "ns"])
def test_dates_of_any_precision_are_spelled_alike(unit):
    days = np.array(["2020-01-01", "2021-05-06"] * 2, dtype=f"datetime64[{unit}]")
    classes = encode_labels(days)[0]
    assert (classes == np.array(["2020-01-01", "2021-05-06"], dtype="datetime64[D]")).all()
    assert classes.dtype == ("datetime64[D]" if unit == "D" else "datetime64[us]")
    assert to_labels(list(days)) == to_labels(days)


def test_a_date_that_is_missing_is_a_missing_label():
    with pytest.raises(InputError, match="The target is missing in row 2"):
        encode_labels(np.array(["2020-01-01", "NaT", "2020-01-01", "2021-01-01"], dtype="datetime64[ns]"))


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
    typed = typed_labels(pl.Series("y", cells))
    assert typed == labels
    assert [type(label) for label in typed] == [type(label) for label in labels]


def test_rows_of_one_label_share_one_object():
    typed = typed_labels(pl.Series(["a long label", " a long label", "another"]))
    assert typed[0] is typed[1]


@pytest.mark.parametrize(("label", "text"), [(" 1.0", "1"), (True, "true"), ("yes", "yes"), ("007", "007")])
def test_a_label_has_one_spelling(label, text):
    assert canonical_label(label) == text
