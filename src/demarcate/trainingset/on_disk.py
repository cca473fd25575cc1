"""A training set larger than memory: its columns in one file, its encoded rows in another."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import TableEncoder
from demarcate.presentation import brief_repr
from demarcate.tabular import ParsedColumns
from demarcate.tabular.fingerprint import Fingerprint
from demarcate.tabular.summaries import ColumnSummary
from demarcate.trainingset.column_store import ColumnStore
from demarcate.trainingset.memory_budget import MemoryBudget
from demarcate.trainingset.training_set import TrainingSet

if TYPE_CHECKING:
    from demarcate.engine import Samples

_TEXT_BYTES = 100
"""About the size of a cell of text in memory while its fingerprint is taken."""


@brief_repr
@dataclass(frozen=True, eq=False)
class TrainingSetOnDisk(TrainingSet):
    """A training set that reads its columns one by one and keeps its encoded rows in a file."""

    parsed: ColumnStore
    _: KW_ONLY
    summaries: Mapping[str, ColumnSummary]  # of each column, by name
    n_unlabelled: int  # rows left out because they have no label
    table_bytes: int  # size of the whole table in memory
    budget: MemoryBudget  # for reading and encoding
    folder: Path  # of the files
    files: ExitStack  # closes the files of encoded rows
    on_write: Callable[[str, int], None] | None  # takes a description and a size in bytes before rows are written

    def cells(self, rows: NDArray[np.int64]) -> ParsedColumns:
        """Return the cells of some rows, by column."""
        return self.parsed.take(rows)

    def sampled(self) -> ParsedColumns:
        """Return the cells of the sample, or of all rows if there is none."""
        return self.parsed.rows(slice(None)) if self.sample is None else self.cells(self.sample)

    def fingerprint(self) -> str:
        """Return the SHA-256 that the same table has in memory."""
        digest = Fingerprint()
        for rows in row_slices(self.parsed.n_rows, self.budget.chunk_rows(_TEXT_BYTES * len(self.parsed))):
            digest.add(self.parsed.rows(rows), self.codes[rows])
        return digest.hexdigest()

    def samples(self, encoders: Sequence[TableEncoder]) -> "Samples":
        """Return the rows in a file, in the encoding of each encoder: the bits they have in memory."""
        from demarcate.trainingset.encoded_samples import samples_on_disk

        return samples_on_disk(self, encoders)


def row_slices(n_rows: int, size: int) -> Iterator[slice]:
    """Yield consecutive slices of at most ``size`` rows."""
    return (slice(start, start + size) for start in range(0, n_rows, size))
