"""The prediction for one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class RowPrediction:
    """What a model predicts for one row.

    Attributes
    ----------
    label
        The predicted label; None where the model abstains.
    probabilities
        The probability of each label, in the order of the model's classes.
    labels_in_set
        The labels of the prediction set; None if none was asked for.
    spread
        The standard deviation of each probability between members; None if it was not asked for.
    """

    label: Any
    probabilities: Mapping[Any, float]
    labels_in_set: Sequence[Any] | None = None
    spread: Mapping[Any, float] | None = None
