import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.encoding import CategoricalEncoder
from demarcate.encoding.categorical import MAX_CATEGORIES, MIN_ROWS
from demarcate.errors import SettingError

words = st.sampled_from(["a", "b", "c", "other", "", "ä", None])
cells_of_a_column = st.lists(words | st.text(max_size=2), min_size=1, max_size=30).map(
    lambda cells: pl.Series(cells, dtype=pl.String)
)


@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_rows_sum_to_one_and_have_one_width_whatever_the_cells(cells, others):
    encoder = CategoricalEncoder.fit(cells, np.arange(len(cells)))
    for column in (cells, others, cells.clear()):
        encoded = encoder.encode(column)
        assert encoded.dtype == np.float32
        assert encoded.shape == (len(column), len(encoder.names("x")))
        assert np.isfinite(encoded).all()
        assert encoded.sum(1) == pytest.approx(np.ones(len(column)), abs=1e-6)


@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_only_the_given_rows_are_fitted_on(cells, others):
    rows = np.arange(len(cells))
    alone, among = CategoricalEncoder.fit(cells, rows), CategoricalEncoder.fit(cells.append(others), rows)
    assert alone.categories == among.categories
    assert np.array_equal(alone.shares, among.shares)


@given(cells=cells_of_a_column, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(cells, seed):
    rows = np.arange(len(cells))
    shuffled = np.random.default_rng(seed).permutation(rows)
    first, second = CategoricalEncoder.fit(cells, rows), CategoricalEncoder.fit(cells, shuffled)
    assert (first.categories, first.shares.tolist()) == (second.categories, second.shares.tolist())


@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_the_state_survives_json_and_an_array(cells, others):
    encoder = CategoricalEncoder.fit(cells, np.arange(len(cells)))
    again = CategoricalEncoder.from_state(encoder.state[0].copy(), json.loads(json.dumps(encoder.state[1])))
    assert np.array_equal(again.encode(others), encoder.encode(others))
    assert again.names("x") == encoder.names("x")


def test_the_average_training_row_is_the_mean_of_the_encoding():
    cells = pl.Series(["a"] * 5 + ["b"] * 3 + ["rare", None])
    encoder = CategoricalEncoder.fit(cells, np.arange(10))
    assert encoder.encode(cells).mean(0) == pytest.approx(encoder.shares)


def test_rare_categories_share_a_place_with_the_unseen():
    cells = pl.Series(["a"] * MIN_ROWS + ["b"] * (MIN_ROWS - 1))
    encoder = CategoricalEncoder.fit(cells, np.arange(len(cells)))
    assert encoder.names("x") == ["x = a", "x = other"]
    assert encoder.encode(pl.Series(["a", "b", "never seen"])).tolist() == [[1, 0], [0, 1], [0, 1]]


def test_missing_has_a_place_where_training_rows_had_it():
    cells = pl.Series(["a", "a", "a", None])
    encoder = CategoricalEncoder.fit(cells, np.arange(4))
    assert encoder.names("x") == ["x = a", "x is missing"]
    assert encoder.encode(pl.Series([None, "a"], dtype=pl.String)).tolist() == [[0, 1], [1, 0]]


def test_what_nothing_was_learned_of_is_the_average_row():
    encoder = CategoricalEncoder.fit(pl.Series(["a"] * 6 + ["b"] * 2 + ["c"] * 4), np.array([*range(6), *range(8, 12)]))
    assert encoder.names("x") == ["x = a", "x = c"]
    assert encoder.encode(pl.Series(["b", None])) == pytest.approx(np.array([[0.6, 0.4], [0.6, 0.4]]))


def test_of_thousands_of_categories_the_most_frequent_are_kept():
    cells = pl.Series([f"c{number:04d}" for number in range(1000) for _ in range(3 + (number < 10))])
    encoder = CategoricalEncoder.fit(cells, np.arange(len(cells)))
    assert len(encoder.categories) == MAX_CATEGORIES
    assert {f"c{number:04d}" for number in range(10)} < set(encoder.categories)


def test_a_column_without_a_training_value_is_missing_throughout():
    encoder = CategoricalEncoder.fit(pl.Series([None, None, "a"]), np.array([0, 1]))
    assert encoder.encode(pl.Series([None, "a"], dtype=pl.String)).tolist() == [[1.0], [1.0]]


@pytest.mark.parametrize("shares", [[1.0], [0.5, 0.5, 1.5], [0.5, -0.5, 1.0], [np.nan, 0.5, 0.5]])
def test_a_state_that_cannot_be_is_refused(shares: list):
    with pytest.raises(SettingError, match="a share for each category"):
        CategoricalEncoder(("a",), np.array(shares))
