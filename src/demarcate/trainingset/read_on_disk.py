"""From a file of columns to a table whose parsed columns lie in a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.io.scratch import scratch_file
from demarcate.io.tables.columnar import Columnar
from demarcate.tabular import Column, Schema, class_codes
from demarcate.tabular.cells import slices
from demarcate.tabular.columns import plain_column
from demarcate.tabular.labels import typed_labels
from demarcate.tabular.schema_inference import ColumnInference, schema_of
from demarcate.tabular.summaries import Described, described
from demarcate.trainingset.column_store import CELL_BYTES, StoredColumns
from demarcate.trainingset.memory_budget import Allowance


@dataclass(frozen=True, eq=False)
class StoredTable:
    """A table whose columns lie in a file; what is here of it is small.

    Attributes
    ----------
    schema
        The columns.
    columns
        Their parsed cells.
    described
        What there is to show of each, by name.
    classes
        The labels, ``(n_classes,)``.
    codes
        Each row's class index, ``(n_rows,)``.
    target
        The name of the target column.
    n_left_out
        Rows that were left out because they have no target.
    n_bytes
        What the table takes in memory.
    allowance
        What may be taken of it.
    folder
        Where its files are.
    sample
        Rows drawn at random to stand for all where those are too many to be looked at together; None where all can be.
    """

    schema: Schema
    columns: StoredColumns
    described: dict[str, Described]
    classes: NDArray[Any]
    codes: NDArray[np.int64]
    target: str
    n_left_out: int
    n_bytes: int
    allowance: Allowance
    folder: Path
    sample: NDArray[np.int64] | None


@contextmanager
def read_stored(
    source: Columnar,
    target: str,
    allowance: Allowance,
    folder: Path,
    *,
    categorical: Sequence[str] = (),
    numerical: Sequence[str] = (),
    drop: Sequence[str] = (),
    drop_missing_target: bool = False,
    seed: int = 0,
) -> Iterator[StoredTable]:
    """Read a table column by column; what comes of each is what comes of it in a table that is read at once.

    Parameters
    ----------
    source
        The file.
    target
        The column to predict.
    allowance
        How much memory there is.
    folder
        Where parsed columns are kept as long as the context lasts, in a file without a name.
    categorical, numerical, drop
        As for `infer_schema`; of a column to drop that is larger than allowed only the first rows are looked at.
    drop_missing_target
        Whether rows without a target are left out, instead of refused.
    seed
        Draws the sample.

    Raises
    ------
    InputError
        If the table or its target is refused, a column is larger than allowed, or the disk has no room.

    Examples
    --------
    >>> import io, tempfile
    >>> file = io.BytesIO()
    >>> pl.DataFrame({"age": [40, 50, 60, 70], "sick": ["no", "no", "yes", "yes"]}).write_parquet(file)
    >>> source = Columnar.of(file.getvalue(), "heart.parquet", "Parquet")
    >>> with read_stored(source, "sick", Allowance(10**6), Path(tempfile.gettempdir())) as table:
    ...     table.columns["age"].tolist(), table.codes.tolist()
    ([40.0, 50.0, 60.0, 70.0], [0, 0, 1, 1])
    """
    names = [name for name in source.columns if name != target]
    inference = ColumnInference(names, categorical=categorical, numerical=numerical, drop=drop)
    allowance.check(source.n_rows, {name: size for name, size in source.sizes.items() if name not in drop})
    labels = typed_labels(plain_column(target, source.column(target)))
    kept = None
    if drop_missing_target and None in labels:
        kept = pl.Series([label is not None for label in labels])
        labels = [label for label in labels if label is not None]
    classes, codes = class_codes(labels)
    n_rows = len(codes)
    del labels
    needed = CELL_BYTES * n_rows * len(names)
    with scratch_file(folder, needed, f"{n_rows:,} rows of {len(names)} columns") as file:
        columns = StoredColumns(file, n_rows)
        reader = _Reader(source, kept, allowance)
        schema, shown = _read_columns(reader, names, inference, columns)
        n_sampled = allowance.sample_rows(schema)
        draw = np.random.default_rng(seed)
        sample = np.sort(draw.choice(n_rows, n_sampled, replace=False)) if n_sampled < n_rows else None
        yield StoredTable(
            schema=schema,
            columns=columns,
            described=shown,
            classes=classes,
            codes=codes,
            target=target,
            n_left_out=source.n_rows - n_rows,
            n_bytes=sum(source.sizes.values()),
            allowance=allowance,
            folder=folder,
            sample=sample,
        )


@dataclass(frozen=True, eq=False)
class _Reader:
    """Reads a column's cells in the rows that are kept."""

    source: Columnar
    kept: pl.Series | None
    allowance: Allowance

    def cells(self, name: str) -> pl.Series:
        """All of them, or of a column that is too large, and therefore dropped, the first so many."""
        n_rows = self.allowance.column_rows(self.source.n_rows, self.source.sizes[name])
        cells = plain_column(name, self.source.column(name, n_rows))
        return cells if self.kept is None else cells.filter(self.kept.head(n_rows))


def _read_columns(
    reader: _Reader, names: Sequence[str], inference: ColumnInference, stored: StoredColumns
) -> tuple[Schema, dict[str, Described]]:
    problems: list[Problem] = []
    columns: list[Column] = []
    shown: dict[str, Described] = {}
    for name in names:
        try:
            cells = reader.cells(name)
            column = inference.column(cells)
            if not column.dropped:
                _store(cells, column, stored)
        except InputError as error:
            problems += error.problems
            continue
        columns.append(column)
        shown[name] = described(cells, column)
    if problems:
        raise InputError(problems)
    schema = schema_of(columns)
    schema.check_usable()
    for column in schema.used:
        # It numbers the rows, and is used only because there is nothing else.
        if column.name not in stored:
            _store(reader.cells(column.name), column, stored)
    return schema, shown


def _store(cells: pl.Series, column: Column, stored: StoredColumns) -> None:
    """Put parsed cells into the file, and say what there is to say of them."""
    reader = Schema((column,)).reader()
    parts = (parsed[column.name] for part in slices(cells) if (parsed := reader.take(part.to_frame())) is not None)
    stored.add(column.name, parts, column.categories if column.kind in ("categorical", "boolean") else None)
    reader.close()
