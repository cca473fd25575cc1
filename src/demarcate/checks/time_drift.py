"""Dates along which the classes' shares, or the losses of held-out rows, change: a random split hides that."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from demarcate.checks.finding import Finding
from demarcate.checks.subject_ids import column_option
from demarcate.checks.table_view import TableView
from demarcate.formatting import percent
from demarcate.tabular.schema import ParsedColumns, Schema

RULE = "time"
MAX_BLOCKS, MIN_BLOCK_ROWS, MIN_BLOCKS = 10, 25, 4
MAX_CHANCE = 1e-4
MIN_CRAMERS_V = 0.1
"""Of many rows every change is significant: shares of 45% and 55% in the two halves of the rows are 0.1 apart."""
MIN_LOSS_RATIO = 1.25
"""Of the losses in the best and the worst fifth of the rows, in the order of time."""
_MIN_EXPECTED = 5.0
REMEDY = "Random splits score rows among others of the same time. For the score of later rows, fit with"


@dataclass(frozen=True, eq=False)
class _Blocks:
    """Rows in blocks of consecutive dates."""

    column: str
    of_row: NDArray[np.int64]  # block of each row from 0, (n_rows,); -1 without a date

    @property
    def n(self) -> int:
        return int(self.of_row.max()) + 1


def class_drift(table: TableView) -> Iterator[Finding]:
    """Yield dates along which the classes' shares change, unless the caller has named the time.

    Blocks of rows in the order of the dates have other shares of the classes: by the chi-square test at 0.01% over all
    dates, with Cramer's V of 0.1 or more.
    """
    if table.codes is None or _has_times(table):
        return
    for blocks in _date_blocks(table.schema, table.parsed):
        known = blocks.of_row >= 0
        counts = np.bincount(
            blocks.of_row[known] * table.n_classes + table.codes[known], minlength=blocks.n * table.n_classes
        )
        counts = counts.reshape(blocks.n, table.n_classes)
        association = _association(counts)
        if association is None or association[0] > MAX_CHANCE or association[1] < MIN_CRAMERS_V:
            continue
        shares = counts / counts.sum(1, keepdims=True)
        code = int(np.ptp(shares, axis=0).argmax())
        text = (
            f"the classes' shares change along {blocks.column!r}: of {blocks.n} consecutive parts of the rows, class "
            f"{str(table.classes[code])!r} has {percent(shares[:, code].min())} in one and "
            f"{percent(shares[:, code].max())} in another. {REMEDY} "
            f"{column_option('--time', blocks.column)} (time in Python)"
        )
        numbers = {"cramers_v": association[1], "p_value": association[0]}
        yield Finding(RULE, "note", text, (blocks.column,), numbers)


def loss_drift(
    schema: Schema, parsed: ParsedColumns, rows: NDArray[np.int64], losses: NDArray[np.float64]
) -> Iterator[Finding]:
    """Yield dates along which the losses ``(n_scored,)`` of held-out rows change; ``rows`` are these rows' numbers.

    Blocks of rows have other mean losses, by an analysis of variance of their ranks at 0.01%, and the fifth of the rows
    with the largest ones a quarter more than the one with the smallest.
    """
    # Imported here: it takes as long as all of polars, and prediction does not use it.
    from scipy.stats import kruskal

    scored = {name: cells[rows] for name, cells in parsed.items()}
    for blocks in _date_blocks(schema, scored):
        by_block = [losses[blocks.of_row == block] for block in range(blocks.n)]
        if np.ptp(losses) == 0 or kruskal(*by_block).pvalue > MAX_CHANCE:
            continue
        # Blocks may be fewer than five, and of different sizes.
        parts = [part for part in np.array_split(np.arange(blocks.n), 5) if len(part)]
        means = [float(np.concatenate([by_block[block] for block in part]).mean()) for part in parts]
        if max(means) < MIN_LOSS_RATIO * min(means):
            continue
        text = (
            f"the log loss of held-out rows changes along {blocks.column!r}: {means[0]:.3f} in the first of "
            f"{len(parts)} parts of the rows, {means[-1]:.3f} in the last, and from {min(means):.3f} to "
            f"{max(means):.3f} between. {REMEDY} {column_option('--time', blocks.column)} (time in Python)"
        )
        yield Finding(RULE, "note", text, (blocks.column,), {"log_loss_of_fifths": means})


def _has_times(table: TableView) -> bool:
    return table.dependence is not None and table.dependence.times is not None


def _date_blocks(schema: Schema, parsed: ParsedColumns) -> Iterator[_Blocks]:
    """Yield the blocks of rows by each date, sorted by name, if there are enough."""
    for name in sorted(column.name for column in schema.used if column.kind == "date"):
        times = parsed[name]
        assert isinstance(times, np.ndarray)
        known = np.flatnonzero(~np.isnan(times))
        n_blocks = min(MAX_BLOCKS, len(known) // MIN_BLOCK_ROWS)
        if n_blocks < MIN_BLOCKS:
            continue
        ordered = np.sort(times[known])
        starts = np.unique(ordered[np.arange(1, n_blocks) * len(ordered) // n_blocks])
        of_row = np.full(len(times), -1)
        of_row[known] = np.unique(np.searchsorted(starts, times[known], side="right"), return_inverse=True)[1].reshape(
            -1
        )
        if of_row.max() + 1 >= MIN_BLOCKS:
            yield _Blocks(name, of_row)


def _association(counts: NDArray[np.int64]) -> tuple[float, float] | None:
    """Return the p-value and Cramer's V, less its bias, of blocks and classes; None for too few rows of all but one."""
    from scipy.stats import chi2_contingency

    frequent = counts.sum(0) >= _MIN_EXPECTED * len(counts)
    merged = np.concatenate([counts[:, frequent], counts[:, ~frequent].sum(1, keepdims=True)], axis=1)
    merged = merged[:, merged.sum(0) >= _MIN_EXPECTED * len(counts)]
    if merged.shape[1] < 2:
        return None
    result = chi2_contingency(merged, correction=False)
    n_rows, (n_blocks, n_classes) = merged.sum(), merged.shape
    # Blocks of few rows are associated by chance (Bergsma, 2013, https://doi.org/10.1016/j.jkss.2012.10.002).
    freedom = (n_blocks - 1) * (n_classes - 1)
    phi = max(0.0, float(result.statistic) / n_rows - freedom / (n_rows - 1))
    return float(result.pvalue), float((phi / (min(n_blocks, n_classes) - 1)) ** 0.5)
