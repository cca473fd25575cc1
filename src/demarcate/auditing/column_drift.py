"""Whether a column of one table differs from that of another, by more than chance and by enough to matter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import stats

from demarcate.checks.missingness import rejected
from demarcate.formatting import listed, quoted

LEVEL = 0.01
DISTANCE = 0.1
MISSING = 0.05
_EXPECTED = 5
_MIN_CELLS = 20
_OTHER_SPREAD = 1.25

Cells = NDArray[np.float64] | pl.Series
"""Numbers, NaN where missing, or words, null where missing."""


@dataclass(frozen=True)
class ColumnDrift:
    """How a column of the second table differs from that of the first.

    Attributes
    ----------
    name
        The column.
    distance
        The largest distance between the two distributions, 0 to 1: of the distribution functions of numbers
        (Kolmogorov and Smirnov's D), of the shares of categories (total variation: the share of rows that would have to
        change), or of the shares of missing cells.
    p_value
        How often chance alone would make a difference as large; not corrected for the number of columns.
    text
        What differs, in words and numbers.
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
        """The difference as a JSON object."""
        return {
            "column": self.name,
            "distance": self.distance,
            "p_value": self.p_value,
            "text": self.text,
            "unseen": list(self.unseen),
        }


def drifted(first: Mapping[str, Cells], second: Mapping[str, Cells]) -> list[ColumnDrift]:
    """The columns that differ, the most different first.

    Numbers are compared by the test of Kolmogorov and Smirnov, categories and missing cells by chi-square; categories
    of which fewer than five rows would be expected in either table are joined. All tests together are held to a level
    of 1% (Holm, 1979), and because a large table makes every difference sure, the distance must be 0.1 or more, of
    missing cells 0.05.

    Parameters
    ----------
    first, second
        The columns both tables have, numbers or words alike in both.

    Examples
    --------
    >>> first, second = np.arange(200.0), np.arange(200.0) + 50
    >>> for column in drifted({"age": first, "dose": first}, {"age": second, "dose": first}):
    ...     print(column)
    'age': median 99.5 -> 149.5
    """
    tests = [test for name, cells in first.items() for test in _tests(name, cells, second[name])]
    sure = rejected({f"{place}": test.p_value for place, test in enumerate(tests)}, LEVEL)
    found: dict[str, ColumnDrift] = {}
    for test in (tests[int(place)] for place in sure):
        if test.distance >= (MISSING if test.text.startswith("missing") else DISTANCE):
            found[test.name] = _joined(found[test.name], test) if test.name in found else test
    return sorted(found.values(), key=lambda column: (-column.distance, column.name))


def _joined(one: ColumnDrift, other: ColumnDrift) -> ColumnDrift:
    larger = max(one, other, key=lambda column: column.distance)
    return replace(larger, text=f"{one.text}; {other.text}", unseen=one.unseen or other.unseen)


def _tests(name: str, first: Cells, second: Cells) -> list[ColumnDrift]:
    gaps = [_is_missing(cells) for cells in (first, second)]
    tests = [_missing(name, *gaps)]
    if isinstance(first, pl.Series):
        assert isinstance(second, pl.Series)
        tests.append(_words(name, first, second))
    else:
        assert isinstance(second, np.ndarray)
        tests.append(_numbers(name, first, second))
    return [test for test in tests if test is not None]


def _is_missing(cells: Cells) -> NDArray[np.bool_]:
    return cells.is_null().to_numpy() if isinstance(cells, pl.Series) else np.isnan(cells)


def _missing(name: str, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> ColumnDrift | None:
    counts = np.array([[first.sum(), (~first).sum()], [second.sum(), (~second).sum()]])
    if not counts.sum(0).all() or not counts.sum(1).all():
        return None
    before, after = float(first.mean()), float(second.mean())
    return ColumnDrift(name, abs(after - before), _chance(counts), f"missing in {before:.1%} -> {after:.1%} of rows")


def _numbers(name: str, first: NDArray[np.float64], second: NDArray[np.float64]) -> ColumnDrift | None:
    known, new = first[~np.isnan(first)], second[~np.isnan(second)]
    if min(len(known), len(new)) < _MIN_CELLS:
        return None
    test = stats.ks_2samp(known, new, method="asymp")
    middles = np.median(known), np.median(new)
    text = f"median {_short(middles[0])} -> {_short(middles[1])}"
    spreads = [float(np.ptp(np.quantile(cells, [0.25, 0.75]))) for cells in (known, new)]
    if not 1 / _OTHER_SPREAD < (spreads[1] + 1e-12) / (spreads[0] + 1e-12) < _OTHER_SPREAD:
        spans = [" to ".join(_short(edge) for edge in np.quantile(cells, [0.05, 0.95])) for cells in (known, new)]
        text += f", nine in ten from {spans[0]} -> {spans[1]}"
    return ColumnDrift(name, float(test.statistic), float(test.pvalue), text)


def _words(name: str, first: pl.Series, second: pl.Series) -> ColumnDrift | None:
    known, new = first.drop_nulls(), second.drop_nulls()
    if min(len(known), len(new)) < _MIN_CELLS:
        return None
    words = sorted({*known.unique(), *new.unique()})
    counts = np.stack([_counts(cells, words) for cells in (known, new)])
    shares = counts / counts.sum(1, keepdims=True)
    frequent = counts.sum(0) * counts.sum(1).min() / counts.sum() >= _EXPECTED
    joined = np.concatenate([counts[:, frequent], counts[:, ~frequent].sum(1, keepdims=True)], axis=1)
    joined = joined[:, joined.sum(0) > 0]
    if joined.shape[1] < 2:
        return None
    of_joined = joined / joined.sum(1, keepdims=True)
    distance = float(np.abs(of_joined[0] - of_joined[1]).sum() / 2)
    most = np.argsort(-np.abs(shares[0] - shares[1]), kind="stable")[:2]
    text = ", ".join(f"{quoted(words[place])} {shares[0, place]:.1%} -> {shares[1, place]:.1%}" for place in most)
    unseen = tuple(words[place] for place in np.flatnonzero(counts[0] == 0))
    if unseen:
        n_rows = int(counts[1, counts[0] == 0].sum())
        text += f"; {n_rows:,} rows of categories not seen before ({listed(list(map(quoted, unseen)), 3)})"
    return ColumnDrift(name, distance, _chance(joined), text, unseen)


def _counts(cells: pl.Series, words: Sequence[str]) -> NDArray[np.int64]:
    numbered = cells.cast(pl.Enum(words)).to_physical().to_numpy().astype(np.int64)
    return np.bincount(numbered, minlength=len(words))


def _chance(counts: NDArray[np.int64]) -> float:
    """The p-value of a table of counts: Fisher's where it is small, else chi-square's."""
    expected = counts.sum(1, keepdims=True) * counts.sum(0, keepdims=True) / counts.sum()
    if counts.shape == (2, 2) and expected.min() < _EXPECTED:
        return float(stats.fisher_exact(counts).pvalue)
    return float(stats.chi2_contingency(counts, correction=False).pvalue)


def _short(number: float) -> str:
    """A number in about four digits, large ones written out as far as people do."""
    return f"{number:,.0f}" if 1e4 <= abs(number) < 1e9 else f"{number:.4g}"
