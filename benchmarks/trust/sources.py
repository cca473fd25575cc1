"""Tables with training rows and fresh rows."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sklearn.datasets import make_blobs, make_circles, make_classification, make_moons

N_FRESH = 8000
TARGET = "target"


@dataclass(frozen=True)
class Split:
    """Training rows, and fresh rows of the same source."""

    X: Any
    y: Any
    X_fresh: Any
    y_fresh: Any


@dataclass(frozen=True)
class Source:
    """A table, or a generator of tables.

    Attributes
    ----------
    name
        What it is called.
    draw
        From a seed to a split.
    is_generated
        Whether there is no end of fresh rows: their own noise then hardly counts.
    """

    name: str
    draw: Callable[[int], Split]
    is_generated: bool


def generated() -> Iterator[Source]:
    """Return generated sources: from two columns to a hundred, from no noise to pure noise."""

    def source(name: str, n_train: int, table: Callable[[int, int], tuple[np.ndarray, np.ndarray]]) -> Source:
        def draw(seed: int) -> Split:
            X, y = table(n_train + N_FRESH, seed)
            return Split(X[:n_train], y[:n_train], X[n_train:], y[n_train:])

        return Source(name, draw, is_generated=True)

    yield source("moons-150", 150, lambda n, seed: make_moons(n, noise=0.3, random_state=seed))
    yield source("moons-1000", 1000, lambda n, seed: make_moons(n, noise=0.2, random_state=seed))
    yield source("circles-300", 300, lambda n, seed: make_circles(n, noise=0.15, factor=0.6, random_state=seed))
    yield source("blobs-400", 400, lambda n, seed: make_blobs(n, centers=_CENTRES, cluster_std=2.0, random_state=seed))
    for name, n_train, settings in _CLASSIFICATIONS:
        yield source(f"{name}-{n_train}", n_train, _classification(settings))
    yield source("noise-300", 300, _noise)
    yield source("logistic-200", 200, _logistic)
    yield source("categories-500", 500, _categories)
    yield source("xor-600", 600, _xor)


def of_folder(folder: Path, names: tuple[tuple[str, int], ...]) -> Iterator[Source]:
    """Return tables in Parquet files: some training rows of each, and up to `N_FRESH` others as fresh rows."""
    for name, n_train in names:

        def draw(seed: int, path: Path = folder / f"{name}.parquet", n_train: int = n_train) -> Split:
            frame = pl.read_parquet(path)
            order = np.random.default_rng(seed).permutation(len(frame))
            train, fresh = frame[order[:n_train]], frame[order[n_train : n_train + N_FRESH]]
            fresh = fresh.filter(pl.col(TARGET).is_in(train[TARGET].unique().implode()))
            return Split(train.drop(TARGET), train[TARGET].to_list(), fresh.drop(TARGET), fresh[TARGET].to_list())

        yield Source(f"{name}-{n_train}", draw, is_generated=False)


TABLES = (
    ("heart_cleveland", 150),
    ("heart_uci_4sites", 450),
    ("german_credit", 500),
    ("diabetes_pima", 380),
    ("credit_approval", 345),
    ("cylinder_bands", 270),
    ("tic_tac_toe", 480),
    ("vehicle", 420),
    ("cmc", 700),
    ("vowel", 500),
    ("segment", 800),
    ("eucalyptus", 370),
    ("spambase", 600),
    ("sick", 1500),
    ("splice", 800),
    ("telco_churn", 1000),
    ("adult", 1500),
    ("online_shoppers", 2000),
    ("electricity", 12_000),
    ("pendigits", 1500),
    ("car", 600),
    ("htru2", 1000),
)
"""Numbers of training rows of each source."""

_CENTRES = np.random.default_rng(7).uniform(-6, 6, (4, 2))
_CLASSIFICATIONS = (
    ("twelve", 300, {"n_features": 12, "n_informative": 5, "flip_y": 0.2, "class_sep": 0.8}),
    ("twelve", 1200, {"n_features": 12, "n_informative": 8, "flip_y": 0.1}),
    ("three", 300, {"n_features": 8, "n_informative": 4, "n_classes": 3, "weights": [0.6, 0.3, 0.1], "flip_y": 0.1}),
    ("five", 800, {"n_features": 15, "n_informative": 8, "n_classes": 5, "n_clusters_per_class": 1}),
    ("wide", 200, {"n_features": 60, "n_informative": 6, "flip_y": 0.05}),
    ("rare", 1000, {"n_features": 10, "n_informative": 5, "weights": [0.93], "flip_y": 0.02}),
    ("many", 2000, {"n_features": 20, "n_informative": 10, "n_clusters_per_class": 4}),
    ("clear", 400, {"n_features": 6, "n_informative": 4, "class_sep": 2.5, "flip_y": 0.01}),
    ("noisy", 600, {"n_features": 25, "n_informative": 4, "flip_y": 0.4}),
    ("large", 12_000, {"n_features": 10, "n_informative": 6, "flip_y": 0.1, "class_sep": 0.7}),
)


def _classification(settings: dict[str, Any]) -> Callable[[int, int], tuple[np.ndarray, np.ndarray]]:
    return lambda n, seed: make_classification(n, random_state=seed, **settings)


def _noise(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n, 10)), generator.integers(2, size=n)


def _logistic(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    X = generator.normal(size=(n, 100))
    logits = X[:, :5] @ [1.5, -1.0, 1.0, 0.5, -0.5]
    return X, (generator.random(n) < 1 / (1 + np.exp(-logits))).astype(int)


def _categories(n: int, seed: int) -> tuple[pl.DataFrame, np.ndarray]:
    generator = np.random.default_rng(seed)
    codes = generator.integers([3, 8, 20], size=(n, 3))
    effects = [np.sin(np.arange(size) * 2.4) for size in (3, 8, 20)]
    number = generator.normal(size=n)
    logits = 1.2 * sum(effect[code] for effect, code in zip(effects, codes.T, strict=True)) + number
    frame = pl.DataFrame(
        {name: [f"{name}{code}" for code in column] for name, column in zip("abc", codes.T, strict=True)}
    )
    missing = pl.Series("number", np.where(generator.random(n) < 0.1, np.nan, number), nan_to_null=True)
    return frame.with_columns(missing), (generator.random(n) < 1 / (1 + np.exp(-logits))).astype(int)


def _xor(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    X = generator.uniform(-1, 1, (n, 4))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    return X, np.where(generator.random(n) < 0.05, 1 - y, y)
