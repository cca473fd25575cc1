"""What a fitted classifier uses and decides: importance, learning curves, slices, confusion, and every threshold.

Plots and the report draw what is computed here, in the colours of `palette`. Names are imported when they are first
used: learning curves and confusion matrices need no torch.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from demarcate.inspection.confusion import ConfusionMatrix
    from demarcate.inspection.importance import ColumnImportance, Importance, RowGroup, permutation_importance
    from demarcate.inspection.learning_curves import LearningCurve, LearningCurves
    from demarcate.inspection.threshold_curve import AbstentionCurve, ThresholdCurve

__all__ = [
    "AbstentionCurve",
    "ColumnImportance",
    "ConfusionMatrix",
    "Importance",
    "LearningCurve",
    "LearningCurves",
    "RowGroup",
    "ThresholdCurve",
    "permutation_importance",
]

_HOMES = {
    "AbstentionCurve": "threshold_curve",
    "ColumnImportance": "importance",
    "ConfusionMatrix": "confusion",
    "Importance": "importance",
    "LearningCurve": "learning_curves",
    "LearningCurves": "learning_curves",
    "RowGroup": "importance",
    "ThresholdCurve": "threshold_curve",
    "permutation_importance": "importance",
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
