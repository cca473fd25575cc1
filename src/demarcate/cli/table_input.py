"""From the table that a command names to its rows and its target."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.cli.console import notify
from demarcate.cli.error_handling import UsageError
from demarcate.cli.options import ReadingOptions, RowOptions, TableOptions
from demarcate.datasets import BUILT_IN, TableStream, read_table, stream_table
from demarcate.errors import InputError, InputWarning, Problem, warn_caller
from demarcate.formatting import counted, listed, quoted
from demarcate.io import signals
from demarcate.phases import phase
from demarcate.tabular import as_frame, typed_labels
from demarcate.tabular.column_names import similar_names
from demarcate.tabular.column_options import ColumnOptions
from demarcate.tabular.summaries import summarize_column

if TYPE_CHECKING:
    from demarcate.inference import Predictor
    from demarcate.trainingset import TrainingSet
    from demarcate.trainingset.read_dependence import RowRoles

USUAL_TARGET = "target"
"""A column of this very name is predicted where no other is named."""

# polars, which is loaded by now, has Ctrl-C wait until the writer of a pipe has more to say.
signals.interrupt_blocking_calls()


@dataclass(frozen=True, eq=False)
class TableInput:
    """A table that a command reads, whole or in parts, and the facts that are known of it."""

    name: str
    """As the user calls it."""
    parts: Iterable[pl.DataFrame]
    """Frames of consecutive rows, of plain types; one frame if the table is read whole."""
    columns: tuple[str, ...]
    n_rows: int | None
    """None where the format does not say."""
    is_rereadable: bool = True
    is_stored: bool = False
    """Whether another process finds the same table: it is a file, or built in."""
    target: str | None = None
    """The column to predict, if the table itself names one."""
    categorical: tuple[str, ...] = ()
    """Columns that are categories although they are written as numbers."""

    @classmethod
    def of_frame(cls, name: str, frame: pl.DataFrame, **facts: Any) -> Self:
        """Return a table that is in memory."""
        return cls(name, [frame], tuple(frame.columns), len(frame), **facts)

    def stored_parts(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Yield each part twice: in plain types, and as the table stores it."""
        if isinstance(self.parts, _PlainParts):
            yield from ((as_frame(part), part) for part in self.parts.table)
        else:
            yield from ((part, part) for part in self.parts)

    @property
    def frame(self) -> pl.DataFrame:
        """All rows of a table that is read whole."""
        (frame,) = self.parts
        return frame


def load_table(source: str, reading: ReadingOptions | None = None) -> TableInput:
    """Read a built-in data set by its name, or another table, whole."""
    reading = reading or ReadingOptions()
    if source in BUILT_IN:
        data = reading.dataset(source)
        facts: dict[str, Any] = {"target": data.target, "categorical": tuple(data.categorical), "is_stored": True}
        return TableInput.of_frame(source, as_frame(data.frame), **facts)
    reading.refuse_shape(source)
    frame = read_table(source, **reading.arguments())
    return TableInput.of_frame(source, as_frame(frame))


def open_stream(source: str, reading: ReadingOptions) -> TableInput:
    """Open a built-in data set by its name, or another table, to be read in parts."""
    if source in BUILT_IN:
        return load_table(source, reading)
    table = open_table_stream(source, reading)
    return TableInput(
        source, _PlainParts(table), table.columns, table.n_rows, table.again, is_stored=Path(source).is_file()
    )


def open_table_stream(source: str, reading: ReadingOptions) -> TableStream:
    """Open a table that is not built in, to be read in parts, with the types of its format."""
    reading.refuse_shape(source)
    return stream_table(source, **reading.arguments())


@dataclass(frozen=True)
class _PlainParts:
    """The parts of a table as frames of plain types."""

    table: TableStream

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return map(as_frame, self.table)


@dataclass(frozen=True, eq=False)
class LabelledTable:
    """A table in memory whose target is known."""

    name: str
    frame: pl.DataFrame
    labels: list[Any]
    training_set: "TrainingSet"
    options: ColumnOptions
    """What is said of its columns."""

    def show(self) -> None:
        """Print the kind of each column, and how many rows each class has."""
        from demarcate.cli.console_tables import MAX_COLUMNS, print_training_set

        columns = self.training_set.schema.columns[:MAX_COLUMNS]
        summaries = {column.name: summarize_column(self.frame[column.name], column) for column in columns}
        print_training_set(self.name, self.training_set, summaries)


def load_labelled(
    options: TableOptions, reading: ReadingOptions, rows: RowOptions | None = None, read: TableInput | None = None
) -> LabelledTable:
    """Read the table that options name into memory, with its target, the kinds of its columns and roles of some.

    ``read`` is the table, if it has been read already.
    """
    with phase("read", detail=options.table):
        table = read or load_table(options.table, reading)
        words: dict[str, Any] = {"drop_missing": options.drop_missing_target, "missing": reading.cells().missing}
        frame, labels, target = split_target(table, options.target, **words)
    with phase("check", detail="columns, cells and labels"):
        from demarcate.trainingset import open_table

        roles = (rows or RowOptions()).roles(frame.columns)
        roles.refuse_target(target)
        frame, labels, weights = weighted_rows(frame, labels, roles)
        column_options, merge = options.column_options(table.columns, reading, table.categorical), options.merge_labels
        training_set = open_table(frame, labels, target, weights, None, roles, column_options, merge_labels=merge)
    return LabelledTable(table.name, frame, labels, training_set, column_options)


def weighted_rows(
    frame: pl.DataFrame, labels: list[Any], roles: "RowRoles"
) -> tuple[pl.DataFrame, list[Any], NDArray[np.float64] | None]:
    """Return the rows that weigh something, with their labels and weights; all rows and None without weights."""
    roles.names(frame.columns)
    if roles.weights is None:
        return frame, labels, None
    from demarcate.trainingset.read_dependence import read_weights

    weights = read_weights(frame[roles.weights])
    used = np.flatnonzero(weights)
    report_dropped_rows(len(weights) - len(used), "of weight 0")
    return frame[used], [labels[row] for row in used.tolist()], weights[used]


def split_target(
    table: TableInput, target: str | None, *, drop_missing: bool = False, missing: Sequence[str] = ()
) -> tuple[pl.DataFrame, list[Any], str]:
    """Return features, labels and the name of the target of a table that is read whole.

    Labels are None where they are missing, or one of the ``missing`` words.
    """
    target = resolve_target(table.name, table.columns, target or table.target)
    frame, labels = table.frame.drop(target), typed_labels(table.frame[target], missing)
    if drop_missing:
        labelled = [row for row, label in enumerate(labels) if label is not None]
        report_dropped_rows(len(labels) - len(labelled))
        frame, labels = frame[labelled], [labels[row] for row in labelled]
    return frame, labels, target


def resolve_target(name: str, columns: Sequence[str], target: str | None) -> str:
    """Return the target of a table, if it is one of the columns and not the only one."""
    if target is None and USUAL_TARGET in columns:
        notify(f"The column {USUAL_TARGET!r} is predicted; --target names another.")
        target = USUAL_TARGET
    if target is None:
        # The target is often last: names in the middle are left out.
        shown = ", ".join(columns if len(columns) <= 20 else [*columns[:9], "...", *columns[-9:]])
        raise UsageError("There is no column to predict", f"Name one with --target; {name} has {shown}")
    if target not in columns:
        close = similar_names([target], columns).get(target)
        remedy = f"Did you mean {quoted(close)}?" if close else f"The table has {listed(columns, 20)}"
        raise InputError([Problem(f"There is no column {target!r} to predict", remedy)])
    if len(columns) == 1:
        raise InputError([Problem(f"{target!r} is the only column", "Add columns beside the target")])
    return target


def report_dropped_rows(n_rows: int, which: str = "without a target") -> None:
    """Report how many rows of a kind are left out, if any are."""
    if n_rows:
        notify(f"{counted(n_rows, 'row')} {which} {'is' if n_rows == 1 else 'are'} left out.")


def warn_if_training_rows(predictor: "Predictor", fingerprint: str) -> None:
    """Warn if a model is about to be scored on the very rows that it was trained on."""
    if fingerprint == predictor.record.get("provenance", {}).get("data_sha256"):
        message = "These are the very rows the model was trained on: its scores are too good. Score it on other rows."
        warn_caller(InputWarning(message))
