from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.tabular import encode_labels, to_labels
from demarcate.tabular.labels import canonical_label, read_labels, typed_labels

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


MOMENT = datetime(2024, 3, 5, 13, 45, 0, 250)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        ([Decimal("1.0"), Decimal("1.00"), Decimal("0.5")], [Decimal("0.5"), Decimal("1.0")]),
        ([np.int64(1), 1, 0], [0, 1]),
        ([True, 1, 0], [0, 1]),
        ([1, 1.0, 0.0], [0.0, 1.0]),
        ([Decimal(2), 2, 1], [Decimal(1), Decimal(2)]),
        ([2**70, 2**70 + 1, 2**70], [2**70, 2**70 + 1]),
        ([-1, 2**63, -1], [-1, 2**63]),
        (["True", "TRUE", "True"], ["TRUE", "True"]),
        ([date(2024, 3, 5), date(2024, 3, 4)] * 2, [date(2024, 3, 4), date(2024, 3, 5)]),
        ([MOMENT, datetime(2024, 3, 5), MOMENT], [datetime(2024, 3, 5), MOMENT]),
        (pd.to_datetime(["2024-03-05", "2024-03-04", "2024-03-05"]), [datetime(2024, 3, 4), datetime(2024, 3, 5)]),
        (["a", "a ", "a"], ["a", "a "]),
        (["caf\u00e9", "cafe\u0301", "caf\u00e9"], ["cafe\u0301", "caf\u00e9"]),
    ],
)
def test_labels_stay_what_they_are_and_equal_ones_are_one_class(labels, classes):
    found, codes = encode_labels(labels)
    assert found.tolist() == classes
    assert [type(label) for label in found.tolist()] == [type(label) for label in classes]
    assert [classes[code] for code in codes] == [*labels]


class Colour(Enum):
    RED = 1
    BLUE = 2


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (
            [1, "1", 1],
            r"of several types: 1 in row 1 is of type int, '1' in row 2 is of type str\. Give all of one type",
        ),
        ([True, "True", True], "several types: True in row 1 is of type bool, 'True' in row 2 is of type str"),
        ([date(2024, 1, 1), MOMENT] * 2, "of several types: .*is of type date.*is of type datetime"),
        (["a", "a\0", "a"], "row 2 holds a NUL character"),
        ([b"a", b"b", b"a"], "row 1 is of type bytes, not a plain value"),
        ([(1,), (2,), (1,)], "row 1 is of type tuple"),
        (["a", [1], "b"], "row 2 is of type list"),
        ([*Colour, Colour.RED], "row 1 is of type Colour"),
        ([pd.Interval(0, 1), pd.Interval(1, 2)] * 2, "row 1 is of type Interval.*Give text"),
        ([timedelta(1), timedelta(2)] * 2, "row 1 is of type timedelta"),
        (
            [MOMENT.replace(tzinfo=UTC), MOMENT.replace(tzinfo=UTC)],
            "row 1 is 2024-03-05T13:45:00.000250.00:00, with a time",
        ),
        ([pd.Timestamp(1), pd.Timestamp(2)] * 2, "row 1 is of type Timestamp"),
        ([Decimal("Infinity"), Decimal(1)], "row 1 is Infinity"),
        ([1 + 2j, 2j, 2j], "row 1 is of type complex"),
        ([2**53 + 1, 2.0**53, 2.0**53], "Labels are of type int and float, and 9007199254740993 has no equal"),
        (["a", Decimal("NaN"), "a", "b"], "The target is missing in row 2"),
        (
            np.array([1, 2, 1], dtype="datetime64[ns]"),
            "row 1 is 1970-01-01T00:00:00.000000001: it counts less than microseconds",
        ),
    ],
)
def test_labels_that_cannot_stay_what_they_are_are_refused(labels, message):
    with pytest.raises(InputError, match=message):
        encode_labels(labels)


@given(
    labels=st.lists(
        st.text(max_size=3)
        | st.integers()
        | st.booleans()
        | st.floats()
        | st.decimals()
        | st.dates()
        | st.datetimes()
        | st.binary(max_size=2)
        | st.none(),
        max_size=6,
    )
)
def test_distinct_labels_stay_distinct_or_are_refused(labels):
    try:
        classes, codes = encode_labels(labels)
    except InputError:
        return
    assert [classes.tolist()[code] for code in codes] == labels
    assert len({*classes.tolist()}) == len({*labels})


SPELLINGS = ["Yes"] * 3 + ["yes"] * 2 + ["YES "] + ["no"] * 2 + ["N"] * 3


def test_spellings_of_one_word_are_warned_of_once_with_their_rows():
    read = read_labels(SPELLINGS)
    assert read.classes.tolist() == ["N", "YES ", "Yes", "no", "yes"]
    (notice,) = read.notices
    assert "classes of their own: 'Yes' (3), 'yes' (2), 'YES ' (1); 'N' (3), 'no' (2). merge_labels=True" in notice
    assert "--merge-labels" in notice


def test_spellings_of_one_word_are_merged_when_asked_under_the_most_frequent_one():
    read = read_labels(SPELLINGS, merge=True)
    assert read.classes.tolist() == ["N", "Yes"]
    assert read.codes.tolist() == [1] * 6 + [0] * 5
    assert read.notices == ()


def test_merging_spellings_of_a_single_word_leaves_one_class():
    with pytest.raises(InputError, match="Every label is 'a'"):
        read_labels(["a", "A", "a"], merge=True)


@pytest.mark.parametrize(
    "labels", [["a", "b"] * 2, [0, 1] * 2, ["yes", "no"] * 2, ["NO2", "no"] * 2, [True, False] * 2]
)
def test_plain_labels_are_not_warned_of_and_not_changed_by_merging(labels):
    assert read_labels(labels).notices == ()
    assert read_labels(labels, merge=True).classes.tolist() == read_labels(labels).classes.tolist()


@pytest.mark.parametrize(
    ("counts", "is_quantity"),
    [
        ({year: 1 + year % 5 for year in range(1990, 2004)}, True),  # 14 years, uneven
        (dict.fromkeys((2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 14), 20), False),  # codes with gaps, even
        ({code: 5 + 400 * (code == 3) for code in range(18)}, False),  # numbered codes, uneven
        (dict.fromkeys(range(1, 101), 30), False),
        ({number: 1 + number % 40 for number in range(60)}, True),  # a count from 0, uneven
        (dict.fromkeys(range(18, 68), 30), True),  # many, from 18
        ({float(age): 2 for age in range(18, 68)}, True),
        ({digit: 1 + digit * 50 for digit in range(10)}, False),
        ({**dict.fromkeys(range(18, 68), 2), "old": 3}, False),
    ],
)
def test_classes_that_are_values_of_a_quantity_are_warned_of(counts, is_quantity):
    labels = [label for label, n in counts.items() for _ in range(n)]
    labels = [*map(str, labels)] if "old" in counts else labels
    assert any("looks like a number to predict" in notice for notice in read_labels(labels).notices) == is_quantity
