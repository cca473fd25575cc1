"""The audit of a table: every rule asked, what they found in order."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.class_balance import class_balance
from demarcate.checks.constant_columns import constants
from demarcate.checks.dominant_column import dominant
from demarcate.checks.duplicates import duplicates
from demarcate.checks.finding import SEVERITIES, Finding
from demarcate.checks.id_columns import identifiers
from demarcate.checks.missingness import missingness
from demarcate.checks.renamed_columns import renamed
from demarcate.checks.streaming_checks import Whole
from demarcate.checks.table_view import View
from demarcate.checks.target_copies import giveaways
from demarcate.checks.target_encodings import encodings
from demarcate.tabular.schema import ParsedColumns, Schema


def audit_columns(
    schema: Schema,
    parsed: ParsedColumns,
    codes: NDArray[np.int64] | None = None,
    classes: NDArray[Any] | None = None,
    *,
    folds: NDArray[np.int64] | None = None,
    whole: Whole | None = None,
) -> list[Finding]:
    """Everything the rules find in a table, which neither the order of its rows nor that of its columns changes.

    Parameters
    ----------
    schema
        Says which columns are used, and as what.
    parsed
        What ``schema.parse`` made of the table.
    codes
        Class indices, ``(n_rows,)``, from 0 to ``n_classes - 1``; None for a table without a target, which only the
        rules that need none look at.
    classes
        The labels, ``(n_classes,)``.
    folds
        The group each row was held out in, ``(n_rows,)``, -1 where never; None where nothing was fitted.
    whole
        What is known of the whole table, if these rows are a sample of it; None if they are all.

    Returns
    -------
    list of Finding
        Leaks, then warnings, then notes.

    Examples
    --------
    >>> import polars as pl
    >>> from demarcate.tabular.schema_inference import infer_schema
    >>> cells = {"age": [30, 50, 70, 41] * 10, "dose": [5, 1, 5, 2] * 10, "drug": ["b", "a", "b", "a"] * 10}
    >>> frame = pl.DataFrame(cells)
    >>> schema = infer_schema(frame)
    >>> found = audit_columns(schema, schema.parse(frame), np.array([1, 0, 1, 0] * 10), np.array(["no", "yes"]))
    >>> for finding in found:
    ...     print(finding.severity, finding.rule, *finding.columns)
    leak giveaway age
    leak giveaway dose
    leak giveaway drug
    warning duplicates
    note classes
    """
    view = View(schema, parsed, codes, np.empty(0) if classes is None else classes, folds, whole)
    if not view.n_rows or not view.cells:
        return [*identifiers(view), *constants(view)]
    given_away = [*giveaways(view)]
    leaking = {name for finding in given_away for name in finding.columns}
    encoded = [finding for finding in encodings(view) if not leaking.issuperset(finding.columns)]
    leaking |= {name for finding in encoded for name in finding.columns}
    found = [*given_away, *encoded, *dominant(view, sorted(leaking)), *duplicates(view), *identifiers(view)]
    found += [*missingness(view), *renamed(view), *constants(view), *class_balance(view)]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))
