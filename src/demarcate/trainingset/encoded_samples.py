"""The rows of a training set as the engine reads them: encoded ahead, batch by batch, or in a file."""

from collections.abc import Sequence

import numpy as np
import torch

from demarcate.encoding import TableEncoder
from demarcate.encoding.shared_table import SharedTable
from demarcate.engine import Samples
from demarcate.engine.inputs import DenseInputs, DiskInputs, Inputs, SharedInputs
from demarcate.io.scratch import scratch_file, write_all
from demarcate.tabular import ParsedColumns
from demarcate.trainingset.on_disk import TrainingSetOnDisk, row_slices
from demarcate.trainingset.training_set import TrainingSet

DENSE_BYTES = 512 * 2**20
"""Up to this size of all encodings together, rows are encoded ahead of training; above, batch by batch."""
_ENCODED_COPIES = 2
"""Copies of encoded rows in memory while they are written."""


def samples_in_memory(training_set: TrainingSet, encoders: Sequence[TableEncoder]) -> Samples:
    """Return the rows in the encoding of each encoder; a large table is kept once for all encodings."""
    n_rows, parsed = len(training_set.codes), training_set.parsed
    row_bytes = max(encoder.n_encoded for encoder in encoders) * torch.float32.itemsize
    if len(encoders) > 1 and len(encoders) * n_rows * row_bytes > DENSE_BYTES:
        return _samples(training_set, shared_inputs(parsed, encoders))
    return _samples(training_set, _dense_inputs(parsed, encoders, n_rows))


def samples_on_disk(training_set: TrainingSetOnDisk, encoders: Sequence[TableEncoder]) -> Samples:
    """Write the rows to a file in each encoding, padded to one width; read, they have the bits they have in memory."""
    d_in = tuple(encoder.n_encoded for encoder in encoders)
    n_rows, row_bytes = len(training_set.codes), max(d_in) * torch.float32.itemsize
    n_bytes = len(d_in) * n_rows * row_bytes
    what = f"{n_rows:,} rows of {max(d_in):,} encoded columns"
    file = training_set.files.enter_context(scratch_file(training_set.folder, n_bytes, what))
    if training_set.on_write:
        training_set.on_write(what, n_bytes)
    chunk = training_set.budget.chunk_rows(row_bytes * _ENCODED_COPIES)
    for encoder, width in zip(encoders, d_in, strict=True):
        for rows in row_slices(n_rows, chunk):
            encoded = encoder.encode_for_training(training_set.parsed.rows(rows), rows)
            padded = np.pad(encoded, [(0, 0), (0, max(d_in) - width)])
            write_all(file, padded.reshape(-1).view(np.uint8).data)
    return _samples(training_set, DiskInputs(file, n_rows, d_in))


def shared_inputs(parsed: ParsedColumns, encoders: Sequence[TableEncoder]) -> SharedInputs:
    """Return a table that is kept once and encoded while a batch is gathered."""
    table = SharedTable.of(encoders, parsed)
    return SharedInputs(
        numbers=torch.from_numpy(table.numbers),
        statistics=torch.from_numpy(table.statistics),
        n_flags=table.n_gaps,
        codes=torch.from_numpy(table.codes),
        tables=tuple(map(torch.from_numpy, table.tables)),
        order=torch.from_numpy(table.order),
        d_in=table.d_in,
        leaves=None if table.leaves is None else torch.from_numpy(table.leaves),
        n_leaves=table.n_leaves,
    )


def _dense_inputs(parsed: ParsedColumns, encoders: Sequence[TableEncoder], n_rows: int) -> DenseInputs:
    d_in = tuple(encoder.n_encoded for encoder in encoders)
    if len(encoders) == 1:
        return DenseInputs(torch.from_numpy(encoders[0].encode_for_training(parsed)).unsqueeze(0), d_in)
    matrices = torch.zeros(len(encoders), n_rows, max(d_in))
    for matrix, encoder, width in zip(matrices, encoders, d_in, strict=True):
        matrix[:, :width] = torch.from_numpy(encoder.encode_for_training(parsed))
    return DenseInputs(matrices, d_in)


def _samples(training_set: TrainingSet, inputs: Inputs) -> Samples:
    weights = None if training_set.weights is None else torch.from_numpy(training_set.weights)
    return Samples.over(inputs, torch.from_numpy(training_set.codes), len(training_set.classes), weights)
