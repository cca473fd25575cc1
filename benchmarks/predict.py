"""Rows predicted per second: ``python benchmarks/predict.py TABLE.parquet``.

The last column of the table is the target. demarcate, CatBoost's defaults (through pytabkit) and scikit-learn's
gradient boosting after an ordinal encoder are fitted on the same rows and predict the same pandas table, repeated to
many rows; the conversion of columns counts. They run in turn, and the medians are printed. A peer that is not installed
is left out; ``pip install 'demarcate[tabular-bench]'`` installs them.
"""

import argparse
import contextlib
import io
import os
import time
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

from demarcate import DemarcateClassifier

Ask = Callable[[pd.DataFrame], np.ndarray]


def texts(X: pd.DataFrame) -> list[str]:
    """Return the columns that are not numbers."""
    return [name for name in X if not pd.api.types.is_numeric_dtype(X[name])]


def ours(X: pd.DataFrame, y: np.ndarray, **settings: object) -> Ask:
    """Fit the default classifier, or one with other settings."""
    return DemarcateClassifier(**settings).fit(X, y).predict_proba


def catboost(X: pd.DataFrame, y: np.ndarray) -> Ask:
    """Fit CatBoost's defaults, with text as pandas categories."""
    from pytabkit import CatBoost_D_Classifier

    def converted(table: pd.DataFrame) -> pd.DataFrame:
        changed = {name: table[name].fillna("missing").astype(object).astype("category") for name in texts(X)}
        return table.assign(**changed)

    with contextlib.redirect_stdout(io.StringIO()):
        model = CatBoost_D_Classifier(n_threads=torch.get_num_threads(), random_state=0).fit(converted(X), y)
    return lambda table: model.predict_proba(converted(table))


def boosting(X: pd.DataFrame, y: np.ndarray) -> Ask:
    """Fit scikit-learn's gradient boosting after an ordinal encoder."""
    names = texts(X)
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan, max_categories=255
    )
    columns = make_column_transformer((encoder, names), remainder="passthrough")
    model = HistGradientBoostingClassifier(categorical_features=list(range(len(names))), random_state=0)

    def converted(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{name: table[name].astype(object).where(table[name].notna(), np.nan) for name in names})

    pipeline = make_pipeline(columns, model).fit(converted(X), y)
    return lambda table: pipeline.predict_proba(converted(table))


def took(ask: Ask, table: pd.DataFrame) -> tuple[float, float]:
    """Return wall seconds of a prediction, and processor seconds, which other processes disturb less."""
    began, worked = time.perf_counter(), time.process_time()
    assert len(ask(table)) == len(table)
    return time.perf_counter() - began, time.process_time() - worked


def main(path: Path, n_fit: int, n_rows: int, repeats: int, hidden: list[int] | None) -> None:
    """Fit all, predict in turn, print rows per second and ratios."""
    warnings.simplefilter("ignore")
    frame = pd.read_parquet(path)
    X, y = frame.iloc[:, :-1], frame.iloc[:, -1].astype(str).to_numpy()
    chosen = np.random.default_rng(0).permutation(len(X))[:n_fit]
    table = pd.concat([X] * -(-n_rows // len(X)), ignore_index=True)[:n_rows]
    asks: dict[str, Ask] = {}
    own = partial(ours, **({"hidden": hidden} if hidden else {}))
    for name, fit in {"demarcate": own, "CatBoost": catboost, "boosting of scikit-learn": boosting}.items():
        try:
            asks[name] = fit(X.iloc[chosen], y[chosen])
        except ImportError as error:
            print(f"{name} is left out: {error}")
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in asks}
    for repeat in range(repeats + 1):
        for name, ask in asks.items():
            duration = took(ask, table)
            if repeat:  # the first round fills caches
                seconds[name].append(duration)
    print(
        f"{path.name}: {n_rows:,} rows of {X.shape[1]} columns, {torch.get_num_threads()} threads, "
        f"load {os.getloadavg()[0]:.1f}, medians of {repeats}"
    )
    print(f"{'':25s} {'rows/s':>10s} {'ours is faster by':>18s} {'rows/s of processors':>21s} {'ours by':>8s}")
    by_ours = np.array(seconds["demarcate"])
    for name, durations in seconds.items():
        wall, work = n_rows / np.median(durations, axis=0)
        by_wall, by_work = np.median(np.array(durations) / by_ours, axis=0)
        print(f"{name:25s} {wall:10,.0f} {by_wall:18.2f} {work:21,.0f} {by_work:8.2f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="a Parquet file whose last column is the target")
    parser.add_argument("--fit", type=int, default=8_000, help="rows to fit on")
    parser.add_argument("--rows", type=int, default=100_000, help="rows to predict")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--hidden", type=int, nargs="*", help="widths of our hidden layers, if not the default ones")
    arguments = parser.parse_args()
    main(arguments.table, arguments.fit, arguments.rows, arguments.repeats, arguments.hidden)
