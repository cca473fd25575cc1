"""The audit of a table: what is wrong with it, its scores without that, and whether another table differs."""

from demarcate.auditing.audit import audit
from demarcate.auditing.audit_result import Audit
from demarcate.auditing.column_drift import ColumnDrift
from demarcate.auditing.drift import Drift
from demarcate.auditing.rescore import Rescored

__all__ = ["Audit", "ColumnDrift", "Drift", "Rescored", "audit"]
