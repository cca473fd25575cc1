"""Training rows get scores that did not learn from them: here the share of a class among rows of equal text."""

from dataclasses import dataclass
from typing import ClassVar
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from demarcate import DemarcateClassifier, load
from demarcate.encoding import CategoricalEncoder, encoder_registry
from demarcate.encoding.cross_fitting import N_INNER_FOLDS, CrossFittedEncoder, inner_folds
from demarcate.inference.first_layer_lookup import FirstLayerLookup
from demarcate.io.tables.columnar import open_columnar
from demarcate.tabular import infer_schema
from demarcate.tabular.dependence import Dependence
from demarcate.trainingset import MemoryBudget, TrainingSet, encoded_samples, open_file

N_ROWS = 400


@dataclass(frozen=True, eq=False)
class ShareEncoder(CrossFittedEncoder):
    """One-hot categories, and the share of class 1 among the training rows of a cell's category."""

    kind = "share"
    reads = ("categorical",)
    max_width = CategoricalEncoder.max_width + 1
    state_fields: ClassVar = CategoricalEncoder.state_fields

    one_hot: CategoricalEncoder
    shares: np.ndarray  # of class 1, for each category of its own, (n_categories,)

    @classmethod
    def applies(cls, column, context):
        return context.codes is not None

    @classmethod
    def fit(cls, cells, rows, context):
        one_hot = CategoricalEncoder.fit(cells, rows)
        return cls(one_hot, np.empty(0)).refit(cells, rows, context)

    @classmethod
    def from_state(cls, array, json):
        n_shares = len(json["kept"])
        return cls(CategoricalEncoder.from_state(array[n_shares:], json), np.array(array[:n_shares]))

    @classmethod
    def state_sizes_for(cls, json):
        size = 2 * len(json["kept"]) + 2
        return range(size, size + 1)

    @property
    def state(self):
        array, json = self.one_hot.state
        return np.concatenate([self.shares, array]), json

    @property
    def plain(self):
        return self.one_hot

    def refit(self, cells, rows, context):
        own, codes = cells[rows], context.codes[rows]
        of_category = [codes[(own == name).fill_null(False).to_numpy()] for name in self.one_hot.categories]
        return type(self)(self.one_hot, np.array([each.mean() if len(each) else 0.5 for each in of_category]))

    def scores(self, cells):
        shares = dict(zip(self.one_hot.categories, self.shares, strict=True))
        return np.array([[shares.get(cell, 0.5)] for cell in cells], dtype=np.float32).reshape(-1, 1)

    def score_names(self, column):
        return [f"{column}: share"]


@pytest.fixture(autouse=True)
def registered():
    with patch.object(encoder_registry, "ENCODERS", (ShareEncoder, *encoder_registry.ENCODERS)):
        yield


@pytest.fixture
def frame():
    draw = np.random.default_rng(0)
    city = [None if at == 12 else f"city {at}" for at in draw.integers(0, 13, N_ROWS)]
    return pl.DataFrame({"city": city, "age": draw.normal(size=N_ROWS), "sick": draw.integers(0, 2, N_ROWS)})


def training_set_of(frame, **facts):
    features = frame.drop("sick")
    schema = infer_schema(features)
    return TrainingSet(schema, schema.parse(features), np.array([0, 1]), frame["sick"].to_numpy().copy(), **facts)


def last_of_city(encoder):
    return encoder.columns_of("city").stop - 1


def test_a_training_row_has_no_part_in_its_own_score_and_other_rows_have_those_of_the_whole_fit(frame):
    table, train = training_set_of(frame), np.arange(0, N_ROWS, 2)
    encoder = table.encoder(train, with_classes=True)
    score = encoder.encode_for_training(table.parsed)[:, last_of_city(encoder)]
    full = encoder.encode(table.parsed)[:, last_of_city(encoder)]
    assert np.array_equal(score[1::2], full[1::2])
    folds, sick = encoder.cross_fit.folds, frame["sick"].to_numpy()
    city = np.array(frame["city"].fill_null("").to_list())
    assert set(folds[1::2]) == {-1}
    for row in train:
        others = train[folds[train] != folds[row]]
        alike = others[(city[others] == city[row]) & (city[row] != "")]
        assert score[row] == pytest.approx(sick[alike].mean() if len(alike) else 0.5)


def test_classes_of_other_rows_change_no_score(frame):
    train = np.arange(0, N_ROWS, 2)
    changed = frame.with_columns(sick=pl.when(pl.int_range(N_ROWS) % 2 == 1).then(1 - pl.col("sick")).otherwise("sick"))
    tables = [training_set_of(each) for each in (frame, changed)]
    ours, theirs = (
        table.encoder(train, with_classes=True).encode_for_training(table.parsed)[:, :-1] for table in tables
    )
    assert np.array_equal(ours, theirs)


def test_without_classes_there_are_no_scores(frame):
    encoder = training_set_of(frame).encoder(np.arange(N_ROWS))
    assert encoder.kinds == ("categorical", "numeric")
    assert encoder.cross_fit is None


def test_rows_have_one_encoding_ahead_batch_by_batch_and_in_a_file(frame, tmp_path, monkeypatch):
    monkeypatch.setattr(MemoryBudget, "chunk_rows", lambda *_: 7)
    frame.write_parquet(tmp_path / "table.parquet")
    every, table = np.arange(N_ROWS), training_set_of(frame)
    train = [every[every % 4 != fold] for fold in range(3)]
    encoders = [table.encoder(rows, with_classes=True) for rows in train]
    dense = table.samples(encoders).matrices
    monkeypatch.setattr(encoded_samples, "DENSE_BYTES", 0)
    shared = table.samples(encoders)
    assert not hasattr(shared.inputs, "matrices")
    torch.testing.assert_close(shared.matrices, dense, rtol=0, atol=1e-6)
    source = open_columnar(str(tmp_path / "table.parquet"))
    with open_file(source, "sick", MemoryBudget(10**9), tmp_path) as on_disk:
        encoders = [on_disk.encoder(rows, with_classes=True) for rows in train]
        assert torch.equal(on_disk.samples(encoders).matrices, dense)


def test_a_predictor_and_its_file_have_nothing_of_the_folds(frame, tmp_path):
    features, sick = frame.drop("sick"), frame["sick"].to_numpy()
    classifier = DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2, n_seeds=1).fit(features, sick)
    assert {encoder.kinds[0] for encoder in classifier.predictor_.encoders} == {"share"}
    assert {encoder.cross_fit for encoder in classifier.predictor_.encoders} == {None}
    classifier.save(tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert np.array_equal(again.predict_proba(features), classifier.predict_proba(features))


def test_many_rows_are_predicted_as_few_are(frame):
    features, sick = frame.drop("sick"), frame["sick"].to_numpy()
    predictor = DemarcateClassifier(hidden=(4,), epochs=3, n_folds=2).fit(features, sick).predictor_
    parsed = predictor.schema.parse(features)
    lookup = FirstLayerLookup.of(predictor.encoders, predictor.encoding, predictor.populations).table(parsed, (0, 1))
    expected = predictor._dense_logits(parsed, (0, 1), slice(0, N_ROWS))
    torch.testing.assert_close(lookup.logits(slice(0, N_ROWS)), expected, rtol=0, atol=1e-4)


@settings(max_examples=50, deadline=None)
@given(data=st.data(), n_rows=st.integers(1, 40), seed=st.integers(0, 9))
def test_inner_folds_are_of_training_rows_alone_and_leave_some_to_learn_from(data, n_rows, seed):
    codes = np.array(data.draw(st.lists(st.integers(0, 2), min_size=n_rows, max_size=n_rows)))
    rows = np.flatnonzero(data.draw(st.lists(st.booleans(), min_size=n_rows, max_size=n_rows)))
    folds = inner_folds(codes, rows, None, seed)
    assert np.array_equal(np.flatnonzero(folds >= 0), rows)
    assert len(set(folds[rows])) == min(N_INNER_FOLDS, len(rows))


def test_a_group_is_never_scored_by_its_own_rows():
    draw = np.random.default_rng(0)
    groups, codes = draw.integers(0, 30, 300), draw.integers(0, 2, 300)
    folds = inner_folds(codes, np.arange(0, 300, 3), Dependence(groups=groups), 0)
    for group in set(groups[::3]):
        assert len(set(folds[::3][groups[::3] == group])) == 1
    assert len(set(folds[::3])) == N_INNER_FOLDS


def test_in_time_neighbours_are_in_one_fold():
    folds = inner_folds(np.arange(300) % 2, np.arange(300), Dependence(times=np.arange(300.0)), 0)
    assert (np.diff(folds) != 0).sum() < 30
    assert len(set(folds)) == N_INNER_FOLDS


def test_rows_of_one_group_are_divided_all_the_same():
    folds = inner_folds(np.arange(10) % 2, np.arange(10), Dependence(groups=np.zeros(10, dtype=np.int64)), 0)
    assert len(set(folds)) == N_INNER_FOLDS
