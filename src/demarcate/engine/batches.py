"""Which rows each member sees in each step."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

PAD = -1
MANY = 1 << 20
"""Row numbers of an epoch above which they are kept in four bytes each."""


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
    >>> [tuple(block.shape) for block in batches.epoch(max_steps=8)]
    [(2, 1, 2), (1, 1, 1)]
    """

    def __init__(self, rows: Sequence[Tensor], batch_size: int | None, generators: Sequence[torch.Generator]) -> None:
        self.rows = list(rows)
        self.generators = list(generators)
        self.batch_size = None if batch_size is None or batch_size >= self.longest else batch_size
        self._began = torch.empty(0)

    @property
    def longest(self) -> int:
        """Rows of the member that has the most."""
        return max(len(member) for member in self.rows)

    @property
    def n_steps(self) -> int:
        """Steps in an epoch."""
        return 1 if self.batch_size is None else -(-self.longest // self.batch_size)

    def epoch(self, max_steps: int) -> Iterator[Tensor]:
        """The steps of one epoch, in blocks of at most ``max_steps`` equally long ones.

        Parameters
        ----------
        max_steps
            At least 1.

        Yields
        ------
        Tensor
            Row numbers ``(n_steps, n_members, batch)``, filled up with ``PAD``.
        """
        if self.batch_size is None:
            yield padded_rows(self.rows).unsqueeze(0)
            return
        self._began = torch.stack([generator.get_state() for generator in self.generators])
        shuffled = self._shuffled(1)
        n_whole = shuffled.shape[1] // self.batch_size
        whole, last = shuffled.tensor_split([n_whole * self.batch_size], 1)
        blocks = whole.unflatten(1, (n_whole, self.batch_size)).transpose(0, 1)
        yield from (block.long() for block in blocks.split(max_steps))
        if last.shape[1]:
            yield last.unsqueeze(0).long()

    def whole_epochs(self, n_epochs: int) -> Tensor:
        """The steps of several epochs in one block, ``(n_epochs * n_steps, n_members, batch)``.

        The last step of each is filled up to the length of the others; otherwise they are those of `epoch`.

        Examples
        --------
        >>> batches = Batches([torch.arange(5)], 2, [torch.Generator().manual_seed(0)])
        >>> batches.whole_epochs(2).shape
        torch.Size([6, 1, 2])
        """
        assert self.batch_size is not None
        shuffled = self._shuffled(n_epochs)
        missing = self.n_steps * self.batch_size - shuffled.shape[1]
        filled = torch.nn.functional.pad(shuffled, (0, missing), value=PAD)
        steps = filled.view(n_epochs, len(self.rows), self.n_steps, self.batch_size)
        return steps.transpose(1, 2).flatten(0, 1).long()

    def _shuffled(self, n_epochs: int) -> Tensor:
        """Each member's rows in a new order for each epoch, ``(n_epochs * n_members, longest)``."""
        # Filled in one by one, in few bytes: of millions of rows the orders of all members are most of what is kept.
        dtype = torch.int64 if self.longest * len(self.rows) <= MANY else _narrowest(self.rows)
        orders = torch.full((n_epochs * len(self.rows), self.longest), PAD, dtype=dtype)
        for place, order in enumerate(orders):
            rows, generator = self.rows[place % len(self.rows)], self.generators[place % len(self.rows)]
            shuffle = torch.randperm(len(rows), generator=generator)
            for some, places in zip(order.split(MANY), shuffle.split(MANY), strict=False):
                some[: len(places)] = rows[places]
        return orders

    def began(self) -> Tensor:
        """The generators' states as the epoch under way began, ``(n_members, n_bytes)``."""
        return self._began

    def begin_from(self, states: Tensor) -> None:
        """Begin the next epoch with generators in these states."""
        for generator, state in zip(self.generators, states, strict=True):
            generator.set_state(state.clone())  # torch crashes on a view

    def keep(self, members: Sequence[int]) -> None:
        """Go on with some of the members."""
        self.rows = [self.rows[member] for member in members]
        self.generators = [self.generators[member] for member in members]


def _narrowest(rows: Sequence[Tensor]) -> torch.dtype:
    largest = max(int(own.max()) for own in rows)
    return torch.int32 if largest <= torch.iinfo(torch.int32).max else torch.int64
