"""Where the rows of a studio come from: a generator, the heart data, a table that was opened, points set by hand."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from demarcate.checks import check_table
from demarcate.datasets import Dataset, blobs, circles, heart, moons
from demarcate.formatting import counted, listed, quoted
from demarcate.studio.caught_warnings import noted
from demarcate.studio.placed_problem import PlacedProblem, StudioError, placed
from demarcate.studio.tables import OpenedTable, Tables
from demarcate.tabular import as_frame, typed_labels
from demarcate.tabular.column_names import similar_names
from demarcate.tabular.column_options import ColumnOptions
from demarcate.trainingset import TrainingSet, open_table

if TYPE_CHECKING:
    from demarcate.studio.state import DataState

MAX_CLASSES = 20
"""Classes that maps and colours can keep apart."""
MAX_CHECKED = 20_000
"""Rows up to which a table is checked for leaks as it opens: of more it takes seconds."""
DRAWN_COLUMNS, DRAWN_TARGET = ("x1", "x2"), "label"
"""The columns of points set by hand, named as the generators name theirs."""

GENERATORS: Mapping[str, Callable[["DataState"], Dataset]] = {
    "blobs": lambda data: blobs(
        data.n_samples, centers=data.centers, cluster_std=data.cluster_std, random_state=data.random_state
    ),
    "circles": lambda data: circles(
        data.n_samples, noise=data.noise, factor=data.factor, random_state=data.random_state
    ),
    "moons": lambda data: moons(data.n_samples, noise=data.noise, random_state=data.random_state),
}
"""The generators of points, by the name of the source."""


@dataclass(frozen=True, eq=False)
class ReadTable:
    """A table with its labels as training reads it."""

    name: str
    training_set: TrainingSet
    """Its rows are those of the source, then the points set by hand."""
    frame: pl.DataFrame
    """The features as the source has them, of plain types."""
    options: ColumnOptions
    """What is said of the columns: categories, and columns to leave out."""
    can_add: bool
    """Whether points can be set by hand: it has two columns, both of numbers."""
    rows: tuple[int, ...] | None
    """The rows of the table that was opened, where rows without a label are left out; None for all."""
    notices: tuple[str, ...]
    """What the reader warns of."""


def read_source(data: "DataState", tables: Tables) -> ReadTable:
    """Read the rows that a state names, with the points set by hand; raise StudioError with all problems.

    Columns, cells and labels get the verdicts that they get in ``fit``, but that rows without a label are left out and
    said. Class numbers of points set by hand are the labels 0, 1, 2, ..., or count the classes of an opened table.
    """
    if data.source == "table":
        return _read_opened(data, tables)
    if data.source == "drawn":
        source = Dataset("points set by hand", _no_points(), DRAWN_TARGET)
    else:
        with placed("data", "source"):
            source = heart() if data.source == "heart" else GENERATORS[data.source](data)
    frame, labels = as_frame(source.X), source.y.tolist()
    can_add = data.source != "heart"
    if data.added and can_add:
        frame, labels = _with_points(frame, data.added), [*labels, *(number for _, _, number in data.added)]
    _check_drawn(data, labels)
    options = ColumnOptions.of(drop=_known(data.drop, frame.columns)).with_own_categorical(source.categorical)
    training_set, notices = _opened(frame, labels, source.target, options)
    return ReadTable(source.name, training_set, frame, options, can_add, None, notices)


def _read_opened(data: "DataState", tables: Tables) -> ReadTable:
    """Read a table that was opened or dropped, with the target and the columns that the form names."""
    table = tables.table(data.table)
    target = _target_of(table, data.target)
    problems = [
        _unknown_column(name, field, table.frame.columns)
        for field, names in (("categorical", data.categorical), ("drop", data.drop))
        for name in names
        if name not in table.frame.columns or name == target
    ]
    if problems:
        raise StudioError(problems)
    labels = typed_labels(table.frame[target])
    frame = table.frame.drop(target)
    rows = [row for row, label in enumerate(labels) if label is not None]
    notices = list(table.notices)
    if len(rows) < len(labels):
        n_left_out = len(labels) - len(rows)
        notices.append(f"{counted(n_left_out, 'row')} without a label in {quoted(target)}: left out.")
        frame, labels = frame[rows], [labels[row] for row in rows]
    options = ColumnOptions.of(categorical=data.categorical, drop=data.drop)
    training_set, own = _opened(frame, labels, target, options)
    used = training_set.schema.used
    can_add = len(used) == 2 == frame.width and all(column.kind == "numerical" for column in used)
    if data.added and can_add:
        training_set, frame = _with_labelled_points(data, training_set, frame, labels, options)
    left_out = tuple(rows) if len(rows) < table.frame.height else None
    notices = [*notices, *own, *_leaks(training_set)]
    return ReadTable(table.name, training_set, frame, options, can_add, left_out, tuple(notices))


def _leaks(training_set: TrainingSet) -> list[str]:
    """Return what makes scores of a table better than its networks will be, such as a column that names the class."""
    if len(training_set.codes) > MAX_CHECKED:
        return []
    known = training_set.schema, training_set.parsed, training_set.codes, training_set.classes
    findings = check_table(*known, unused_cells=training_set.unused_cells)
    return [finding.text for finding in findings if finding.severity == "leak"]


def _opened(
    frame: pl.DataFrame, labels: list[Any], target: str, options: ColumnOptions
) -> tuple[TrainingSet, tuple[str, ...]]:
    """Return a table as it is trained on, and what its reader warns of; its columns' problems are of the table."""
    with placed("data", "target"), noted() as warned:
        training_set = open_table(frame, labels, target, options=options)
    if len(training_set.classes) > MAX_CLASSES:
        fact = f"{quoted(target)} has {len(training_set.classes):,} classes, and the studio shows at most {MAX_CLASSES}"
        remedy = "Choose another column, or train it with demarcate fit"
        raise StudioError([PlacedProblem.of("data", fact, remedy, field="target")])
    columns = training_set.schema.columns
    unused = [f"Column {quoted(column.name)} is not used: {column.dropped}." for column in columns if column.dropped]
    notes = [f"Column {quoted(column.name)}: {column.note}" for column in columns if column.note and not column.dropped]
    return training_set, (*warned, *notes, *unused)


def _target_of(table: OpenedTable, target: str | None) -> str:
    """Return the column to predict, if it is one of the table and not the only one."""
    columns = table.frame.columns
    if target is None:
        fact, remedy = f"{table.name} has no column to predict yet", "Choose the column that holds the classes"
    elif target not in columns:
        raise StudioError([_unknown_column(target, "target", columns)])
    elif len(columns) == 1:
        fact, remedy = f"{quoted(target)} is the only column of {table.name}", "Give a table with columns beside it"
    else:
        return target
    raise StudioError([PlacedProblem.of("data", fact, remedy, field="target")])


def _unknown_column(name: str, field: str, columns: Sequence[str]) -> PlacedProblem:
    """Return the problem of a column that a table does not have, or that is to be predicted."""
    if name in columns:
        fact, remedy = f"{quoted(name)} is the column to predict", "Name columns beside it"
    else:
        close = similar_names([name], columns).get(name)
        fact = f"There is no column {quoted(name)}"
        remedy = f"Did you mean {quoted(close)}?" if close else f"The table has {listed(columns, 12, write=quoted)}"
    return PlacedProblem.of("data", fact, remedy, field=field)


def _known(names: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return those names that are columns: a name may be left from another source."""
    return [name for name in names if name in columns]


def _no_points() -> pl.DataFrame:
    """Return a table of points without rows."""
    return pl.DataFrame(schema={**dict.fromkeys(DRAWN_COLUMNS, pl.Float64), DRAWN_TARGET: pl.Int64})


def _with_points(frame: pl.DataFrame, points: Sequence[Sequence[float]]) -> pl.DataFrame:
    """Return a table of two columns with points after its rows; numbers in text stay text."""
    added = np.array([point[:2] for point in points], dtype=np.float64)
    columns = []
    for cells, values in zip(frame.get_columns(), added.T, strict=True):
        if cells.dtype == pl.String:
            columns.append(pl.concat([cells, pl.Series(cells.name, [repr(value) for value in values.tolist()])]))
        else:
            columns.append(pl.concat([cells.cast(pl.Float64), pl.Series(cells.name, values)]))
    return pl.DataFrame(columns)


def _with_labelled_points(
    data: "DataState", training_set: TrainingSet, frame: pl.DataFrame, labels: list[Any], options: ColumnOptions
) -> tuple[TrainingSet, pl.DataFrame]:
    """Return an opened table with points after its rows, each of one of its classes."""
    classes = training_set.classes.tolist()
    unknown = sorted({number for _, _, number in data.added if number >= len(classes)})
    if unknown:
        fact = f"Points set by hand have class number {listed(unknown)}, and {training_set.target} has {len(classes)}"
        remedy = f"Numbers count from 0 to {len(classes) - 1}"
        raise StudioError([PlacedProblem.of("data", fact, remedy, field="added")])
    frame = _with_points(frame, data.added)
    labels = [*labels, *(classes[number] for _, _, number in data.added)]
    return _opened(frame, labels, training_set.target, options)[0], frame


def _check_drawn(data: "DataState", labels: list[int]) -> None:
    """Refuse points set by hand that are no classes 0, 1, 2 and so on, with two points each at least."""
    if data.source == "heart" or not (data.added or data.source == "drawn"):
        return
    counts = np.bincount(np.array(labels, dtype=np.int64)) if labels else np.zeros(0, dtype=np.int64)
    few = [number for number, n in enumerate(counts.tolist()) if n < 2]
    if len(counts) >= 2 and not few:
        return
    if len(counts) < 2:
        fact = f"There {'is' if len(labels) == 1 else 'are'} {counted(len(labels), 'point')}, and no two classes"
        remedy = "Add points of two classes, two of each at least"
    else:
        fact = f"Class {listed(few)} has fewer than two points"
        remedy = "Add points of it, or use the classes in order: 0, 1, 2"
    raise StudioError([PlacedProblem.of("data", fact, remedy, field="added")])
