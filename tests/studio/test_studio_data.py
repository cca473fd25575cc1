"""The data of a studio are those of `train`, whatever a page asks for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate import Network, Training, datasets, train
from demarcate.studio.placed_problem import StudioError
from demarcate.studio.state import DataState, SplitState, ViewState
from demarcate.studio.studio_data import StudioData
from demarcate.studio.tables import Tables

VIEW = ViewState()
POINT = st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.integers(0, 9))
SHARE = st.floats(0, 0.8)


@pytest.fixture
def tables():
    return Tables()


def _data_or_error(data, split, tables):
    try:
        return StudioData.of(data, split, tables)
    except StudioError as error:
        return error


@pytest.mark.parametrize("source", ["moons", "circles", "blobs", "heart"])
@pytest.mark.parametrize("standardise", [True, False])
def test_rows_split_and_encoding_are_those_of_train(tables, source, standardise):
    data = DataState(source=source, n_samples=90, noise=0.1, standardise=standardise)
    own = StudioData.of(data, SplitState(seed=3), tables)
    made = {
        "moons": lambda: datasets.moons(90, 0.1, 0),
        "circles": lambda: datasets.circles(90, 0.1, 0.5, 0),
        "blobs": lambda: datasets.blobs(90, random_state=0),
        "heart": datasets.heart,
    }[source]()
    split = own.train_rows, own.validation_rows, own.test_rows
    run = train(made, Network(hidden=()), Training(epochs=1), split=split, standardise=standardise)["network"]
    for rows, others in zip(split, (run.train_rows, run.validation_rows, run.test_rows), strict=True):
        np.testing.assert_array_equal(rows, others)
    np.testing.assert_array_equal(own.classes, run.classes_)
    np.testing.assert_array_equal(own.codes[own.test_rows], run.test_codes)
    np.testing.assert_array_equal(own.samples.encoded(0).numpy(), run.encode(made.X).numpy())


def test_a_change_of_the_split_does_not_read_the_table_again(tables):
    first = StudioData.of(DataState(), SplitState(), tables)
    again = StudioData.of(DataState(standardise=False), SplitState(seed=1), tables, first)
    other = StudioData.of(DataState(noise=0.1), SplitState(), tables, first)
    assert again.read is first.read
    assert other.read is not first.read


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["moons", "circles", "blobs", "drawn"]),
    st.integers(10, 40),
    st.floats(0, 10),
    st.lists(POINT, max_size=12),
    st.tuples(SHARE, SHARE, st.integers(0, 9)),
)
def test_every_state_is_shown_or_refused_in_words(source, n_samples, noise, added, split):
    data = DataState(source=source, n_samples=n_samples, noise=noise, added=tuple(added))
    own = _data_or_error(data, SplitState(*split), Tables())
    if isinstance(own, StudioError):
        assert all(each.field and each.problem.remedy for each in own.problems)
        return
    message = own.message(VIEW, 0)
    message.to_bytes()
    assert sum(message.facts["n_rows"].values()) == len(own.codes)
    assert np.isfinite(own.grid(VIEW, 4)).all()
