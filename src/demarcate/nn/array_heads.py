"""What logits mean, by numpy: the probabilities of `demarcate.nn.heads`, without torch."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_LARGEST = 1e300
"""Stands for an infinite logit, as in `Predictor`."""


def array_probabilities(head: str, logits: NDArray[np.floating]) -> Floats:
    """Return class probabilities ``(..., n_classes)`` of logits ``(..., n_outputs)``, in float64 and never NaN.

    Examples
    --------
    >>> array_probabilities("logit", np.zeros((1, 1))).tolist()
    [[0.5, 0.5]]
    """
    finite = np.nan_to_num(logits.astype(np.float64), nan=0.0, posinf=_LARGEST, neginf=-_LARGEST)
    return _PROBABILITIES[head](finite)


def _softmax(logits: Floats) -> Floats:
    powers: Floats = np.exp(logits - logits.max(-1, keepdims=True))
    powers /= powers.sum(-1, keepdims=True)
    return powers


def _both_sigmoids(logits: Floats) -> Floats:
    """Return ``(1 - sigmoid, sigmoid)`` of the logit, each computed without cancellation."""
    power = np.exp(-np.abs(logits))
    large, small = 1 / (1 + power), power / (1 + power)
    is_second = logits >= 0
    return np.concatenate([np.where(is_second, small, large), np.where(is_second, large, small)], -1)


_PROBABILITIES: Mapping[str, Callable[[Floats], Floats]] = MappingProxyType(
    {"softmax": _softmax, "logit": _both_sigmoids}
)
