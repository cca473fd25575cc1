"""Watching validation rows while members train."""

from collections.abc import Iterator, Sequence

from torch import Tensor

from demarcate.engine.batches import padded_rows
from demarcate.engine.member_data import MemberData, mean_metrics, metric_sums
from demarcate.nn.propagation import Propagation

MAX_GATHERED = 1 << 21
"""Numbers of one layer computed at once."""


class Validation:
    """The members' validation rows, and the logits that one epoch's weights after the other's give them.

    Rows are judged in the parameters' own precision, as finished networks predict.

    Parameters
    ----------
    source
        Where the rows come from.
    rows
        Each member's validation rows; at least one member has some.
    """

    def __init__(self, source: MemberData, rows: Sequence[Tensor]) -> None:
        self._source, self._numbers = source, padded_rows(rows)
        self._targets = source.targets(self._numbers)
        self._gathered: tuple[int, Tensor] | None = None
        self._logits, self._n_done = self._no_looks(), 0

    @property
    def kept(self) -> int:
        """Numbers kept of each look: the logits of all rows."""
        return self._targets.marks.numel()

    def open(self, n_looks: int) -> None:
        """Make room for so many looks."""
        if n_looks > len(self._logits):
            self._logits = self._targets.marks.new_empty(n_looks, *self._targets.marks.shape)
        self._n_done = 0

    def look(self, propagation: Propagation) -> None:
        """Compute the logits that the present weights give."""
        place = self._logits[self._n_done]
        for start, x in self._inputs(propagation.widest):
            propagation.forward(x, place[..., start : start + x.shape[1]])
        self._n_done += 1

    def close(self) -> tuple[Tensor, Tensor]:
        """What was seen since `open`.

        Returns
        -------
        Tensor
            Mean loss and accuracy of each look, ``(n_looks, 2, n_members)``, on the CPU.
        Tensor
            The logits, ``(n_looks, n_members, n_outputs, n_rows)``.
        """
        logits = self._logits[: self._n_done]
        return mean_metrics(metric_sums(self._source.head, self._targets, logits)), logits

    def keep(self, members: Tensor) -> None:
        """Go on with some of the members; the source has let go of the others already."""
        self._numbers = self._numbers[members]
        self._targets = self._source.targets(self._numbers)
        self._gathered, self._logits = None, self._no_looks()

    def _no_looks(self) -> Tensor:
        return self._targets.marks.new_empty(0, *self._targets.marks.shape)

    def _inputs(self, widest: int) -> Iterator[tuple[int, Tensor]]:
        """Encoded rows in pieces that fit the work space, with the place of each; a single piece is kept."""
        n_members, n_rows = self._numbers.shape
        size = max(1, MAX_GATHERED // (n_members * widest))
        if self._gathered is not None:
            yield self._gathered
            return
        dtype = self._source.samples.weights.dtype
        for start in range(0, n_rows, size):
            piece = start, self._source.inputs(self._numbers[:, start : start + size], dtype)
            self._gathered = piece if size >= n_rows else None
            yield piece
