import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding.hashed_weights import HashedWeights
from demarcate.encoding.text_features import hash_texts
from demarcate.errors import SettingError

SIZES = st.tuples(st.integers(0, 9), st.integers(0, 4))


def weights_of(n_grams, n_columns, seed=0):
    draw = np.random.default_rng(seed)
    ids = np.unique(draw.integers(0, 2**32, n_grams, dtype=np.uint32))
    return HashedWeights.of(ids, draw.normal(size=(len(ids), n_columns)), draw.normal(size=n_columns))


@settings(deadline=None)
@given(SIZES, st.integers(0, 99))
def test_an_array_gives_back_the_same_weights(size, seed):
    weights = weights_of(*size, seed)
    array = weights.array
    assert len(array) == HashedWeights.n_numbers(len(weights.ids), size[1])
    again = HashedWeights.from_array(array, len(weights.ids), size[1])
    assert np.array_equal(again.ids, weights.ids)
    assert np.array_equal(again.weights, weights.weights)
    assert again.array.tobytes() == array.tobytes()


@settings(deadline=None)
@given(st.data(), st.integers(0, 99))
def test_every_array_is_read_exactly_or_refused(data, seed):
    weights = weights_of(5, 2, seed)
    array = weights.array
    place = data.draw(st.integers(0, len(array) - 1))
    array[place] = data.draw(st.sampled_from([-1.0, -0.0, 0.5, 2.0**48, 2.0**60, 0.0, 1.0, 1e300]))
    try:
        again = HashedWeights.from_array(array, len(weights.ids), 2)
    except SettingError:
        return
    assert again.array.tobytes() == array.tobytes()


def test_sums_are_those_of_the_weights_up_to_their_rounding():
    texts = hash_texts(pl.Series(["late parcel", None, "other words"]))
    known = hash_texts(pl.Series(["late parcel"])).ids
    exact = np.random.default_rng(0).normal(size=(len(known), 2))
    sums = HashedWeights.of(known, exact, np.array([1.0, -1.0])).sums(texts)
    expected = texts.values.toarray()[:, np.isin(texts.ids, known)] @ exact + [1.0, -1.0]
    assert sums == pytest.approx(expected, abs=1e-3)
    assert sums[1:].tolist() == [[1.0, -1.0], [1.0, -1.0]]
