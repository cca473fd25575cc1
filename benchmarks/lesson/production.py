"""Rows H1 to H6: heart disease, as somebody would use it."""

import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import torch
from benchmarks.lesson import plain_pytorch
from benchmarks.lesson.figures import Figure, as_often, equal, row, same, shown
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from demarcate import DemarcateClassifier, Network, Training, datasets, train

HEART = datasets.heart()
NUMERICAL = ["age", "trestbps", "chol", "thalach", "oldpeak", "slope"]
PATIENT = {
    "age": 80, "sex": 0, "cp": 1, "trestbps": 124, "chol": 300, "fbs": 1, "restecg": 2,
    "thalach": 150, "exang": 0, "oldpeak": 2.3, "slope": 3, "ca": 0, "thal": "fixed",
}  # fmt: skip
LESSON = Training(optimizer="adam", lr=1e-3, batch_size=32, epochs=50)


def split(seed):
    """Return the rows of the lesson's split by a seed."""
    return train_test_split(range(303), test_size=0.2, random_state=seed, stratify=HEART.y)


@row("H1", "mixed columns: numbers standardised, categories encoded, by training rows")
def mixed_columns() -> Iterator[Figure]:
    """The encoded columns against scikit-learn's transformers."""
    rows = split(1337)
    run = train(HEART, Network(hidden=(32,), dropout=0.5), Training(epochs=1), split=rows)["network"]
    encoded = run.encode(HEART.X).numpy()
    scaled = StandardScaler().fit(HEART.X[NUMERICAL][rows[0]]).transform(HEART.X[NUMERICAL])
    words = HEART.X[[*HEART.categorical]].cast(pl.String).fill_null("missing").to_numpy()
    hot = OneHotEncoder(sparse_output=False, handle_unknown="ignore").fit_transform(words)
    for name, columns in (("numbers", scaled.T), ("categories", hot.T)):
        apart = max(min(float(np.abs(column - own).max()) for own in encoded.T) for column in columns)
        yield shown(f"{name}: every column of scikit-learn is there", f"{apart:.1e}", len(columns), holds=apart < 1e-5)


@row("H2", "a category never seen in training is another one, not an exception")
def unseen_category() -> Iterator[Figure]:
    """The patient with another thallium scan."""
    run = train(HEART, Network(hidden=(32,), dropout=0.5), LESSON, split=split(1337))["network"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        probability = run.predict_proba([{**PATIENT, "thal": "unheard of"}])[0, 1]
    yield shown("probability with an unknown category", f"{probability:.3f}", "KeyError", holds=0 < probability < 1)
    message = " ".join(str(each.message) for each in caught)
    yield shown("and a warning", message[:80], "", holds="'unheard of', read as 'other'" in message)


@row("H3", "one new patient through the same pipeline: a probability")
def one_patient() -> Iterator[Figure]:
    """The same network called by hand on the encoded patient."""
    run = train(HEART, Network(hidden=(32,), dropout=0.5), LESSON, split=split(1337))["network"]
    with torch.no_grad():
        plain = torch.sigmoid(run.network.eval()(run.encode([PATIENT]))).item()
    yield equal("probability of disease", run.predict_proba([PATIENT])[0, 1], plain)


@row("H4", "model and preprocessing in one file; the same prediction in a fresh process", is_fast=False)
def one_file() -> Iterator[Figure]:
    """Saved, loaded by another process, asked about the same patient."""
    run = train(HEART, Network(hidden=(32,), dropout=0.5), LESSON, split=split(1337))["network"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "heart.safetensors"
        run.save(path)
        code = f"import demarcate; print(repr(float(demarcate.load({str(path)!r}).predict_proba([{PATIENT!r}])[0, 1])))"
        fresh = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
        yield same("files", len([*Path(folder).iterdir()]), 1)
    yield equal("probability in a fresh process", float(fresh), run.predict_proba([PATIENT])[0, 1], 0)


@row("H5", "a threshold other than 0.5, chosen from costs")
def threshold() -> Iterator[Figure]:
    """Decisions for the least expected cost are those at a third."""
    costs = {"false_negative": 2}
    clf = DemarcateClassifier(
        hidden=(32,), epochs=10, n_folds=1, test_size=0.2, cost=costs, categorical=HEART.categorical
    ).fit(*HEART)
    yield equal("threshold", clf.predictor_.threshold, 1 / 3)
    plain = (clf.predict_proba(HEART.X)[:, 1] >= 1 / 3).astype(int)
    yield same("decisions", clf.predict(HEART.X).tolist(), plain.tolist())


@row("H6", "a second hidden layer; dropout 0.0 against 0.5", is_fast=False)
def second_layer() -> Iterator[Figure]:
    """Ten splits each, on the same encoded columns as the plain loop."""
    for name, hidden, dropout in (("one layer", (32,), 0.5), ("two layers", (32, 32), 0.5), ("no dropout", (32,), 0.0)):
        own, plain, on_train, plain_on_train = [], [], [], []
        for seed in range(10):
            rows = split(seed)
            run = train(HEART, Network(hidden=hidden, dropout=dropout), LESSON, split=rows, seed=seed)["network"]
            data = plain_pytorch.tensors(run.encode(HEART.X).numpy(), HEART.y, rows, column=True)
            torch.manual_seed(seed)
            model = plain_pytorch.multilayer((data.x_train.shape[1], *hidden, 1), dropout=dropout)
            plain_pytorch.fit(model, data, torch.optim.Adam(model.parameters(), lr=1e-3), 50, 32)
            own.append(run.test_accuracy)
            on_train.append(run.train_accuracy)
            plain.append(plain_pytorch.evaluate(model, data)[1])
            plain_on_train.append(plain_pytorch.evaluate(model, data, on_train=True)[1])
        yield as_often(f"{name}: test accuracy", own, plain)
        yield as_often(f"{name}: train accuracy", on_train, plain_on_train)
