"""Encoders with scores in model files: format 5, the same bits, and nothing that no model has."""

import copy
import warnings

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier, load
from demarcate.bundle.document import expected_tensors, from_document, to_document
from demarcate.bundle.format import decode, encode
from demarcate.errors import BundleError, InputWarning

N_ROWS = 2400
NUMBERS = "encoders.0.numbers"


@pytest.fixture(scope="module")
def table():
    draw = np.random.default_rng(0)
    agent, city = draw.integers(0, 120, N_ROWS), draw.integers(0, 60, N_ROWS)
    sick = draw.random(N_ROWS) < (draw.integers(0, 2, 120)[agent] + draw.integers(0, 2, 60)[city]) / 2
    columns = {
        "agent": agent * 1.0,
        "city": [f"city {at}" for at in city],
        "age": draw.normal(size=N_ROWS),
        "sick": sick.astype(int),
    }
    return pl.DataFrame(columns)


@pytest.fixture(scope="module")
def fitted(table):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InputWarning)  # the cities may be subjects
        return DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2).fit(table.drop("sick"), table["sick"])


@pytest.fixture
def document(fitted):
    document, tensors = to_document(fitted.predictor_)
    return copy.deepcopy(document), tensors


def test_a_model_with_scores_is_of_format_5_and_comes_back_with_the_same_bits(fitted, table, tmp_path):
    fitted.save(tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert again.encoders[0].kinds == ("piecewise_target", "categorical_target", "piecewise")
    assert to_document(again)[0]["format_version"] == 5
    assert np.array_equal(again.predict_proba(table.drop("sick")), fitted.predict_proba(table.drop("sick")))
    few = table.drop("sick")[:5]
    np.testing.assert_allclose(again.predict_proba(few), fitted.predict_proba(table.drop("sick"))[:5], atol=1e-6)


@pytest.mark.parametrize(
    ("column", "change", "reason"),
    [
        (0, {"encoder": "piecewise"}, "does not have the keys"),
        (0, {"n_values": -1}, "'n_values' is not a number of values"),
        (0, {"n_scores": True}, "'n_scores' is not a number of scores"),
        (0, {"n_values": 10**9}, "'n_values' is not a number of values"),
        (0, {"n_values": 140}, "column 0 of encoder 0 needs 284 to 301 numbers"),
        (0, {"encoder": "categorical_target"}, "does not read the numerical column 'agent'"),
        (1, {"known": ["a", "a"]}, "'known' is not distinct text"),
        (1, {"known": []}, "column 1 of encoder 0 needs"),
        (1, {"encoder": "categorical"}, "does not have the keys"),
    ],
)
def test_what_no_model_has_is_refused_with_the_reason(document, column, change, reason):
    facts, tensors = document
    facts["encoders"][0]["columns"][column] |= change
    with pytest.raises(BundleError, match=reason):
        from_document(*decode(encode(facts, tensors), expected_tensors))


@pytest.mark.parametrize("value", [1e300, -1e300, 101.0, -0.0, 0.5, 5e-324])
def test_whatever_its_numbers_are_a_file_is_refused_or_works(document, table, value):
    facts, tensors = document
    n_refused = 0
    for place in range(len(tensors[NUMBERS])):
        numbers = tensors[NUMBERS].copy()
        numbers[place] = value
        try:
            predictor = from_document(*decode(encode(facts, {**tensors, NUMBERS: numbers}), expected_tensors))
        except BundleError:
            n_refused += 1
            continue
        assert np.isfinite(predictor.predict_proba(table.drop("sick")[:3])).all()
    assert n_refused > 0
