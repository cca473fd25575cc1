"""Temperature scaling of probabilities, only where it is known to help.

A row's probabilities p become p ** (1 / T), divided by their sum (Guo et al., 2017, https://arxiv.org/abs/1706.04599,
there written as logits divided by T). T above 1 lowers certainty, T below 1 raises it; the likeliest class stays.

Out-of-fold probabilities are those of single members, and new rows are predicted by the mean of all. A mean of members
that are each too certain is less so (Rahaman and Thiery, 2021, https://arxiv.org/abs/2007.08792): the temperature of
members, applied to their mean, made fresh rows worse on most tables. Out-of-fold rows cannot show how much certainty
the mean takes away; it was measured (``benchmarks/trust/calibration.py``), and `ENSEMBLE_FACTOR` is more than that. The
large rest is certainty of members trained too long, which they have in common and no mean takes away.

Where rows are weighted, probabilities are those of the weighted rows, and so are the temperature and what it saves.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from demarcate.evaluation.sampling import Sampling

MIN_TEMPERATURE, MAX_TEMPERATURE = 0.05, 20.0
"""At the highest temperature hardly more than the order of probabilities is left."""
ENSEMBLE_FACTOR = 1.5
"""The temperature of single members is divided by this for their mean."""
MIN_ENSEMBLE_TEMPERATURE = 1.2
"""A lower temperature of the mean, after that division, is not applied."""
MIN_GAIN = 0.01
"""The share of the log loss that scaling has to save."""
N_HOLDOUT_PARTS = 8
"""Parts that stand for the folds of a hold-out."""
MIN_PROBABILITY_TO_FIT = 1e-15
"""Probabilities are clipped here where temperatures are fitted: one row ruled out altogether does not decide alone."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """A temperature for new rows, and the scaled probabilities of rows that no network behind them was trained on."""

    temperature: float | None
    """None if probabilities are better left unscaled."""
    probabilities: npt.NDArray[np.float64]
    """``(n_rows, n_classes)``: each fold's rows scaled by the temperature of all other folds, unless it is None."""


def scale(probabilities: npt.NDArray[np.float64], temperature: float | None) -> npt.NDArray[np.float64]:
    """Return probabilities ``(n_rows, n_classes)`` at a temperature above 0, None for 1; 0 stays 0."""
    if temperature is None:
        return probabilities
    # Relative to the likeliest class, whose power is 1 at any temperature.
    powers: npt.NDArray[np.float64] = (probabilities / probabilities.max(axis=1, keepdims=True)) ** (1 / temperature)
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def calibrate(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.floating], sampling: "Sampling"
) -> Calibration:
    """Return the temperature for new rows, if one helps, and out-of-fold probabilities that are scaled likewise.

    A temperature minimises the log loss of the rows of all other folds, is divided by 1.5 for the mean of members, and
    is evaluated on its own fold's rows. The temperature of all rows is applied if that lowers a row's log loss on
    average, by more than noise (the 95% interval of the paired differences is above 0) and by at least 1%, and if it is
    at least 1.2 after the division. A hold-out is predicted by the mean of all members, as new rows are: it is split
    into parts that stand for folds, and nothing is divided. Rows of a group stay in one part, and a window in time is
    scaled by the windows before it.

    ``probabilities`` ``(n_rows, n_classes)`` are of members that were not trained on the row; the folds of ``sampling``
    are the groups that rows were held out in, all the same, or None, for a hold-out that all members share.
    """
    from demarcate.evaluation.row_values import check_probabilities, row_losses

    probabilities = check_probabilities(codes, probabilities)
    n_rows, folds, weights = len(codes), sampling.folds, sampling.row_weights(len(codes))
    is_shared = folds is None or bool((folds == folds[0]).all())
    parts = folds
    if is_shared or parts is None:
        parts = holdout_parts(sampling, n_rows)
    factor = 1.0 if is_shared else ENSEMBLE_FACTOR
    scaled = probabilities.copy()
    for part in np.unique(parts):
        here = parts == part
        others = (parts < part if sampling.is_forward and not is_shared else ~here) & (weights > 0)
        if others.any():
            temperature = _best_temperature(codes[others], probabilities[others], sampling.rows(others).weights)
            scaled[here] = scale(probabilities[here], temperature / factor)
    losses = row_losses(codes, probabilities)
    saved, least = _mean_and_low(losses - row_losses(codes, scaled), sampling)
    temperature = _best_temperature(codes, probabilities, sampling.weights) / factor
    mean_loss = losses.mean() if sampling.weights is None else np.average(losses, weights=sampling.weights)
    is_better = least is not None and least > 0 and saved >= MIN_GAIN * mean_loss
    if is_better and (is_shared or temperature >= MIN_ENSEMBLE_TEMPERATURE):
        return Calibration(temperature, scaled)
    return Calibration(None, probabilities)


def holdout_parts(sampling: "Sampling", n_rows: int) -> npt.NDArray[np.int64]:
    """Return the part of each row of a hold-out, ``(n_rows,)``; rows of a group are in one part."""
    units = sampling.units(n_rows)
    return np.asarray(np.random.default_rng(0).permutation(int(units.max()) + 1)[units] % N_HOLDOUT_PARTS)


def _mean_and_low(values: npt.NDArray[np.float64], sampling: "Sampling") -> tuple[float, float | None]:
    """Return the mean of a number a row, and the lower end of its interval; None where there is none."""
    from demarcate.evaluation.linearisation import mean_interval
    from demarcate.evaluation.means import Mean

    if sampling.is_plain:
        mean = Mean.of(values)
        return mean.value, mean.low
    return mean_interval(values, sampling)[:2]


def _best_temperature(
    codes: npt.NDArray[np.int64], probabilities: npt.NDArray[np.float64], weights: npt.NDArray[np.float64] | None
) -> float:
    """Return the temperature of least log loss of the weighted rows; None weighs all the same."""
    from scipy.optimize import brentq

    logits = np.log(probabilities.clip(MIN_PROBABILITY_TO_FIT))
    logits -= logits.max(axis=1, keepdims=True)

    def mean(values: npt.NDArray[np.float64]) -> float:
        return float(values.mean() if weights is None else np.average(values, weights=weights))

    of_true_class = mean(logits[np.arange(len(codes)), codes])

    # The loss is convex in 1 / T, so that its gradient changes sign once.
    def gradient(inverse: float) -> float:
        powers = np.exp(logits * inverse)
        return mean((powers * logits).sum(axis=1) / powers.sum(axis=1)) - of_true_class

    least, most = 1 / MAX_TEMPERATURE, 1 / MIN_TEMPERATURE
    if gradient(least) >= 0:
        return MAX_TEMPERATURE
    return MIN_TEMPERATURE if gradient(most) <= 0 else 1 / float(brentq(gradient, least, most, xtol=1e-6))
