"""Cells that are missing more often in one class than in another."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding, Severity
from demarcate.checks.table_view import View

LEVEL = 0.01
EFFECT = 0.1
LARGE_EFFECT = 0.5
_EXPECTED = 5
_MAX_TOLD = 5


@dataclass(frozen=True, eq=False)
class _Dependence:
    """The p-value and Cramer's V of missing cells by class, how many each class has, and its rows, ``(n_classes,)``."""

    chance: float
    effect: float
    missing: NDArray[np.int64]
    rows: NDArray[np.int64]


def missingness(view: View) -> Iterator[Finding]:
    """Columns whose cells are missing by class.

    The test is chi-square, of missing or not by class, at a level of 1% for all columns together (Holm, 1979,
    https://www.jstor.org/stable/4615733). Classes that would have fewer than five cells of either kind are joined.
    Large tables make every difference sure, so Cramer's V must also be 0.1 or more; from 0.5 on it is a warning.
    """
    if view.codes is None:
        return
    tested = {}
    for name in view.cells:
        missing, rows = view.missing_by_class(name)
        if 0 < missing.sum() < rows.sum() and (found := _dependence(missing, rows)):
            tested[name] = found
    sure = rejected({name: found.chance for name, found in tested.items()}, LEVEL)
    effects = {name: tested[name].effect for name in sure if tested[name].effect >= EFFECT}
    bounds: dict[Severity, tuple[float, float]] = {"warning": (LARGE_EFFECT, np.inf), "note": (EFFECT, LARGE_EFFECT)}
    for severity, (low, high) in bounds.items():
        names = [name for name in sorted(effects, key=lambda name: -effects[name]) if low <= effects[name] < high]
        if names:
            yield _finding(view, {name: tested[name] for name in names}, severity)


def rejected(chances: dict[str, float], level: float) -> list[str]:
    """The names whose hypotheses Holm's procedure rejects at a level for all of them together, in the given order.

    Examples
    --------
    >>> rejected({"a": 0.001, "b": 0.04, "c": 0.02}, 0.05)
    ['a', 'b', 'c']
    >>> rejected({"a": 0.03, "b": 0.04, "c": 0.02}, 0.05)
    []
    """
    order = sorted(chances, key=lambda name: chances[name])
    kept = []
    for place, name in enumerate(order):
        if chances[name] > level / (len(order) - place):
            break
        kept.append(name)
    return [name for name in chances if name in set(kept)]


def _dependence(missing: NDArray[np.int64], rows: NDArray[np.int64]) -> _Dependence | None:
    """How missing cells of all rows by class, both ``(n_classes,)``, depend on the class; None if there are too few."""
    counts = np.stack([missing, rows - missing])
    share = counts.sum(1).min() / counts.sum()
    enough = share * counts.sum(0) >= _EXPECTED
    joined = np.concatenate([counts[:, enough], counts[:, ~enough].sum(1, keepdims=True)], axis=1)
    joined = joined[:, share * joined.sum(0) >= _EXPECTED]
    if joined.shape[1] < 2 or not joined.sum(1).all():
        return None
    # Imported here for the same reason as in identifiers.py: it takes long.
    from scipy.stats import chi2_contingency

    result = chi2_contingency(joined, correction=False)
    return _Dependence(float(result.pvalue), float((result.statistic / joined.sum()) ** 0.5), missing, rows)


def _finding(view: View, found: dict[str, _Dependence], severity: Severity) -> Finding:
    told = [_told(view, name, dependence) for name, dependence in found.items()]
    more = f"; and {len(told) - _MAX_TOLD} more columns" if len(told) > _MAX_TOLD else ""
    text = (
        f"whether a cell is missing tells of the target: {'; '.join(told[:_MAX_TOLD])}{more}. Will cells be missing "
        "for the same reasons when predicting? If not, leave the column out with drop"
    )
    numbers = {
        name: {"cramers_v": dependence.effect, "p_value": dependence.chance} for name, dependence in found.items()
    }
    return Finding("missingness", severity, text, tuple(sorted(found)), numbers)


def _told(view: View, name: str, dependence: _Dependence) -> str:
    shares = dependence.missing / np.maximum(dependence.rows, 1)
    enough = np.flatnonzero(dependence.rows >= min(_EXPECTED, dependence.rows.max()))
    most, least = enough[shares[enough].argmax()], enough[shares[enough].argmin()]
    return (
        f"column {name!r} is missing in {shares[most]:.1%} of the rows of class {str(view.classes[most])!r} and "
        f"{shares[least]:.1%} of class {str(view.classes[least])!r} (Cramer's V {dependence.effect:.2f})"
    )
