"""Rows that repeat others."""

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.tabular.audit.finding import Finding
from demarcate.tabular.audit.view import View, comparable
from demarcate.tabular.schema import ParsedColumns

WARNED_SHARE = 0.01


def duplicates(view: View) -> Iterator[Finding]:
    """Rows that agree with another in every used column.

    They are a warning from 1% of the table on, below that a note; and nothing where columns that had nothing to do with
    each other would make as many.
    """
    frame = _frame(view.parsed)
    groups = first_alike(view.parsed)
    n_rows, is_copy = len(groups), groups != np.arange(len(groups))
    n_copies = int(is_copy.sum())
    if not n_copies or n_copies <= _copies_by_chance(frame):
        return
    share = n_copies / n_rows
    numbers: dict[str, int | float] = {"n_copies": n_copies, "n_rows": n_rows, "share": share}
    text = f"{n_copies:,} of {n_rows:,} rows {'repeats another' if n_copies == 1 else 'repeat others'} in every column"
    if view.codes is not None:
        numbers["n_disputed"] = n_disputed = _n_disputed(groups, is_copy, view.codes)
        text += f", {n_disputed:,} of them where the labels of such rows disagree" if n_disputed else ""
        text += ": a row can then be trained on and validated on, which flatters the scores"
    if view.folds is not None:
        numbers["n_straddling"] = n_straddling = int(has_twin_in_training(groups, view.folds).sum())
        text += f" ({n_straddling:,} rows were scored by networks that had trained on a copy)" if n_straddling else ""
    text += ". If they are not cases of their own, remove them"
    yield Finding("duplicates", "warning" if share >= WARNED_SHARE else "note", text, (), numbers)


def first_alike(columns: ParsedColumns) -> NDArray[np.int64]:
    """For each row the first that is the same in every column, itself if there is none before.

    Parameters
    ----------
    columns
        What ``schema.parse`` made of the table.

    Returns
    -------
    ndarray of int64
        Row numbers, ``(n_rows,)``.

    Examples
    --------
    >>> first_alike({"age": np.array([3.0, 4.0, 3.0, np.nan]), "sex": pl.Series(["f", "m", "f", "f"])}).tolist()
    [0, 1, 0, 3]
    """
    frame = _frame(columns)
    groups = np.arange(len(frame))
    # Hashes are cheap and nearly always tell rows apart; only rows that share one are compared cell by cell.
    suspects = frame.with_row_index("row").filter(frame.hash_rows().is_duplicated())
    if len(suspects):
        alike = suspects.group_by(frame.columns).agg(pl.col("row"), first=pl.col("row").min()).explode("row")
        groups[alike["row"].to_numpy()] = alike["first"].to_numpy()
    return groups


def has_twin_in_training(groups: NDArray[np.int64], folds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which scored rows have a copy that the networks which scored them had trained on.

    Parameters
    ----------
    groups
        What `first_alike` gives, ``(n_rows,)``.
    folds
        The group each row was held out in, ``(n_rows,)``, -1 where never: such rows were always trained on.

    Examples
    --------
    >>> has_twin_in_training(np.array([0, 0, 2, 2, 4]), np.array([0, 1, 0, 0, 1])).tolist()
    [True, True, False, False, False]
    """
    rows = pl.DataFrame({"group": groups, "fold": folds})
    return rows.select(((pl.col("fold").n_unique() > 1).over("group")) & (pl.col("fold") >= 0)).to_series().to_numpy()


def _frame(columns: ParsedColumns) -> pl.DataFrame:
    # Names of our own: a column of the table may have any.
    return pl.DataFrame([comparable(columns[name]).alias(f"{place}") for place, name in enumerate(sorted(columns))])


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
