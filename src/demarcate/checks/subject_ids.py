"""Columns as groupings of rows, and what their names say."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.checks.table_view import FactorizedColumn, TableView
from demarcate.tabular.id_counters import before_counters

IdKind = Literal["text", "counter", "number"]

MIN_SUBJECTS, MAX_DISTINCT_SHARE = 10, 0.9

_HAS_DIGIT = "[0-9]"
_NUMBER = r"^[+-]?[0-9]+\.?[0-9]*$"
_SUBJECTS = frozenset(
    {
        *("animal", "athlete", "cat", "child", "client", "cow", "customer", "device", "dog", "donor", "driver"),
        *("employee", "engine", "family", "household", "individual", "learner", "machine", "member", "mouse"),
        *("participant", "patient", "people", "person", "player", "proband", "pupil", "rat", "recording", "respondent"),
        *("session", "speaker", "specimen", "student", "subj", "subject", "user", "visitor", "volunteer", "worker"),
        "writer",
    }
)
_IDS = frozenset(
    {
        *("code", "guid", "id", "identifier", "key", "label", "mrn", "name", "nbr", "no", "nr", "num", "number", "pid"),
        *("ref", "sid", "uid", "uuid"),
    }
)


@dataclass(frozen=True, eq=False)
class Grouping:
    """Rows that share an id, or the part of one before a counter."""

    column: str
    kind: IdKind
    codes: NDArray[np.int64]  # group of each row, (n_rows,); -1 without one
    has_digits: bool  # whether most ids do


def groupings(table: TableView) -> Iterator[Grouping]:
    """Yield the groupings of rows by each column of whole numbers or words, used or not."""
    for name, column in sorted({**table.columns, **table.unused}.items()):
        kind = table.kinds[name]
        if kind == "numerical" and column.numbers is not None and not (column.numbers % 1).any():
            yield Grouping(name, "number", np.where(column.is_missing, -1, column.value_codes), has_digits=True)
        elif kind == "categorical":
            cells = table.parsed[name] if name in table.columns else table.unused_cells[name]
            assert isinstance(cells, pl.Series)
            yield from _of_words(name, column, cells)


def name_points(name: str) -> int:
    """Return 2 if a column is called like a subject (``patient``, ``Subject_ID``), 1 like an id (``code``), else 0.

    Plurals are counts: ``children`` of a booking.
    """
    words = [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)]
    if not words:
        return 0
    if all(word in _SUBJECTS or word in _IDS for word in words):
        return 1 if _IDS.issuperset(words) else 2
    return int(words[-1] in _IDS or words[0] == "id")


def what_dropping_hides(table: TableView, name: str) -> str:
    """Return what leaving out a column hides if it names subjects of several rows, or their time; else nothing."""
    column = table.columns[name]
    if table.kinds[name] == "date":
        return (
            f"; where rows are to be predicted later, fit with {column_option('--time', name)} (time in Python) instead"
        )
    has_few = not MIN_SUBJECTS <= column.n_values <= MAX_DISTINCT_SHARE * table.n_rows
    if has_few or (column.numbers is not None and (column.numbers % 1).any()):
        return ""
    return (
        f"; if its values are subjects of several rows, fit with {group_option(name)} (groups in Python) instead: "
        "without the column the rows of one subject are still in several folds"
    )


def group_option(*names: str) -> str:
    """Return the command-line option for the groups that columns name."""
    # A list has names with commas, or quotes, between double quotes.
    return column_option("--group", ",".join(f'"{name}"' if "," in name else name for name in names))


def column_option(option: str, name: str) -> str:
    """Return a command-line option with the name of a column, as a shell reads it."""
    return f"{option} {quote(name)}"


def _of_words(name: str, column: FactorizedColumn, cells: pl.Series) -> Iterator[Grouping]:
    """Yield the rows that share a cell, or the part of it before a counter."""
    subjects = before_counters(cells)
    if subjects is None:
        codes = np.where(column.is_missing, -1, column.value_codes)
        n_present = len(cells) - column.n_missing
        # Numbers that a caller calls categories are codes of something, unless they are called ids.
        if 2 * cells.str.contains(_NUMBER).sum() <= n_present or name_points(name):
            yield Grouping(name, "text", codes, 2 * cells.str.contains(_HAS_DIGIT).sum() > n_present)
    else:
        codes = subjects.rank("dense").cast(pl.Int64).fill_null(0).to_numpy() - 1
        yield Grouping(name, "counter", codes, has_digits=True)
