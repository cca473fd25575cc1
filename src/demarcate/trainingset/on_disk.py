"""A table larger than memory, ready to learn from: its columns in one file, its encoded rows in another."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from io import FileIO

import numpy as np
import torch
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.engine import Samples
from demarcate.engine.inputs import DiskInputs
from demarcate.io.scratch import scratch_file, write_all
from demarcate.tabular import ParsedColumns
from demarcate.tabular.fingerprint import Fingerprint
from demarcate.trainingset import StoredColumns, StoredTable
from demarcate.trainingset.training_set import Task

NUMBER_BYTES = 4
"""What an encoded number takes in the file, as in memory."""
_WORK = 2
"""How many times encoded rows are in memory while they are made."""
_TEXT_BYTES = 100
"""About what a cell of text takes in memory while its fingerprint is taken."""


@dataclass(frozen=True, eq=False)
class TaskOnDisk(Task):
    """A task that reads its columns one by one, and keeps encoded rows in a file; made by `task_on_disk`.

    Attributes
    ----------
    table
        The table in its file.
    on_write
        Told how many encoded columns there are, and how many bytes of them are about to be written.
    """

    table: StoredTable = field(kw_only=True)
    on_write: Callable[[int, int], None] | None = field(kw_only=True)
    _files: ExitStack = field(kw_only=True)

    def cells(self, rows: NDArray[np.int64]) -> ParsedColumns:
        """The cells of some rows."""
        return self.table.columns.chosen(rows)

    def sampled(self) -> ParsedColumns:
        """The cells of the sample, or of all rows where there is none."""
        return self.table.columns.rows(slice(None)) if self.sample is None else self.cells(self.sample)

    def fingerprint(self) -> str:
        """That of the same table in memory."""
        made, columns = Fingerprint(), self.table.columns
        chunk = self.table.allowance.chunk_rows(_TEXT_BYTES * len(columns))
        for rows in _slices(columns.n_rows, chunk):
            made.add(columns.rows(rows), self.codes[rows])
        return made.hexdigest()

    def samples(self, encoders: Sequence[TableEncoder]) -> Samples:
        """The rows as the engine takes them, in each encoding: the bits they would have in memory.

        Raises
        ------
        InputError
            If the disk has no room for them.
        """
        d_in = tuple(encoder.n_encoded for encoder in encoders)
        n_rows, row_bytes = len(self.codes), max(d_in) * NUMBER_BYTES
        n_bytes = len(d_in) * n_rows * row_bytes
        what = f"{n_rows:,} rows of {max(d_in):,} encoded columns"
        file = self._files.enter_context(scratch_file(self.table.folder, n_bytes, what))
        if self.on_write:
            self.on_write(max(d_in), n_bytes)
        chunk = self.table.allowance.chunk_rows(row_bytes * _WORK)
        for encoder in encoders:
            _write_encoded(encoder, self.table.columns, max(d_in), chunk, file)
        inputs = DiskInputs(file, n_rows, d_in)
        weights = None if self.weights is None else torch.from_numpy(self.weights)
        return Samples.over(inputs, torch.from_numpy(self.codes), len(self.classes), weights)


@contextmanager
def task_on_disk(table: StoredTable, on_write: Callable[[int, int], None] | None = None) -> Iterator[TaskOnDisk]:
    """A table that was read into a file as a task; the files of its encoded rows are there as long as the context.

    Parameters
    ----------
    table
        The table.
    on_write
        Told how many encoded columns there are, and how many bytes of them are about to be written.

    Examples
    --------
    >>> import io, tempfile
    >>> from pathlib import Path
    >>> import polars as pl
    >>> from demarcate.io.tables.columnar import Columnar
    >>> from demarcate.trainingset import Allowance, read_stored
    >>> file = io.BytesIO()
    >>> pl.DataFrame({"age": [40, 50, 60, 70], "sick": ["no", "no", "yes", "yes"]}).write_parquet(file)
    >>> source = Columnar.of(file.getvalue(), "heart.parquet", "Parquet")
    >>> with read_stored(source, "sick", Allowance(10**6), Path(tempfile.gettempdir())) as table:
    ...     with task_on_disk(table) as task:
    ...         samples = task.samples([TableEncoder.fit(task.schema, task.parsed, np.array([0, 2]))])
    ...         samples.gather(torch.tensor([0]), torch.tensor([[3, 0]]))
    tensor([[[ 2.],
             [-1.]]])
    """
    with ExitStack() as files:
        yield TaskOnDisk(
            schema=table.schema,
            parsed=table.columns,
            classes=table.classes,
            codes=table.codes,
            target=table.target,
            sample=table.sample,
            table=table,
            on_write=on_write,
            _files=files,
        )


def _write_encoded(encoder: TableEncoder, columns: StoredColumns, width: int, chunk: int, file: FileIO) -> None:
    """Put all rows in one encoding behind what a file holds, narrower rows filled up with zeros."""
    for rows in _slices(columns.n_rows, chunk):
        encoded = encoder.encode(columns.rows(rows))
        if encoded.shape[1] < width:
            encoded = np.pad(encoded, [(0, 0), (0, width - encoded.shape[1])])
        write_all(file, encoded.reshape(-1).view(np.uint8).data)


def _slices(n_rows: int, size: int) -> Iterator[slice]:
    return (slice(start, start + size) for start in range(0, n_rows, size))
