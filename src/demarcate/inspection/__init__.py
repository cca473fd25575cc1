"""What a fitted classifier uses and decides: permutation importance, and decisions at every threshold."""

from demarcate.inspection.importance import ColumnImportance, Importance, RowGroup, permutation_importance
from demarcate.inspection.threshold_curve import AbstentionCurve, ThresholdCurve

__all__ = [
    "AbstentionCurve",
    "ColumnImportance",
    "Importance",
    "RowGroup",
    "ThresholdCurve",
    "permutation_importance",
]
