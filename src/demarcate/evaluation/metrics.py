"""Accuracy, log loss and the area under the ROC curve of predicted probabilities."""

import numpy as np
import numpy.typing as npt

from demarcate.errors import InputError, Problem
from demarcate.evaluation.ranking import Ranking, rank, weighted_auc

SMALLEST_PROBABILITY = 1e-7


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
    return float(row_hits(codes, checked(codes, probabilities)).mean())


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
    return float(row_losses(codes, checked(codes, probabilities)).mean())


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
    areas = mean_auc(class_rankings(codes, checked(codes, probabilities)), np.ones((1, len(codes))))
    return None if np.isnan(areas[0]) else float(areas[0])


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


def row_hits(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return `(n_rows,)`: whether each row's most probable class is the true one.

    Examples
    --------
    >>> row_hits(np.array([0, 1]), np.array([[0.9, 0.1], [0.6, 0.4]]))
    array([ True, False])
    """
    hits: npt.NDArray[np.bool_] = probabilities.argmax(axis=1) == codes
    return hits


def row_losses(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return `(n_rows,)`: each row's part of the log loss.

    Examples
    --------
    >>> row_losses(np.array([0, 0]), np.array([[0.5, 0.5], [0.0, 1.0]])).round(2)
    array([ 0.69, 16.12])
    """
    clipped = probabilities.clip(SMALLEST_PROBABILITY)
    losses: npt.NDArray[np.float64] = np.log(clipped.sum(axis=1)) - np.log(clipped[np.arange(len(codes)), codes])
    return losses


def class_rankings(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64]) -> list[Ranking]:
    """Return the comparisons that the area under the ROC curve is made of: of class 1 if there are two, of all if more.

    Classes that no row or every row has are left out.

    Examples
    --------
    >>> len(class_rankings(np.array([0, 2, 2]), np.full((3, 3), 1 / 3)))
    2
    """
    n_classes = probabilities.shape[1]
    counts = np.bincount(codes, minlength=n_classes)
    columns = [1] if n_classes == 2 else range(n_classes)
    return [rank(codes == code, probabilities[:, code]) for code in columns if 0 < counts[code] < len(codes)]


def mean_auc(rankings: list[Ranking], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return `(n_weightings,)`: the mean area over the classes that have one, NaN where none has.

    Parameters
    ----------
    rankings
        One for each class.
    weights
        `(n_weightings, n_rows)`, not negative.

    Examples
    --------
    >>> rankings = class_rankings(np.array([0, 1]), np.array([[0.9, 0.1], [0.4, 0.6]]))
    >>> mean_auc(rankings, np.array([[1.0, 1.0], [2.0, 0.0]]))
    array([ 1., nan])
    """
    total, count = np.zeros(len(weights)), np.zeros(len(weights))
    for ranking in rankings:
        area = weighted_auc(ranking, weights)
        defined = ~np.isnan(area)
        total += np.where(defined, area, 0.0)
        count += defined
    mean = np.full(len(weights), np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean
