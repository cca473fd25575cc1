"""The rows each member reads in each step."""

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor

from demarcate.engine.backend import HOST

PAD = -1
MANY = 1 << 20
"""Row numbers of an epoch above which each is stored in four bytes."""


def padded_rows(rows: Sequence[Tensor]) -> Tensor:
    """Return members' rows as one matrix ``(n_members, longest)``, short ones filled up with ``PAD``."""
    return torch.nn.utils.rnn.pad_sequence(list(rows), batch_first=True, padding_value=PAD)


class Batches:
    """Each member's own order of its own rows, cut into equally many batches.

    Rows, int64, and generators are on the CPU, whatever the device: a member's generator gives the same order on each.
    It advances once an epoch when there are mini-batches. A ``batch_size`` of None is full batch.
    """

    def __init__(self, rows: Sequence[Tensor], batch_size: int | None, generators: Sequence[torch.Generator]) -> None:
        self.rows = list(rows)
        self.generators = list(generators)
        self.batch_size = None if batch_size is None or batch_size >= self.longest else batch_size
        self.epoch_states = torch.empty(0, device=HOST)  # the generators' as the present epoch began

    @property
    def longest(self) -> int:
        """Rows of the member that has the most."""
        return max(len(member) for member in self.rows)

    @property
    def rows_of_step(self) -> int:
        """Rows of each member in a step; the last of an epoch may have fewer."""
        return self.batch_size or self.longest

    @property
    def n_steps(self) -> int:
        """Steps in an epoch."""
        return 1 if self.batch_size is None else -(-self.longest // self.batch_size)

    def epoch(self, max_steps: int) -> Iterator[Tensor]:
        """Yield the steps of one epoch, in blocks of at most ``max_steps`` equally long ones.

        A block is row numbers ``(n_steps, n_members, batch)``, filled up with ``PAD``.
        """
        if self.batch_size is None:
            yield padded_rows(self.rows).unsqueeze(0)
            return
        self.epoch_states = generator_states(self.generators)
        shuffled = self._shuffled(1)
        n_full = shuffled.shape[1] // self.batch_size
        full, last = shuffled.tensor_split([n_full * self.batch_size], 1)
        blocks = full.unflatten(1, (n_full, self.batch_size)).transpose(0, 1)
        yield from (block.long() for block in blocks.split(max_steps))
        if last.shape[1]:
            yield last.unsqueeze(0).long()

    def padded_epochs(self, n_epochs: int) -> Tensor:
        """Return the steps of several epochs in one block, ``(n_epochs * n_steps, n_members, batch)``.

        The last step of each is filled up to the length of the others; otherwise they are those of `epoch`.
        """
        assert self.batch_size is not None
        shuffled = self._shuffled(n_epochs)
        missing = self.n_steps * self.batch_size - shuffled.shape[1]
        filled = torch.nn.functional.pad(shuffled, (0, missing), value=PAD)
        steps = filled.view(n_epochs, len(self.rows), self.n_steps, self.batch_size)
        # Sums and functions of a step round by how its numbers lie in memory, and should not depend on other epochs.
        return steps.transpose(1, 2).flatten(0, 1).long().contiguous()

    def _shuffled(self, n_epochs: int) -> Tensor:
        """Return each member's rows in a new order for each epoch, ``(n_epochs * n_members, longest)``."""
        # Filled in one by one, in few bytes: with millions of rows the orders of all members take most of the memory.
        is_large = self.longest * len(self.rows) > MANY
        is_narrow = is_large and max(int(own.max()) for own in self.rows) <= torch.iinfo(torch.int32).max
        dtype = torch.int32 if is_narrow else torch.int64
        orders = torch.full((n_epochs * len(self.rows), self.longest), PAD, dtype=dtype, device=HOST)
        for index, order in enumerate(orders):
            rows, generator = self.rows[index % len(self.rows)], self.generators[index % len(self.rows)]
            permutation = torch.randperm(len(rows), generator=generator, device=HOST)
            for part, positions in zip(order.split(MANY), permutation.split(MANY), strict=False):
                part[: len(positions)] = rows[positions]
        return orders

    def keep(self, members: Sequence[int]) -> None:
        """Keep only these members."""
        self.rows = [self.rows[member] for member in members]
        self.generators = [self.generators[member] for member in members]


def generator_states(generators: Sequence[torch.Generator]) -> Tensor:
    """Return the generators' states, ``(n_members, n_bytes)``."""
    return torch.stack([generator.get_state() for generator in generators])


def restore_generators(generators: Sequence[torch.Generator], states: Tensor) -> None:
    """Set the generators' states, ``(n_members, n_bytes)``."""
    for generator, state in zip(generators, states, strict=True):
        generator.set_state(state.clone())  # torch crashes on a view
