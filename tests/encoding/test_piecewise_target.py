import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.datasets import heart
from demarcate.encoding import PiecewiseEncoder, TableEncoder, encoder_registry
from demarcate.encoding.base import FitContext
from demarcate.encoding.piecewise_target import PiecewiseTargetEncoder
from demarcate.errors import SettingError
from demarcate.tabular import encode_labels, infer_schema
from demarcate.tabular.column_options import ColumnOptions

N_ROWS = 3000


@pytest.fixture(scope="module")
def agents():
    """Numbers of agents, some missing, whose rows are of class 1 with a share of each one's own, and classes."""
    draw = np.random.default_rng(0)
    agent = draw.integers(0, 200, N_ROWS)
    codes = (draw.random(N_ROWS) < draw.beta(1, 1, 200)[agent]).astype(np.int64)
    return np.where(agent == 3, np.nan, agent.astype(float)), codes


@pytest.fixture(scope="module")
def encoder(agents):
    cells, codes = agents
    return PiecewiseTargetEncoder.fit(cells, np.arange(N_ROWS), FitContext(codes=codes))


def kinds(cells, codes):
    frame = pl.DataFrame({"x": cells})
    schema = infer_schema(frame, ColumnOptions(numerical=("x",)))
    return TableEncoder.fit(schema, schema.parse(frame), np.arange(len(cells)), codes=codes).kinds


def test_bins_are_those_of_the_plain_encoder_and_a_score_follows(agents, encoder):
    cells, codes = agents
    plain = PiecewiseEncoder.fit(cells, np.arange(N_ROWS), FitContext(codes=codes))
    assert np.array_equal(encoder.encode(cells)[:, :-1], plain.encode(cells))
    assert encoder.names("agent") == [*plain.names("agent"), "agent: log odds"]


def test_numbers_that_are_names_have_scores_and_other_and_missing_ones_have_0(agents, encoder):
    cells, codes = agents
    assert encoder.scores(np.array([np.nan, -1.0, 7.5, 1e300])).tolist() == [[0.0]] * 4
    binned = np.array([codes[cells == value].mean() for value in encoder.values])
    assert np.corrcoef(binned, encoder.odds[:, 0])[0, 1] > 0.7


def test_numbers_that_measure_something_have_none():
    draw = np.random.default_rng(0)
    age = draw.integers(20, 80, N_ROWS).astype(float)
    for steepness in (0.0, 0.02, 0.1):
        codes = (draw.random(N_ROWS) < 1 / (1 + np.exp(-steepness * (age - 50)))).astype(np.int64)
        assert kinds(age, codes) == ("piecewise",)


def test_numbers_that_do_not_repeat_have_none():
    draw = np.random.default_rng(0)
    cells = draw.normal(size=N_ROWS)
    assert kinds(cells, (cells + draw.normal(size=N_ROWS) > 0).astype(np.int64)) == ("piecewise",)


def test_heart_is_encoded_as_ever():
    data = heart()
    schema = infer_schema(data.X, ColumnOptions(categorical=data.categorical))
    parsed, codes = schema.parse(data.X), encode_labels(data.y)[1]
    encoder = TableEncoder.fit(schema, parsed, np.arange(303), codes=codes)
    assert set(encoder.kinds) <= {"piecewise", "categorical"}
    assert encoder.cross_fit is None


def test_numbers_that_repeat_by_chance_have_none():
    draw = np.random.default_rng(0)
    value = np.repeat(draw.integers(0, 10**6, N_ROWS // 4), 4).astype(float)
    codes = np.repeat(draw.integers(0, 2, N_ROWS // 4), 4)
    assert kinds(value, codes) == ("piecewise",)
    assert kinds(np.repeat(value, 2), np.repeat(codes, 2)) == ("piecewise_target",)


def test_without_bins_there_are_no_scores(agents):
    cells, codes = agents
    frame = pl.DataFrame({f"x{index}": cells for index in range(257)})
    schema = infer_schema(frame)
    encoder = TableEncoder.fit(schema, schema.parse(frame), np.arange(N_ROWS), codes=codes)
    assert set(encoder.kinds) == {"numeric"}
    assert encoder_registry.encoder_for(schema.used[0], FitContext()).kind == "numeric"


def test_the_state_survives_json_and_an_array(agents, encoder):
    cells, _ = agents
    array, fields = encoder.state
    assert len(array) in PiecewiseTargetEncoder.state_sizes_for(fields)
    again = PiecewiseTargetEncoder.from_state(array.copy(), json.loads(json.dumps(fields)))
    assert np.array_equal(again.encode(cells), encoder.encode(cells))
    assert again.names("x") == encoder.names("x")


@settings(max_examples=50, deadline=None)
@given(
    cells=st.lists(st.floats(allow_infinity=False) | st.sampled_from([0.0, -0.0, 1.0]), min_size=1, max_size=30),
    others=st.lists(st.floats(allow_infinity=False), max_size=20),
    data=st.data(),
)
def test_rows_are_finite_and_have_one_width_whatever_the_cells(cells, others, data):
    codes = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(cells), max_size=len(cells))))
    column, context = np.array(cells), FitContext(codes=np.append(codes, 2))
    encoder = PiecewiseTargetEncoder.fit(column, np.arange(len(cells)), context)
    values = np.unique(column[np.isfinite(column)])
    encoder = PiecewiseTargetEncoder(encoder.binned, values, np.zeros((len(values), 3)))
    for rows in (np.arange(len(cells)), np.arange(0)):
        fitted = encoder.refit(column, rows, context)
        for some in (column, np.array(others, dtype=float)):
            encoded = fitted.encode(some)
            assert encoded.dtype == np.float32
            assert encoded.shape == (len(some), len(fitted.names("x")))
            assert np.isfinite(encoded).all()


@pytest.mark.parametrize(
    ("values", "odds", "reason"),
    [
        ([2.0, 1.0], [[0.0], [0.0]], "values with scores must be finite and ascending"),
        ([1.0, np.nan], [[0.0], [0.0]], "values with scores must be finite and ascending"),
        ([1.0, 1.0], [[0.0], [0.0]], "values with scores must be finite and ascending"),
        ([1.0], [[0.0], [0.0]], "scores within .-100 for each value"),
        ([1.0], [[-101.0]], "scores within .-100 for each value"),
        ([1.0], [[np.nan]], "scores within .-100 for each value"),
    ],
)
def test_a_state_that_cannot_be_is_refused(encoder, values, odds, reason):
    with pytest.raises(SettingError, match=reason):
        PiecewiseTargetEncoder(encoder.binned, np.array(values), np.array(odds))
