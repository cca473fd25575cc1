"""Time of predictions, small and large, first and later: ``python benchmarks/predict.py TABLE.parquet``.

The last column of the table is the target. demarcate, CatBoost's defaults (through pytabkit) and scikit-learn's
gradient boosting after an ordinal encoder are fitted on the same rows and predict the same pandas table, cut or
repeated to so many rows; the conversion of columns counts. demarcate also predicts a polars table, which the others do
not take. In each round every model is read from its pickle, predicts for the first time, and then again; models take
turns, and medians are printed. At last rows come as a service has them, as mappings of plain values, and numpy computes
them: one, some that came one by one and are computed together, and one hundred. With one thread:
``OMP_NUM_THREADS=1 POLARS_MAX_THREADS=1``. A peer that is not installed is left out;
``pip install 'demarcate[tabular-bench]'`` installs them.
"""

import argparse
import contextlib
import io
import os
import pickle
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import torch
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OrdinalEncoder

import demarcate
from demarcate import DemarcateClassifier

REQUEST_SIZES, JOINED = (1, 100), 32
OURS, CATBOOST, BOOSTING = "demarcate", "CatBoost", "boosting of scikit-learn"


@dataclass(frozen=True)
class Contender:
    """A fitted model, and how a table becomes what it reads."""

    name: str
    model: Any
    convert: Callable[[Any], Any]
    frame: str = "pandas"

    def seconds(self, table: Any) -> list[float]:
        """Return wall and processor seconds of a new process's first prediction, and of the second, ``(4,)``.

        Other processes disturb processor seconds less.
        """
        model, seconds = pickle.loads(pickle.dumps(self.model)), []
        for _ in ("first", "later"):
            began, worked = time.perf_counter(), time.process_time()
            assert len(model.predict_proba(self.convert(table))) == len(table)
            seconds += [time.perf_counter() - began, time.process_time() - worked]
        return seconds


def texts(X: pd.DataFrame) -> list[str]:
    """Return the columns that are not numbers."""
    return [name for name in X if not pd.api.types.is_numeric_dtype(X[name])]


def catboost(X: pd.DataFrame, y: np.ndarray) -> Contender:
    """Fit CatBoost's defaults, with text as pandas categories."""
    from pytabkit import CatBoost_D_Classifier

    names = texts(X)

    def converted(table: pd.DataFrame) -> pd.DataFrame:
        changed = {name: table[name].fillna("missing").astype(object).astype("category") for name in names}
        return table.assign(**changed)

    with contextlib.redirect_stdout(io.StringIO()):
        model = CatBoost_D_Classifier(n_threads=torch.get_num_threads(), random_state=0).fit(converted(X), y)
    return Contender(CATBOOST, model, converted)


def boosting(X: pd.DataFrame, y: np.ndarray) -> Contender:
    """Fit scikit-learn's gradient boosting after an ordinal encoder."""
    names = texts(X)
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, encoded_missing_value=np.nan, max_categories=255
    )
    columns = make_column_transformer((encoder, names), remainder="passthrough")
    model = HistGradientBoostingClassifier(categorical_features=list(range(len(names))), random_state=0)

    def converted(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{name: table[name].astype(object).where(table[name].notna(), np.nan) for name in names})

    return Contender(BOOSTING, make_pipeline(columns, model).fit(converted(X), y), converted)


def contenders(X: pd.DataFrame, y: np.ndarray, **settings: Any) -> list[Contender]:
    """Fit all of them; ``settings`` are ours."""
    own = DemarcateClassifier(**settings).fit(X, y)
    print(f"demarcate: {own.predictor_.n_members} networks behind {len(own.predictor_.encoders)} encoders")
    fitted = [Contender(OURS, own, lambda table: table, frame) for frame in ("pandas", "polars")]
    for fit in (catboost, boosting):
        try:
            fitted.append(fit(X, y))
        except ImportError as error:
            print(f"{fit.__name__} is left out: {error}")
    return fitted


def compare(fitted: Sequence[Contender], table: pd.DataFrame, repeats: int) -> None:
    """Predict in turn; print medians, and how many times as long as ours from the same frame each one takes."""
    tables = {"pandas": table, "polars": pl.from_pandas(table)}
    # The first round fills caches.
    rounds = [[each.seconds(tables[each.frame]) for each in fitted] for _ in range(repeats + 1)][1:]
    medians = np.median(np.array(rounds), axis=0)
    ratios = np.median(np.array(rounds) / np.array(rounds)[:, :1], axis=0)
    print(f"\n{len(table):,} rows, medians of {repeats}, load {os.getloadavg()[0]:.1f}; ratios to ours from pandas")
    print("| | later, ms | ratio | of processor, ms | ratio | first, ms | ratio | of processor, ms | ratio |")
    print("|---|" + "---:|" * 8)
    for each, times, by_ours in zip(fitted, 1000 * medians, ratios, strict=True):
        cells = [f"{times[at]:.1f} | {by_ours[at]:.2f}" for at in (2, 3, 0, 1)]
        print(f"| {each.name}, {each.frame} | {' | '.join(cells)} |", flush=True)


def requests(own: Any, table: pd.DataFrame, repeats: int) -> None:
    """Print what coding and computing rows of requests take, in milliseconds of wall time."""
    from demarcate.inference.coded_rows import CodedRows

    with TemporaryDirectory() as folder:
        own.save(Path(folder) / "model.safetensors")
        model = demarcate.load(Path(folder) / "model.safetensors", backend="numpy")
    some = table.iloc[: max(REQUEST_SIZES)]
    rows = some.astype(object).where(some.notna(), None).to_dict("records")
    coder, computer = model.coder, model.computer

    def timed(work: Callable[[], Any]) -> str:
        work()
        seconds = []
        for _ in range(10 * repeats):
            began = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - began)
        return f"{1000 * min(seconds):.2f} | {1000 * np.median(seconds):.2f} | {1000 * np.quantile(seconds, 0.99):.2f}"

    print("\n| rows of requests, by numpy | least ms | median | 99th percentile |\n|---|---:|---:|---:|")
    print(f"| `predict_row` | {timed(lambda: model.predict_row(rows[0]))} |")
    for n_rows in REQUEST_SIZES:
        own_rows = rows[:n_rows]
        coded = coder.code(own_rows)
        print(f"| {n_rows} coded | {timed(lambda own_rows=own_rows: coder.code(own_rows))} |")
        print(f"| {n_rows} computed | {timed(lambda coded=coded: computer.probabilities(coded))} |")
    singles = [coder.code([row]) for row in rows[:JOINED]]
    print(f"| {JOINED} requests of one, joined | {timed(lambda: computer.probabilities(CodedRows.join(singles)))} |")


def main(path: Path, n_fit: int, sizes: Sequence[int], repeats: int, hidden: list[int] | None) -> None:
    """Fit all, and compare them on tables of several sizes."""
    warnings.simplefilter("ignore")
    frame = pd.read_parquet(path)
    X, y = frame.iloc[:, :-1], frame.iloc[:, -1].astype(str).to_numpy()
    chosen = np.random.default_rng(0).permutation(len(X))[:n_fit]
    fitted = contenders(X.iloc[chosen], y[chosen], **({"hidden": hidden} if hidden else {}))
    threads = f"{torch.get_num_threads()} threads of torch, {pl.thread_pool_size()} of polars"
    print(f"{path.name}: {X.shape[1]} columns, fitted on {len(chosen):,} rows; {threads}")
    for n_rows in sizes:
        table = pd.concat([X] * -(-n_rows // len(X)), ignore_index=True)[:n_rows]
        compare(fitted, table, repeats)
    requests(fitted[0].model, X, repeats)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="a Parquet file whose last column is the target")
    parser.add_argument("--fit", type=int, default=8_000, help="rows to fit on")
    parser.add_argument("--rows", type=int, nargs="+", default=[100, 1_000, 10_000, 100_000], help="rows to predict")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--hidden", type=int, nargs="*", help="widths of our hidden layers, if not the default ones")
    arguments = parser.parse_args()
    main(arguments.table, arguments.fit, arguments.rows, arguments.repeats, arguments.hidden)
