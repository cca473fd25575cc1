"""Rows that repeat others."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.duplicate_count import Copies
from demarcate.checks.duplicate_groups import frame_of, has_twin_in_training
from demarcate.checks.finding import Finding
from demarcate.checks.table_view import View

WARNED_SHARE = 0.01


def duplicates(view: View) -> Iterator[Finding]:
    """Rows that agree with another in every used column.

    They are a warning from 1% of the table on, but where columns that had nothing to do with each other would make as
    many; else a note.
    """
    found = _copies(view)
    if found is None or not found.n:
        return
    n_copies, n_rows = found.n, view.n_table_rows
    share = n_copies / n_rows
    by_chance = n_copies <= _copies_by_chance(frame_of(view.parsed), n_rows)
    numbers: dict[str, int | float | list[int]] = {"n_copies": n_copies, "n_rows": n_rows, "share": share}
    text = f"{n_copies:,} of {n_rows:,} rows {'repeats another' if n_copies == 1 else 'repeat others'} in every column"
    if not found.is_exact:
        numbers["interval"] = [found.low, found.high]
        text = f"about {text} (95% interval {found.low:,} to {found.high:,})"
    if view.codes is not None:
        numbers["n_disputed"] = n_disputed = found.n_disputed
        text += f", {n_disputed:,} of them where the labels of such rows disagree" if n_disputed else ""
    if by_chance:
        text += ", no more than columns of so few values make by chance"
    elif view.codes is not None:
        text += ": a row can then be trained on and validated on, which flatters the scores"
    if view.folds is not None:
        numbers["n_straddling"] = n_straddling = int(has_twin_in_training(view.first_alike, view.folds).sum())
        text += f" ({n_straddling:,} rows were scored by networks that had trained on a copy)" if n_straddling else ""
    text += ". If they are not cases of their own, remove them"
    yield Finding("duplicates", "warning" if share >= WARNED_SHARE and not by_chance else "note", text, (), numbers)


def _copies(view: View) -> Copies | None:
    """How many rows of the table repeat another; None if nobody knows."""
    if view.whole is not None:
        return view.whole.copies
    groups = view.first_alike
    is_copy = groups != np.arange(len(groups))
    n = int(is_copy.sum())
    return Copies(n, n, n, 0 if view.codes is None else _n_disputed(groups, is_copy, view.codes))


def _n_disputed(groups: NDArray[np.int64], is_copy: NDArray[np.bool_], codes: NDArray[np.int64]) -> int:
    """How many copies lie in groups whose labels disagree."""
    disputed = np.zeros(len(groups), dtype=bool)
    disputed[groups[codes != codes[groups]]] = True
    return int((disputed[groups] & is_copy).sum())


def _copies_by_chance(frame: pl.DataFrame, n_rows: int) -> float:
    """About how many copies there would be, were each column drawn by itself: rows less distinct rows expected.

    The shares of a column's values are those in a frame of all ``n_rows`` rows, or of a sample of them.
    """
    log_same = 0.0
    for column in frame.get_columns():
        counts = column.value_counts(name="rows")["rows"].to_numpy().astype(np.float64)
        if len(frame) == n_rows:
            same = float(np.sum((counts / n_rows) ** 2))
        else:
            # In a sample a row meets itself more often than in the table: only pairs of two rows count.
            same = float(np.sum(counts * (counts - 1))) / (len(frame) * (len(frame) - 1))
        log_same += float(np.log(same)) if same else -np.inf
        if log_same < -3 * np.log(n_rows):
            return 0.0
    return n_rows * float(-np.expm1(-n_rows * np.exp(log_same) / 2))
