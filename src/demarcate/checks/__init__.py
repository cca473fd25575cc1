"""Data checks: leaks and other problems of a table that need no classifier.

A check is one module with a function of a `TableView`; `run_checks` lists them all.
"""

from demarcate.checks.finding import SEVERITIES, Finding
from demarcate.checks.run_checks import check_table

__all__ = ["SEVERITIES", "Finding", "check_table"]
