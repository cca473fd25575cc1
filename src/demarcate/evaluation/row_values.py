"""Hit, log loss and Brier score of each row of predicted probabilities, and the check of such rows."""

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem

MIN_PROBABILITY = 1e-7
"""Log losses clip probabilities here, so that a certain mistake costs 16.1 and not infinity."""


def check_probabilities(codes: NDArray[np.int64], probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the probabilities ``(n_rows, n_classes)`` in double precision, or raise InputError for invalid rows."""
    if probabilities.ndim != 2 or codes.shape != probabilities.shape[:1] or probabilities.size == 0:
        fact = f"The codes have shape {codes.shape} and the probabilities {probabilities.shape}"
        raise InputError([Problem(fact, "Give a class code and a row of probabilities for each of one or more rows")])
    doubled: NDArray[np.float64] = probabilities.astype(np.float64)
    n_classes = doubled.shape[1]
    wrong_codes = (codes < 0) | (codes >= n_classes)
    # Comparisons with NaN are false, so that NaN is out of range.
    wrong_rows = ~((doubled >= 0) & (doubled <= 1)).all(axis=1)
    wrong_rows |= ~(np.abs(doubled.sum(axis=1) - 1) <= 1e-3)
    problems = []
    if wrong_codes.any():
        row = int(wrong_codes.argmax())
        fact = f"A class code is out of range: row {row} has code {codes[row]}, and there are {n_classes} columns"
        problems.append(Problem(fact, "Give codes that number the columns of the probabilities from 0"))
    if wrong_rows.any():
        row = int(wrong_rows.argmax())
        fact = f"Probabilities are not in [0, 1] or do not sum to 1: row {row} has {doubled[row, :8].tolist()}"
        problems.append(Problem(fact, "Give probabilities, not logits"))
    if problems:
        raise InputError(problems)
    return doubled


def row_hits(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return whether each row's most probable class is the true one, ``(n_rows,)``; of equal ones the first counts."""
    return np.asarray(probabilities.argmax(axis=1) == codes)


def row_losses(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row's log loss of the clipped and normalised probabilities, ``(n_rows,)``."""
    clipped = probabilities.clip(MIN_PROBABILITY)
    return np.asarray(np.log(clipped.sum(axis=1)) - np.log(clipped[np.arange(len(codes)), codes]))


def row_brier_scores(codes: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each row's squared distance from the truth, ``(n_rows,)``: 0 to 2, and with two classes half of it."""
    of_true_class = probabilities[np.arange(len(codes)), codes]
    distances = (probabilities**2).sum(axis=1) - 2 * of_true_class + 1
    return np.asarray(distances / 2 if probabilities.shape[1] == 2 else distances)


def confidences(
    codes: NDArray[np.int64], probabilities: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the probability that calibration looks at, and whether its event came true, ``(n_rows,)`` each.

    With two classes it is the probability of the second one, with more that of the likeliest.
    """
    if probabilities.shape[1] == 2:
        return probabilities[:, 1], codes == 1
    return probabilities.max(axis=1), row_hits(codes, probabilities)
