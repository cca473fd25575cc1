"""Logits that are looked up are those of the dense way."""

import functools
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding import TableEncoder, lookup_codes
from demarcate.inference import first_layer_lookup as module
from demarcate.inference import predictor as predictors
from demarcate.inference.first_layer_lookup import FirstLayerLookup
from demarcate.inference.predictor import Predictor
from demarcate.nn import Network
from demarcate.nn.heads import head_for
from demarcate.nn.mlp_family import MLP
from demarcate.tabular import infer_schema

LARGEST = float(np.finfo(np.float64).max)
KINDS = [
    Network(hidden=(8, 6), activation="silu"),
    Network(hidden=(5,), activation="gelu"),
    Network(hidden=()),
    Network(hidden=(7,), activation="sigmoid"),
    Network(hidden=(8, 3), activation="silu", dropout=0.5),
]
ENCODING = (0, 1, 1, 0, 2)
N_FIT = 120


def table(n_rows=N_FIT, seed=0):
    draw = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "age": draw.integers(20, 40, n_rows).astype(float),
            "thal": draw.choice(["fixed", "normal", "reversible", "rare"], n_rows, p=[0.5, 0.3, 0.18, 0.02]),
            "pain": [None if value < -1 else round(value, 1) for value in draw.normal(0, 1, n_rows)],
            "dose": draw.normal(0, 1e6, n_rows),
            "seen": pl.Series(draw.integers(0, 10**9, n_rows)).cast(pl.Datetime("ms")),
            "sex": draw.choice(["f", "m"], n_rows),
        }
    )


def ensemble(networks=KINDS, encoding=ENCODING, classes=("a", "b", "c"), columns=None, with_trees=()):
    """Untrained networks behind encoders of different widths: pieces, and what is rare, differ between their rows."""
    fitted_on = table() if columns is None else table().select(columns)
    schema = infer_schema(fitted_on)
    parsed = schema.parse(fitted_on)
    codes = (np.arange(N_FIT) % 7 > 3).astype(np.int64)
    encoders = []
    for number, start in enumerate((0, 20, 60)):
        rows = np.arange(start, 60 + start)
        encoder = TableEncoder.fit(schema, parsed, rows, codes=codes)
        encoders.append(encoder.with_trees(schema, parsed, rows, codes) if number in with_trees else encoder)
    head = head_for("auto", len(classes))
    states = [
        MLP.initial_state(
            network.widths(encoders[own].n_encoded, head.n_outputs(len(classes))),
            torch.Generator().manual_seed(seed),
            torch.float32,
        )
        for seed, (network, own) in enumerate(zip(networks, encoding, strict=True))
    ]
    return Predictor.of(
        schema=schema,
        encoders=encoders,
        encoding=encoding,
        networks=networks,
        states=states,
        head=head,
        classes=np.array(classes),
    )


fitted = functools.cache(ensemble)


def dense(predictor, parsed, members):
    return predictor._dense_logits(parsed, members, slice(0, None))


def looked_up(predictor, parsed, members):
    made = FirstLayerLookup.of(predictor.encoders, predictor.encoding, predictor.populations).table(parsed, members)
    return made.logits(slice(0, len(next(iter(parsed.values())))))


def assert_the_same(predictor, frame, members=range(5)):
    parsed = predictor.parse(frame)
    torch.testing.assert_close(
        looked_up(predictor, parsed, members), dense(predictor, parsed, members), rtol=2e-6, atol=2e-6
    )


cells = st.fixed_dictionaries(
    {
        "age": st.none() | st.integers(15, 45).map(float) | st.sampled_from([LARGEST, -LARGEST, 5e-324]),
        "thal": st.sampled_from(["fixed", "normal", "reversible", "rare", None]),
        "pain": st.none() | st.floats(-3, 3).map(lambda value: round(value, 1)),
        "dose": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "seen": st.none() | st.integers(0, 10**9),
        "sex": st.sampled_from(["f", "m", None]),
    }
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(
    rows=st.lists(cells, min_size=1, max_size=60),
    rows_a_code=st.sampled_from([1, 4]),
    max_shared=st.sampled_from([1, 12, 256]),
    max_codes=st.sampled_from([0, 10, 1 << 14]),
    min_repeated_rows=st.sampled_from([1, 1000]),
    members=st.lists(st.integers(0, 4), min_size=1, max_size=5, unique=True).map(sorted),
)
def test_logits_are_those_of_encoded_rows(rows, rows_a_code, max_shared, max_codes, min_repeated_rows, members):
    frame = pl.DataFrame(rows, schema=table(1).schema | {"seen": pl.Int64}).cast({"seen": pl.Datetime("ms")})
    sizes = {"ROWS_PER_CODE": rows_a_code, "MAX_SHARED": max_shared, "MAX_CODES": max_codes, "CODES_PER_INPUT": 0}
    with (
        patch.multiple(lookup_codes, **sizes),
        patch.object(module, "MIN_REPEATED_ROWS", min_repeated_rows),
    ):
        assert_the_same(fitted(), frame, members)


@pytest.mark.parametrize("columns", [["thal"], ["dose"], ["age"], ["seen"], ["thal", "sex"], ["dose", "pain"]])
@pytest.mark.parametrize("min_repeated_rows", [1, 1000])
def test_columns_of_one_kind_will_do(columns, min_repeated_rows):
    with patch.object(module, "MIN_REPEATED_ROWS", min_repeated_rows):
        assert_the_same(ensemble(columns=columns), table(200, seed=1).select(columns))


@pytest.mark.parametrize("max_codes", [0, 1 << 14])
@pytest.mark.parametrize("min_repeated_rows", [1, 1000])
def test_leaves_of_trees_are_looked_up(max_codes, min_repeated_rows):
    predictor, frame = ensemble(with_trees=(0, 2)), table(200, seed=1)
    assert [encoder.leaves is not None for encoder in predictor.encoders] == [True, False, True]
    sizes = {"MAX_CODES": max_codes, "CODES_PER_INPUT": 0}
    with patch.multiple(lookup_codes, **sizes), patch.object(module, "MIN_REPEATED_ROWS", min_repeated_rows):
        assert_the_same(predictor, frame)


def test_categories_never_seen_and_missing_ones_are_looked_up():
    frame = table(200, seed=1).with_columns(
        thal=pl.Series(["new", None, "fixed", "rare"] * 50), sex=pl.Series([None, "x"] * 100)
    )
    with pytest.warns(match="outside what was trained on"):
        assert_the_same(ensemble(), frame)


def test_rows_are_taken_a_slice_at_a_time():
    predictor, frame = ensemble(), table(300, seed=2)
    parsed = predictor.parse(frame)
    whole = looked_up(predictor, parsed, range(5))
    with patch.object(module, "_MAX_LAYER_OUTPUT", 56):
        sliced = looked_up(predictor, parsed, range(5))
    torch.testing.assert_close(sliced, whole, rtol=1e-6, atol=1e-6)
    made = FirstLayerLookup.of(predictor.encoders, predictor.encoding, predictor.populations).table(parsed, range(5))
    torch.testing.assert_close(made.logits(slice(17, 130)), whole[:, 17:130], rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("classes", [("a", "b"), ("a", "b", "c")])
@pytest.mark.parametrize("n_threads", [1, 3])
def test_many_rows_are_predicted_as_each_alone(classes, n_threads):
    predictor, frame = ensemble(classes=classes), table(100, seed=3)
    few = predictor.predict_proba(frame)
    before = torch.get_num_threads()
    torch.set_num_threads(n_threads)
    try:
        with patch.multiple(predictors, _LOOKUP_BLOCK=16, _MIN_BLOCK=1), patch.object(module, "MIN_REPEATED_ROWS", 64):
            np.testing.assert_allclose(predictor.predict_proba(frame), few, rtol=0, atol=1e-6)
            np.testing.assert_allclose(predictor.predict_proba(frame[::-1]), few[::-1], rtol=0, atol=1e-6)
            np.testing.assert_allclose(predictor.spread(frame).shape, few.shape)
            torch.testing.assert_close(predictor.logits(frame), dense(predictor, predictor.parse(frame), range(5)))
        assert torch.get_num_threads() == n_threads
    finally:
        torch.set_num_threads(before)
