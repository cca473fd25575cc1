"""Class weights in the loss, as scikit-learn's ``class_weight`` sets them."""

import math
from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import SettingError
from demarcate.formatting import listed


def class_weights(
    class_weight: str | Mapping[Any, float] | None, classes: NDArray[Any], codes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return each class's weight, float64 ``(n_classes,)``, from the setting and the rows' class indices ``(n_rows,)``.

    A class that a mapping leaves out has weight 1. As in scikit-learn, other labels may stand in a mapping only if it
    names every class: otherwise one of them is likely a misspelt class.
    """
    rule = "class_weight must be 'balanced', None, or a mapping of labels to numbers from 0 up, not all 0"
    if class_weight is None:
        return np.ones(len(classes))
    if isinstance(class_weight, str) and class_weight == "balanced":
        balanced: NDArray[np.float64] = len(codes) / (len(classes) * np.bincount(codes, minlength=len(classes)))
        return balanced
    if not isinstance(class_weight, Mapping):
        raise SettingError(f"{rule}, got {class_weight!r}")
    labels = classes.tolist()
    unknown = [label for label in class_weight if label not in labels]
    if unknown and any(label not in class_weight for label in labels):
        unknown_labels, known_labels = (listed(names, write=repr) for names in (unknown, labels))
        raise SettingError(f"class_weight names no class with {unknown_labels}: the classes are {known_labels}")
    weights: list[Any] = [class_weight.get(label, 1.0) for label in labels]
    wrong = [weight for weight in weights if not _is_weight(weight)]
    if wrong or not any(weights):
        raise SettingError(f"{rule}, got {wrong[0] if wrong else class_weight!r}")
    return np.array(weights, dtype=np.float64)


def _is_weight(value: Any) -> bool:
    return not isinstance(value, bool) and isinstance(value, Real) and 0 <= float(value) < math.inf
