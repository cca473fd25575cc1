"""Probabilities that mean what they say: temperature scaling, kept only where it is known to help.

A row's probabilities p become p ** (1 / T), divided by their sum (Guo et al., 2017, https://arxiv.org/abs/1706.04599,
there written as logits divided by T). T above 1 takes certainty away, T below 1 adds some; the likeliest class stays.

Out-of-fold probabilities are those of single members, and new rows are predicted by the mean of all. A mean of members
that are each too certain is less so (Rahaman and Thiery, 2021, https://arxiv.org/abs/2007.08792): the temperature of
members, put on their mean, made fresh rows worse on most tables. Out-of-fold rows cannot tell how much of it the mean
takes away; it was measured (``benchmarks/trust/calibration.py``), and `AVERAGING` is more than that. What is then left
and large is the certainty of members that were trained too long, which they have in common and no mean takes away.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from demarcate.evaluation.means import Mean
from demarcate.evaluation.row_values import check_probabilities, row_losses

COLDEST, HOTTEST = 0.05, 20.0
"""The temperatures there are: at the last one hardly anything is left of a probability of 0.99 but the order."""
AVERAGING = 1.5
"""What the temperature of single members is divided by, to be that of their mean."""
CLEAR = 1.2
"""Where that division was needed: how warm the mean has to be at least."""
MATTERS = 0.01
"""The share of the log loss that scaling has to save."""
N_PARTS = 8
"""Parts that a hold-out is dealt into."""
FLOOR = 1e-15
"""Of probabilities, where temperatures are fitted: one row that was ruled out altogether does not decide for all."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What temperature scaling makes of rows that no network behind their probabilities was trained on.

    Parameters
    ----------
    temperature
        For new rows; None if probabilities are better left as they are.
    probabilities
        `(n_rows, n_classes)`: each fold's rows scaled by the temperature of all other folds, so that no row had a part
        in its own; as they were given if there is no temperature.
    """

    temperature: float | None
    probabilities: npt.NDArray[np.float64]


def scale(probabilities: npt.NDArray[np.float64], temperature: float | None) -> npt.NDArray[np.float64]:
    """Return probabilities at a temperature; the likeliest class of each row stays the likeliest.

    Parameters
    ----------
    probabilities
        `(n_rows, n_classes)`, each row summing to 1.
    temperature
        Above 0; None for 1.

    Returns
    -------
    ndarray of shape (n_rows, n_classes)
        Each row sums to 1. A probability of 0 stays 0.

    Examples
    --------
    >>> scale(np.array([[0.9, 0.1]]), 2.0)
    array([[0.75, 0.25]])
    """
    if temperature is None:
        return probabilities
    # Counted from the likeliest class, whose power is 1 at any temperature.
    powers: npt.NDArray[np.float64] = (probabilities / probabilities.max(axis=1, keepdims=True)) ** (1 / temperature)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def calibrate(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], folds: npt.NDArray[np.int64]
) -> Calibration:
    """Return the temperature for new rows, if there is a good one, and out-of-fold probabilities that are honest of it.

    A temperature minimises the log loss of the rows of all other folds, is divided by `AVERAGING`, and is judged on its
    own fold's rows. One for all rows is kept if that way a row's log loss is lower on average, by more than noise (the
    95% interval of the paired differences is above 0) and by enough to matter (`MATTERS`), and if what is left after
    the division is at least `CLEAR`. A hold-out was judged by the mean of all members, as new rows are: it is dealt
    into parts that stand for folds, and nothing is divided.

    Parameters
    ----------
    codes
        `(n_rows,)`, each row's class, 0 to n_classes - 1.
    probabilities
        `(n_rows, n_classes)`, from members that were not trained on the row; each row summing to 1.
    folds
        `(n_rows,)`, the group each row was held out in; all the same for a hold-out that all members share.

    Raises
    ------
    InputError
        If there are no rows, the shapes do not agree, or a value is out of range.

    Examples
    --------
    >>> codes = np.arange(400) % 5 // 4
    >>> far_too_certain = np.tile([0.99, 0.01], (400, 1))
    >>> round(calibrate(codes, far_too_certain, folds=np.arange(400) // 50).temperature, 2)
    2.21
    >>> as_it_is = np.tile([0.8, 0.2], (400, 1))
    >>> calibrate(codes, as_it_is, folds=np.arange(400) // 50).temperature is None
    True
    """
    probabilities = check_probabilities(codes, probabilities)
    is_shared = bool((folds == folds[0]).all())
    parts = _dealt(len(codes)) if is_shared else folds
    taken = 1.0 if is_shared else AVERAGING
    scaled = probabilities.copy()
    for part in np.unique(parts):
        here = parts == part
        if not here.all():
            scaled[here] = scale(probabilities[here], _best_temperature(codes[~here], probabilities[~here]) / taken)
    losses = row_losses(codes, probabilities)
    saved = Mean.of(losses - row_losses(codes, scaled))
    temperature = _best_temperature(codes, probabilities) / taken
    is_better = saved.low is not None and saved.low > 0 and saved.value >= MATTERS * losses.mean()
    if is_better and (is_shared or temperature >= CLEAR):
        return Calibration(temperature, scaled)
    return Calibration(None, probabilities)


def _dealt(n_rows: int) -> npt.NDArray[np.int64]:
    """Return `(n_rows,)`: the part each row is dealt to, the same whenever there are as many."""
    parts: npt.NDArray[np.int64] = np.random.default_rng(0).permutation(n_rows) % N_PARTS
    return parts


def _best_temperature(codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64]) -> float:
    """Return the temperature of least log loss."""
    from scipy.optimize import brentq

    logits = np.log(probabilities.clip(FLOOR))
    logits -= logits.max(axis=1, keepdims=True)
    of_truth = logits[np.arange(len(codes)), codes].mean()

    # The loss is convex in 1 / T, so that its slope changes its sign once.
    def slope(inverse: float) -> float:
        powers = np.exp(logits * inverse)
        return float(((powers * logits).sum(axis=1) / powers.sum(axis=1)).mean() - of_truth)

    least, most = 1 / HOTTEST, 1 / COLDEST
    if slope(least) >= 0:
        return HOTTEST
    return COLDEST if slope(most) <= 0 else 1 / float(brentq(slope, least, most, xtol=1e-6))
