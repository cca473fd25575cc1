"""Means over the members of an ensemble, whose weights may differ, and the rules of members' weights and folds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError

SUM_TOLERANCE = 1e-9
"""How far from 1 the weights of all members may sum: rounding of thousands of them."""


def mean_over_members(values: NDArray[np.float64], weights: Sequence[float] | None) -> NDArray[np.float64]:
    """Return the mean over the first axis of values ``(n_members, ...)``.

    ``weights`` are above 0 and need not sum to 1, one for each member; None weighs all the same.
    """
    if weights is None or len(values) == 1:
        return np.asarray(values.mean(0))
    # Numerator and denominator are summed in one order: the mean of ones is 1, and none is above the largest value.
    total, mean = 0.0, np.zeros(values.shape[1:])
    for weight, own in zip(weights, values, strict=True):
        total += weight
        mean += weight * own
    mean /= total
    return mean


def deviation_over_members(values: NDArray[np.float64], weights: Sequence[float] | None) -> NDArray[np.float64]:
    """Return the standard deviation over the first axis of values ``(n_members, ...)``, weighted as their mean."""
    if weights is None:
        return np.asarray(values.std(0))
    return np.sqrt(mean_over_members((values - mean_over_members(values, weights)) ** 2, weights))


def check_member_weights(weights: Sequence[float] | None, n_members: int) -> None:
    """Refuse weights that are not one for each member, in (0, 1] and 1 together; None is taken."""
    if weights is None:
        return
    if len(weights) != n_members:
        raise SettingError(f"weights must have one number for each of {n_members} members, got {len(weights)}")
    for member, weight in enumerate(weights):
        if not 0 < weight <= 1:
            raise SettingError(f"weights must be above 0 and at most 1, got {weight!r} of member {member}")
    total = sum(weights)
    if abs(total - 1) > SUM_TOLERANCE:
        raise SettingError(f"weights must sum to 1, got {total!r}")


def check_member_folds(folds: Sequence[int] | None, n_members: int) -> None:
    """Refuse folds that are not one for each member, numbered from 0 without gaps; None is taken."""
    if folds is None:
        return
    if len(folds) != n_members:
        raise SettingError(f"folds must have one number for each of {n_members} members, got {len(folds)}")
    numbers = sorted(set(folds))
    if numbers != [*range(len(numbers))]:
        raise SettingError(f"folds must be numbered from 0 without gaps, got {numbers[:10]}")
