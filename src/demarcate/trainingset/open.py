"""From a table and its labels, or a file that is read column by column, to a training set."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, InputWarning, Problem, together, warn_caller
from demarcate.io.scratch import scratch_file
from demarcate.io.tables.columnar import ColumnSource
from demarcate.tabular import Column, ParsedColumns, Schema, as_frame, encode_labels, infer_schema, read_labels
from demarcate.tabular.cells import slices
from demarcate.tabular.column_options import NO_COLUMN_OPTIONS, ColumnOptions
from demarcate.tabular.columns import plain_column
from demarcate.tabular.dependence import Dependence
from demarcate.tabular.labels import EncodedLabels, typed_labels
from demarcate.tabular.schema_inference import ColumnInference
from demarcate.tabular.summaries import ColumnSummary, summarize_column
from demarcate.trainingset.column_store import CELL_BYTES, ColumnStore
from demarcate.trainingset.memory_budget import MemoryBudget
from demarcate.trainingset.on_disk import TrainingSetOnDisk
from demarcate.trainingset.read_dependence import NO_ROLES, RowRoles, read_weights
from demarcate.trainingset.training_set import TrainingSet


def open_table(
    table: Any,
    labels: Any,
    target: str = "target",
    weights: NDArray[np.float64] | None = None,
    schema: Schema | None = None,
    roles: RowRoles = NO_ROLES,
    options: ColumnOptions = NO_COLUMN_OPTIONS,
    *,
    merge_labels: bool = False,
) -> TrainingSet:
    """Check a table and its labels, and read them into memory; all that is wrong with either is one `InputError`.

    Without a schema the columns are inferred, as by `infer_schema`; those with a role are no features, unless the
    options name their kind. ``weights`` are those of the column that ``roles`` names, if it does.
    ``merge_labels`` makes one class of the spellings of a label. Labels that a person would ask about are warned of,
    unless a schema says that they have been read before.
    """

    def columns() -> tuple[pl.DataFrame, Schema, Dependence | None]:
        frame = as_frame(table)
        if frame.is_empty():
            raise InputError([Problem("The table has no rows", "Give rows of every class")])
        names = roles.names(frame.columns)
        known = schema or infer_schema(frame, options, names)
        known.check_usable()
        cells = {column.name: column for column in frame.get_columns() if column.name in names}
        return frame, known, roles.dependence(cells, len(frame))

    missing = options.cells.missing
    (frame, known, dependence), read = together(
        columns, lambda: read_labels(labels, merge=merge_labels, missing=missing)
    )
    if schema is None:
        warn_of_labels(read.notices)
    parsed = known.parse(frame)
    return TrainingSet(
        known,
        parsed,
        read.classes,
        read.codes,
        weights,
        target,
        dependence=dependence,
        weights_column=roles.weights,
        unused_cells=known.parse_unused(frame),
        merge_labels=merge_labels,
    )


def warn_of_labels(notices: Iterable[str]) -> None:
    """Warn of labels that a person would ask about."""
    for notice in notices:
        warn_caller(InputWarning(notice))


@contextmanager
def open_file(
    source: ColumnSource,
    target: str,
    budget: MemoryBudget,
    folder: Path,
    roles: RowRoles = NO_ROLES,
    options: ColumnOptions = NO_COLUMN_OPTIONS,
    *,
    drop_missing_target: bool = False,
    merge_labels: bool = False,
    seed: int = 0,
    on_write: Callable[[str, int], None] | None = None,
) -> Iterator[TrainingSetOnDisk]:
    """Read a file column by column into files without a name in ``folder``, which last as long as the context.

    Every column becomes what it becomes in a table that is read at once. ``seed`` draws the sample of the rows; a
    column to drop that is larger than the budget is inferred from its first rows.
    """
    names = [name for name in source.columns if name != target]
    role_names = roles.names(names)
    inference = ColumnInference(names, options, role_names)
    budget.check(source.n_rows, {name: size for name, size in source.sizes.items() if name not in options.drop})
    labels = typed_labels(plain_column(target, source.column(target)), options.cells.missing)
    read, used = _read_labels(labels, drop_missing_target, merge_labels)
    warn_of_labels(read.notices)
    classes, codes = read.classes, read.codes
    n_labelled = len(codes)
    weights = None
    if roles.weights is not None:
        classes, codes, weights, used = _weighted_rows(source, roles.weights, classes, codes, used)
    n_rows = len(codes)
    reader = _Reader(source, used, budget)
    role_cells = {name: reader.cells(name) for name in role_names if name != roles.weights}
    dependence = roles.dependence(role_cells, n_rows)
    del role_cells
    n_bytes, what = CELL_BYTES * n_rows * len(names), f"{n_rows:,} rows of {len(names)} columns"
    with scratch_file(folder, n_bytes, what) as file, ExitStack() as files:
        store = ColumnStore(file, n_rows)
        schema = reader.read(names, inference, store)
        n_sampled = budget.sample_rows(schema)
        generator = np.random.default_rng(seed)
        sample = np.sort(generator.choice(n_rows, n_sampled, replace=False)) if n_sampled < n_rows else None
        yield TrainingSetOnDisk(
            schema=schema,
            parsed=store,
            classes=classes,
            codes=codes,
            weights=weights,
            target=target,
            dependence=dependence,
            weights_column=roles.weights,
            unused_cells=reader.unused(schema, sample),
            merge_labels=merge_labels,
            sample=sample,
            summaries=reader.summaries,
            n_unlabelled=source.n_rows - n_labelled,
            table_bytes=sum(source.sizes.values()),
            budget=budget,
            folder=folder,
            files=files,
            on_write=on_write,
        )


def _read_labels(labels: Sequence[Any], drop_missing: bool, merge: bool) -> tuple[EncodedLabels, pl.Series | None]:
    """Return the labels, and which rows have one, ``(n_rows,)``, if others are left out."""
    if not (drop_missing and None in labels):
        return read_labels(labels, merge=merge), None
    labelled = pl.Series([label is not None for label in labels])
    return read_labels([label for label in labels if label is not None], merge=merge), labelled


def _weighted_rows(
    source: ColumnSource, name: str, classes: NDArray[Any], codes: NDArray[np.int64], used: pl.Series | None
) -> tuple[NDArray[Any], NDArray[np.int64], NDArray[np.float64], pl.Series | None]:
    """Return classes, codes and weights of the rows that weigh something, and which rows of the file these are."""
    cells = plain_column(name, source.column(name))
    weights = read_weights(cells if used is None else cells.filter(used))
    if weights.all():
        return classes, codes, weights, used
    has_weight = np.ones(source.n_rows, dtype=bool) if used is None else used.to_numpy().copy()
    has_weight[np.flatnonzero(has_weight)[weights == 0]] = False
    classes, codes = encode_labels(classes[codes[weights > 0]])
    return classes, codes, weights[weights > 0], pl.Series(has_weight)


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads columns one by one, in the rows that are used: they have a label, and a weight above 0."""

    source: ColumnSource
    used: pl.Series | None
    budget: MemoryBudget
    summaries: dict[str, ColumnSummary] = field(default_factory=dict)

    def read(self, names: Sequence[str], inference: ColumnInference, store: ColumnStore) -> Schema:
        """Infer, summarise and store columns; the problems of all of them are one error."""
        problems: list[Problem] = []
        columns: list[Column] = []
        for name in names:
            try:
                cells = self.cells(name)
                column = inference.infer(cells)
                if not column.dropped:
                    _store(cells, column, store)
            except InputError as error:
                problems += error.problems
                continue
            columns.append(column)
            self.summaries[name] = summarize_column(cells, column)
        if problems:
            raise InputError(problems)
        schema = inference.schema(columns)
        schema.check_usable()
        inferred = {column.name: column for column in columns}
        for column in schema.used:
            # A column that numbers the rows is used only if there is no other, and other columns may say how numbers
            # are written.
            if column.name not in store or column.number_format != inferred[column.name].number_format:
                cells = self.cells(column.name)
                _store(cells, column, store)
                self.summaries[column.name] = summarize_column(cells, column)
        return schema

    def unused(self, schema: Schema, sample: NDArray[np.int64] | None) -> ParsedColumns:
        """Return the sampled cells of the columns that are not used, except of those too large to read."""
        rows = slice(None) if sample is None else sample
        n_rows, sizes = self.source.n_rows, self.source.sizes
        names = [column.name for column in schema.dropped if not column.dropped.startswith("constant")]
        small = [name for name in names if self.budget.column_rows(n_rows, sizes[name]) == n_rows]
        parsed = (schema.parse_unused(self.cells(name)[rows].to_frame()) for name in small)
        return {name: cells for of_column in parsed for name, cells in of_column.items()}

    def cells(self, name: str) -> pl.Series:
        """Return all cells of a column; of one that is too large, and so is dropped, the first ones."""
        n_rows = self.budget.column_rows(self.source.n_rows, self.source.sizes[name])
        cells = plain_column(name, self.source.column(name, n_rows))
        return cells if self.used is None else cells.filter(self.used.head(n_rows))


def _store(cells: pl.Series, column: Column, store: ColumnStore) -> None:
    reader = Schema((column,)).reader()
    parts = (parsed[column.name] for part in slices(cells) if (parsed := reader.parse(part.to_frame())) is not None)
    if column.kind == "text":
        store.add_texts(column.name, parts)
    else:
        store.add(column.name, parts, column.categories if column.kind in ("categorical", "boolean") else None)
    reader.close()
