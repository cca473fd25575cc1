"""The audit of a table: what is wrong with it, its scores without that, and whether another table differs."""

from demarcate.audits.audit import audit
from demarcate.audits.columns import ColumnDrift
from demarcate.audits.drift import Drift
from demarcate.audits.rescore import Rescored
from demarcate.audits.result import Audit

__all__ = ["Audit", "ColumnDrift", "Drift", "Rescored", "audit"]
