from unittest.mock import patch

import numpy as np
import polars as pl
import pytest

from demarcate.encoding import TableEncoder, lookup_codes
from demarcate.encoding.lookup_codes import CodedTable, InterpolatedColumn
from demarcate.tabular import infer_schema


def parsed_and_encoders(frame, codes=None):
    schema = infer_schema(frame)
    parsed = schema.parse(frame)
    half = len(frame) // 2
    rows = [np.arange(half), np.arange(half, len(frame)), np.arange(len(frame))]
    return parsed, [TableEncoder.fit(schema, parsed, own, codes=codes) for own in rows]


@pytest.fixture
def frame():
    draw = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "thal": draw.choice(["fixed", "normal", "reversible"], 400),
            "sex": [["f", "m", None][at] for at in draw.integers(0, 3, 400)],
            "age": [None if age == 20 else float(age) for age in draw.integers(20, 40, 400)],
            "dose": draw.normal(0, 1, 400),
        }
    )


@pytest.fixture
def classes():
    return (np.arange(400) % 5 > 2).astype(np.int64)


@pytest.mark.parametrize("max_shared", [1, 15, 10_000])
def test_every_code_is_encoded_as_its_rows_are(frame, classes, max_shared):
    parsed, encoders = parsed_and_encoders(frame.with_columns(dose=pl.col("age") * 2), classes)
    with patch.object(lookup_codes, "MAX_SHARED", max_shared):
        table = CodedTable.of(encoders, parsed)
    assert sorted(name for one in table.coded for name in one.columns) == ["age", "dose", "sex", "thal"]
    for place, encoder in enumerate(encoders):
        for one in table.coded:
            expected = encoder.select(one.columns).encode(parsed)
            np.testing.assert_array_equal(one.encoded[place][one.codes], expected)


def test_columns_share_no_more_codes_than_allowed(frame, classes):
    parsed, encoders = parsed_and_encoders(frame, classes)
    with patch.object(lookup_codes, "MAX_SHARED", 30):
        table = CodedTable.of(encoders, parsed)
    assert [one.columns for one in table.coded] == [("sex", "thal"), ("age",)]
    assert [one.n_codes for one in table.coded] == [20, 20]


def test_numbers_that_differ_from_row_to_row_have_knots(frame, classes):
    parsed, encoders = parsed_and_encoders(frame, classes)
    table = CodedTable.of(encoders, parsed)
    assert [one.columns for one in table.interpolated] == [("dose",)]
    assert table.rest == ()


def test_between_knots_all_encoders_are_linear(frame, classes):
    _, encoders = parsed_and_encoders(frame, classes)
    own = [encoder.encoders[3] for encoder in encoders]
    column = InterpolatedColumn.of("dose", own, [encoder.knots for encoder in own])
    cells = np.array([*np.linspace(-20, 20, 999), *column.knots, np.nan, 1e308, -1e308, 5e-324])
    codes, weights = column.interpolate(cells)
    for encoder, encoded in zip(own, column.encoded, strict=True):
        found = (encoded[codes] * weights[..., np.newaxis]).sum(1)
        np.testing.assert_allclose(found, encoder.encode(cells), rtol=0, atol=2e-6)


def test_numbers_that_are_encoded_as_they_are_have_no_codes(frame):
    parsed, encoders = parsed_and_encoders(frame)
    assert CodedTable.of(encoders, parsed).rest == ("age", "dose")


def test_all_columns_of_numbers_have_so_many_codes_at_most(frame, classes):
    parsed, encoders = parsed_and_encoders(frame.with_columns(dose=pl.col("age") * 2), classes)
    with patch.object(lookup_codes, "MAX_TABLE_CODES", 25):
        assert CodedTable.of(encoders, parsed).rest == ("dose",)


def test_few_distinct_numbers_at_first_and_many_later_have_no_codes(classes):
    _, encoders = parsed_and_encoders(pl.DataFrame({"dose": [*[0.0] * 250, *np.arange(150.0)]}), classes)
    for cells in (np.arange(400.0), np.concatenate([np.zeros(250), np.arange(150.0)])):
        assert [one.columns for one in CodedTable.of(encoders, {"dose": cells}).interpolated] == [("dose",)]
    few = {"dose": np.arange(400.0) % 100}
    assert [one.columns for one in CodedTable.of(encoders, few).coded] == [("dose",)]
