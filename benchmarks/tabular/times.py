"""Times of fit and predict: every fit in a new process, the algorithms in turn."""

import itertools
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from benchmarks.tabular.inputs import FORMS
from benchmarks.tabular.measuring import Entry, measure, quiet
from benchmarks.tabular.opponents import KNOWN
from benchmarks.tabular.scores import Cache, Key, circumstances, is_kept
from benchmarks.tabular.tables import Table, as_table, splits
from benchmarks.tabular.workers import Worker
from threadpoolctl import threadpool_limits

MANY_ROWS = 100_000
"""Rows to predict in one call: with fewer, set-up would dominate."""
WARM_ROWS = 64


@dataclass(frozen=True)
class Timing:
    """How algorithms are timed.

    Attributes
    ----------
    threads
        Of each fit.
    limit
        Seconds one may take; None for as long as it likes.
    repeats
        How often each runs.
    again
        Algorithms whose stored times are measured again; those of other settings or threads are in any case.
    """

    threads: int
    limit: float | None = None
    repeats: int = 1
    again: Collection[str] = ()


def timed(cache: Cache, tables: Sequence[Table], algorithms: Sequence[str], timing: Timing) -> dict[Key, Entry]:
    """Return scores and seconds of every algorithm on the first split of every table, in turn.

    A run that was ended is resumed; the times of both parts are then of two runs, which `fit_grid` reports.

    Parameters
    ----------
    cache
        Where they are stored, by repeat instead of split.
    tables, algorithms
        What to fit on, and names of what to fit.
    timing
        How.
    """
    return _in_turn(cache, "fit", tables, algorithms, timing)


def rates(cache: Cache, table: Table, algorithms: Sequence[str], timing: Timing) -> dict[str, list[Entry]]:
    """Return ``rows_s``, rows predicted per second, of every algorithm in turn, on a table repeated to 100,000 rows."""
    found = _in_turn(cache, "predict", [table], algorithms, timing)
    return {name: [entry for key, entry in found.items() if key.algorithm == name] for name in algorithms}


def _in_turn(
    cache: Cache, what: str, tables: Sequence[Table], algorithms: Sequence[str], timing: Timing
) -> dict[Key, Entry]:
    found = {}
    for repeat, table, name in itertools.product(range(timing.repeats), tables, algorithms):
        key = Key(table.name, repeat, name)
        entry = cache.get(key) if name not in timing.again and is_kept(cache, key) else None
        if entry is None or entry.get("threads") != timing.threads:
            entry = in_fresh_process(timing.threads, timing.limit, what, name, table) | circumstances()
            cache.put(key, entry)
            print(key, entry.get("fit_s") or entry.get("rows_s") or entry, file=sys.stderr, flush=True)
        found[key] = entry
    return found


def in_fresh_process(threads: int, limit: float | None, what: str, name: str, table: Table) -> Entry:
    """Return the result of `fit_once` or `predict_many` in a new process."""
    with Worker(threads, limit) as worker:
        try:
            return worker.call({"fit": fit_once, "predict": predict_many}[what], name, table, threads)
        except TimeoutError:
            return {"timeout": limit, "threads": threads}
        except RuntimeError as error:
            return {"error": str(error), "threads": threads}


def fit_once(name: str, table: Table, threads: int) -> Entry:
    """Fit on the table's first split, after a small fit for lazy imports."""
    small = _small()
    measure(name, small, next(splits(small)), threads)
    return measure(name, table, next(splits(table)), threads)


def predict_many(name: str, table: Table, threads: int) -> Entry:
    """Fit once and predict the repeated table in one call; the second of two calls counts."""
    algorithm, split = KNOWN[name], next(splits(table))
    X = FORMS[algorithm.form](table, split)
    y = table.labels if algorithm.labels else table.y
    about = {"settings": algorithm.fingerprint, "threads": threads}
    many = X.iloc[np.resize(np.arange(len(X)), max(MANY_ROWS, len(X)))].reset_index(drop=True)
    try:
        with quiet(), threadpool_limits(threads):
            model = algorithm.build(threads).fit(X.iloc[split.train], y[split.train])
            model.predict_proba(many)
            start = time.perf_counter()
            model.predict_proba(many)
            return about | {"rows_s": len(many) / (time.perf_counter() - start)}
    except Exception as error:  # noqa: BLE001  # whatever a classifier raises is its result
        return about | {"error": f"{type(error).__name__}: {error}"}


def _small() -> Table:
    """Return a small table with a number and a category for a warm-up fit."""
    place = np.arange(WARM_ROWS)
    X = pd.DataFrame({"number": place * 7 % 13 + 0.5, "category": np.where(place % 3 == 0, "a", "b")})
    return as_table("small", X, pd.Series(place % 2))
