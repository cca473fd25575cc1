"""Mean scores over splits for each table and algorithm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from benchmarks.tabular.measuring import Entry
from benchmarks.tabular.scores import Key
from numpy.typing import NDArray

METRICS = {"logloss": "log loss", "accuracy": "accuracy", "auc": "AUC"}
"""The metrics and their labels."""
BEST_OF = {"RealMLP_best": ("RealMLP_TD", "RealMLP_TD_CE")}
"""Algorithms with settings for accuracy and for probabilities count with the better of both."""


@dataclass(frozen=True)
class Means:
    """Means over splits, as losses: lower is better.

    Attributes
    ----------
    tables, algorithms
        What the rows and columns are.
    losses
        For each metric ``(n_tables, n_algorithms)``: log loss, or 1 less accuracy or AUC. Infinite where a fit raised;
        NaN where a split has no score.
    """

    tables: tuple[str, ...]
    algorithms: tuple[str, ...]
    losses: Mapping[str, NDArray[np.float64]]

    def of(self, algorithm: str, metric: str = "logloss") -> NDArray[np.float64]:
        """Return one algorithm's losses, ``(n_tables,)``."""
        return self.losses[metric][:, self.algorithms.index(algorithm)]

    def without_empty(self) -> "Means":
        """Return the means of algorithms with at least one mean."""
        empty = np.isnan(self.losses["logloss"]).all(axis=0)
        return self.only([name for name, none in zip(self.algorithms, empty, strict=True) if not none])

    def only(self, algorithms: Sequence[str]) -> "Means":
        """Return the means of some algorithms, in this order."""
        columns = [self.algorithms.index(name) for name in algorithms]
        return replace(
            self, algorithms=tuple(algorithms), losses={name: loss[:, columns] for name, loss in self.losses.items()}
        )


def means(
    entries: Mapping[Key, Entry], tables: Sequence[str], algorithms: Sequence[str], most_splits: int | None = None
) -> Means:
    """Return means over the splits of each table.

    A mean of some splits would be compared with one of all, so an algorithm has none where it lacks a split that any
    other has.

    Parameters
    ----------
    entries
        Scores of splits.
    tables, algorithms
        Whose means to form.
    most_splits
        Leave out further splits.
    """
    stored = {
        key: entry
        for key, entry in entries.items()
        if key.table in tables and key.algorithm in algorithms and (most_splits is None or key.split < most_splits)
    }
    seeds = {table: sorted({key.split for key in stored if key.table == table}) for table in tables}
    shown = tuple(table for table in tables if seeds[table])
    losses = {metric: np.empty((len(shown), len(algorithms))) for metric in METRICS}
    for (row, table), (column, name) in product(enumerate(shown), enumerate(algorithms)):
        split_entries = [stored.get(Key(table, seed, name)) for seed in seeds[table]]
        for metric, loss in losses.items():
            loss[row, column] = np.mean([_loss(entry, metric) for entry in split_entries])
    return Means(shown, tuple(algorithms), losses)


def with_best(averages: Means) -> Means:
    """Return the means with one column for an algorithm's several settings: the better one on each table and metric.

    Where only one of them has a mean, that one counts.
    """
    for best, parts in BEST_OF.items():
        if not set(parts) <= set(averages.algorithms):
            continue
        rest = [name for name in averages.algorithms if name not in parts]
        losses = {
            metric: np.column_stack(
                [
                    averages.only(rest).losses[metric],
                    np.fmin.reduce([averages.of(part, metric) for part in parts]),
                ]
            )
            for metric in METRICS
        }
        averages = Means(averages.tables, (*rest, best), losses)
    return averages


def half_known(averages: Means) -> dict[str, list[str]]:
    """Return the tables without scores of all settings of an algorithm, by algorithm."""
    known = {
        best: np.isnan([averages.of(part) for part in parts]).sum(axis=0)
        for best, parts in BEST_OF.items()
        if set(parts) <= set(averages.algorithms)
    }
    return {
        best: [table for table, n in zip(averages.tables, missing, strict=True) if 0 < n < len(BEST_OF[best])]
        for best, missing in known.items()
    }


def _loss(entry: Entry | None, metric: str) -> float:
    if entry is None or "timeout" in entry:
        return np.nan
    if "error" in entry:
        return np.inf
    return entry[metric] if metric == "logloss" else 1 - entry[metric]
