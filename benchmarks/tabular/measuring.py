"""One fit on one split: its scores on the test rows, and its times."""

import contextlib
import io
import logging
import time
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from benchmarks.tabular.inputs import FORMS
from benchmarks.tabular.opponents import KNOWN, Algorithm
from benchmarks.tabular.tables import Split, Table
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from threadpoolctl import threadpool_limits

SMALLEST = 1e-7
"""The lower limit of a probability: otherwise a single row with probability 0 decides the log loss."""
SECONDS = ("fit_s", "predict_s", "fit_cpu_s")
"""The times of an entry."""
Entry = dict[str, Any]
"""The stored result of a fit, JSON-ready: its scores, or ``error``, or ``timeout``."""


class Fitted(NamedTuple):
    """Probabilities of the test rows, ``(n_test, n_classes)``, and seconds.

    Attributes
    ----------
    probabilities
        In the order of the table's classes.
    fit_s, predict_s
        Seconds of fit and of predict.
    fit_cpu_s
        Seconds of processors in fit, which other processes lengthen little.
    """

    probabilities: NDArray[np.floating[Any]]
    fit_s: float
    predict_s: float
    fit_cpu_s: float


def score(y: NDArray[np.int64], probabilities: NDArray[np.floating[Any]]) -> Entry:
    """Return log loss, accuracy and ROC AUC.

    Parameters
    ----------
    y
        ``(n_rows,)``, the classes' codes.
    probabilities
        ``(n_rows, n_classes)``.

    Returns
    -------
    dict
        ``logloss`` of probabilities clipped at 1e-7, ``accuracy``, and ``auc``: for more than two classes the mean
        over them, each against the rest.

    Examples
    --------
    >>> score(np.array([0, 1]), np.array([[0.5, 0.5], [0.25, 0.75]]))["auc"]
    1.0
    """
    clipped = np.clip(probabilities, SMALLEST, 1)
    clipped = clipped / clipped.sum(axis=1, keepdims=True)
    codes = np.arange(clipped.shape[1])
    if len(codes) == 2:
        auc = roc_auc_score(y, clipped[:, 1])
    else:
        auc = roc_auc_score(y, clipped, multi_class="ovr", average="macro", labels=codes)
    return {
        "logloss": float(log_loss(y, clipped, labels=codes)),
        "accuracy": float(accuracy_score(y, clipped.argmax(axis=1))),
        "auc": float(auc),
    }


def fitted(algorithm: Algorithm, table: Table, split: Split, threads: int) -> Fitted:
    """Return probabilities of the test rows, and the seconds they took."""
    X = FORMS[algorithm.form](table, split)
    y = table.labels if algorithm.labels else table.y
    model = algorithm.build(threads)
    start, start_cpu = time.perf_counter(), time.process_time()
    model.fit(X.iloc[split.train], y[split.train])
    between, cpu = time.perf_counter(), time.process_time()
    predicted = np.asarray(model.predict_proba(X.iloc[split.test]), dtype=float)
    done = time.perf_counter()
    known = list(model.classes_)
    order = [known.index(label) for label in (table.classes if algorithm.labels else range(len(table.classes)))]
    return Fitted(predicted[:, order], between - start, done - between, cpu - start_cpu)


def measure(name: str, table: Table, split: Split, threads: int) -> Entry:
    """Fit a named algorithm and score it; an error is stored instead of scores.

    Parameters
    ----------
    name
        One of `KNOWN`.
    table, split
        What to fit on and predict.
    threads
        How many it may use.
    """
    algorithm = KNOWN[name]
    about = {
        "settings": algorithm.fingerprint,
        "threads": threads,
        "n_train": len(split.train),
        "n_test": len(split.test),
    }
    try:
        with quiet(), threadpool_limits(threads):
            result = fitted(algorithm, table, split, threads)
        scores = score(table.y[split.test], result.probabilities)
    except Exception as error:  # noqa: BLE001  # whatever a classifier raises is its result
        return about | {"error": f"{type(error).__name__}: {str(error)[:300]}"}
    seconds = {name: round(getattr(result, name), 4) for name in SECONDS}
    return scores | seconds | {"version": algorithm.version} | about


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Silence the output of libraries."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
