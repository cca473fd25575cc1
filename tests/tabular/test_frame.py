"""The same table through every door is the same table."""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError, InputWarning
from demarcate.tabular import as_frame, infer_schema
from demarcate.tabular.fingerprint import fingerprint

BERLIN_SUMMER = timezone(timedelta(hours=2))
CELLS: dict[str, list[Any]] = {
    "age": [63, 41, None, 57],
    "dose": [0.5, None, 2.25, -1e-7],
    "price": [Decimal("1.50"), None, Decimal("12.25"), Decimal("3.00")],
    "smokes": [True, None, False, True],
    "thal": ["fixed", "normal", None, " fixed"],
    "seen": [date(2020, 1, 31), None, date(1969, 12, 31), date(2021, 2, 1)],
    "at": [datetime(2020, 1, 31, 10, 30, 5, 250_000), None, datetime(1969, 7, 20, 20, 17), datetime(2021, 2, 1)],
    "zoned": [
        datetime(2020, 7, 1, 1, 30, tzinfo=BERLIN_SUMMER),
        datetime(2020, 7, 2, 12, tzinfo=BERLIN_SUMMER),
        None,
        datetime(2020, 7, 3, tzinfo=BERLIN_SUMMER),
    ],
    "big": [2**53 + 1, 2**53 + 2, 2**53 + 3, 2**53 + 1],
    "words": ["12", "3.5", "n/a", "-7e2"],
    "code": ["007", "7", "08", "7"],
    "nothing": [None, None, None, None],
    "unit": ["mg", "mg", "mg", "mg"],
}
RECORDS = [{name: cells[row] for name, cells in CELLS.items()} for row in range(4)]


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


DOORS: dict[str, Callable[[], Any]] = {
    "dict": lambda: CELLS,
    "records": lambda: RECORDS,
    "polars": lambda: pl.DataFrame(CELLS),
    "lazy polars": lambda: pl.DataFrame(CELLS).lazy(),
    "narwhals": lambda: nw.from_native(pl.DataFrame(CELLS)),
    "pandas": lambda: pd.DataFrame(CELLS),
    "pandas of objects": lambda: pd.DataFrame(CELLS, dtype=object),
    "pandas nullable": lambda: pd.DataFrame(
        {
            **{name: pd.Series(cells, dtype=object) for name, cells in CELLS.items()},
            "age": pd.array(CELLS["age"], dtype="Int64"),
            "dose": pd.array(CELLS["dose"], dtype="Float64"),
            "smokes": pd.array(CELLS["smokes"], dtype="boolean"),
            "thal": pd.array(CELLS["thal"], dtype="string"),
            "big": pd.array(CELLS["big"], dtype="Int64"),
            "zoned": pd.to_datetime(pd.Series(CELLS["zoned"])),
        }
    ),
    "pandas of arrow": lambda: pa.table(CELLS).to_pandas(types_mapper=pd.ArrowDtype),
    "pyarrow": lambda: pa.table(CELLS),
    "record batch": lambda: pa.RecordBatch.from_pydict(CELLS),
    "strings": lambda: pl.DataFrame({name: list(map(_text, cells)) for name, cells in CELLS.items()}),
    "strings in pandas": lambda: pd.DataFrame({name: list(map(_text, cells)) for name, cells in CELLS.items()}),
    "rows of strings": lambda: {name: np.array(list(map(_text, cells))) for name, cells in CELLS.items()},
    "printed by pandas": lambda: pd.DataFrame(CELLS, dtype=object).map(str),
}


@pytest.mark.parametrize("door", DOORS)
def test_the_same_table_is_inferred_and_parsed_alike_through_every_door(door: str):
    expected = infer_schema(as_frame(CELLS))
    frame = as_frame(DOORS[door]())
    if door == "printed by pandas":
        # What is missing among words cannot be told from the word that was printed for it.
        frame = frame.with_columns(thal=pl.col("thal").replace({"None": None}))
    schema = infer_schema(frame)
    assert schema == expected
    codes = np.zeros(4, dtype=np.int64)
    assert fingerprint(schema.parse(frame), codes) == fingerprint(expected.parse(as_frame(CELLS)), codes)


def test_the_kinds_of_that_table_are_what_they_should_be():
    kinds = {column.name: column.kind for column in infer_schema(as_frame(CELLS)).columns}
    assert kinds == {
        "age": "numerical",
        "dose": "numerical",
        "price": "numerical",
        "smokes": "boolean",
        "thal": "categorical",
        "seen": "date",
        "at": "date",
        "zoned": "date",
        "big": "categorical",
        "words": "numerical",
        "code": "categorical",
        "nothing": "categorical",
        "unit": "categorical",
    }


_columns = st.one_of(
    st.lists(st.integers(-(2**70), 2**70) | st.none(), min_size=3, max_size=3),
    st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), min_size=3, max_size=3),
    st.lists(st.booleans() | st.none(), min_size=3, max_size=3),
    st.lists(st.dates(date(1000, 1, 1)) | st.none(), min_size=3, max_size=3),
    st.lists(st.datetimes(datetime(1000, 1, 1)) | st.none(), min_size=3, max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(cells=_columns)
def test_values_and_their_text_are_read_alike(cells: list[Any]):
    typed, text = as_frame({"x": cells}), as_frame({"x": [None if cell is None else str(cell) for cell in cells]})
    schema = infer_schema(typed)
    assert infer_schema(text) == schema
    codes = np.zeros(3, dtype=np.int64)
    assert fingerprint(schema.parse(typed), codes) == fingerprint(schema.parse(text), codes)


@pytest.mark.parametrize("missing", [None, float("nan"), np.nan, pd.NA, pd.NaT, np.datetime64("NaT"), Decimal("NaN")])
def test_every_way_of_saying_nothing_is_null(missing: Any):
    frame = as_frame({"number": [1.5, missing], "word": ["a", missing], "when": [date(2020, 1, 1), missing]})
    assert frame.null_count().row(0) == (1, 1, 1)
    assert frame.dtypes == [pl.Float64, pl.String, pl.Date]


def test_rows_and_arrays_get_names_by_their_place():
    assert as_frame(np.array([[1.5, 2], [3, 4]])).to_dict(as_series=False) == {"x1": [1.5, 3.0], "x2": [2.0, 4.0]}
    assert as_frame([[1, "a"], [2, None]]).to_dict(as_series=False) == {"x1": [1, 2], "x2": ["a", None]}
    assert as_frame(((True, 1), (False, 2))).dtypes == [pl.Boolean, pl.Int64]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble, np.int8, np.uint64, np.bool_])
def test_arrays_of_every_number_type_keep_their_values(dtype: type):
    frame = as_frame(np.array([[0], [1]], dtype=dtype))
    assert frame["x1"].cast(pl.Float64).to_list() == [0.0, 1.0]


def test_nanoseconds_of_numpy_are_moments_not_numbers():
    moments = np.array(["2020-01-31T10:30", "NaT"], dtype="datetime64[ns]")
    expected = [datetime(2020, 1, 31, 10, 30), None]
    assert as_frame({"at": moments})["at"].to_list() == expected
    assert as_frame(moments.reshape(-1, 1))["x1"].to_list() == expected
    assert as_frame({"at": list(moments)})["at"].to_list() == expected


def test_durations_are_seconds_through_every_door():
    durations = [timedelta(minutes=1, milliseconds=500), None]
    for table in ({"x": durations}, pl.DataFrame({"x": durations}), pd.DataFrame({"x": durations})):
        assert as_frame(table)["x"].to_list() == [60.5, None]


def test_times_of_day_are_text_through_every_door():
    times = [datetime(2020, 1, 1, 10, 30).time(), None]
    for table in ({"x": times}, pl.DataFrame({"x": times}), pd.DataFrame({"x": times}), pa.table({"x": times})):
        assert as_frame(table)["x"].to_list() == ["10:30:00", None]


@pytest.mark.parametrize(
    "cells",
    [
        pd.Categorical(["b", "a", None]),
        pd.Categorical([2, 1, None]),
        pd.Series(["b", "a", None], dtype="category"),
        pl.Series(["b", "a", None], dtype=pl.Categorical),
        pl.Series(["b", "a", None], dtype=pl.Enum(["a", "b"])),
    ],
    ids=["pandas", "pandas of numbers", "pandas series", "polars", "polars enum"],
)
def test_what_is_declared_categorical_stays_so(cells: Any):
    frame = as_frame(pd.DataFrame({"x": cells}) if isinstance(cells, pd.Categorical) else {"x": cells})
    assert frame["x"].dtype == pl.Categorical
    assert infer_schema(frame).columns[0].kind == "categorical"
    assert frame["x"].null_count() == 1


def test_bins_that_pandas_cut_are_categories():
    frame = as_frame(pd.DataFrame({"x": pd.cut([1, 2, 3], [0, 1.5, 3])}))
    assert frame["x"].to_list() == ["(0.0, 1.5]", "(1.5, 3.0]", "(1.5, 3.0]"]


def test_whole_numbers_never_lose_a_digit():
    large = [2**53 + 1, None, 2**64 - 1]
    for table in ({"x": large}, pd.DataFrame({"x": pd.array(large, dtype="UInt64")}), pl.DataFrame({"x": large})):
        column = as_frame(table)["x"].cast(pl.String)
        assert column.to_list() == ["9007199254740993", None, "18446744073709551615"]
    assert as_frame({"x": [2**70, 1]})["x"].to_list() == [str(2**70), "1"]
    assert as_frame({"x": [2**53 + 1, 0.5]})["x"].to_list() == ["9007199254740993", "0.5"]
    assert as_frame(pl.DataFrame({"x": pl.Series([2**70], dtype=pl.Int128)}))["x"].to_list() == [str(2**70)]
    identifiers = pa.table({"x": pa.array([Decimal(2**53 + 1), None])})
    assert as_frame(identifiers)["x"].to_list() == [2**53 + 1, None]


def test_a_mapping_of_single_values_is_one_row():
    assert as_frame({"age": 80, "thal": "fixed", "seen": None}).rows() == [(80, "fixed", None)]


def test_records_may_leave_columns_out():
    assert as_frame([{"a": 1}, {"b": 2.5, "a": None}]).rows() == [(1, None), (None, 2.5)]


def test_an_empty_table_keeps_its_columns():
    assert as_frame(pd.DataFrame({"a": pd.Series([], dtype="int64"), "b": pd.Series([], dtype="str")})).shape == (0, 2)


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame([[1, 2, 3]], columns=["a", "b", "a"]),
        pd.DataFrame([[1, 2, 3]], columns=[1, "b", "1"]),
        pa.table([[1], [2], [3]], names=["a", "b", "a"]),
        {1: [1], "b": [2], "1": [3]},
    ],
    ids=["pandas", "pandas, number and text", "pyarrow", "mapping"],
)
def test_repeated_names_are_refused_with_their_places(table: Any):
    with pytest.raises(InputError, match=r": columns 1 and 3\. Rename or remove all but one"):
        as_frame(table)


@pytest.mark.parametrize(
    "moment",
    [
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    ],
)
@pytest.mark.parametrize("make", [list, pl.Series, pd.Series, lambda cells: pa.chunked_array([cells])])
def test_moments_that_in_utc_are_of_no_year_are_refused(moment: datetime, make: Callable[..., Any]):
    with pytest.raises(InputError, match=r"Column 'at' has a date outside the years 1 to 9999: row 1 is "):
        as_frame({"at": make([moment])})


def test_columns_without_a_name_are_called_by_their_place_and_warned_of():
    with pytest.warns(InputWarning, match="The table has columns without a name; they are called 'column_2'"):
        frame = as_frame({" age ": [1], "\t": [2]})
    assert frame.columns == ["age", "column_2"]


@pytest.mark.parametrize(
    "table",
    [
        {"a": [[1]], "fine": [1], "b": [{"x": 1}]},
        [{"a": [1], "fine": 1, "b": {"x": 1}}],
        pl.DataFrame({"a": [[1]], "fine": [1], "b": [{"x": 1}]}),
        pd.DataFrame({"a": [[1]], "fine": [1], "b": [{"x": 1}]}),
        pa.table({"a": [[1]], "fine": [1], "b": [{"x": 1}]}),
        {"a": [b"bytes"], "fine": [1], "b": [object()]},
        pl.DataFrame({"a": [b"bytes"], "fine": [1], "b": pl.Series([object()], dtype=pl.Object)}),
    ],
    ids=["mapping", "records", "polars", "pandas", "pyarrow", "bytes", "bytes in polars"],
)
def test_cells_of_more_than_one_value_are_refused_column_by_column(table: Any):
    with pytest.raises(InputError) as caught:
        as_frame(table)
    assert [problem.fact.split(" holds")[0] for problem in caught.value.problems] == ["Column 'a'", "Column 'b'"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ([[1, 2], [3], [4, 5], [6, 7, 8]], r"2 rows not as long as the first \(2 cells\): row 2 has 1, row 4 has 3"),
        (
            {"a": [1, 2], "b": [1], "c": [1, 2, 3]},
            "not as long as the first, 'a' with 2 cells: 'b' has 1, 'c' has 3",
        ),
        ([{"a": 1}, [2]], "Row 2 is of type list"),
        ([], r"an array of shape \(0,\), not \(n_rows, n_columns\)"),
        ([1, 2, 3], r"an array of shape \(3,\)"),
        (np.zeros(3), r"shape \(3,\)"),
        (np.zeros((1, 1), dtype=complex), "of type complex"),
        ("table.csv", "of type str is not a table"),
        (None, "of type NoneType is not a table"),
        (pl.Series([1]), "of type Series is not a table"),
    ],
    ids=[
        *["ragged rows", "columns of unequal length", "a row that is no mapping", "nothing", "one dimension"],
        *["an array of one dimension", "complex numbers", "a path", "None", "a series"],
    ],
)
def test_what_is_no_table_is_refused_in_words(table: Any, message: str):
    with pytest.raises(InputError, match=message):
        as_frame(table)


class TestDatesNobodyHas:
    """Arrow and NumPy hold days and moments that no calendar names; polars panics over their text."""

    @pytest.mark.parametrize(
        "cells",
        [
            pa.array([5, 10**9, None, 10**9], type=pa.int32()).cast(pa.date32()),
            pa.array([0, 2**62, None, -(2**62)], type=pa.timestamp("us")),
            pa.array([0, 2**62, None, 2**62], type=pa.timestamp("ms", tz="UTC")),
        ],
        ids=lambda cells: str(cells.type),
    )
    def test_they_are_refused_with_their_row(self, cells):
        with pytest.raises(
            InputError, match=r"'seen' has a date outside the years 1 to 9999: row 2 is .*, as in 1 more"
        ):
            as_frame(pa.table({"seen": cells}))

    def test_numpy_s_are_too(self):
        with pytest.raises(InputError, match=r"Column 'seen' .* row 1 is"):
            as_frame({"seen": np.array([2**62], dtype="datetime64[us]")})

    def test_the_first_and_the_last_day_are_taken(self):
        assert as_frame({"seen": [date.min, None, date.max]})["seen"].to_list() == [date.min, None, date.max]


def test_a_time_zone_may_be_no_more_than_an_offset():
    zone = timezone(timedelta(hours=-9, minutes=-30))
    moments = [datetime(2020, 7, 1, 1, 30, tzinfo=zone), None]
    frame = as_frame(pa.table({"at": pa.array(moments)}))
    assert frame["at"].to_list() == [datetime(2020, 7, 1, 11), None]
