import json
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from demarcate.encoding import FitContext, NumericEncoder
from demarcate.encoding.numeric import LIMIT
from demarcate.errors import SettingError

cells_of_a_column = st.lists(st.floats(allow_nan=True, allow_infinity=False, width=64), min_size=1, max_size=20).map(
    np.array
)
LARGEST = float(np.finfo(np.float64).max)


@given(cells=cells_of_a_column, others=cells_of_a_column, standardise=st.booleans())
@example(cells=np.array([LARGEST, LARGEST]), others=np.array([-LARGEST]), standardise=True)
@example(cells=np.array([LARGEST, -LARGEST]), others=np.array([np.nan]), standardise=False)
@example(cells=np.array([5e-324, 0.0]), others=np.array([LARGEST]), standardise=True)
@example(cells=np.array([np.nan]), others=np.array([1e300, np.nan]), standardise=True)
def test_encodings_are_finite_and_of_one_width_whatever_the_cells(cells, others, standardise):
    encoder = NumericEncoder.fit(cells, np.arange(len(cells)), FitContext(standardise))
    for encoded in (encoder.encode(cells), encoder.encode(others), encoder.encode(np.array([]))):
        assert encoded.dtype == np.float32
        assert encoded.shape[1] == len(encoder.names("x"))
        assert np.isfinite(encoded).all()
        assert not standardise or np.abs(encoded).max(initial=0) <= LIMIT


@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_only_the_given_rows_are_fitted_on(cells, others):
    rows = np.arange(len(cells))
    alone, among = NumericEncoder.fit(cells, rows), NumericEncoder.fit(np.concatenate([cells, others]), rows)
    assert alone.state[0].tolist() == among.state[0].tolist()
    assert alone.state[1] == among.state[1]


@given(cells=cells_of_a_column, standardise=st.booleans())
def test_the_state_survives_json_and_an_array(cells, standardise):
    encoder = NumericEncoder.fit(cells, np.arange(len(cells)), FitContext(standardise))
    again = NumericEncoder.from_state(encoder.state[0].copy(), json.loads(json.dumps(encoder.state[1])))
    assert np.isfinite(encoder.state[0]).all()
    assert np.array_equal(again.encode(cells), encoder.encode(cells))
    assert again.names("x") == encoder.names("x")


def test_training_rows_come_out_with_mean_0_and_deviation_1():
    cells = np.random.default_rng(0).normal(1e6, 3, 500)
    encoded = NumericEncoder.fit(cells, np.arange(500)).encode(cells)
    assert encoded.mean() == pytest.approx(0, abs=1e-4)
    assert encoded.std() == pytest.approx(1, abs=1e-4)


def test_missing_cells_get_the_median_and_a_flag():
    cells = np.array([1.0, 2.0, 9.0, np.nan])
    encoder = NumericEncoder.fit(cells, np.arange(4))
    encoded = encoder.encode(cells)
    assert encoder.median == 2.0
    assert encoded[3, 0] == encoded[1, 0]
    assert encoded[:, 1].tolist() == [0, 0, 0, 1]
    assert encoder.names("age") == ["age", "age is missing"]


def test_where_none_was_missing_in_training_there_is_no_flag():
    encoder = NumericEncoder.fit(np.array([1.0, 2.0, 3.0]), np.arange(3))
    assert encoder.encode(np.array([np.nan])).tolist() == [[0.0]]


def test_a_column_without_a_training_value_says_nothing():
    encoder = NumericEncoder.fit(np.array([np.nan, np.nan, 5.0]), np.array([0, 1]))
    assert encoder.encode(np.array([np.nan, 5.0, -1e6])).tolist() == [[0.0], [0.0], [0.0]]


def test_a_constant_column_is_centred():
    encoder = NumericEncoder.fit(np.full(3, 0.1), np.arange(3))
    assert encoder.encode(np.array([0.1, 1.1])).tolist() == [[0.0], [1.0]]


def test_a_wild_cell_counts_as_the_limit():
    encoder = NumericEncoder.fit(np.array([-1.0, 1.0]), np.arange(2))
    assert encoder.encode(np.array([1e9, -1e300])).tolist() == [[LIMIT], [-LIMIT]]


def test_without_standardising_numbers_pass_as_they_are():
    cells = np.array([0.1, 250.0, -3.0])
    encoder = NumericEncoder.fit(cells, np.arange(3), FitContext(standardise=False))
    assert encoder.encode(cells)[:, 0].tolist() == cells.astype(np.float32).tolist()


@pytest.mark.parametrize(("scale", "limit"), [(0.0, 1.0), (-1.0, 1.0), (math.nan, 1.0), (1.0, 0.0)])
def test_a_state_that_cannot_be_is_refused(scale: float, limit: float):
    with pytest.raises(SettingError, match="scale and limit must be above 0"):
        NumericEncoder(0.0, 0.0, scale, flag=False, limit=limit)
