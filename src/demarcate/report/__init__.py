"""One page that says all there is to say of a fitted classifier: a file to open, to print or to send on."""

from demarcate.report.evaluated_rows import Judged
from demarcate.report.report import Report

__all__ = ["Judged", "Report"]
