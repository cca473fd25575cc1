"""Five times five-fold cross-validation on the heart disease data."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import polars as pl
from benchmarks.tabular.grids import Grid
from benchmarks.tabular.means import METRICS
from benchmarks.tabular.measuring import Entry
from benchmarks.tabular.scores import Key, Piece
from benchmarks.tabular.tables import Split, as_table
from numpy.typing import NDArray
from scipy.stats import t
from sklearn.model_selection import RepeatedStratifiedKFold

from demarcate.datasets import heart

NAME = "heart_5x5"
"""The name of the folds in the cache, which also holds the other tables."""
FOLDS = REPEATS = 5
SHOWN = ("logloss", "auc")


def heart_pieces() -> list[Piece]:
    """Return the table with each of the 25 splits; categorical columns are text, all others numbers."""
    data = heart()
    frame = data.frame.with_columns(pl.col(data.categorical).cast(pl.String)).to_pandas()
    features = {
        name: frame[name] if name in data.categorical else pd.to_numeric(frame[name])
        for name in frame.columns.drop(data.target)
    }
    table = as_table(NAME, pd.DataFrame(features), frame[data.target])
    folds = RepeatedStratifiedKFold(n_splits=FOLDS, n_repeats=REPEATS, random_state=0).split(table.X, table.y)
    return [(table, Split(place, train, test)) for place, (train, test) in enumerate(folds)]


def heart_grids(entries: Mapping[Key, Entry], algorithms: Sequence[str], subject: str) -> list[Grid]:
    """Return means of each repeat and differences to the subject, for algorithms with all 25 scores.

    Parameters
    ----------
    entries
        Scores by table, split and algorithm.
    algorithms
        Whose to show.
    subject
        Whom the others are compared with.
    """
    complete = {name: found for name in algorithms if (found := _folds(entries, name)) is not None}
    return [_grid(complete, metric, subject) for metric in SHOWN]


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean difference of two algorithms' scores on the same folds, and its 95% interval.

    Folds share training rows, so their differences vary less than those of independent ones would; the variance is
    corrected for it as Nadeau and Bengio (2003, https://doi.org/10.1023/A:1024068626366) propose.

    Parameters
    ----------
    ours, theirs
        ``(n_repeats, n_folds)``.
    """
    differences = (ours - theirs).ravel()
    n = len(differences)
    error = np.sqrt((1 / n + 1 / (ours.shape[1] - 1)) * differences.var(ddof=1))
    reach = float(t.ppf(0.975, n - 1) * error)
    mean = float(differences.mean())
    return mean, mean - reach, mean + reach


def _folds(entries: Mapping[Key, Entry], name: str) -> dict[str, NDArray[np.float64]] | None:
    """Return scores by metric, ``(n_repeats, n_folds)``; None if a fold has no score."""
    found = [entries.get(Key(NAME, place, name), {}) for place in range(FOLDS * REPEATS)]
    if any(metric not in entry for entry in found for metric in SHOWN):
        return None
    return {metric: np.array([entry[metric] for entry in found]).reshape(REPEATS, FOLDS) for metric in SHOWN}


def _grid(complete: Mapping[str, Mapping[str, NDArray[np.float64]]], metric: str, subject: str) -> Grid:
    better = 1 if metric == "logloss" else -1
    rows = []
    for name in sorted(complete, key=lambda name: better * complete[name][metric].mean()):
        folds = complete[name][metric]
        against = "-"
        if name != subject and subject in complete:
            mean, low, high = difference(complete[subject][metric], folds)
            against = f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]"
        rows.append([name, f"{folds.mean():.4f}", *(f"{value:.4f}" for value in folds.mean(axis=1)), against])
    header = ("algorithm", "mean", *(str(place + 1) for place in range(REPEATS)), f"{subject} minus it")
    note = "Numbered columns are repeats. The last column is the paired difference with its 95% interval."
    return Grid(f"Heart disease, five times five folds: {METRICS[metric]}", header, rows, [note])
