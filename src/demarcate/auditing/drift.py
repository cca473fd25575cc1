"""The difference of two tables: by a classifier that separates their rows, and by column."""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.auditing.column_drift import ColumnCells, ColumnDrift, compare_columns
from demarcate.checks.duplicate_groups import comparable_cells, first_equal_rows
from demarcate.checks.id_columns import id_columns
from demarcate.checks.table_view import TableView
from demarcate.classifier import DemarcateClassifier
from demarcate.errors import DemarcateWarning
from demarcate.evaluation import Score
from demarcate.formatting import counted, listed
from demarcate.presentation import brief_repr
from demarcate.tabular import Column, Schema
from demarcate.tabular.timestamps import format_timestamp

MAX_ROWS = 2000
"""Random rows of each table for the classifier, at most; the tests of columns use all rows."""
MIN_AUC = 0.55
MAX_EQUAL_AUC = 0.6
MAX_UNREADABLE_SHARE = 0.5
"""The share of unreadable cells above which a column holds something else in the second table."""
_SETTINGS: dict[str, Any] = {
    "hidden": (64,),
    "pieces": False,
    "activation": "relu",
    "dropout": 0.1,
    "optimizer": "adamw",
    "lr": 3e-3,
    "weight_decay": 1e-2,
    "schedule": "cosine",
    "batch_size": "auto",
    "init": "torch",
    "tolerance": 0.0,
    "averaging": 0.0,
    "calibrate": True,
    "standardise": True,
    "category_encoding": "one_hot",
    "epochs": 40,
    "patience": 8,
    "n_folds": 4,
    "n_seeds": 1,
    "holdout_above": 10 * MAX_ROWS,
}


@brief_repr
@dataclass(frozen=True)
class Drift:
    """The difference of a second table to the first.

    Attributes
    ----------
    verdict
        ``differ``, ``no difference found`` or ``cannot tell``.
    auc
        The out-of-fold ROC AUC of a classifier that separates the rows of the tables, 0.5 for equal tables; None if
        there is no column to compare.
    columns
        The columns that differ, the largest distance first.
    classes
        The difference of the classes' shares, if both tables have labels and their shares differ.
    only_in_first, only_in_second
        Columns that the other table does not have.
    left_out
        Columns that are not compared, each with the reason: every new table has other identifiers and dates.
    unreadable
        Columns with unreadable cells in the second table, and their number.
    of_other_kind
        Those of them with more than half of the cells unreadable: they are not compared.
    n_common
        Columns of the first table that the second has too.
    n_rows, n_new_rows, n_shared
        Rows of the first table, of the second, and of the second that are also in the first; ``n_shared`` is None if
        the tables were compared by samples.
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
        separation = "" if self.auc is None else f"a classifier separates their rows with ROC AUC {self.auc}"
        if self.verdict == "differ":
            return f"The tables differ: {'; '.join(self._differences(separation))}."
        if self.verdict == "cannot tell":
            return f"Cannot tell whether the tables differ: {separation or 'there is too little to compare'}."
        return f"No difference found: {separation}, and no column differs."

    def _differences(self, separation: str) -> Iterator[str]:
        if not self.n_common:
            yield "they have no column in common"
        elif self.of_other_kind:
            verb = "holds" if len(self.of_other_kind) == 1 else "hold"
            yield f"{listed(self.of_other_kind, write=repr)} {verb} something else in the second than in the first"
        if separation:
            yield separation
        if self.columns:
            yield f"most by {self.columns[0]}"
        elif separation and not self.of_other_kind:
            yield "but no single column differs"

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each column that differs: ``column``, ``distance`` and both contents as ``text``."""
        types = {"column": pl.String, "distance": pl.Float64, "text": pl.String}
        rows = [(each.name, each.distance, each.text) for each in self.columns]
        return pl.DataFrame(rows, schema=types, orient="row")

    @property
    def remarks(self) -> tuple[str, ...]:
        """Return further differences and limits of the comparison, a sentence each."""
        remarks = [f"The classes' shares differ: {self.classes.text}."] if self.classes else []
        for names, table in ((self.only_in_first, "first"), (self.only_in_second, "second")):
            if names:
                remarks.append(f"Only the {table} table has {listed(names, write=repr)}.")
        remarks += [f"Column {name!r} is not compared: {reason}." for name, reason in self.left_out.items()]
        remarks += [
            f"Column {name!r} has {counted(n, 'unreadable cell')} in the second table, taken as missing."
            for name, n in self.unreadable.items()
            if name not in self.of_other_kind
        ]
        if self.n_shared:
            remarks.append(f"{self.n_shared:,} of the second table's {self.n_new_rows:,} rows are also in the first.")
        return tuple(remarks)

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as a JSON object."""
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


def compare_tables(
    schema: Schema,
    first: pl.DataFrame,
    second: pl.DataFrame,
    labels: Sequence[Any] | None = None,
    new_labels: Sequence[Any] | None = None,
    seed: int = 0,
) -> Drift:
    """Compare a second table with the first, whose schema is given; both without their targets.

    They differ if they have no column in common, if a column of the first holds something else in the second, if a
    column differs (see `compare_columns`), or if a small network separates their rows: if the 95% interval of its
    out-of-fold ROC AUC is above 0.5 and the area itself is at least 0.55. There is no difference if the interval ends
    below 0.6; otherwise the comparison cannot tell. With labels of both tables, the classes' shares are compared too.
    """
    common = set(second.columns)
    cells = {
        column.name: (_read(first[column.name], column), _read(second[column.name], column))
        for column in schema.used
        if column.name in common
    }
    unreadable = {name: n for name, (_, (_, n)) in cells.items() if n}
    other_kind = [name for name, n in unreadable.items() if n > MAX_UNREADABLE_SHARE * len(second)]
    readable = {name: (before, after) for name, ((before, _), (after, _)) in cells.items() if name not in other_kind}
    left_out = _left_out(schema, readable)
    compared = {name: pair for name, pair in readable.items() if name not in left_out}
    before, after = ({name: pair[side] for name, pair in compared.items()} for side in (0, 1))
    texts = {column.name for column in schema.used if column.kind == "text"}
    # Hardly any text is in both tables: only the classifier, which reads words, compares them.
    columns = compare_columns({name: cells for name, cells in before.items() if name not in texts}, after)
    auc = _separation(before, after, len(first), len(second), texts, seed) if compared else None
    classes = None
    if labels is not None and new_labels is not None:
        old, new = (pl.Series(list(map(str, each))) for each in (labels, new_labels))
        classes = next(iter(compare_columns({"target": old}, {"target": new})), None)
    return Drift(
        "differ" if other_kind or not cells else _verdict(auc, columns),
        auc,
        tuple(columns),
        classes,
        tuple(column.name for column in schema.columns if column.name not in common),
        tuple(name for name in second.columns if name not in {column.name for column in schema.columns}),
        left_out,
        unreadable,
        tuple(other_kind),
        len(cells),
        len(first),
        len(second),
        _n_shared(before, after),
    )


def _verdict(auc: Score | None, columns: Sequence[ColumnDrift]) -> str:
    if columns or (auc and auc.low > 0.5 and auc.value >= MIN_AUC):
        return "differ"
    return "no difference found" if auc and auc.high < MAX_EQUAL_AUC else "cannot tell"


def _read(cells: pl.Series, column: Column) -> tuple[ColumnCells, int]:
    """Return a column's cells as its kind, and the number of unreadable ones, which are missing."""
    if not column.is_quantity:
        return column.parse_words(cells), 0
    parsed = column.parse_quantities(cells)
    return parsed.values, int(parsed.bad.sum())


def _left_out(schema: Schema, cells: Mapping[str, tuple[ColumnCells, ColumnCells]]) -> dict[str, str]:
    """Return the columns that differ between any two tables, each with the reason."""
    left_out = {column.name: column.dropped for column in schema.dropped if column.dropped.startswith("id-like")}
    present = Schema(tuple(column for column in schema.used if column.name in cells))
    for side in (0, 1):
        view = TableView(present, {name: pair[side] for name, pair in cells.items()})
        left_out |= {name: "it looks like an identifier" for finding in id_columns(view) for name in finding.columns}
    for column in present.columns:
        if column.kind == "date":
            ranges = " -> ".join(_date_range(part) for part in cells[column.name])  # type: ignore[arg-type]
            left_out[column.name] = f"a date, {ranges}"
    return left_out


def _date_range(moments: NDArray[np.float64]) -> str:
    known = moments[~np.isnan(moments)]
    return f"{format_timestamp(known.min())} to {format_timestamp(known.max())}" if len(known) else "none"


def _n_shared(first: Mapping[str, ColumnCells], second: Mapping[str, ColumnCells]) -> int:
    """Return the number of rows of the second table that the first has too."""
    if not first:
        return 0
    both = {name: _concatenate(first[name], second[name]) for name in first}
    n_first = len(next(iter(first.values())))
    return int((first_equal_rows(both)[n_first:] < n_first).sum())


def _concatenate(first: ColumnCells, second: ColumnCells) -> pl.Series:
    return pl.concat([comparable_cells(cells).alias("") for cells in (first, second)])


def _separation(
    first: Mapping[str, ColumnCells],
    second: Mapping[str, ColumnCells],
    n_first: int,
    n_second: int,
    texts: set[str],
    seed: int,
) -> Score | None:
    """Return the out-of-fold ROC AUC of a classifier that separates the tables' rows; None if they are too few."""
    generator = np.random.default_rng(seed)
    rows = [np.sort(generator.permutation(n)[:MAX_ROWS]) for n in (n_first, n_second)]
    if min(map(len, rows)) < 2:
        return None
    columns = {name: _concatenate(cells[rows[0]], second[name][rows[1]]) for name, cells in first.items()}
    words = [name for name, cells in first.items() if isinstance(cells, pl.Series)]
    kinds: dict[str, Any] = {
        "categorical": [name for name in words if name not in texts],
        "text": [name for name in words if name in texts],
        "numerical": [name for name in columns if name not in words],
    }
    classifier = DemarcateClassifier(**_SETTINGS, **kinds, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DemarcateWarning)
        classifier.fit(pl.DataFrame(columns), np.repeat([0, 1], [len(part) for part in rows]))
    return classifier.scores_.get("roc_auc")
