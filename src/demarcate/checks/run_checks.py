"""The registry of data checks, and a run of all of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.class_balance import class_balance
from demarcate.checks.constant_columns import constant_columns
from demarcate.checks.dominant_column import dominant_columns
from demarcate.checks.duplicates import duplicate_rows
from demarcate.checks.finding import SEVERITIES, Finding
from demarcate.checks.id_columns import id_columns
from demarcate.checks.missingness import missingness
from demarcate.checks.renamed_columns import renamed_columns
from demarcate.checks.subject_rows import subject_rows
from demarcate.checks.table_counts import TableCounts
from demarcate.checks.table_view import TableView
from demarcate.checks.target_copies import target_copies
from demarcate.checks.target_encodings import target_encodings
from demarcate.checks.time_drift import class_drift
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.schema import ParsedColumns, Schema


@dataclass(frozen=True)
class DataCheck:
    """A data check; some also make sense for a table without rows or used columns."""

    find: Callable[[TableView], Iterable[Finding]]
    needs_rows: bool = True


CHECKS = (
    DataCheck(subject_rows),
    DataCheck(target_copies),
    DataCheck(target_encodings),
    DataCheck(dominant_columns),
    DataCheck(duplicate_rows),
    DataCheck(id_columns, needs_rows=False),
    DataCheck(missingness),
    DataCheck(class_drift),
    DataCheck(renamed_columns),
    DataCheck(constant_columns, needs_rows=False),
    DataCheck(class_balance),
)
"""Every data check, in the order of their findings of one severity; each sees the suspects of those before it."""


def check_table(
    schema: Schema,
    parsed: ParsedColumns,
    codes: NDArray[np.int64] | None = None,
    classes: NDArray[Any] | None = None,
    *,
    folds: NDArray[np.int64] | None = None,
    counts: TableCounts | None = None,
    unused_cells: ParsedColumns | None = None,
    dependence: Dependence | None = None,
) -> list[Finding]:
    """Run every check and return leaks, then warnings, then notes; the order of rows and columns does not matter.

    Arguments are as for `TableView`; without class indices ``codes``, checks that need a target find nothing.
    """
    labels = np.empty(0) if classes is None else classes
    table = TableView(schema, parsed, codes, labels, folds, counts, unused_cells or {}, dependence)
    has_rows = bool(table.n_rows and table.columns)
    findings: list[Finding] = []
    for check in CHECKS:
        if has_rows or not check.needs_rows:
            new = list(check.find(table))
            findings += new
            table.suspects.update(name for each in new if each.severity != "note" for name in each.columns)
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
