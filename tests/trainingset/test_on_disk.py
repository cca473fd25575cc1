import numpy as np
import polars as pl
import pytest
import torch

from demarcate import DemarcateClassifier
from demarcate.checks import check_table
from demarcate.classifier.cross_validation import fit_ensemble
from demarcate.classifier.kinds import Kind
from demarcate.encoding import TableEncoder
from demarcate.engine import Training
from demarcate.io.tables.columnar import open_columnar
from demarcate.nn import Network
from demarcate.trainingset import MemoryBudget, open_file
from demarcate.trainingset.read_data import read_training_set

BUDGET = MemoryBudget(2_000_000)
WORDS = ["parcel", "late", "great", "order", "was", "the", "and", "broken", "naïve", "shop"]


@pytest.fixture(scope="module")
def frame():
    draw = np.random.default_rng(3)
    size, kind = draw.normal(size=240), draw.integers(0, 5, 240)
    return pl.DataFrame(
        {
            "size": pl.Series(np.where(draw.random(240) < 0.1, np.nan, size)).fill_nan(None),
            "kind": [f"kind {value}" if value else None for value in kind],
            "rare": ["once", "twice", "twice", *["often"] * 237],
            "note": [" ".join(draw.choice(WORDS, 6)) if row % 9 else None for row in range(240)],
            "sick": ["yes" if value else "no" for value in size + (kind == 2) + draw.normal(size=240) / 2 > 0],
        }
    )


@pytest.fixture(scope="module")
def in_memory(frame):
    return read_training_set((frame.drop("sick"), frame["sick"]), [])


@pytest.fixture
def on_disk(frame, tmp_path):
    frame.write_parquet(tmp_path / "table.parquet")
    source = open_columnar(str(tmp_path / "table.parquet"))
    with open_file(source, "sick", BUDGET, tmp_path) as training_set:
        yield training_set


@pytest.mark.parametrize("n_folds", [1, 3])
@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_encoded_rows_have_the_bits_they_have_in_memory(on_disk, in_memory, n_folds, chunk, monkeypatch):
    monkeypatch.setattr(MemoryBudget, "chunk_rows", lambda *_: chunk)
    every = np.arange(len(in_memory.codes))
    encoders = []
    for training_set in (on_disk, in_memory):
        train = [every[every % 4 != fold] for fold in range(n_folds)]
        plain = [training_set.encoder(rows, with_classes=True) for rows in train]
        leaves = [training_set.with_trees(encoder, rows) for encoder, rows in zip(plain, train, strict=True)]
        assert [encoder.n_encoded - own.n_encoded for encoder, own in zip(leaves, plain, strict=True)] == [
            192
        ] * n_folds
        encoders.append([*plain, *leaves])
    ours, theirs = on_disk.samples(encoders[0]), in_memory.samples(encoders[1])
    assert ours.d_in == theirs.d_in
    assert torch.equal(ours.matrices, theirs.matrices)
    assert torch.equal(ours.codes, theirs.codes)


def test_a_table_has_one_fingerprint_wherever_it_is(on_disk, in_memory, monkeypatch):
    monkeypatch.setattr(MemoryBudget, "chunk_rows", lambda *_: 100)
    assert on_disk.fingerprint() == in_memory.fingerprint()


def test_cells_are_those_of_the_given_rows(on_disk, in_memory):
    rows = np.array([200, 3, 3])
    ours, theirs = on_disk.cells(rows), in_memory.cells(rows)
    assert list(ours) == list(theirs)
    assert np.array_equal(ours["size"], theirs["size"], equal_nan=True)
    assert ours["kind"].to_list() == theirs["kind"].to_list()


@pytest.mark.parametrize("holdout_above", [1000, 100])
def test_an_ensemble_has_the_bits_it_has_in_memory(on_disk, in_memory, holdout_above):
    settings = {"n_folds": 3, "n_seeds": 1, "holdout_above": holdout_above, "seed": 0, "pieces": True}
    network, training = Network((8,), dropout=0.1), Training(epochs=4, batch_size=32, patience=2)
    kinds = [Kind("plain", network, training), Kind("leaves", network, training, trees=True)]
    ours, theirs = (fit_ensemble(training_set, kinds, **settings) for training_set in (on_disk, in_memory))
    assert any(encoder.leaves is not None for encoder in ours.predictor.encoders)
    for one, other in zip(ours.predictor.states(), theirs.predictor.states(), strict=True):
        for layer, same in zip(one, other, strict=True):
            assert all(map(torch.equal, layer, same))
    assert np.array_equal(ours.probabilities, theirs.probabilities)


def test_the_size_of_encoded_rows_is_reported_before_they_are_written_and_no_file_is_left(frame, tmp_path):
    frame.write_parquet(tmp_path / "table.parquet")
    written = []
    source = open_columnar(str(tmp_path / "table.parquet"))
    with open_file(source, "sick", BUDGET, tmp_path, on_write=lambda *size: written.append(size)) as training_set:
        encoder = TableEncoder.fit(training_set.schema, training_set.parsed, np.arange(240))
        training_set.samples([encoder])
        width = encoder.n_encoded
        assert written == [(f"240 rows of {width} encoded columns", 240 * width * 4)]
    assert [path.name for path in tmp_path.iterdir()] == ["table.parquet"]


@pytest.fixture(scope="module")
def settings():
    return {"hidden": (8,), "epochs": 3, "n_folds": 2, "class_weight": "balanced"}


def test_a_classifier_of_a_training_set_is_that_of_its_table(frame, on_disk, settings):
    features, labels = frame.drop("sick"), frame["sick"]
    ours = DemarcateClassifier(**settings).fit(on_disk)
    theirs = DemarcateClassifier(**settings).fit(features, labels)
    assert np.array_equal(ours.oof_proba_, theirs.oof_proba_)
    assert ours.feature_names_in_.tolist() == theirs.feature_names_in_.tolist()
    assert ours.class_weight_ == theirs.class_weight_
    assert ours.audit_ == theirs.audit_
    baselines = theirs.baselines(features, labels)
    assert ours.baselines(on_disk) == baselines
    assert ours.record(baselines) == theirs.record(baselines)
    assert np.array_equal(ours.predict(features), theirs.predict(features))


def test_a_sample_stands_for_all_rows_where_they_are_too_many(frame, in_memory, tmp_path, settings):
    frame.write_parquet(tmp_path / "table.parquet")
    source = open_columnar(str(tmp_path / "table.parquet"))
    with open_file(source, "sick", MemoryBudget(200_000), tmp_path) as training_set:
        rows = training_set.sample
        ours = DemarcateClassifier(**settings).fit(training_set)
        baselines = ours.baselines(training_set)
    assert len(rows) < len(frame)
    folds = np.empty(len(frame), dtype=np.int64)
    folds[ours.oof_rows_] = ours.oof_folds_
    audited = in_memory.schema, in_memory.cells(rows), in_memory.codes[rows], in_memory.classes
    assert ours.audit_ == tuple(check_table(*audited, folds=folds[rows]))
    theirs = DemarcateClassifier(**settings).fit(in_memory)
    whole = theirs.baselines(in_memory)
    assert baselines["majority"] == whole["majority"]
    assert baselines["logistic_regression"] != whole["logistic_regression"]
    assert baselines["logistic_regression"]["log_loss"].n_rows == len(frame)
    assert np.array_equal(ours.oof_proba_, theirs.oof_proba_)
