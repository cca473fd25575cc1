"""The audit of a table: what makes its scores better than the classifier will be, and what else is worth knowing.

One file holds one family of rules; `audit_columns` asks them all.
"""

from demarcate.checks.finding import SEVERITIES, Finding
from demarcate.checks.run_checks import audit_columns

__all__ = ["SEVERITIES", "Finding", "audit_columns"]
