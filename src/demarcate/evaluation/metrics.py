"""Metrics of predicted probabilities, each a number for all rows alike."""

import numpy as np
import numpy.typing as npt

from demarcate.errors import InputError, Problem
from demarcate.evaluation.measures import MEASURES


def accuracy(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the share of rows whose most probable class is the true one; of equal probabilities the first counts.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> accuracy(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    0.5
    """
    return _number_of(codes, probabilities, "accuracy")


def balanced_accuracy(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the mean over the classes of the share of their rows that are recognised.

    A class that no row has does not count.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1]; 1 / n_classes for a classifier that always names the same class.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([[0.9, 0.1]] * 4))
    0.5
    """
    return _number_of(codes, probabilities, "balanced_accuracy")


def log_loss(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the mean of -log(probability of the true class), in nats.

    Probabilities are clipped to at least 1e-7 and each row is divided by its sum again, so that a certain mistake costs
    16.1 and not infinity.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 16.2]; log(n_classes) for a classifier that always says it does not know.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> log_loss(np.array([0, 1]), np.array([[0.5, 0.5], [0.5, 0.5]]))
    0.693147...
    """
    return _number_of(codes, probabilities, "log_loss")


def brier(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return the mean squared distance of the probabilities from the truth, halved if there are two classes.

    Brier, 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1] with two classes, in [0, 2] with more.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> round(brier(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]])), 3)
    0.185
    """
    return _number_of(codes, probabilities, "brier")


def roc_auc(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float | None:
    """Return the area under the ROC curve, None where there is none.

    With two classes it is the area of column 1: the chance that a row of class 1 has a higher probability of it than a
    row of class 0. With more it is the mean of every class's area against the rest, over the classes that some rows
    have and some have not.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float or None
        In [0, 1]; None if all rows are of one class.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> probabilities = np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3]])
    >>> roc_auc(np.array([0, 1, 1]), probabilities)
    1.0
    >>> roc_auc(np.array([1, 1, 1]), probabilities) is None
    True
    """
    return _value_of(codes, probabilities, "roc_auc")


def average_precision(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float | None:
    """Return the average precision, None where there is none.

    It is the mean over the rows of a class of the share of that class among all rows at least as probable. With two
    classes it is that of column 1; with more the mean over the classes that some rows have and some have not.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float or None
        In [0, 1]; about the share of the class for a classifier that knows nothing. None if all rows are of one class.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> average_precision(np.array([0, 1, 1]), np.array([[0.9, 0.1], [0.6, 0.4], [0.7, 0.3]]))
    1.0
    """
    return _value_of(codes, probabilities, "average_precision")


def calibration_error(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> float:
    """Return how far probabilities lie from what came true, on average over the rows.

    Rows are sorted by the probability of class 1 (with more than two classes: of the likeliest class) into ten bins of
    about as many rows; in each, the mean probability is compared with the share of rows where it came true (Naeini et
    al., 2015, https://doi.org/10.1609/aaai.v29i1.9602). By chance alone it is above 0 for the best of probabilities.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.

    Returns
    -------
    float
        In [0, 1].

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> round(calibration_error(np.array([0, 1, 1, 1]), np.array([[0.4, 0.6]] * 4)), 2)
    0.15
    """
    return _number_of(codes, probabilities, "calibration_error")


def checked(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Return the probabilities in double precision if they are probabilities and fit the codes.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, a code is not a column, a probability is not in [0, 1], or a row
        does not sum to 1 (within 0.001).

    Examples
    --------
    >>> checked(np.array([2]), np.array([[0.5, 0.5]]))
    Traceback (most recent call last):
    demarcate.errors.InputError: A class code is a column of the probabilities: row 0 has code 2...
    """
    if probabilities.ndim != 2 or codes.shape != probabilities.shape[:1] or probabilities.size == 0:
        found = f"the codes have shape {codes.shape} and the probabilities {probabilities.shape}"
        raise InputError(
            [
                Problem(
                    "Scores need a class code and a row of probabilities for each of one or more rows",
                    found,
                    "Give both",
                )
            ]
        )
    doubled: npt.NDArray[np.float64] = probabilities.astype(np.float64)
    n_classes = doubled.shape[1]
    wrong_codes = (codes < 0) | (codes >= n_classes)
    # Comparisons with NaN are false, so that NaN is out of range.
    wrong_rows = ~((doubled >= 0) & (doubled <= 1)).all(axis=1)
    wrong_rows |= ~(np.abs(doubled.sum(axis=1) - 1) <= 1e-3)
    problems = []
    if wrong_codes.any():
        row = int(wrong_codes.argmax())
        found = f"row {row} has code {codes[row]}, and there are {n_classes} columns"
        problems.append(Problem("A class code is a column of the probabilities", found, "Give codes from 0 on"))
    if wrong_rows.any():
        row = int(wrong_rows.argmax())
        found = f"row {row} has {doubled[row, :8].tolist()}"
        problems.append(
            Problem("A row's probabilities are in [0, 1] and sum to 1", found, "Give probabilities, not logits")
        )
    if problems:
        raise InputError(problems)
    return doubled


def _number_of(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], name: str) -> float:
    measure = MEASURES[name](codes, checked(codes, probabilities))
    return float(measure(np.ones((1, len(codes))))[0])


def _value_of(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], name: str) -> float | None:
    value = _number_of(codes, probabilities, name)
    return None if np.isnan(value) else value
