"""Curves, slices and importances computed from fitted classifiers: what pictures and reports show."""

from demarcate.inspection.permutation_importance import Asked, ColumnImportance, Importance, permutation_importance

__all__ = ["Asked", "ColumnImportance", "Importance", "permutation_importance"]
