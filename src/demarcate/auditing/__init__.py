"""The audit of a table: its problems, its scores without them, and its difference to another table."""

from demarcate.auditing.audit import audit
from demarcate.auditing.audit_result import Audit
from demarcate.auditing.column_drift import ColumnDrift
from demarcate.auditing.drift import Drift
from demarcate.auditing.overstatement import Overstatement
from demarcate.auditing.rescore import Rescored

__all__ = ["Audit", "ColumnDrift", "Drift", "Overstatement", "Rescored", "audit"]
