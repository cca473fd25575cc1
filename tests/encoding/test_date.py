import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from demarcate.encoding import DateEncoder

DAY = 86_400.0
moments = st.floats(-62_135_596_800.0, 253_402_300_799.0) | st.just(np.nan)
cells_of_a_column = st.lists(moments, min_size=1, max_size=20).map(np.array)


@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_encodings_are_finite_and_of_one_width_whatever_the_cells(cells, others):
    encoder = DateEncoder.fit(cells, np.arange(len(cells)))
    for column in (cells, others, np.array([])):
        encoded = encoder.encode(column)
        assert encoded.dtype == np.float32
        assert encoded.shape == (len(column), len(encoder.names("x")))
        assert np.isfinite(encoded).all()


@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_only_the_given_rows_are_fitted_on(cells, others):
    rows = np.arange(len(cells))
    alone, among = DateEncoder.fit(cells, rows), DateEncoder.fit(np.concatenate([cells, others]), rows)
    assert (alone.state[0].tolist(), alone.state[1]) == (among.state[0].tolist(), among.state[1])


@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_the_state_survives_json_and_an_array(cells, others):
    encoder = DateEncoder.fit(cells, np.arange(len(cells)))
    again = DateEncoder.from_state(encoder.state[0].copy(), json.loads(json.dumps(encoder.state[1])))
    assert np.array_equal(again.encode(others), encoder.encode(others))
    assert again.names("x") == encoder.names("x")


def test_times_of_day_are_a_cycle_only_where_training_rows_had_them():
    days = DateEncoder.fit(np.array([0.0, DAY]), np.arange(2))
    times = DateEncoder.fit(np.array([0.0, DAY / 2]), np.arange(2))
    assert [name for name in times.names("x") if name not in days.names("x")] == [
        "x: sine of time of day",
        "x: cosine of time of day",
    ]


def test_a_week_later_is_the_same_day_of_the_week():
    encoder = DateEncoder.fit(np.arange(30) * DAY, np.arange(30))
    encoded = dict(zip(encoder.names("x"), encoder.encode(np.array([3 * DAY, 10 * DAY, 4 * DAY])).T, strict=True))
    sine = encoded["x: sine of day of week"]
    assert sine[0] == pytest.approx(sine[1], abs=1e-6)
    assert sine[0] != pytest.approx(sine[2], abs=1e-2)


def test_a_missing_date_is_at_the_middle_of_every_cycle():
    encoder = DateEncoder.fit(np.array([0.0, DAY, 2 * DAY, np.nan]), np.arange(4))
    assert encoder.encode(np.array([np.nan])).tolist() == [[0, 1, 0, 0, 0, 0]]
