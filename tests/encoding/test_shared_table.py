import warnings
from dataclasses import replace
from datetime import datetime

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from demarcate.encoding import TableEncoder
from demarcate.tabular import infer_schema
from demarcate.trainingset import TrainingSet
from demarcate.trainingset.encoded_samples import shared_inputs

LARGEST = float(np.finfo(np.float64).max)
numbers = st.one_of(
    st.none(),
    st.floats(allow_infinity=False, allow_nan=False),
    st.floats(-50, 50),
    st.sampled_from([0.0, 1.0, 2001.0, 2002.0, 2024.0, 1e9, 1e9 + 1, 1e15 + 1, 5e-324, LARGEST, -LARGEST]),
)
rows_of_a_table = st.lists(
    st.tuples(
        numbers,
        st.integers(2000, 2020).map(float) | st.none(),
        st.sampled_from(["a", "b", "c", "d", "e", None]),
        st.booleans() | st.none(),
        st.datetimes(datetime(1000, 1, 1))
        | st.dates().map(lambda day: datetime(day.year, day.month, day.day))
        | st.none(),
        st.sampled_from(["x", "y"]),
    ),
    min_size=3,
    max_size=40,
)


def training_set_of(frame):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = infer_schema(frame)
    return TrainingSet(schema, schema.parse(frame), np.array(["no", "yes"]), np.arange(len(frame)) % 2)


def everywhere(shared, n_rows):
    """All rows in every encoding."""
    n_encodings = len(shared.d_in)
    return shared.gather(torch.arange(n_encodings), torch.arange(n_rows).expand(n_encodings, -1)).numpy()


def assert_each_encoding_is_its_encoders(training_set, encoders, n_rows):
    shared = shared_inputs(training_set.parsed, encoders)
    assert shared.d_in == tuple(encoder.n_encoded for encoder in encoders)
    gathered = everywhere(shared, n_rows)
    assert gathered.dtype == np.float32
    assert gathered.shape == (len(encoders), n_rows, max(shared.d_in))
    for found, encoder in zip(gathered, encoders, strict=True):
        expected = encoder.encode_for_training(training_set.parsed)
        np.testing.assert_allclose(found[:, : encoder.n_encoded], expected, rtol=0, atol=1e-5)
        assert not found[:, encoder.n_encoded :].any()


@settings(max_examples=150, deadline=None)
@given(rows=rows_of_a_table, n_folds=st.integers(2, 5), seed=st.integers(0, 9), pieces=st.booleans())
def test_rows_are_gathered_as_each_folds_encoder_encodes_them(rows, n_folds, seed, pieces):
    columns = {"number": pl.Float64, "year": pl.Float64, "word": pl.String, "truth": pl.Boolean, "day": pl.Datetime}
    frame = pl.DataFrame(rows, schema={**columns, "other": pl.String}, orient="row")
    training_set = training_set_of(frame)
    if not training_set.schema.used:
        return
    folds = np.random.default_rng(seed).integers(0, n_folds, len(rows))
    train = [np.flatnonzero(folds != fold) for fold in range(n_folds)]
    codes = training_set.codes if pieces else None
    encoders = [TableEncoder.fit(training_set.schema, training_set.parsed, each, codes=codes) for each in train]
    assert_each_encoding_is_its_encoders(training_set, encoders, len(rows))


@settings(max_examples=200, deadline=None)
@given(cells=st.lists(numbers, min_size=3, max_size=30), seed=st.integers(0, 9))
@example(cells=[1.0, 2.0, 3.0, LARGEST], seed=0)
@example(cells=[0.0, 5e-324, LARGEST, -LARGEST, None], seed=0)
@example(cells=[1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3], seed=0)
@example(cells=[0.1, 0.1, 0.1, 0.3], seed=0)
def test_a_column_of_numbers_is_shared_whatever_its_cells(cells, seed):
    training_set = training_set_of(
        pl.DataFrame({"number": cells, "mark": np.arange(len(cells)) * 1.5}, schema_overrides={"number": pl.Float64})
    )
    draw = np.random.default_rng(seed)
    train = [draw.choice(len(cells), draw.integers(1, len(cells)), replace=False) for _ in range(4)]
    encoders = [TableEncoder.fit(training_set.schema, training_set.parsed, rows) for rows in train]
    assert_each_encoding_is_its_encoders(training_set, encoders, len(cells))


def folds_of(training_set, n_folds=8):
    every = np.arange(len(training_set.codes))
    return [
        TableEncoder.fit(training_set.schema, training_set.parsed, every[every % n_folds != fold])
        for fold in range(n_folds)
    ]


def test_pieces_that_each_fold_cuts_elsewhere_are_each_folds_own():
    draw = np.random.default_rng(0)
    number = np.where(draw.random(400) < 0.1, np.nan, draw.normal(1e6, 3, 400))
    training_set = training_set_of(pl.DataFrame({"number": number, "word": draw.choice(["a", "b"], 400)}))
    training_set = replace(training_set, codes=((number > 1e6) ^ (draw.random(400) < 0.2)).astype(int))
    train = [np.flatnonzero(np.arange(400) % 4 != fold) for fold in range(4)]
    encoders = [
        TableEncoder.fit(training_set.schema, training_set.parsed, each, codes=training_set.codes) for each in train
    ]
    edges = [encoder.encoders[0].edges.tolist() for encoder in encoders]
    assert min(map(len, edges)) > 2
    assert len({tuple(each) for each in edges}) > 1
    assert_each_encoding_is_its_encoders(training_set, encoders, 400)


def numeric(n_rows=2000, n_columns=20):
    draw = np.random.default_rng(3)
    columns = {f"amount {index}": draw.normal(1e9, 5.0 + index, n_rows) for index in range(n_columns)}
    return training_set_of(pl.DataFrame(columns))


def test_eight_folds_of_a_numeric_table_take_hardly_more_than_one_matrix():
    training_set = numeric()
    encoders = folds_of(training_set)
    shared = shared_inputs(training_set.parsed, encoders)
    n_bytes = sum(tensor.nbytes for tensor in shared.tensors())
    assert n_bytes <= 1.5 * encoders[0].encode(training_set.parsed).nbytes
    assert_each_encoding_is_its_encoders(training_set, encoders, len(training_set.codes))


def test_narrow_encodings_are_those_their_members_would_have_alone():
    frame = pl.DataFrame({"word": ["a"] * 6 + ["b"] * 4, "size": [1.0, 2.0, 4.0, 8.0, None] * 2})
    training_set = training_set_of(frame)
    encoders = [
        TableEncoder.fit(training_set.schema, training_set.parsed, np.array(rows)) for rows in ([0, 1, 2], range(10))
    ]
    assert [encoder.n_encoded for encoder in encoders] == [2, 4]
    assert_each_encoding_is_its_encoders(training_set, encoders, 10)


@pytest.mark.parametrize("readers", [(0, 1, 2), (1,), (0, 2)])
def test_encodings_with_leaves_of_trees_stand_beside_those_without(readers):
    draw = np.random.default_rng(0)
    number = np.where(draw.random(300) < 0.1, np.nan, draw.normal(0, 3, 300))
    frame = pl.DataFrame({"number": number, "word": draw.choice(["a", "b", "c"], 300), "other": draw.normal(size=300)})
    training_set = training_set_of(frame.with_columns(pl.col("number").fill_nan(None)))
    training_set = replace(training_set, codes=((number > 0) ^ (frame["word"] == "a").to_numpy()).astype(int))
    encoders = folds_of(training_set, 3)
    every = np.arange(300)
    for at in readers:
        encoders[at] = training_set.with_trees(encoders[at], every[every % 3 != at])
    assert len({encoder.n_encoded for encoder in encoders}) == (1 if len(readers) == 3 else 2)
    assert_each_encoding_is_its_encoders(training_set, encoders, 300)


def test_a_table_of_categories_alone_is_shared():
    training_set = training_set_of(pl.DataFrame({"word": ["a", "b", "c", "d"] * 5, "other": ["x", "y"] * 10}))
    assert_each_encoding_is_its_encoders(training_set, folds_of(training_set, 3), 20)
