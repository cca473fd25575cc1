"""Rows that repeat others."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from demarcate.checks.duplicate_count import DuplicateCount, StreamingDuplicateCount, row_hashes
from demarcate.checks.duplicate_groups import comparable_frame, has_duplicate_in_training
from demarcate.checks.finding import Finding
from demarcate.checks.table_view import TableView

WARNING_SHARE = 0.01


def duplicate_rows(table: TableView) -> Iterator[Finding]:
    """Yield rows that equal another in every used column.

    It is a warning from 1% of the table on, unless independent columns would produce as many; else a note.
    """
    count = _count(table)
    if count is None or not count.n:
        return
    n_rows = table.n_table_rows
    share = count.n / n_rows
    by_chance = count.n <= _expected_by_chance(comparable_frame(table.parsed), n_rows)
    numbers: dict[str, int | float | list[int]] = {"n_copies": count.n, "n_rows": n_rows, "share": share}
    text = f"{count.n:,} of {n_rows:,} rows {'repeats another' if count.n == 1 else 'repeat others'} in every column"
    if not count.is_exact:
        numbers["interval"] = [count.low, count.high]
        text = f"about {text} (95% interval {count.low:,} to {count.high:,})"
    if table.codes is not None:
        numbers["n_disputed"] = count.n_conflicting
        text += f", {count.n_conflicting:,} of them with conflicting labels" if count.n_conflicting else ""
    if by_chance:
        text += ", no more than chance explains for columns of so few values"
    elif table.codes is not None:
        text += ": the same row is trained on and validated on, which inflates the scores"
    if table.folds is not None:
        n_straddling = int(has_duplicate_in_training(table.first_equal_rows, table.folds).sum())
        numbers["n_straddling"] = n_straddling
        text += f" ({n_straddling:,} rows were scored by networks trained on a copy)" if n_straddling else ""
    text += ". Remove them unless each is a case of its own; rows of one subject stay, and --group (groups in Python) "
    text += "names the subject"
    yield Finding("duplicates", "warning" if share >= WARNING_SHARE and not by_chance else "note", text, (), numbers)


def _count(table: TableView) -> DuplicateCount | None:
    """Return the number of duplicates in the whole table; None if it is not known."""
    if table.counts is not None:
        return table.counts.duplicates
    count = StreamingDuplicateCount(max_hashes=table.n_rows)
    count.add(row_hashes(table.parsed), table.codes)
    return count.result()


def _expected_by_chance(frame: pl.DataFrame, n_rows: int) -> float:
    """Return the expected duplicates if all columns were independent: rows less expected distinct rows.

    ``frame`` has all ``n_rows`` rows, or a sample of them.
    """
    log_equal = 0.0
    for column in frame.get_columns():
        counts = column.value_counts(name="rows")["rows"].to_numpy().astype(np.float64)
        if len(frame) == n_rows:
            equal = float(np.sum((counts / n_rows) ** 2))
        else:
            # In a sample a row meets itself more often than in the table: only pairs of two rows count.
            equal = float(np.sum(counts * (counts - 1))) / (len(frame) * (len(frame) - 1))
        log_equal += float(np.log(equal)) if equal else -np.inf
        if log_equal < -3 * np.log(n_rows):
            return 0.0
    return n_rows * float(-np.expm1(-n_rows * np.exp(log_equal) / 2))
