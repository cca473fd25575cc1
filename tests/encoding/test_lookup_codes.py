from unittest.mock import patch

import numpy as np
import polars as pl
import pytest

from demarcate.encoding import TableEncoder, lookup_codes
from demarcate.encoding.lookup_codes import (
    CategoryColumn,
    KnotColumn,
    LookupColumns,
    RepeatedCells,
    combined_codes,
    repeated_columns,
)
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


def own_encoders(encoders, name):
    place = encoders[0].columns.index(name)
    return [encoder.encoders[place] for encoder in encoders]


def test_every_category_is_encoded_as_its_rows_are(frame, classes):
    parsed, encoders = parsed_and_encoders(frame, classes)
    cells = pl.Series(["normal", None, "fixed", "never seen", "reversible"])
    column = CategoryColumn.of("thal", own_encoders(encoders, "thal"))
    for place, encoder in enumerate(own_encoders(encoders, "thal")):
        np.testing.assert_array_equal(column.encoded[place][column.codes(cells)], encoder.encode(cells))
        np.testing.assert_array_equal(
            column.encoded[place][column.codes(parsed["thal"])], encoder.encode(parsed["thal"])
        )


def test_columns_share_no_more_codes_than_allowed(frame, classes):
    _, encoders = parsed_and_encoders(frame, classes)
    for limit, expected in ((20, [("sex", "thal")]), (19, [("sex",), ("thal",)])):
        with patch.object(lookup_codes, "MAX_SHARED", limit):
            groups = LookupColumns.of(encoders).categories
        assert [tuple(column.name for column in group) for group in groups] == expected


def test_shared_codes_are_those_of_pairs():
    columns = [RepeatedCells.of(name, np.arange(20.0) % n, 100) for name, n in (("two", 2), ("three", 3))]
    codes = combined_codes([column.codes for column in columns], columns)
    assert [(code // 3, code % 3) for code in codes] == [(row % 2, row % 3) for row in range(20)]


def test_columns_of_most_codes_have_none_where_all_would_be_too_many(frame, classes):
    _, encoders = parsed_and_encoders(frame, classes)
    every = LookupColumns.of(encoders)
    assert (every.rest, {column.name for column in every.knots}) == ((), {"age", "dose"})
    sizes = sorted(column.n_codes for column in (*every.categories[0], *every.knots))
    with patch.multiple(lookup_codes, MAX_CODES=sum(sizes[:3]), CODES_PER_INPUT=0):
        assert len(LookupColumns.of(encoders).rest) == 1
    with patch.multiple(lookup_codes, MAX_CODES=0, CODES_PER_INPUT=0):
        none = LookupColumns.of(encoders)
    assert (none.rest, none.knots, none.categories) == (("thal", "sex", "age", "dose"), (), ())


def test_between_knots_all_encoders_are_linear(frame, classes):
    _, encoders = parsed_and_encoders(frame, classes)
    own = own_encoders(encoders, "dose")
    column = KnotColumn.of("dose", own)
    cells = np.array([*np.linspace(-20, 20, 999), *column.knots, np.nan, 1e308, -1e308, 5e-324])
    assert_interpolated(column, own, cells)


def test_numbers_with_scores_of_their_own_are_exceptions():
    draw = np.random.default_rng(0)
    agents = draw.integers(0, 40, 2000).astype(float)
    codes = (draw.random(2000) < (agents % 2) * 0.8 + 0.1).astype(np.int64)
    _, encoders = parsed_and_encoders(pl.DataFrame({"agent": agents}), codes)
    own = own_encoders(encoders, "agent")
    assert {encoder.kind for encoder in own} == {"piecewise_target"}
    column = KnotColumn.of("agent", own)
    assert len(column.exceptions) == 40
    assert_interpolated(column, own, np.array([*np.linspace(-5, 45, 501), *column.knots, np.nan, 1e308, -1e308]))


def assert_interpolated(column, encoders, cells):
    codes, weights = column.interpolate(cells)
    for encoder, encoded in zip(encoders, column.encoded, strict=True):
        found = (encoded[codes] * weights[..., np.newaxis]).sum(1)
        np.testing.assert_allclose(found, encoder.encode(cells), rtol=0, atol=2e-6)


def test_numbers_that_are_encoded_as_they_are_have_no_codes(frame):
    _, encoders = parsed_and_encoders(frame)
    assert LookupColumns.of(encoders).rest == ("age", "dose")


def test_repeated_cells_are_the_rows_again(frame):
    for cells in (frame["age"].cast(pl.Float64).fill_null(np.nan).to_numpy(), frame["sex"]):
        column = RepeatedCells.of("x", cells, 100)
        assert pl.Series(column.distinct)[column.codes].equals(pl.Series(cells))


def test_all_columns_have_so_many_repeated_cells_at_most(frame):
    age = frame["age"].fill_null(np.nan).to_numpy()
    for limit, expected in ((40, ["age", "twice"]), (25, ["age"])):
        with patch.object(lookup_codes, "MAX_TABLE_REPEATED", limit):
            assert [column.name for column in repeated_columns({"age": age, "twice": age * 2})] == expected


def test_few_distinct_numbers_at_first_and_many_later_do_not_repeat():
    for cells in (np.arange(400.0), np.concatenate([np.zeros(250), np.arange(150.0)])):
        assert RepeatedCells.of("dose", cells, 512) is None
    assert RepeatedCells.of("dose", np.arange(400.0) % 100, 512).n_codes == 100
