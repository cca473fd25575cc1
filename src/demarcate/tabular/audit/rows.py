"""Rows that repeat others."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.audit.alike import frame_of, has_twin_in_training
from demarcate.tabular.audit.finding import Finding
from demarcate.tabular.audit.view import View

WARNED_SHARE = 0.01


def duplicates(view: View) -> Iterator[Finding]:
    """Rows that agree with another in every used column.

    They are a warning from 1% of the table on, but where columns that had nothing to do with each other would make as
    many; else a note.
    """
    groups = view.first_alike
    n_rows, is_copy = len(groups), groups != np.arange(len(groups))
    n_copies = int(is_copy.sum())
    if not n_copies:
        return
    share = n_copies / n_rows
    by_chance = n_copies <= _copies_by_chance(frame_of(view.parsed))
    numbers: dict[str, int | float] = {"n_copies": n_copies, "n_rows": n_rows, "share": share}
    text = f"{n_copies:,} of {n_rows:,} rows {'repeats another' if n_copies == 1 else 'repeat others'} in every column"
    if view.codes is not None:
        numbers["n_disputed"] = n_disputed = _n_disputed(groups, is_copy, view.codes)
        text += f", {n_disputed:,} of them where the labels of such rows disagree" if n_disputed else ""
    if by_chance:
        text += ", no more than columns of so few values make by chance"
    elif view.codes is not None:
        text += ": a row can then be trained on and validated on, which flatters the scores"
    if view.folds is not None:
        numbers["n_straddling"] = n_straddling = int(has_twin_in_training(groups, view.folds).sum())
        text += f" ({n_straddling:,} rows were scored by networks that had trained on a copy)" if n_straddling else ""
    text += ". If they are not cases of their own, remove them"
    yield Finding("duplicates", "warning" if share >= WARNED_SHARE and not by_chance else "note", text, (), numbers)


def _n_disputed(groups: NDArray[np.int64], is_copy: NDArray[np.bool_], codes: NDArray[np.int64]) -> int:
    """How many copies lie in groups whose labels disagree."""
    disputed = np.zeros(len(groups), dtype=bool)
    disputed[groups[codes != codes[groups]]] = True
    return int((disputed[groups] & is_copy).sum())


def _copies_by_chance(frame: pl.DataFrame) -> float:
    """About how many copies there would be, were each column drawn by itself: rows less distinct rows expected."""
    n_rows = len(frame)
    log_same = 0.0
    for column in frame.get_columns():
        shares = column.value_counts(name="rows")["rows"].to_numpy() / n_rows
        log_same += float(np.log(np.sum(shares**2)))
        if log_same < -3 * np.log(n_rows):
            return 0.0
    return n_rows * float(-np.expm1(-n_rows * np.exp(log_same) / 2))
