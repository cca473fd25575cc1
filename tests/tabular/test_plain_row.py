import warnings
from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from demarcate.errors import InputError
from demarcate.tabular import Column, Schema, as_frame
from demarcate.tabular.number_format import NumberFormat
from demarcate.tabular.plain_row import read_plain_row
from demarcate.tabular.trained_range import TrainedRange, TrainedRanges

COLUMNS = (
    Column("size", "numerical"),
    Column("ward", "categorical", categories=("3", "a", "b c", "12:30:00")),
    Column("smokes", "boolean", categories=("false", "true")),
    Column("left out", "numerical", dropped="constant"),
)
RANGES = TrainedRanges({"size": TrainedRange(100, 0.0, 1.0, 9.0, 10.0)})
WORDS = ["", " ", "3", " 3 ", "3.0", "+3", "007", "1e3", "1e999", "-.5", "5.", ".", "-", "NA", "nan", "inf", "true"]
WORDS += ["False", "YES", "no", "a", " b c", "A", "12:30:00.500", "12:30:00.000", "12:30:00", "3\u00a0", "é", "1,5"]
WORDS += ["1_000", "a\n", "9007199254740993", "0x1"]
VALUES = [None, True, False, 3, -7, 2**53, 10**30, 3.0, 0.1, 1e-7, float("nan"), float("inf"), 1e300]
VALUES += [Decimal("1.5"), date(2020, 1, 1), np.float64(2.5), b"x"]
CELLS = st.sampled_from([*WORDS, *VALUES]) | st.text(max_size=6) | st.floats() | st.integers()


def read_as_table(row):
    """The parsed columns of a row by the table's reader, with its warnings; None where it refuses the row."""
    reader = Schema(COLUMNS).reader(RANGES)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            parsed = reader.parse(as_frame({name: [cell] for name, cell in row.items()}))
            reader.close()
        except InputError:
            return None
    return parsed, reader.outside.is_reported, [str(warning.message) for warning in caught]


@settings(deadline=None, derandomize=True, max_examples=200)
@given(size=CELLS, ward=CELLS, smokes=CELLS)
@example(size="1e3", ward="12:30:00.500", smokes="YES")
@example(size=True, ward=3.0, smokes=1)
@example(size="", ward="  ", smokes="NA")
def test_a_row_that_is_read_is_what_the_tables_reader_makes_of_it(size, ward, smokes):
    row = {"size": size, "ward": ward, "smokes": smokes}
    plain = read_plain_row(COLUMNS, row, RANGES)
    if plain is None:
        return
    expected = read_as_table(row)
    assert expected is not None, "a row that the reader refuses is left to it"
    parsed, is_outside, messages = expected
    np.testing.assert_array_equal(plain.columns["size"], parsed["size"])
    for name in ("ward", "smokes"):
        assert plain.columns[name] == parsed[name].to_list()
    assert (plain.is_outside, [plain.warning] if plain.warning else []) == (is_outside, messages)


@pytest.mark.parametrize("row", [("5", "a", "yes"), (5, 3, True), (0.5, "new", None), ("-1e-3", "12:30:00.0", "No")])
def test_usual_cells_are_plain(row):
    assert read_plain_row(COLUMNS, dict(zip(("size", "ward", "smokes"), row, strict=True))) is not None


@pytest.mark.parametrize(
    "row",
    [
        {"size": "5", "ward": "a"},
        {"size": "5", "ward": "a", "smokes": "yes", "other": "1"},
        {"size": "about 5", "ward": "a", "smokes": "yes"},
        {"size": "5", "ward": "café\u00a0", "smokes": "yes"},
        {"size": "1e999", "ward": "a", "smokes": "yes"},
    ],
)
def test_other_names_and_cells_are_left_to_the_tables_reader(row):
    assert read_plain_row(COLUMNS, row) is None


@pytest.mark.parametrize(
    "column",
    [
        Column("x", "date", date_format="%d %B %Y"),
        Column("x", "text"),
        Column("x", "numerical", number_format=NumberFormat(",", ".", "", "number")),
        Column("x", "date", missing=("unknown",)),
    ],
)
def test_columns_that_are_written_in_their_own_way_are_left_to_the_tables_reader(column):
    assert read_plain_row([column], {"x": "5"}) is None


def test_a_column_that_is_not_used_may_be_there():
    row = {"size": "5", "ward": "a", "smokes": "yes", "left out": "anything"}
    assert set(read_plain_row(COLUMNS, row).columns) == {"size", "ward", "smokes"}
