"""Which rows each member sees in each step."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

PAD = -1


def padded_rows(rows: Sequence[Tensor]) -> Tensor:
    """Members' rows as one matrix ``(n_members, longest)``, short ones filled up with ``PAD``.

    Examples
    --------
    >>> padded_rows([torch.tensor([4, 2]), torch.tensor([7])])
    tensor([[ 4,  2],
            [ 7, -1]])
    """
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=PAD)


class Batches:
    """Each member's own order of its own rows, cut into equally many batches.

    Parameters
    ----------
    rows
        Each member's training rows, int64 on the CPU.
    batch_size
        Rows in a step; None for full batch.
    generators
        Each member's generator on the CPU; advanced once an epoch when there are mini-batches.

    Examples
    --------
    >>> batches = Batches([torch.arange(5)], 2, [torch.Generator().manual_seed(0)])
    >>> [batch.shape[1] for batch in batches.epoch()]
    [2, 2, 1]
    """

    def __init__(self, rows: Sequence[Tensor], batch_size: int | None, generators: Sequence[torch.Generator]) -> None:
        self.rows = list(rows)
        self.generators = list(generators)
        longest = max(len(member) for member in self.rows)
        self.batch_size = None if batch_size is None or batch_size >= longest else batch_size
        self._ordered = padded_rows(self.rows) if self.batch_size is None else None

    @property
    def is_full(self) -> bool:
        """Whether every step sees the same rows in the same order."""
        return self.batch_size is None

    def epoch(self) -> Iterator[Tensor]:
        """The steps of one epoch: row numbers ``(n_members, batch)``, filled up with ``PAD``."""
        if self._ordered is not None:
            yield self._ordered
            return
        shuffled = [
            rows[torch.randperm(len(rows), generator=generator)]
            for rows, generator in zip(self.rows, self.generators, strict=True)
        ]
        yield from padded_rows(shuffled).split(self.batch_size or 1, dim=1)

    def sizes(self, step: int) -> list[int]:
        """Each member's own rows in a step of an epoch, steps numbered from 0; the rest of the step is ``PAD``.

        Examples
        --------
        >>> batches = Batches([torch.arange(5), torch.arange(3)], 2, [torch.Generator(), torch.Generator()])
        >>> [batches.sizes(step) for step in range(3)]
        [[2, 2], [2, 1], [1, 0]]
        """
        if self.batch_size is None:
            return [len(rows) for rows in self.rows]
        return [max(0, min(self.batch_size, len(rows) - step * self.batch_size)) for rows in self.rows]

    def keep(self, members: Sequence[int]) -> None:
        """Go on with some of the members."""
        self.rows = [self.rows[member] for member in members]
        self.generators = [self.generators[member] for member in members]
        if self._ordered is not None:
            self._ordered = padded_rows(self.rows)
