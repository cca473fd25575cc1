"""Rows D1 to D4: the lesson's data."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from benchmarks.lesson.figures import Figure, equal, row, same, shown
from sklearn.datasets import make_blobs, make_circles, make_moons

from demarcate import datasets
from demarcate.plotting import DataDisplay


@row("D1", "blobs and all their knobs")
def blobs() -> Iterator[Figure]:
    """The points of scikit-learn, for the lesson's settings and its exercises."""
    for knobs in (
        {},
        {"cluster_std": 0.5},
        {"cluster_std": 4.0},
        {"n_samples": 50, "cluster_std": 2.0},
        {"n_samples": 2000, "cluster_std": 2.0},
    ):
        data = datasets.blobs(**knobs)
        usual = {"n_samples": 1000, "n_features": 2, "centers": 4, "cluster_std": 1.5, "random_state": 42}
        X, y = make_blobs(**{**usual, **knobs})
        yield equal(f"points with {knobs or 'the usual settings'}", data.X.to_numpy(), X)
        yield same("labels", data.y.tolist(), y.tolist())
    yield same("the scatter plot has all points", len(DataDisplay.from_data(data).points), 2000)


@row("D2", "circles")
def circles() -> Iterator[Figure]:
    """Rings, and the exercise's harder ones."""
    for knobs in ({}, {"noise": 0.2, "factor": 0.8}):
        X, y = make_circles(**{"n_samples": 1000, "noise": 0.05, "factor": 0.5, "random_state": 42, **knobs})
        data = datasets.circles(**knobs)
        yield equal(f"points with {knobs or 'the usual settings'}", data.X.to_numpy(), X)
        yield same("labels", data.y.tolist(), y.tolist())


@row("D3", "moons: capstone and exercise")
def moons() -> Iterator[Figure]:
    """300 points of noise 0.30, seed 0; 1000 of noise 0.2."""
    for knobs in (
        {"n_samples": 300, "noise": 0.30, "random_state": 0},
        {"n_samples": 1000, "noise": 0.2, "random_state": 0},
    ):
        X, y = make_moons(**knobs)
        data = datasets.moons(**knobs)
        yield equal(f"points with {knobs}", data.X.to_numpy(), X)
        yield same("labels", data.y.tolist(), y.tolist())


@row("D4", "heart disease: shape, head, class balance; built in and from a file")
def heart() -> Iterator[Figure]:
    """303 patients of 13 columns; the lesson's file has one label other than the source."""
    data = datasets.heart()
    yield same("shape", data.shape, (303, 13))
    yield same("class balance", data.class_balance, {0: 164, 1: 139})
    yield shown("head", "thal" in str(data), "df.head()", holds="class balance of 'target'" in str(data))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "heart.csv"
        data.frame.write_csv(path)
        again = datasets.read_table(path)
    yield same("columns from a file", again.columns, data.frame.columns)
    ages = again["age"].cast(int).to_numpy()
    yield equal("ages from a file", ages, np.asarray(data.X["age"]))
