import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from demarcate.encoding import FitContext, NumericEncoder, PiecewiseEncoder
from demarcate.encoding.bin_edges import MAX_BINS
from demarcate.errors import SettingError

LARGEST = float(np.finfo(np.float64).max)
numbers = st.one_of(
    st.floats(allow_nan=True, allow_infinity=False),
    st.integers(-4, 4).map(float),
    st.sampled_from([0.0, 5e-324, 1e-310, LARGEST, -LARGEST]),
)
cells_of_a_column = st.lists(numbers, min_size=1, max_size=60).map(np.array)
SPLIT = np.array([*[-LARGEST] * 8, *[0.0] * 8, *[LARGEST] * 8])
DENORMAL = np.array([*[0.0] * 8, *[5e-324] * 8, *[1e-323] * 8, *[1e-310] * 8])
NEIGHBOURS = np.array([*[1.0] * 8, *[np.nextafter(1.0, 2.0)] * 8, *[3.0] * 8])


def fitted(cells, rows=None):
    """Fitted on cells whose classes change from one value to the next, so that there is much to cut."""
    codes = np.unique(cells, return_inverse=True)[1] % 2
    return PiecewiseEncoder.fit(cells, np.arange(len(cells)) if rows is None else rows, FitContext(codes=codes))


def pieces(encoder, cells):
    """The encoded columns without those of the number itself."""
    return encoder.encode(cells)[:, len(encoder.numeric.names("x")) :]


def of_edges(*edges):
    return PiecewiseEncoder(NumericEncoder(0.0, 0.0, 1.0, flag=False), np.array(edges))


@settings(max_examples=200, deadline=None)
@given(cells=cells_of_a_column, others=cells_of_a_column)
@example(cells=SPLIT, others=np.array([np.nan, LARGEST, -LARGEST, 1.0]))
@example(cells=DENORMAL, others=np.array([LARGEST, -LARGEST, 5e-324]))
@example(cells=NEIGHBOURS, others=np.array([2.0]))
@example(cells=np.full(20, np.nan), others=np.array([0.0, np.nan]))
@example(cells=np.full(20, 0.1), others=np.array([-1.0, 0.1, 1.0, np.nan]))
@example(cells=np.array([7.0]), others=np.array([7.0, 8.0, np.nan]))
def test_encodings_are_finite_and_of_one_width_whatever_the_cells(cells, others):
    encoder = fitted(cells)
    for some in (cells, others, np.array([])):
        encoded = encoder.encode(some)
        assert encoded.dtype == np.float32
        assert encoded.shape == (len(some), len(encoder.names("x")))
        assert np.isfinite(encoded).all()
        assert ((pieces(encoder, some) >= 0) & (pieces(encoder, some) <= 1)).all()
        assert pieces(encoder, some).shape[1] <= MAX_BINS


@settings(max_examples=200, deadline=None)
@given(cells=cells_of_a_column, others=cells_of_a_column)
@example(cells=SPLIT, others=np.array([LARGEST, -LARGEST, 1.0, 0.0]))
@example(cells=DENORMAL, others=DENORMAL)
def test_larger_numbers_have_come_as_far_through_every_piece_and_through_pieces_in_order(cells, others):
    encoder = fitted(cells)
    filled = pieces(encoder, np.sort(others[~np.isnan(others)]))
    assert (np.diff(filled, axis=0) >= 0).all()
    # Nothing has come into a piece before it has left the one before.
    assert ((filled[:, :-1] == 1) | (filled[:, 1:] == 0)).all()


@settings(max_examples=200, deadline=None)
@given(cells=cells_of_a_column)
@example(cells=SPLIT)
@example(cells=DENORMAL)
@example(cells=NEIGHBOURS)
def test_at_an_edge_the_pieces_before_it_are_full_and_those_behind_it_are_empty(cells):
    encoder = fitted(cells)
    filled = pieces(encoder, encoder.edges)
    if filled.shape[1]:
        assert filled.tolist() == np.tri(len(encoder.edges), len(encoder.edges) - 1, -1).tolist()


@pytest.mark.parametrize("cells", [SPLIT, DENORMAL, NEIGHBOURS], ids=["largest", "smallest", "neighbours"])
def test_extreme_columns_are_cut_where_there_is_room(cells):
    assert pieces(fitted(cells), cells).shape[1] >= 2


@settings(max_examples=100, deadline=None)
@given(
    edges=st.lists(st.integers(-50, 50), min_size=3, max_size=9, unique=True).map(sorted),
    heights=st.lists(st.integers(-9, 9), min_size=9, max_size=9),
    cells=st.lists(st.floats(-60, 60), min_size=1).map(np.array),
)
def test_a_function_that_is_linear_on_each_piece_is_a_weighted_sum_of_the_pieces(edges, heights, cells):
    heights = np.array(heights[: len(edges)], dtype=np.float64)
    found = heights[0] + pieces(of_edges(*map(float, edges)), cells) @ np.diff(heights)
    np.testing.assert_allclose(found, np.interp(cells, edges, heights), atol=1e-4)


def test_a_missing_number_has_come_through_no_piece_and_is_flagged():
    cells = np.array([*range(40), np.nan], dtype=np.float64)
    codes = (np.arange(41) >= 20).astype(int)
    encoder = PiecewiseEncoder.fit(cells, np.arange(41), FitContext(codes=codes))
    assert encoder.names("x") == ["x", "x is missing", "x from 0 to 19.5", "x from 19.5 to 39"]
    assert encoder.encode(cells)[40, 1:].tolist() == [1, 0, 0]
    assert not encoder.encode(cells)[:40, 1].any()
    assert encoder.encode(cells)[40, 0] == encoder.encode(np.array([19.5]))[0, 0]


def test_where_none_was_missing_in_training_a_missing_number_is_the_median_in_no_piece():
    cells = np.arange(40.0)
    encoder = PiecewiseEncoder.fit(cells, np.arange(40), FitContext(codes=(cells >= 20).astype(int)))
    assert encoder.encode(np.array([np.nan])).tolist() == [[0.0, 0.0, 0.0]]


@settings(max_examples=100, deadline=None)
@given(cells=cells_of_a_column, others=cells_of_a_column)
def test_only_the_given_rows_are_fitted_on(cells, others):
    rows = np.arange(len(cells))
    together = np.concatenate([cells, others])
    codes = np.unique(together, return_inverse=True)[1] % 2
    alone = PiecewiseEncoder.fit(cells, rows, FitContext(codes=codes[: len(cells)]))
    among = PiecewiseEncoder.fit(together, rows, FitContext(codes=codes))
    assert among.state[0].tolist() == alone.state[0].tolist()
    assert among.state[1] == alone.state[1]


@settings(max_examples=100, deadline=None)
@given(cells=cells_of_a_column)
@example(cells=SPLIT)
@example(cells=DENORMAL)
@example(cells=np.array([np.nan, np.nan]))
def test_the_state_survives_json_and_an_array(cells):
    encoder = fitted(cells)
    again = PiecewiseEncoder.from_state(encoder.state[0].copy(), json.loads(json.dumps(encoder.state[1])))
    assert np.isfinite(encoder.state[0]).all()
    assert again.state[0].tolist() == encoder.state[0].tolist()
    assert again.state[1] == encoder.state[1]
    assert np.array_equal(again.encode(cells), encoder.encode(cells))
    assert again.names("x") == encoder.names("x")


@settings(max_examples=100, deadline=None)
@given(cells=cells_of_a_column, seed=st.integers(0, 9))
@example(cells=SPLIT, seed=0)
@example(cells=DENORMAL, seed=1)
def test_pieces_that_encoders_share_a_table_for_are_those_each_encodes(cells, seed):
    draw = np.random.default_rng(seed)
    encoders = [fitted(cells, draw.choice(len(cells), draw.integers(1, len(cells) + 1), replace=False)) for _ in "abc"]
    part = PiecewiseEncoder.share(encoders, cells)
    for encoder, places, statistics in zip(encoders, part.columns, part.statistics, strict=True):
        own = places[len(encoder.numeric.names("x")) :]
        assert all(what == "number" for what, _ in own)
        at = [place for _, place in own]
        assert statistics[:, at].tolist() == [[row] * len(at) for row in (1, 0, 0, 1)]
        found = np.array([part.numbers[place] for place in at]).reshape(len(at), len(cells))
        assert np.array_equal(found.T, pieces(encoder, cells))


@pytest.mark.parametrize("edges", [(0.0, 0.0, 1.0), (1.0, 0.0), (0.0, np.nan, 1.0), (0.0, np.inf), (0.0, 5e-324)])
def test_edges_that_do_not_ascend_are_refused(edges):
    with pytest.raises(SettingError, match="edges must be finite and ascending"):
        of_edges(*edges)


@pytest.mark.parametrize("edges", [(), (1.0,), (0.0, 1.0)])
def test_a_single_piece_says_no_more_than_the_number_itself(edges):
    encoder = of_edges(*edges)
    assert encoder.names("x") == ["x"]
    assert encoder.encode(np.array([-1.0, 0.5, 3.0, np.nan])).tolist() == [[-1.0], [0.5], [3.0], [0.0]]
