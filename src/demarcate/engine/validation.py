"""Validation: the metrics of rows that members are evaluated on while they train."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from demarcate.engine.batches import padded_rows
from demarcate.engine.member_data import MemberData, mean_metrics, metric_sums
from demarcate.nn.propagation import Propagation

MAX_GATHERED = 1 << 21
"""Numbers of one layer computed at once."""


class Validation:
    """Rows that members are evaluated on, without dropout, and the logits of one epoch after another.

    At least one member has such rows. Logits are computed in the parameters' own precision, as finished networks
    predict.
    """

    def __init__(self, data: MemberData, rows: Sequence[Tensor]) -> None:
        self._data, self._rows = data, padded_rows(rows).to(data.device)
        self._refresh()

    def _refresh(self) -> None:
        self._targets = self._data.targets(self._rows)
        self._logits = self._targets.probabilities.new_empty(0, *self._targets.probabilities.shape)
        self._inputs: tuple[int, Tensor] | None = None
        self._n_done = 0

    @property
    def numbers_per_evaluation(self) -> int:
        """Numbers held of each evaluation: the logits of all rows."""
        return self._targets.probabilities.numel()

    def start_block(self, n_evaluations: int) -> None:
        """Allocate the logits of this many evaluations."""
        if n_evaluations > len(self._logits):
            probabilities = self._targets.probabilities
            self._logits = probabilities.new_empty(n_evaluations, *probabilities.shape)
        self._n_done = 0

    def evaluate(self, propagation: Propagation) -> None:
        """Compute the logits of the present weights."""
        logits = self._logits[self._n_done]
        for start, x in self._chunks(propagation.widest):
            propagation.evaluate(x, logits[..., start : start + x.shape[1]])
        self._n_done += 1

    def end_block(self, is_due: Tensor) -> tuple[Tensor, Tensor]:
        """Return the metrics of a block's epochs, and the logits of each evaluation.

        ``is_due``, bool ``(n_epochs, n_members)``, says in which epochs which members were evaluated. Mean loss and
        accuracy are ``(n_epochs, 2, n_members)``, on the CPU, and NaN elsewhere; logits are ``(n_evaluations,
        n_members, n_outputs, n_rows)``.
        """
        logits = self._logits[: self._n_done]
        metrics = mean_metrics(metric_sums(self._data.head, self._targets, logits))
        values = metrics.new_full((len(is_due), *metrics.shape[1:]), torch.nan)
        values[is_due.any(1)] = metrics
        # Where another member was due, one that was not has no value of its own.
        return torch.where(is_due.unsqueeze(1), values, torch.nan), logits

    def keep(self, members: Tensor) -> None:
        """Keep only these members; the data has kept only them already."""
        self._rows = self._rows[members]
        self._refresh()

    def _chunks(self, widest: int) -> Iterator[tuple[int, Tensor]]:
        """Yield the first row and the inputs of chunks that fit the work space; a single chunk is gathered once."""
        n_members, n_rows = self._rows.shape
        size = max(1, MAX_GATHERED // (n_members * widest))
        if self._inputs is not None:
            yield self._inputs
            return
        dtype = self._data.samples.weights.dtype
        for start in range(0, n_rows, size):
            chunk = start, self._data.inputs(self._rows[:, start : start + size], dtype)
            self._inputs = chunk if size >= n_rows else None
            yield chunk
