"""Baselines: class shares and logistic regression, on the rows that networks are scored on."""

import warnings

import numpy as np
import numpy.typing as npt

MANY_ROWS = 20_000


def majority_probabilities(train_codes: npt.NDArray[np.int64], n_rows: int, n_classes: int) -> npt.NDArray[np.float64]:
    """Return the shares of the classes among the training rows, for every row.

    Its accuracy is that of always predicting the largest class; its log loss is the best one without features.

    Parameters
    ----------
    train_codes
        `(n_train_rows,)`, at least one, 0 to `n_classes - 1`.
    n_rows
        How many rows to predict.
    n_classes
        How many classes there are.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        Each row sums to 1.

    Examples
    --------
    >>> majority_probabilities(np.array([0, 1, 1, 1]), n_rows=2, n_classes=3)
    array([[0.25, 0.75, 0.  ],
           [0.25, 0.75, 0.  ]])
    """
    return np.tile(np.bincount(train_codes, minlength=n_classes) / len(train_codes), (n_rows, 1))


def logistic_probabilities(
    train_matrix: npt.NDArray[np.floating],
    train_codes: npt.NDArray[np.int64],
    matrix: npt.NDArray[np.floating],
    n_classes: int,
    sample_weight: npt.NDArray[np.floating] | None = None,
) -> npt.NDArray[np.float64]:
    """Return the probabilities of a logistic regression fitted on the training rows.

    It is scikit-learn's `LogisticRegression` with its default penalty. Features should be on one scale. A class that no
    training row has gets probability 0. If the training rows are of one class, or there are no features, the
    probabilities are the classes' shares.

    Parameters
    ----------
    train_matrix
        `(n_train_rows, n_features)`, finite.
    train_codes
        `(n_train_rows,)`, 0 to `n_classes - 1`.
    matrix
        `(n_rows, n_features)`, finite: the rows to predict.
    n_classes
        How many classes there are.
    sample_weight
        `(n_train_rows,)`, not negative and not all zero; None weighs all rows alike.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        Each row sums to 1.

    Raises
    ------
    ValueError
        If a matrix holds NaN or infinity.

    Examples
    --------
    >>> feature = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> logistic_probabilities(feature, np.array([0, 0, 1, 1]), np.array([[0.0], [9.0]]), n_classes=2).round(1)
    array([[0.5, 0.5],
           [0. , 1. ]])
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
        model.fit(train_matrix, train_codes, sample_weight=sample_weight)
    probabilities: npt.NDArray[np.float64] = np.zeros((len(matrix), n_classes))
    probabilities[:, model.classes_] = model.predict_proba(matrix)
    # Single-precision rows sum to 1 in single precision only.
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return probabilities
