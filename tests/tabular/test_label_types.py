from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.tabular import encode_labels

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
