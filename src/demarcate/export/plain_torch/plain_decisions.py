"""Labels that follow from probabilities: the fifth step of a model in plain PyTorch."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.evaluation.costs import TIE_TOLERANCE

Probabilities = NDArray[np.float64]


def likeliest(probabilities: Probabilities, classes: Sequence[Any]) -> list[Any]:
    """Return the likeliest label of each row."""
    return [classes[code] for code in probabilities.argmax(1)]


def from_threshold(probabilities: Probabilities, classes: Sequence[Any], threshold: float, positive: int) -> list[Any]:
    """Return the positive label where its probability is at least the threshold, else the other one."""
    return [classes[positive if row[positive] >= threshold else 1 - positive] for row in probabilities]


def least_cost(
    probabilities: Probabilities, classes: Sequence[Any], costs: Any, abstain: float | None = None
) -> list[Any]:
    """Return the label of least expected cost of each row; None where it is cheaper not to decide.

    ``costs`` are by true class and decision. Ties go to the likelier class, then to the first.
    """
    expected = sum(probabilities[:, true, np.newaxis] * row for true, row in enumerate(np.array(costs)))
    least = expected.min(1)
    is_least = expected <= least[:, np.newaxis] * (1 + TIE_TOLERANCE)
    decisions = np.where(is_least, probabilities, -1.0).argmax(1)
    abstains = np.zeros(len(least), dtype=bool) if abstain is None else abstain < least * (1 - TIE_TOLERANCE)
    return [None if none else classes[code] for code, none in zip(decisions, abstains, strict=True)]
