"""One fit on one split: its scores on the test rows, and what it cost."""

import contextlib
import io
import logging
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from benchmarks.tabular.inputs import FORMS
from benchmarks.tabular.opponents import ALGORITHMS, Algorithm
from benchmarks.tabular.tables import Split, Table
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from threadpoolctl import threadpool_limits

SMALLEST = 1e-7
"""No probability counts as less: log loss would else be decided by one row that was thought impossible."""
Entry = dict[str, Any]
"""What is kept of a fit, JSON-ready: its scores, or ``error``, or ``timeout``."""


def score(y: NDArray[np.int64], probabilities: NDArray[np.floating[Any]]) -> Entry:
    """Log loss, accuracy and area under the curve.

    Parameters
    ----------
    y
        ``(n_rows,)``, the classes' codes.
    probabilities
        ``(n_rows, n_classes)``.

    Returns
    -------
    dict
        ``logloss`` of probabilities kept above 1e-7, ``accuracy``, and ``auc``: for more than two classes the mean
        over them, each against the rest.

    Examples
    --------
    >>> score(np.array([0, 1]), np.array([[0.5, 0.5], [0.25, 0.75]]))["auc"]
    1.0
    """
    kept = np.clip(probabilities, SMALLEST, 1)
    kept = kept / kept.sum(axis=1, keepdims=True)
    codes = np.arange(kept.shape[1])
    if len(codes) == 2:
        auc = roc_auc_score(y, kept[:, 1])
    else:
        auc = roc_auc_score(y, kept, multi_class="ovr", average="macro", labels=codes)
    return {
        "logloss": float(log_loss(y, kept, labels=codes)),
        "accuracy": float(accuracy_score(y, kept.argmax(axis=1))),
        "auc": float(auc),
    }


def probabilities(
    algorithm: Algorithm, table: Table, split: Split, threads: int
) -> tuple[NDArray[np.floating[Any]], float, float]:
    """A fit's probabilities of the test rows, ``(n_test, n_classes)``, and the seconds of fitting and predicting."""
    X = FORMS[algorithm.form](table, split)
    y = table.labels if algorithm.labels else table.y
    model = algorithm.build(threads)
    start = time.perf_counter()
    model.fit(X.iloc[split.train], y[split.train])
    fitted = time.perf_counter()
    found = np.asarray(model.predict_proba(X.iloc[split.test]), dtype=float)
    done = time.perf_counter()
    known = list(model.classes_)
    order = [known.index(label) for label in (table.classes if algorithm.labels else range(len(table.classes)))]
    return found[:, order], fitted - start, done - fitted


def measure(name: str, table: Table, split: Split, threads: int) -> Entry:
    """Fit a named algorithm and score it; what it raises is kept in place of scores.

    Parameters
    ----------
    name
        One of `ALGORITHMS`.
    table, split
        What to fit on and predict.
    threads
        How many it may use.
    """
    algorithm = ALGORITHMS[name]
    about = {
        "settings": algorithm.fingerprint,
        "threads": threads,
        "n_train": len(split.train),
        "n_test": len(split.test),
    }
    try:
        with quiet(), threadpool_limits(threads):
            found, fit_s, predict_s = probabilities(algorithm, table, split, threads)
        kept = score(table.y[split.test], found)
    except Exception as error:  # noqa: BLE001  # whatever a classifier raises is its result
        return about | {"error": f"{type(error).__name__}: {str(error)[:300]}"}
    return kept | {"fit_s": round(fit_s, 3), "predict_s": round(predict_s, 4), "version": algorithm.version} | about


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Libraries' chatter would drown the progress of the board."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
