"""Columns that number or name the rows."""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.information_gain import rank_auc
from demarcate.checks.table_view import FactorizedColumn, TableView
from demarcate.tabular.cells import MAX_EXACT_INTEGER

MIN_ROWS = 30
MIN_DISTINCT_SHARE = 0.95
MAX_CHANCE = 1e-6
_ID_NAME = re.compile(
    r"(^|[_\s.\-])(id|uid|uuid|guid|index|idx|key|row|rownum|number|no|nr)s?$|[a-z](ID|Id|Key|No)$", re.ASCII
)
_MIN_AUC = 0.6
IF_OF_SUBJECTS = (
    "If rows belong to subjects of several rows, that only hides it: name the subject's column with --group "
    "(groups in Python) instead"
)


def id_columns(table: TableView) -> Iterator[Finding]:
    """Yield columns that number or name the rows: notes of dropped ones, warnings of used ones.

    Those that name subjects of several rows are left to the check of these.

    Whole numbers are identifiers if nearly all rows have one of their own, and they repeat too seldom for random ones
    from their range (probability below 1e-6) or the column is called ``id``, ``customer_id``, ``index`` or the like.
    """
    for dropped in table.schema.dropped:
        if dropped.dropped.startswith("id-like") and dropped.name not in table.suspects:
            text = f"column {dropped.name!r} is not used: {dropped.dropped}"
            yield Finding("identifier", "note", text, (dropped.name,))
    for name, column in table.columns.items():
        if name not in table.suspects and (reason := _reason(name, column, table.first_equal_rows)):
            text = f"column {name!r} looks like an identifier: {reason}"
            numbers: dict[str, float] = {"n_distinct": len(column.numbers)}  # type: ignore[arg-type]
            area = _class_auc(table, column)
            if area > _MIN_AUC:
                numbers["roc_auc"] = area
                text += f". It ranks the classes (ROC AUC {area:.2f}): the rows were sorted by class"
            text += f". New rows have other numbers: leave it out with drop. {IF_OF_SUBJECTS}"
            yield Finding("identifier", "warning", text, (name,), numbers)


def _reason(name: str, column: FactorizedColumn, first_equal_rows: NDArray[np.int64]) -> str:
    """Return why a column is an identifier; empty if it is none. A row that repeats another repeats its number too."""
    values = column.numbers
    is_first = first_equal_rows == np.arange(len(first_equal_rows))
    n_present = int(np.count_nonzero(is_first & ~column.is_missing))
    if values is None or n_present < MIN_ROWS or len(values) < MIN_DISTINCT_SHARE * n_present:
        return ""
    if np.abs(values).max() > MAX_EXACT_INTEGER or (values % 1).any():
        return ""
    # Imported here: it takes as long as all of polars, and prediction does not use it.
    from scipy.stats import poisson

    fact = f"{len(values):,} different whole numbers in {n_present:,} rows"
    n_integers = float(values[-1] - values[0] + 1)
    repeats = n_present - len(values)
    expected = n_present - n_integers * -np.expm1(n_present * np.log1p(-1 / n_integers)) if n_integers > 1 else 0.0
    if poisson.cdf(repeats, expected) < MAX_CHANCE:
        bounds = f"{values[0]:.15g} to {values[-1]:.15g}"
        return f"{fact}, where random numbers from {bounds} would repeat about {expected:,.0f} times"
    return f"{fact}, and its name" if _ID_NAME.search(name) else ""


def _class_auc(table: TableView, column: FactorizedColumn) -> float:
    """Return the largest ROC AUC, or 1 minus it, of the column for one class against the rest; 0.5 if by chance."""
    if table.codes is None:
        return 0.5
    present = ~column.is_missing
    best = 0.5
    for code in np.flatnonzero(table.class_counts >= MIN_ROWS):
        is_class = table.codes[present] == code
        area = rank_auc(column.value_codes[present], is_class)
        n_class = int(is_class.sum())
        if area is not None and min(n_class, len(is_class) - n_class) >= MIN_ROWS:
            error = ((len(is_class) + 1) / (12 * n_class * (len(is_class) - n_class))) ** 0.5
            if abs(area - 0.5) > 5 * error:
                best = max(best, area, 1 - area)
    return best
