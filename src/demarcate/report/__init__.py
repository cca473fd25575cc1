"""A report of a fitted classifier: one HTML page to open, print or send, and the same numbers as JSON."""

from demarcate.report.evaluated_rows import EvaluatedRows
from demarcate.report.report import Report

__all__ = ["EvaluatedRows", "Report"]
