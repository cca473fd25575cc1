"""Scores of many splits as one number for each table and algorithm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from benchmarks.tabular.measuring import Entry
from benchmarks.tabular.scores import Key
from numpy.typing import NDArray

METRICS = {"logloss": "log loss", "accuracy": "accuracy", "auc": "AUC"}
"""What is compared, and what it is called; log loss decides."""
BEST_OF = {"RealMLP_best": ("RealMLP_TD", "RealMLP_TD_CE")}
"""An algorithm that has settings for accuracy and others for probabilities counts with whichever was better."""


@dataclass(frozen=True)
class Means:
    """Means over splits, as losses: less is better.

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
        """One algorithm's losses, ``(n_tables,)``."""
        return self.losses[metric][:, self.algorithms.index(algorithm)]

    def without_empty(self) -> "Means":
        """The same of the algorithms that have a mean anywhere."""
        empty = np.isnan(self.losses["logloss"]).all(axis=0)
        return self.only([name for name, none in zip(self.algorithms, empty, strict=True) if not none])

    def only(self, algorithms: Sequence[str]) -> "Means":
        """The same of some algorithms, in the order given."""
        columns = [self.algorithms.index(name) for name in algorithms]
        return replace(
            self, algorithms=tuple(algorithms), losses={name: loss[:, columns] for name, loss in self.losses.items()}
        )


def means(
    entries: Mapping[Key, Entry], tables: Sequence[str], algorithms: Sequence[str], most_splits: int | None = None
) -> Means:
    """Means over the splits of each table.

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
    kept = {
        key: entry
        for key, entry in entries.items()
        if key.table in tables and key.algorithm in algorithms and (most_splits is None or key.split < most_splits)
    }
    seeds = {table: sorted({key.split for key in kept if key.table == table}) for table in tables}
    shown = tuple(table for table in tables if seeds[table])
    losses = {metric: np.empty((len(shown), len(algorithms))) for metric in METRICS}
    for (row, table), (column, name) in product(enumerate(shown), enumerate(algorithms)):
        found = [kept.get(Key(table, seed, name)) for seed in seeds[table]]
        for metric, loss in losses.items():
            loss[row, column] = np.mean([_loss(entry, metric) for entry in found])
    return Means(shown, tuple(algorithms), losses)


def with_best(found: Means) -> Means:
    """The same with one column for an algorithm's several settings: on each table and metric, the better ones.

    Where only one of them has a mean, that one counts.
    """
    for best, parts in BEST_OF.items():
        if not set(parts) <= set(found.algorithms):
            continue
        rest = [name for name in found.algorithms if name not in parts]
        losses = {
            metric: np.column_stack(
                [found.only(rest).losses[metric], np.fmin.reduce([found.of(part, metric) for part in parts])]
            )
            for metric in METRICS
        }
        found = Means(found.tables, (*rest, best), losses)
    return found


def half_known(found: Means) -> dict[str, list[str]]:
    """Tables on which an algorithm's better settings were chosen from fewer than all, by algorithm."""
    known = {
        best: np.isnan([found.of(part) for part in parts]).sum(axis=0)
        for best, parts in BEST_OF.items()
        if set(parts) <= set(found.algorithms)
    }
    return {
        best: [table for table, n in zip(found.tables, missing, strict=True) if 0 < n < len(BEST_OF[best])]
        for best, missing in known.items()
    }


def _loss(entry: Entry | None, metric: str) -> float:
    if entry is None or "timeout" in entry:
        return np.nan
    if "error" in entry:
        return np.inf
    return entry[metric] if metric == "logloss" else 1 - entry[metric]
