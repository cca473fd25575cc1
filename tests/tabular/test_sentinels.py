import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.tabular import infer_schema
from demarcate.tabular.code_names import code_note
from demarcate.tabular.sentinels import sentinels

AGES = np.arange(18.0, 90.0).repeat(2)


@pytest.mark.parametrize("number", [-999.0, -9999.0, 9999.0, 99999.0, 999.0, 998.0, -99.0, 999.9, 2147483647.0, 1e10])
def test_repeated_numbers_far_from_all_others_stand_for_none(number):
    assert sentinels(np.append(AGES, [number] * 10)) == [number]
    assert sentinels(np.append(AGES, [number, np.nan])) == []


def test_several_may_stand_for_none():
    assert sentinels(np.append(AGES, [-999.0, 998.0, 999.0, 999.0, 998.0, -999.0])) == [-999.0, 998.0, 999.0]
    assert sentinels(np.append(AGES / 100, [-1.0] * 5)) == [-1.0]


@pytest.mark.parametrize(
    "values",
    [
        AGES,
        np.append(AGES, [-1.0] * 10),
        np.append(AGES, [99.0] * 10),
        np.append(AGES, [500.0] * 10),
        np.append(AGES, [-999.0] * 500),
        np.array([1.0, 2.0, 3.0, 999.0, 999.0]),
        np.geomspace(1, 1e6, 200).round(),
        np.array([0.0] * 50 + [99.0] * 50),
        np.array([9.0, 99.0, 999.0, 9999.0] * 20),
    ],
)
def test_values_that_may_be_meant_do_not(values):
    assert sentinels(values) == []


@given(st.lists(st.floats(-1e6, 1e6), min_size=20, max_size=60), st.integers(0, 3))
def test_sentinels_are_values_of_the_column_and_few(values, n):
    cells = np.array(values + [-99999.0] * n)
    found = sentinels(cells)
    assert set(found) <= set(cells.tolist())
    assert np.isin(cells, found).sum() <= len(cells) / 2


def test_a_note_names_the_cells_the_rest_and_the_option():
    frame = pl.DataFrame({"age": [*AGES[:6], -999, *AGES[6:], -999, -999]}, strict=False)
    note = infer_schema(frame).columns[0].note
    assert note.startswith("3 cells of -999, first in row 7, far from all others (18 to 89): read as numbers")
    assert note.endswith("--missing=-999 (missing in Python) reads them as missing")


@pytest.mark.parametrize("day", ["1900-01-01", "2099-12-31"])
def test_days_far_from_all_others_are_noted(day):
    cells = [f"2024-{month:02d}-{date:02d}" for month in range(1, 13) for date in (3, 17)] + [day] * 3
    for frame in (pl.DataFrame({"d": cells}), pl.DataFrame({"d": pl.Series(cells).str.to_date()})):
        note = infer_schema(frame).columns[0].note
        assert note.startswith(f"3 cells of {day}, first in row 25, far from all others (2024-01-03 to 2024-12-17)")


@pytest.mark.parametrize("name", ["zip", "zip_code", "PLZ", "ShippingPostcode", "fips"])
def test_whole_numbers_named_as_codes_are_noted(name):
    note = code_note(name, np.array([10115.0, 80331.0, np.nan, 20095.0]))
    assert note.startswith(
        "whole numbers such as 10115, codes by the name of the column: read as numbers. --categorical"
    )


@pytest.mark.parametrize(
    ("name", "values"),
    [("size", [10115, 80331, 20095]), ("code", [1, 2, 3]), ("zip", [0.5, 100.5, 1e5]), ("zip", [10115, 10115, 80331])],
)
def test_other_numbers_are_not(name, values):
    assert code_note(name, np.array(values, dtype=float)) == ""
