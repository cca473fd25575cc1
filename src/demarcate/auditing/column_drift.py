"""The difference of single columns between two tables: significant, and large enough to matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from demarcate.checks.duplicate_groups import comparable_cells
from demarcate.checks.missingness import holm_rejected
from demarcate.formatting import listed, percent, quoted

LEVEL = 0.01
MIN_DISTANCE = 0.1
MIN_MISSING_DISTANCE = 0.05
_MIN_EXPECTED = 5
_MIN_CELLS = 20
_SPREAD_RATIO = 1.25

ColumnCells = NDArray[np.float64] | pl.Series
"""Numbers, NaN where missing, or categories, null where missing."""


@dataclass(frozen=True)
class ColumnDrift:
    """The difference of a column between two tables.

    Attributes
    ----------
    name
        The column.
    distance
        The largest distance between the two distributions, 0 to 1: of the distribution functions of numbers
        (Kolmogorov and Smirnov's D), of the shares of categories (total variation: the share of rows that would have to
        change), or of the shares of missing cells.
    p_value
        The probability of as large a difference by chance alone; not corrected for the number of columns.
    text
        The difference in words and numbers.
    unseen
        Categories of the second table that the first does not have.
    """

    name: str
    distance: float
    p_value: float
    text: str
    unseen: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name!r}: {self.text}"

    def to_json(self) -> dict[str, Any]:
        """Return the difference as a JSON object."""
        return {
            "column": self.name,
            "distance": self.distance,
            "p_value": self.p_value,
            "text": self.text,
            "unseen": list(self.unseen),
        }


def compare_columns(first: Mapping[str, ColumnCells], second: Mapping[str, ColumnCells]) -> list[ColumnDrift]:
    """Return the columns of both tables that differ, the largest distance first.

    Numbers are compared by the Kolmogorov-Smirnov test, categories and missing cells by chi-square; categories of fewer
    than five expected rows in either table are merged. All tests together have a level of 1% (Holm, 1979). As large
    tables make every difference significant, the distance must also be at least 0.1, of missing cells 0.05.
    """
    tests = [test for name, cells in first.items() for test in _tests(name, cells, second[name])]
    drifts: dict[str, ColumnDrift] = {}
    for test in compress(tests, holm_rejected([test.p_value for test in tests], LEVEL)):
        if test.distance >= (MIN_MISSING_DISTANCE if test.text.startswith("missing") else MIN_DISTANCE):
            drifts[test.name] = _merge(drifts[test.name], test) if test.name in drifts else test
    return sorted(drifts.values(), key=lambda drift: (-drift.distance, drift.name))


def _merge(one: ColumnDrift, other: ColumnDrift) -> ColumnDrift:
    larger = max(one, other, key=lambda drift: drift.distance)
    return replace(larger, text=f"{one.text}; {other.text}", unseen=one.unseen or other.unseen)


def _tests(name: str, first: ColumnCells, second: ColumnCells) -> list[ColumnDrift]:
    missing, new_missing = (comparable_cells(cells).is_null().to_numpy() for cells in (first, second))
    tests = [_compare_missing(name, missing, new_missing)]
    if isinstance(first, pl.Series):
        assert isinstance(second, pl.Series)
        tests.append(_compare_categories(name, first, second))
    else:
        assert isinstance(second, np.ndarray)
        tests.append(_compare_numbers(name, first, second))
    return [test for test in tests if test is not None]


def _compare_missing(name: str, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> ColumnDrift | None:
    counts = np.array([[first.sum(), (~first).sum()], [second.sum(), (~second).sum()]])
    if not counts.sum(0).all() or not counts.sum(1).all():
        return None
    before, after = float(first.mean()), float(second.mean())
    return ColumnDrift(
        name, abs(after - before), _p_value(counts), f"missing in {percent(before, 1)} -> {percent(after, 1)} of rows"
    )


def _compare_numbers(name: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> ColumnDrift | None:
    before, after = first[~np.isnan(first)], second[~np.isnan(second)]
    if min(len(before), len(after)) < _MIN_CELLS:
        return None
    test = stats.ks_2samp(before, after, method="asymp")
    text = f"median {_short(np.median(before))} -> {_short(np.median(after))}"
    spreads = [float(np.ptp(np.quantile(cells, [0.25, 0.75]))) for cells in (before, after)]
    if not 1 / _SPREAD_RATIO < (spreads[1] + 1e-12) / (spreads[0] + 1e-12) < _SPREAD_RATIO:
        ranges = [" to ".join(_short(edge) for edge in np.quantile(cells, [0.05, 0.95])) for cells in (before, after)]
        text += f", nine in ten from {ranges[0]} -> {ranges[1]}"
    return ColumnDrift(name, float(test.statistic), float(test.pvalue), text)


def _compare_categories(name: str, first: pl.Series, second: pl.Series) -> ColumnDrift | None:
    before, after = first.drop_nulls(), second.drop_nulls()
    if min(len(before), len(after)) < _MIN_CELLS:
        return None
    categories = sorted({*before.unique(), *after.unique()})
    counts = np.stack([_counts(cells, categories) for cells in (before, after)])
    shares = counts / counts.sum(1, keepdims=True)
    frequent = counts.sum(0) * counts.sum(1).min() / counts.sum() >= _MIN_EXPECTED
    merged = np.concatenate([counts[:, frequent], counts[:, ~frequent].sum(1, keepdims=True)], axis=1)
    merged = merged[:, merged.sum(0) > 0]
    if merged.shape[1] < 2:
        return None
    merged_shares = merged / merged.sum(1, keepdims=True)
    distance = float(np.abs(merged_shares[0] - merged_shares[1]).sum() / 2)
    changed = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")[:2]
    text = ", ".join(
        f"{quoted(categories[index])} {percent(shares[0, index], 1)} -> {percent(shares[1, index], 1)}"
        for index in changed
    )
    unseen = tuple(categories[index] for index in np.flatnonzero(counts[0] == 0))
    if unseen:
        n_rows = int(counts[1, counts[0] == 0].sum())
        text += f"; {n_rows:,} rows of new categories ({listed(unseen, 3, write=quoted)})"
    return ColumnDrift(name, distance, _p_value(merged), text, unseen)


def _counts(cells: pl.Series, categories: Sequence[str]) -> NDArray[np.int64]:
    codes = cells.cast(pl.Enum(categories)).to_physical().to_numpy().astype(np.int64)
    return np.bincount(codes, minlength=len(categories))


def _p_value(counts: NDArray[np.int64]) -> float:
    """Return the p-value of a contingency table: Fisher's where it is small, else chi-square's."""
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / counts.sum()
    if counts.shape == (2, 2) and expected.min() < _MIN_EXPECTED:
        return float(stats.fisher_exact(counts).pvalue)
    return float(stats.chi2_contingency(counts, correction=False).pvalue)


def _short(number: float) -> str:
    """Return a number in about four digits, large ones without an exponent."""
    return f"{number:,.0f}" if 1e4 <= abs(number) < 1e9 else f"{number:.4g}"
