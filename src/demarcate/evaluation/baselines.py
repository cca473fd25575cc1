"""Baselines: class shares and logistic regression, on the rows that networks are scored on."""

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from demarcate.phases.time_budget import clock, leave_out

MANY_ROWS = 20_000
STEPS_AT_ONCE, FEWEST_STEPS = 25, 10
"""Where time is limited: iterations of logistic regression until the clock is read, and the fewest where it is over."""
BASELINE_NAMES = {"majority": "the majority class", "logistic_regression": "logistic regression"}
"""The baselines as sentences name them."""


def majority_probabilities(
    train_codes: npt.NDArray[np.int64],
    n_rows: int,
    n_classes: int,
    sample_weight: npt.NDArray[np.floating] | None = None,
) -> npt.NDArray[np.float64]:
    """Return the shares of the classes among the weighted training rows for every row, ``(n_rows, n_classes)``.

    Their accuracy is that of always predicting the largest class, their log loss the best one without features.
    """
    shares = np.bincount(train_codes, sample_weight, minlength=n_classes)
    return np.tile(shares / (len(train_codes) if sample_weight is None else shares.sum()), (n_rows, 1))


def logistic_probabilities(
    train_matrix: npt.NDArray[np.floating],
    train_codes: npt.NDArray[np.int64],
    matrix: npt.NDArray[np.floating],
    n_classes: int,
    sample_weight: npt.NDArray[np.floating] | None = None,
    seconds: float = np.inf,
) -> npt.NDArray[np.float64]:
    """Return the probabilities of scikit-learn's logistic regression for ``matrix``, ``(n_rows, n_classes)``.

    Matrices are ``(n_train_rows, n_features)`` and ``(n_rows, n_features)``, finite and scaled. A class without a
    training row has probability 0. Training rows of one class, or without features, give the classes' shares. After
    so many ``seconds`` it stops short of its optimum, which is noted as left out.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    shares = np.bincount(train_codes, weights=sample_weight, minlength=n_classes)
    if np.count_nonzero(shares) < 2 or train_matrix.shape[1] == 0:
        return np.tile(shares / shares.sum(), (len(matrix), 1))
    # On 80,000 rows and 600 columns the usual tolerance takes five times as long for the same log loss to 3 digits.
    tolerance = 1e-4 if len(train_matrix) <= MANY_ROWS else 1e-3
    model = LogisticRegression(max_iter=1000, tol=tolerance)
    with warnings.catch_warnings():
        # A baseline one iteration short of its optimum is the same baseline.
        warnings.simplefilter("ignore", ConvergenceWarning)
        _fit_in_time(model, train_matrix, train_codes, sample_weight, seconds)
    probabilities: npt.NDArray[np.float64] = np.zeros((len(matrix), n_classes))
    probabilities[:, model.classes_] = model.predict_proba(matrix)
    # Single-precision rows sum to 1 in single precision only.
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities


def _fit_in_time(
    model: Any,
    matrix: npt.NDArray[np.floating],
    codes: npt.NDArray[np.int64],
    sample_weight: npt.NDArray[np.floating] | None,
    seconds: float,
) -> None:
    """Fit logistic regression until it converges, or until time is over."""
    n_steps, start = 0, clock()
    if seconds < np.inf:
        most, at_once = model.max_iter, STEPS_AT_ONCE if seconds > 0 else FEWEST_STEPS
        model.set_params(warm_start=True, max_iter=at_once)
    while True:
        model.fit(matrix, codes, sample_weight=sample_weight)
        n_steps += int(np.max(model.n_iter_))
        if seconds == np.inf or np.max(model.n_iter_) < at_once or n_steps >= most:
            return
        if clock() - start > seconds:
            leave_out("logistic regression stops early, and may be better than shown")
            return
