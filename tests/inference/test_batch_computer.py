"""Rows that are computed together have the bits that they have alone, whatever a library of linear algebra does."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_models import as_file, as_torch, random_model

from demarcate.inference.batch_computer import BatchComputer
from demarcate.inference.coded_rows import CodedRows

pytestmark = pytest.mark.filterwarnings("ignore::demarcate.errors.InputWarning")
SEEDS = (1, 4, 5, 9)
N_ROWS = 150


@pytest.fixture(scope="module")
def coded():
    """Models of every kind, each with coded rows and the probabilities of all of them together."""
    drawn = [random_model(seed, N_ROWS) for seed in SEEDS]
    rows = [model.coder.code(rows) for model, rows in drawn]
    return [(model, own, model.computer.member_probabilities(own)) for (model, _), own in zip(drawn, rows, strict=True)]


@pytest.mark.parametrize("seed", [*SEEDS, 12, 13, 14])
def test_probabilities_are_those_of_torch(seed):
    model, rows = random_model(seed)
    computed = model.computer.probabilities(model.coder.code(rows))
    np.testing.assert_allclose(computed, as_torch(model).predict_proba(rows), atol=1e-6)
    np.testing.assert_array_equal(model.predict_proba(rows), computed)
    np.testing.assert_array_equal([*model.predict_row(rows[3]).probabilities.values()], computed[3])


@settings(derandomize=True, max_examples=10)
@given(data=st.data())
def test_any_split_into_requests_gives_the_same_bits(coded, data):
    model, rows, together = data.draw(st.sampled_from(coded))
    places = data.draw(st.permutations(range(N_ROWS)))
    ends = sorted(data.draw(st.lists(st.integers(1, N_ROWS - 1), max_size=5)))
    for start, end in pairwise([0, *ends, N_ROWS]):
        own = places[start:end]
        request = (
            CodedRows.join([rows.select(slice(place, place + 1)) for place in own]) if own else rows.select(slice(0))
        )
        assert model.computer.member_probabilities(request).tobytes() == together[:, own].tobytes()
        assert model.computer.probabilities(request).tobytes() == model.combined(together)[own].tobytes()


def test_a_thousand_poison_rows_leave_their_neighbours_as_they_are(coded):
    draw = np.random.default_rng(0)
    extremes = [np.nan, 1e300, -1e300, 5e-324, 0.0, -0.0, 2.0**53, np.finfo(float).max]
    for model, rows, together in coded:
        places = draw.integers(0, N_ROWS, 20)
        neighbours = [rows.select(slice(place, place + 1)) for place in places.tolist()]
        poison = CodedRows.join([rows] * 2).select(slice(0, 250))
        is_quantity = np.array([column.column.is_quantity for column in model.coder.columns])
        values = np.where(is_quantity, draw.choice(extremes, poison.values.shape), np.nan)
        poison = CodedRows(values, poison.texts)
        bits = model.computer.member_probabilities(
            CodedRows.join([poison.select(slice(0, 120)), *neighbours, poison.select(slice(120, 250))])
        )
        assert bits[:, 120:140].tobytes() == together[:, places].tobytes()
        assert not np.isnan(bits).any()


def test_threads_share_a_computer(coded):
    model, rows, together = coded[0]
    computer = BatchComputer(model)
    with ThreadPoolExecutor(4) as pool:
        parts = list(pool.map(lambda n: computer.member_probabilities(rows.select(slice(n))), range(1, N_ROWS, 9)))
    assert all(part.tobytes() == together[:, : part.shape[1]].tobytes() for part in parts)


@pytest.mark.parametrize("width", [16, 0])
def test_where_wide_blocks_give_other_bits_rows_are_computed_in_narrow_ones(coded, width, monkeypatch):
    model, rows, together = coded[1]
    computer = BatchComputer(model)
    monkeypatch.setattr(computer, "_is_same_in", lambda asked: asked <= width)
    computed = computer.member_probabilities(rows.select(slice(40)))
    np.testing.assert_allclose(computed, together[:, :40], atol=1e-9)
    assert computer.member_probabilities(rows.select(slice(7, 8))).tobytes() == computed[:, 7:8].tobytes()


def test_encodings_of_many_codes_are_those_that_encoders_tell_apart(monkeypatch):
    model, rows = random_model(3, 30, kinds=("categorical", "boolean"))
    expected = model.computer.probabilities(model.coder.code(rows))
    monkeypatch.setattr("demarcate.inference.input_pool.MAX_TABLE", 0)
    np.testing.assert_allclose(BatchComputer(model).probabilities(model.coder.code(rows)), expected, atol=1e-9)


def test_no_row_is_computed_as_none(coded):
    model, rows, together = coded[0]
    assert model.computer.member_probabilities(rows.select(slice(0))).shape == (len(together), 0, together.shape[2])


def test_plain_rows_need_no_large_library(tmp_path):
    drawn = (random_model(seed, 1, kinds=("categorical", "boolean")).model for seed in range(9))
    # The error function alone is SciPy's.
    model = next(own for own in drawn if all(network.activation != "gelu" for network in own.networks))
    path = as_file(model, tmp_path / "model.safetensors")
    code = (
        "import sys, demarcate; model = demarcate.load(sys.argv[1], backend='numpy');"
        "rows = model.coder.code([{column.name: None for column in model.schema.used}]);"
        "model.decide(model.computer.probabilities(rows));"
        "print({'torch', 'polars', 'pandas', 'scipy', 'sklearn', 'narwhals'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code, path], capture_output=True, text=True, check=True)
    assert run.stdout == "set()\n"
