"""One page that says all there is to say of a fitted classifier: a file to open, to print or to send on."""

from demarcate.report.importance import ColumnImportance, Importance, permutation_importance
from demarcate.report.judged import Asked, Judged
from demarcate.report.report import Report

__all__ = ["Asked", "ColumnImportance", "Importance", "Judged", "Report", "permutation_importance"]
