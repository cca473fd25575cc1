"""Whether two tables could be samples of the same rows: by a classifier that is to tell them apart, and by column."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.auditing.column_drift import Cells, ColumnDrift, drifted
from demarcate.checks.duplicate_groups import first_alike
from demarcate.checks.id_columns import identifiers
from demarcate.checks.table_view import View
from demarcate.classifier import DemarcateClassifier
from demarcate.errors import DemarcateWarning
from demarcate.evaluation import Score
from demarcate.formatting import listed
from demarcate.tabular import Column, Schema
from demarcate.tabular.cells import parse_booleans, parse_categories, parse_numbers
from demarcate.tabular.dates import format_timestamp, parse_dates

MOST_ROWS = 2000
"""Of each table, drawn at random, for the classifier; the tests of columns see all rows."""
LEAST_AUC = 0.55
NO_MORE_THAN = 0.6
MOST_UNREADABLE = 0.5
"""The share of unreadable cells from which a column holds something else in the second table."""
_SETTINGS: dict[str, Any] = {
    "hidden": (64,),
    "pieces": False,
    "activation": "relu",
    "dropout": 0.1,
    "init": "torch",
    "tolerance": 0.0,
    "averaging": 0.0,
    "epochs": 40,
    "patience": 8,
    "n_folds": 4,
    "n_seeds": 1,
    "holdout_above": 10 * MOST_ROWS,
}


@dataclass(frozen=True)
class Drift:
    """How a second table differs from the first.

    Attributes
    ----------
    verdict
        ``differ``, ``no difference found`` or ``cannot tell``.
    auc
        The out-of-fold ROC AUC of a classifier that is to tell the tables' rows apart, 0.5 where it cannot; None if
        there is no column to go by.
    columns
        The columns that differ, the most different first.
    classes
        How the classes' shares differ, if both tables have labels and they do.
    only_in_first, only_in_second
        Columns that the other table does not have.
    left_out
        Columns that are not compared, each with the reason: every new table has other identifiers and dates.
    unreadable
        Columns with cells in the second table that do not say what the first table's hold, and how many.
    of_other_kind
        Those of them where that is more than half of the cells: they are not compared.
    n_common
        Columns of the first table that the second has too.
    n_rows, n_new_rows
        Rows of the first and the second table.
    n_shared
        Rows of the second table that are also in the first; None where the tables were compared by samples.
    """

    verdict: str
    auc: Score | None
    columns: tuple[ColumnDrift, ...]
    classes: ColumnDrift | None
    only_in_first: tuple[str, ...]
    only_in_second: tuple[str, ...]
    left_out: Mapping[str, str]
    unreadable: Mapping[str, int]
    of_other_kind: tuple[str, ...]
    n_common: int
    n_rows: int
    n_new_rows: int
    n_shared: int | None

    def __str__(self) -> str:
        apart = "" if self.auc is None else f"a classifier that is to tell them apart has ROC AUC {self.auc}"
        if self.verdict == "differ":
            return f"The tables differ: {'; '.join(self._differences(apart))}."
        if self.verdict == "cannot tell":
            return f"Cannot tell whether the tables differ: {apart or 'there is too little to compare'}."
        return f"No difference found: {apart}, and no column differs."

    def _differences(self, apart: str) -> Iterator[str]:
        if not self.n_common:
            yield "they have no column in common"
        elif self.of_other_kind:
            is_one = len(self.of_other_kind) == 1
            names = listed(list(map(repr, self.of_other_kind)))
            yield f"{names} {'holds' if is_one else 'hold'} something else in the second than in the first"
        if apart:
            yield apart
        if self.columns:
            yield f"most by {self.columns[0]}"
        elif apart and not self.of_other_kind:
            yield "but in no column by itself"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What else there is to say of the two tables, a sentence each."""
        said = []
        if self.classes:
            said.append(f"The classes' shares differ: {self.classes.text}.")
        for names, where, other in (
            (self.only_in_first, "first", "second"),
            (self.only_in_second, "second", "first"),
        ):
            if names:
                said.append(f"Only the {where} table has {listed(list(map(repr, names)))}: the {other} does not.")
        said += [f"Column {name!r} is left out: {why}." for name, why in self.left_out.items()]
        said += [
            f"Column {name!r} has {n:,} cells in the second table that do not say what the first table's do."
            for name, n in self.unreadable.items()
            if name not in self.of_other_kind
        ]
        if self.n_shared:
            said.append(f"{self.n_shared:,} of the second table's {self.n_new_rows:,} rows are also in the first.")
        return tuple(said)

    def to_json(self) -> dict[str, Any]:
        """The comparison as a JSON object."""
        return {
            "verdict": self.verdict,
            "text": str(self),
            "roc_auc": self.auc and self.auc.to_json(),
            "columns": [column.to_json() for column in self.columns],
            "classes": self.classes and self.classes.to_json(),
            "only_in_first": list(self.only_in_first),
            "only_in_second": list(self.only_in_second),
            "left_out": dict(self.left_out),
            "unreadable": dict(self.unreadable),
            "of_other_kind": list(self.of_other_kind),
            "n_common": self.n_common,
            "n_rows": self.n_rows,
            "n_new_rows": self.n_new_rows,
            "n_shared": self.n_shared,
        }


def drift(
    schema: Schema,
    first: pl.DataFrame,
    second: pl.DataFrame,
    labels: Sequence[Any] | None = None,
    new_labels: Sequence[Any] | None = None,
    seed: int = 0,
) -> Drift:
    """Compare a second table with the first.

    They differ if they have no column in common, if a column of the first holds something else in the second, if a
    column differs (see `drifted`), or if a small network tells their rows apart: if the 95% interval of its out-of-fold
    ROC AUC lies above 0.5 and the area itself is 0.55 or more. No difference is found if the interval ends below 0.6;
    else it cannot be told.

    Parameters
    ----------
    schema
        Of the first table; columns it drops are not compared.
    first, second
        The tables without their targets.
    labels, new_labels
        Their labels, if both have any: the classes' shares are then compared as well.
    seed
        Decides which rows of large tables the network sees, and everything random in it.
    """
    there = set(second.columns)
    read = {
        column.name: (_read(first[column.name], column), _read(second[column.name], column))
        for column in schema.used
        if column.name in there
    }
    other_kind = [name for name, (_, (_, n)) in read.items() if n > MOST_UNREADABLE * len(second)]
    cells = {name: (before[0], after[0]) for name, (before, after) in read.items() if name not in other_kind}
    left_out = _left_out(schema, cells)
    compared = {name: pair for name, pair in cells.items() if name not in left_out}
    before, after = ({name: pair[side] for name, pair in compared.items()} for side in (0, 1))
    columns = drifted(before, after)
    auc = _told_apart(before, after, len(first), len(second), seed) if compared else None
    classes = None
    if labels is not None and new_labels is not None:
        words = (pl.Series(list(map(str, labels))), pl.Series(list(map(str, new_labels))))
        classes = next(iter(drifted({"target": words[0]}, {"target": words[1]})), None)
    return Drift(
        "differ" if other_kind or not read else _verdict(auc, columns),
        auc,
        tuple(columns),
        classes,
        tuple(column.name for column in schema.columns if column.name not in there),
        tuple(name for name in second.columns if name not in {column.name for column in schema.columns}),
        left_out,
        {name: n for name, (_, (_, n)) in read.items() if n},
        tuple(other_kind),
        len(read),
        len(first),
        len(second),
        _n_shared(before, after),
    )


def _verdict(auc: Score | None, columns: Sequence[ColumnDrift]) -> str:
    if columns or (auc and auc.low > 0.5 and auc.value >= LEAST_AUC):
        return "differ"
    return "no difference found" if auc and auc.high < NO_MORE_THAN else "cannot tell"


def _read(cells: pl.Series, column: Column) -> tuple[Cells, int]:
    """A column's cells as its kind, and how many do not say what they should: those are missing."""
    if column.kind == "categorical":
        return parse_categories(cells), 0
    if column.kind == "boolean":
        return parse_booleans(cells), 0
    parsed = parse_numbers(cells) if column.kind == "numerical" else parse_dates(cells, column.date_format)
    return parsed.values, int(parsed.bad.sum())


def _left_out(schema: Schema, cells: Mapping[str, tuple[Cells, Cells]]) -> dict[str, str]:
    """Columns that differ by nature, each with the reason."""
    left_out = {column.name: column.dropped for column in schema.dropped if column.dropped.startswith("id-like")}
    for side in (0, 1):
        view = View(
            Schema(tuple(column for column in schema.used if column.name in cells)),
            {n: c[side] for n, c in cells.items()},
        )
        left_out |= {name: "it looks like an identifier" for finding in identifiers(view) for name in finding.columns}
    for column in schema.used:
        if column.kind == "date" and column.name in cells:
            spans = " -> ".join(_span(part) for part in cells[column.name])  # type: ignore[arg-type]
            left_out[column.name] = f"a date, {spans}"
    return left_out


def _span(moments: NDArray[np.float64]) -> str:
    known = moments[~np.isnan(moments)]
    return f"{format_timestamp(known.min())} to {format_timestamp(known.max())}" if len(known) else "none"


def _n_shared(first: Mapping[str, Cells], second: Mapping[str, Cells]) -> int:
    """How many rows of the second table the first has too."""
    if not first:
        return 0
    both = {name: _stacked(first[name], second[name]) for name in first}
    n_first = len(next(iter(first.values())))
    return int((first_alike(both)[n_first:] < n_first).sum())


def _stacked(first: Cells, second: Cells) -> Cells:
    if isinstance(first, pl.Series):
        return pl.concat([first, second.rename(first.name)])  # type: ignore[union-attr]
    return np.concatenate([first, second])


def _told_apart(
    first: Mapping[str, Cells], second: Mapping[str, Cells], n_first: int, n_second: int, seed: int
) -> Score | None:
    """The out-of-fold ROC AUC of telling the tables apart."""
    generator = np.random.default_rng(seed)
    rows = [np.sort(generator.permutation(n)[:MOST_ROWS]) for n in (n_first, n_second)]
    if min(map(len, rows)) < 2:
        return None
    columns = {name: _stacked(cells[rows[0]], second[name][rows[1]]) for name, cells in first.items()}
    frame = pl.DataFrame(
        [
            (column if isinstance(column, pl.Series) else pl.Series(column, nan_to_null=True)).alias(name)
            for name, column in columns.items()
        ]
    )
    words = [name for name, column in columns.items() if isinstance(column, pl.Series)]
    quantities = [name for name in columns if name not in words]
    classifier = DemarcateClassifier(**_SETTINGS, categorical=words, numerical=quantities, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DemarcateWarning)
        classifier.fit(frame, np.repeat([0, 1], [len(part) for part in rows]))
    return classifier.scores_.get("roc_auc")
