"""A new encoder takes its own module and a line in the registry: here an alternative for numbers."""

import json
from dataclasses import dataclass
from typing import ClassVar
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
import torch

from demarcate import DemarcateClassifier, load
from demarcate.bundle.document import from_document, to_document
from demarcate.bundle.tensor_spec import expected_tensors
from demarcate.encoding import ColumnEncoder, TableEncoder, encoder_registry
from demarcate.encoding.base import NO_TARGET, SharedColumn, StateField
from demarcate.encoding.lookup_codes import LookupColumns
from demarcate.encoding.shared_table import SharedTable
from demarcate.encoding.tree_leaves import FITTED_WIDTH
from demarcate.errors import BundleError
from demarcate.inference.first_layer_lookup import FirstLayerLookup
from demarcate.tabular import infer_schema
from demarcate.trainingset import MemoryBudget
from demarcate.trainingset.memory_budget import READINGS

MAX_BINS = 32
N_ROWS = 400


@dataclass(frozen=True, eq=False)
class QuantileEncoder(ColumnEncoder):
    """Numbers as the filled share of each of five quantile bins; missing ones are in none."""

    kind = "quantile"
    reads = ("numerical",)
    file_format = 3
    max_width = MAX_BINS
    state_fields: ClassVar = {
        "n_bins": StateField(lambda value: type(value) is int and 1 <= value <= MAX_BINS, "a bin count")
    }

    edges: np.ndarray

    @classmethod
    def fit(cls, cells, rows, context=NO_TARGET):
        return cls(np.nanquantile(cells[rows], np.linspace(0, 1, 6)))

    @classmethod
    def from_state(cls, array, json):
        return cls(np.array(array))

    @classmethod
    def state_sizes_for(cls, json):
        return range(json["n_bins"] + 1, json["n_bins"] + 2)

    @classmethod
    def share(cls, encoders, cells):
        bins = [column for encoder in encoders for column in encoder.encode(cells).T]
        empty = SharedColumn((), np.empty((len(encoders), 4, 0)), ((),) * len(encoders))
        return empty.with_plain(bins, [range(5 * index, 5 * index + 5) for index in range(len(encoders))])

    @property
    def state(self):
        return self.edges, {"n_bins": len(self.edges) - 1}

    @property
    def knots(self):
        return self.edges

    def encode(self, cells):
        filled = (cells[:, np.newaxis] - self.edges[:-1]) / np.diff(self.edges)
        return np.nan_to_num(np.clip(filled, 0, 1)).astype(np.float32)

    def names(self, column):
        return [f"{column}: bin {number}" for number in range(len(self.edges) - 1)]


@pytest.fixture(autouse=True)
def registered():
    with patch.object(encoder_registry, "ENCODERS", (QuantileEncoder, *encoder_registry.ENCODERS)):
        yield


@pytest.fixture(scope="module")
def table():
    draw = np.random.default_rng(0)
    dose = np.where(draw.random(N_ROWS) < 0.1, np.nan, draw.normal(size=N_ROWS))
    return pl.DataFrame({"dose": dose, "age": draw.integers(20, 60, N_ROWS), "sex": draw.choice(["f", "m"], N_ROWS)})


@pytest.fixture(scope="module")
def labels(table):
    noise = np.random.default_rng(1).normal(0, 20, N_ROWS)
    return (table["age"].to_numpy() + noise > 40).astype(int)


@pytest.fixture(scope="module")
def classifier(table, labels):
    with patch.object(encoder_registry, "ENCODERS", (QuantileEncoder, *encoder_registry.ENCODERS)):
        return DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2, n_seeds=1).fit(table, labels)


@pytest.fixture
def encoders(table):
    schema = infer_schema(table)
    parsed = schema.parse(table)
    return parsed, [TableEncoder.fit(schema, parsed, np.arange(first, N_ROWS, 2)) for first in (0, 1)]


def test_a_table_encoder_fits_it(encoders):
    _, (encoder, _) = encoders
    assert encoder.kinds == ("quantile", "quantile", "categorical")
    assert encoder.names()[:2] == ["dose: bin 0", "dose: bin 1"]


def test_a_fit_trains_on_it_and_a_model_file_holds_it(classifier, table, tmp_path):
    classifier.save(tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert again.encoders[0].kinds == ("quantile", "quantile", "categorical")
    assert np.array_equal(again.predict_proba(table), classifier.predict_proba(table))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"n_bins": "five"}, "column 0 of encoder 0: 'n_bins' is not a bin count"),
        ({"n_bins": 4}, "column 0 of encoder 0 needs 5 numbers"),
        ({"flag": True}, "column 0 of encoder 0 does not have the keys"),
        ({"encoder": "date"}, "'date' does not read the numerical column 'dose'"),
    ],
)
def test_its_state_in_a_model_file_is_validated(classifier, change, reason):
    document = json.loads(json.dumps(to_document(classifier.predictor_)[0]))
    document["encoders"][0]["columns"][0] |= change
    with pytest.raises(BundleError, match=reason):
        expected_tensors(document)


def test_a_program_without_it_refuses_the_model_file(classifier):
    document, tensors = to_document(classifier.predictor_)
    assert from_document(document, tensors).n_members == 2
    with (
        patch.object(encoder_registry, "ENCODERS", encoder_registry.ENCODERS[1:]),
        pytest.raises(BundleError, match="no known kind: 'quantile'"),
    ):
        expected_tensors(document)


def test_the_memory_budget_expects_its_width():
    needed = 4 * 8000 + 1000 * (64 + 4 * (MAX_BINS + FITTED_WIDTH) * READINGS)
    for n_bytes, expected in ((needed, True), (needed - 1, False)):
        assert MemoryBudget(n_bytes).holds(1000, {"age": 8000}, {"age": pl.Int64()}, 1) == expected


def test_folds_share_its_columns(encoders):
    parsed, both = encoders
    shared = SharedTable.of(both, parsed)
    assert shared.d_in == (12, 12)
    for own, encoder in zip(shared.order, both, strict=True):
        assert np.array_equal(shared.numbers[:, own[:10]], encoder.encode(parsed)[:, :10])


def test_its_numbers_are_interpolated_in_the_lookup(classifier, table, encoders):
    parsed, both = encoders
    columns = LookupColumns.of(both)
    assert {column.name for column in columns.knots} == {"dose", "age"}
    predictor = classifier.predictor_
    lookup = FirstLayerLookup.of(predictor.encoders, predictor.encoding, predictor.populations).table(parsed, (0, 1))
    expected = predictor._dense_logits(parsed, (0, 1), slice(0, N_ROWS))
    torch.testing.assert_close(lookup.logits(slice(0, N_ROWS)), expected, rtol=0, atol=1e-4)
