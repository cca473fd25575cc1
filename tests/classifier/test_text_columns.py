import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from demarcate import DemarcateClassifier, load
from demarcate.bundle import inspect_bundle

FIELD = Path(__file__).parents[1] / "data" / "field" / "text"
SMALL = {"hidden": (16,), "epochs": 100, "n_folds": 3, "random_state": 0}


def table_of(name):
    table = pl.read_csv(FIELD / name, infer_schema=False)
    return table.drop("priority"), table["priority"].to_list()


@pytest.fixture(scope="module")
def fitted():
    X, y = table_of("tickets.csv")
    return DemarcateClassifier(**SMALL).fit(X, y)


@pytest.mark.parametrize("name", ["only.csv", "tickets.csv"])
def test_words_that_carry_the_signal_are_learned(name, fitted):
    X, y = table_of(name)
    clf = fitted if name == "tickets.csv" else DemarcateClassifier(**SMALL).fit(X, y)
    assert clf.schema_.columns[0].kind == "text"
    assert clf.scores_["roc_auc"].value > 0.99
    assert clf.scores_["log_loss"].value < 0.1


def test_words_without_a_tie_to_the_class_promise_nothing():
    X, y = table_of("only.csv")
    mixed = np.random.default_rng(0).permutation(y)
    score = DemarcateClassifier(**SMALL).fit(X, mixed).scores_["roc_auc"]
    assert score.low < 0.5 < score.high


def test_a_model_file_has_no_word_of_a_text(fitted, tmp_path):
    X, _ = table_of("tickets.csv")
    fitted.save(tmp_path / "model.safetensors")
    document = json.dumps(inspect_bundle(tmp_path / "model.safetensors").document)
    words = {word for text in X["message"] for word in text.split() if len(word) > 4}
    assert not [word for word in words if word in document]
    saved = load(tmp_path / "model.safetensors")
    assert np.array_equal(saved.predict_proba(X), fitted.predict_proba(X))


def test_new_texts_are_predicted_without_a_warning(fitted):
    new = pl.DataFrame({"message": ["a great and quick shop", "it arrived broken", None, ""], "channel": ["mail"] * 4})
    probabilities = fitted.predictor_.predict_proba(new)
    assert fitted.predictor_.classes[probabilities[:2].argmax(1)].tolist() == ["low", "high"]
    assert np.isfinite(probabilities).all()


def test_many_rows_are_predicted_as_few_are(fitted):
    X, _ = table_of("tickets.csv")
    many = pl.concat([X.with_columns(message=pl.col("message") + f" {number}") for number in range(10)])
    every = fitted.predict_proba(many)
    some = np.concatenate([fitted.predict_proba(many[start : start + 50]) for start in range(0, 500, 50)])
    assert every[:500] == pytest.approx(some, abs=1e-6)


def test_logistic_regression_reads_the_words_too(fitted):
    X, y = table_of("tickets.csv")
    assert fitted.baselines(X, y)["logistic_regression"]["roc_auc"].value > 0.99


def test_without_bins_and_classes_components_are_read():
    X, y = table_of("only.csv")
    clf = DemarcateClassifier(**SMALL, pieces=False).fit(X, y)
    assert clf.predictor_.encoders[0].kinds == ("text",)
    assert clf.scores_["roc_auc"].value > 0.9


def test_the_caller_decides_what_is_text():
    X, y = table_of("tickets.csv")
    as_categories = DemarcateClassifier(**SMALL, categorical=["message"], text=["channel"]).fit(X, y)
    assert [column.kind for column in as_categories.schema_.columns] == ["categorical", "text"]
