import pickle
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate.encoding import TableEncoder
from demarcate.errors import SettingError
from demarcate.evaluation import Costs
from demarcate.evaluation.conformal import Conformal
from demarcate.inference import NumpyPredictor, Predictor
from demarcate.nn import ACTIVATION_NAMES, Network, ResidualNetwork, family_of
from demarcate.nn.heads import head_for
from demarcate.nn.mlp_family import MLP
from demarcate.tabular import infer_schema

N_ROWS = 40


def table(n_rows=N_ROWS, seed=0):
    draw = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "age": draw.normal(50, 10, n_rows),
            "pain": [None if value < -1 else value for value in draw.normal(0, 1, n_rows)],
            "thal": draw.choice(["fixed", "normal", "reversible"], n_rows),
        }
    )


TABLE = table()
SCHEMA = infer_schema(TABLE)
PARSED = SCHEMA.parse(TABLE)
CODES = np.random.default_rng(1).integers(0, 2, N_ROWS)
EVERY_ROW = np.arange(N_ROWS)
ENCODERS = (
    TableEncoder.fit(SCHEMA, PARSED, EVERY_ROW),
    TableEncoder.fit(SCHEMA, PARSED, EVERY_ROW[10:], codes=CODES).with_trees(SCHEMA, PARSED, EVERY_ROW, CODES),
)
ODD_ROWS = ({"age": None, "pain": None, "thal": None}, {"age": 1e30, "pain": -1e30, "thal": "new"})
NETWORKS = st.builds(
    lambda family, hidden, activation: family(hidden=tuple(hidden), activation=activation),
    st.sampled_from([Network, ResidualNetwork]),
    st.lists(st.integers(1, 9), min_size=1, max_size=3),
    st.sampled_from(ACTIVATION_NAMES),
) | st.just(Network(hidden=()))


def both(networks, encoding, classes=("ill", "well"), head="auto", scale=1.0, **attributes):
    """One model twice: computed by torch and by numpy."""
    head = head_for(head, len(classes))
    states = []
    for seed, (network, encoder) in enumerate(zip(networks, encoding, strict=True)):
        widths = network.widths(ENCODERS[encoder].n_encoded, head.n_outputs(len(classes)))
        state = family_of(network).initial_state(widths, torch.Generator().manual_seed(seed), torch.float32)
        states.append([tuple(tensor * scale for tensor in layer) for layer in state])
    common = {"schema": SCHEMA, "encoders": ENCODERS, "encoding": tuple(encoding), "classes": np.array(classes)}
    by_torch = Predictor.of(networks=networks, states=states, head=head, **common, **attributes)
    arrays = tuple([tuple(tensor.numpy() for tensor in layer) for layer in state] for state in states)
    by_numpy = NumpyPredictor(networks=tuple(networks), states=arrays, head=head.name, **common, **attributes)
    return by_torch, by_numpy


@pytest.mark.filterwarnings("ignore:the row holds values outside")
@settings(deadline=None, derandomize=True, max_examples=25)
@given(
    members=st.lists(st.tuples(NETWORKS, st.integers(0, 1)), min_size=1, max_size=4),
    shape=st.sampled_from([(2, "softmax"), (2, "logit"), (3, "softmax")]),
    temperature=st.none() | st.floats(0.5, 3),
    scale=st.sampled_from([1.0, 3.0]),
)
def test_probabilities_are_those_of_plain_torch_modules(members, shape, temperature, scale):
    networks, encoding = zip(*members, strict=True)
    classes = tuple("abc"[: shape[0]])
    weights = tuple(float(weight) for weight in np.arange(1, len(networks) + 1) / np.arange(1, len(networks) + 1).sum())
    by_torch, by_numpy = both(networks, encoding, classes, shape[1], scale, temperature=temperature, weights=weights)
    expected = 0
    for member, weight in enumerate(weights):
        with torch.no_grad():
            logits = by_torch.member(member)(by_torch.encode(TABLE, member)).double()
        expected = expected + weight * by_torch.head.probabilities(logits).numpy()
    if temperature is not None:
        expected = expected ** (1 / temperature)
        expected /= expected.sum(1, keepdims=True)
    np.testing.assert_allclose(by_numpy.predict_proba(TABLE), expected, atol=1e-6)
    np.testing.assert_allclose(by_numpy.predict_proba(TABLE), by_torch.predict_proba(TABLE), atol=1e-6)
    np.testing.assert_allclose(by_numpy.spread(TABLE), by_torch.spread(TABLE), atol=1e-6)
    for row in (0, 7):
        own = by_numpy.predict_row(TABLE.row(row, named=True))
        np.testing.assert_allclose([*own.probabilities.values()], expected[row], atol=1e-6)
    for row in ODD_ROWS:
        own = by_numpy.predict_row(row, spread=True)
        table = pl.DataFrame({name: [cell] for name, cell in row.items()}, schema=TABLE.schema)
        np.testing.assert_allclose([*own.probabilities.values()], by_torch.predict_proba(table)[0], atol=1e-6)
        np.testing.assert_allclose([*own.spread.values()], by_torch.spread(table)[0], atol=1e-6)


def test_blocks_of_rows_make_no_difference(monkeypatch):
    _, model = both([Network(hidden=(4,))], [0])
    whole = model.predict_proba(TABLE)
    monkeypatch.setattr("demarcate.inference.numpy_predictor._CHUNK_ROWS", 7)
    np.testing.assert_allclose(model.predict_proba(TABLE), whole, atol=1e-6)
    assert model.predict_proba(TABLE[:0]).shape == (0, 2)


def test_sets_costs_and_labels_are_those_of_torch():
    conformal = Conformal(np.linspace(0.3, 0.8, 30), (15, 15))
    costs = Costs.of(["ill", "well"], {"false_negative": 3.0}, 0.4, positive="ill")
    models = both([Network(hidden=(4,)), Network(hidden=(5,))], [0, 1], scale=4.0, conformal=conformal)
    by_torch, by_numpy = (model.deciding(costs) for model in models)
    assert by_numpy.predict(TABLE).tolist() == by_torch.predict(TABLE).tolist()
    assert None in by_numpy.predict(TABLE).tolist()
    for per_class in (False, True):
        settings = {"coverage": 0.8, "per_class": per_class}
        assert (by_numpy.predict_set(TABLE, **settings) == by_torch.predict_set(TABLE, **settings)).all()


@pytest.mark.parametrize("scale", [1e20, 1e38])
@pytest.mark.parametrize("head", ["softmax", "logit"])
def test_logits_that_overflow_still_give_probabilities(head, scale):
    _, model = both([Network(hidden=(6, 6), activation="none")], [0], head=head, scale=scale)
    probabilities = model.predict_proba(TABLE)
    assert np.isfinite(probabilities).all()
    np.testing.assert_allclose(probabilities.sum(1), 1, atol=1e-12)


def test_columns_with_too_many_codes_are_encoded(monkeypatch):
    networks = [Network(hidden=(4,)), ResidualNetwork(hidden=(5, 3))]
    rows = [TABLE.row(row, named=True) for row in range(5)]
    _, model = both(networks, [1, 0])
    expected = [[*model.predict_row(row).probabilities.values()] for row in rows]
    monkeypatch.setattr("demarcate.inference.input_pool.MAX_TABLE", 10)
    _, model = both(networks, [1, 0])
    np.testing.assert_allclose([[*model.predict_row(row).probabilities.values()] for row in rows], expected, atol=1e-6)


def test_copies_and_pickles_hold_nothing_that_is_computed():
    _, model = both([Network(hidden=(4,))], [0])
    before = len(pickle.dumps(model))
    expected = model.predict_row(TABLE.row(0, named=True))
    assert len(pickle.dumps(model)) == before
    assert pickle.loads(pickle.dumps(model)).predict_row(TABLE.row(0, named=True)) == expected


def test_a_family_that_numpy_does_not_compute_is_refused(monkeypatch):
    _, model = both([Network(hidden=(4,))], [0])
    monkeypatch.setattr(type(MLP), "computes_arrays", False)
    with pytest.raises(SettingError, match="backend must be 'torch' for networks of the family mlp, got 'numpy'"):
        replace(model)
