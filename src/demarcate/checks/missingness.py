"""Columns whose cells are missing more often in one class than in another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding, Severity
from demarcate.checks.table_view import TableView
from demarcate.formatting import percent

LEVEL = 0.01
MIN_EFFECT = 0.1
LARGE_EFFECT = 0.5
_MIN_EXPECTED = 5
_MAX_SHOWN = 5


@dataclass(frozen=True, eq=False)
class _Association:
    """The association of missing cells with the class."""

    p_value: float
    cramers_v: float
    missing: NDArray[np.int64]  # cells of each class, (n_classes,)
    rows: NDArray[np.int64]  # of each class, (n_classes,)


def missingness(table: TableView) -> Iterator[Finding]:
    """Yield columns whose missing cells depend on the class.

    The chi-square test of missing or not by class has a level of 1% for all columns together (Holm, 1979,
    https://www.jstor.org/stable/4615733). Classes with fewer than five expected cells of either kind are merged. As
    large tables make every difference significant, Cramer's V must also be 0.1 or more; from 0.5 on it is a warning.
    """
    if table.codes is None:
        return
    tested = {name: test for name in table.columns if (test := _association(*table.missing_by_class(name)))}
    significant = holm_rejected([association.p_value for association in tested.values()], LEVEL)
    by_severity: dict[Severity, dict[str, _Association]] = {"warning": {}, "note": {}}
    for name in sorted(compress(tested, significant), key=lambda name: -tested[name].cramers_v):
        effect = tested[name].cramers_v
        if effect >= MIN_EFFECT:
            by_severity["warning" if effect >= LARGE_EFFECT else "note"][name] = tested[name]
    for severity, associations in by_severity.items():
        if associations:
            yield _finding(table, associations, severity)


def holm_rejected(p_values: Sequence[float], level: float) -> NDArray[np.bool_]:
    """Return which hypotheses Holm's procedure rejects at a level for all together, ``(n_hypotheses,)``."""
    order = np.argsort(p_values)
    bounds = level / np.arange(len(order), 0, -1)
    rejected = np.empty(len(order), dtype=bool)
    rejected[order] = np.logical_and.accumulate(np.asarray(p_values)[order] <= bounds)
    return rejected


def _association(missing: NDArray[np.int64], rows: NDArray[np.int64]) -> _Association | None:
    """Return the association of missing cells with the class, from counts ``(n_classes,)``; None if either are few."""
    counts = np.stack([missing, rows - missing])
    share = counts.sum(1).min() / counts.sum()
    enough = share * counts.sum(0) >= _MIN_EXPECTED
    merged = np.concatenate([counts[:, enough], counts[:, ~enough].sum(1, keepdims=True)], axis=1)
    merged = merged[:, share * merged.sum(0) >= _MIN_EXPECTED]
    if merged.shape[1] < 2 or not merged.sum(1).all():
        return None
    # Imported here: it takes as long as all of polars, and prediction does not use it.
    from scipy.stats import chi2_contingency

    result = chi2_contingency(merged, correction=False)
    return _Association(float(result.pvalue), float((result.statistic / merged.sum()) ** 0.5), missing, rows)


def _finding(table: TableView, associations: dict[str, _Association], severity: Severity) -> Finding:
    shown = [_describe(table, name, association) for name, association in associations.items()]
    more = f"; and {len(shown) - _MAX_SHOWN} more columns" if len(shown) > _MAX_SHOWN else ""
    text = (
        f"missing cells depend on the target: {'; '.join(shown[:_MAX_SHOWN])}{more}. Leave the column out with drop "
        "unless cells of new rows will be missing for the same reasons"
    )
    numbers = {name: {"cramers_v": each.cramers_v, "p_value": each.p_value} for name, each in associations.items()}
    return Finding("missingness", severity, text, tuple(sorted(associations)), numbers)


def _describe(table: TableView, name: str, association: _Association) -> str:
    shares = association.missing / np.maximum(association.rows, 1)
    enough = np.flatnonzero(association.rows >= min(_MIN_EXPECTED, association.rows.max()))
    most, least = enough[shares[enough].argmax()], enough[shares[enough].argmin()]
    return (
        f"column {name!r} is missing in {percent(shares[most], 1)} of the rows of class {str(table.classes[most])!r} "
        f"and {percent(shares[least], 1)} of class {str(table.classes[least])!r} "
        f"(Cramer's V {association.cramers_v:.2f})"
    )
