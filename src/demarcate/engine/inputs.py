"""Where encoded rows come from: kept ready in every encoding, or once for all and encoded when gathered."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from io import FileIO
from typing import Protocol

import torch
from torch import Tensor
from torch.nn import functional

from demarcate.io.scratch import read_into


class Inputs(Protocol):
    """Rows that can be had in several encodings.

    Every fold has an encoder of its own, fitted on its training rows, so the same row has one encoding a fold.
    """

    @property
    def dtype(self) -> torch.dtype:
        """That of encoded rows."""

    @property
    def device(self) -> torch.device:
        """Where encoded rows are."""

    @property
    def d_in(self) -> tuple[int, ...]:
        """The real width of each encoding, ``n_encodings`` numbers."""

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Each member's rows in its own encoding.

        Parameters
        ----------
        encoding
            The encoding each member reads, int64 ``(n_members,)``.
        rows
            Row numbers, int64 ``(n_members, batch)``.

        Returns
        -------
        Tensor
            ``(n_members, batch, max(d_in))``; narrower encodings are padded with zero columns.
        """

    def to(self, device: torch.device) -> "Inputs":
        """The same rows on a device."""

    def tensors(self) -> list[Tensor]:
        """All that encoded rows are made of."""


@dataclass(frozen=True, eq=False)
class DenseInputs:
    """Rows kept ready in every encoding.

    Attributes
    ----------
    matrices
        ``(n_encodings, n_rows, max(d_in))``, the narrower encodings padded with zero columns.
    d_in
        The real width of each encoding.

    Examples
    --------
    >>> inputs = DenseInputs(torch.arange(8.0).view(1, 4, 2), (2,))
    >>> inputs.gather(torch.tensor([0]), torch.tensor([[3, 1]]))
    tensor([[[6., 7.],
             [2., 3.]]])
    """

    matrices: Tensor
    d_in: tuple[int, ...]

    @property
    def dtype(self) -> torch.dtype:
        """That of the matrices."""
        return self.matrices.dtype

    @property
    def device(self) -> torch.device:
        """Where the matrices are."""
        return self.matrices.device

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Rows ``(n_members, batch)`` as ``(n_members, batch, max(d_in))``, in encodings ``(n_members,)``."""
        n_encodings, n_rows, d_in = self.matrices.shape
        index = rows + encoding.unsqueeze(1) * n_rows
        return self.matrices.view(n_encodings * n_rows, d_in).index_select(0, index.flatten()).view(*rows.shape, d_in)

    def to(self, device: torch.device) -> "DenseInputs":
        """The same matrices on a device."""
        return DenseInputs(self.matrices.to(device), self.d_in)

    def tensors(self) -> list[Tensor]:
        """The matrices."""
        return [self.matrices]


@dataclass(frozen=True, eq=False)
class SharedInputs:
    """Rows kept once; what differs between encodings is applied when they are gathered.

    A gathered row is made in a pool of columns: every number, scaled and clipped as its encoding would; a flag for each
    of the first ``n_gaps`` numbers; what each category is encoded as. From there an encoding picks its own columns.

    Attributes
    ----------
    numbers
        Numbers on a scale common to all encodings, ``(n_rows, n_numbers)``; finite, or NaN where missing.
    statistics
        What each encoding makes of them: scale, shift, fill and limit, ``(n_encodings, 4, n_numbers)``. A number is
        encoded as ``fill`` where missing, else as ``number * scale + shift``, clipped to +-limit.
    n_gaps
        The first so many numbers may be missing, and have a flag in the pool that says so with 1.
    codes
        Category indices, int32 ``(n_rows, n_categorical)``.
    tables
        For each categorical column, what each category is encoded as, ``(n_encodings, n_categories, width)``.
    order
        The pool's columns in the order of each encoding, int64 ``(n_encodings, max(d_in))``. Past an encoding's own
        width it points behind the pool's last column, where there is a zero.
    d_in
        The real width of each encoding.

    Examples
    --------
    Two encodings of two rows: the second has another scale, and a flag.

    >>> inputs = SharedInputs(
    ...     numbers=torch.tensor([[0.5], [torch.nan]]),
    ...     statistics=torch.tensor([[2.0, 0.0, -1.0, 10.0], [4.0, 1.0, -2.0, 10.0]]).unsqueeze(2),
    ...     n_gaps=1,
    ...     codes=torch.empty(2, 0, dtype=torch.int32),
    ...     tables=(),
    ...     order=torch.tensor([[0, 2], [0, 1]]),
    ...     d_in=(1, 2),
    ... )
    >>> inputs.gather(torch.tensor([0, 1]), torch.tensor([[0, 1], [0, 1]]))
    tensor([[[ 1.,  0.],
             [-1.,  0.]],
            [[ 3.,  0.],
             [-2.,  1.]]])
    """

    numbers: Tensor
    statistics: Tensor
    n_gaps: int
    codes: Tensor
    tables: tuple[Tensor, ...]
    order: Tensor
    d_in: tuple[int, ...]

    @property
    def dtype(self) -> torch.dtype:
        """That of the numbers."""
        return self.numbers.dtype

    @property
    def device(self) -> torch.device:
        """Where the numbers are."""
        return self.numbers.device

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Rows ``(n_members, batch)`` as ``(n_members, batch, max(d_in))``, in encodings ``(n_members,)``."""
        pieces = [*self._gather_numbers(encoding, rows), *self._gather_categories(encoding, rows)]
        if self._in_order:
            return torch.cat(pieces, -1) if len(pieces) > 1 else pieces[0]
        pool = torch.cat([*pieces, pieces[0].new_zeros(*rows.shape, 1)], -1)
        return pool.gather(-1, self.order[encoding].unsqueeze(1).expand(*rows.shape, -1))

    def to(self, device: torch.device) -> "SharedInputs":
        """The same rows on a device."""
        moved = {field.name: getattr(self, field.name) for field in fields(self)}
        moved |= {name: value.to(device) for name, value in moved.items() if isinstance(value, Tensor)}
        return SharedInputs(**{**moved, "tables": tuple(table.to(device) for table in self.tables)})

    def tensors(self) -> list[Tensor]:
        """Numbers, codes, and all that encodings make of them."""
        return [self.numbers, self.statistics, self.codes, *self.tables, self.order]

    @cached_property
    def _in_order(self) -> bool:
        """Whether the pool is already what every encoding wants."""
        width = self.numbers.shape[1] + self.n_gaps + sum(table.shape[-1] for table in self.tables)
        return self.order.shape[1] == width and bool((self.order == torch.arange(width, device=self.device)).all())

    def _gather_numbers(self, encoding: Tensor, rows: Tensor) -> list[Tensor]:
        """Encoded numbers ``(n_members, batch, n_numbers)``, and flags ``(n_members, batch, n_gaps)``."""
        numbers = self.numbers.index_select(0, rows.flatten()).view(*rows.shape, self.numbers.shape[1])
        scale, shift, fill, limit = self.statistics[encoding].unsqueeze(2).unbind(1)
        encoded = numbers.mul_(scale).add_(shift).clamp_(-limit, limit)
        if not self.n_gaps:
            return [encoded]
        gaps, whole = encoded.split([self.n_gaps, encoded.shape[-1] - self.n_gaps], -1)
        missing = gaps.isnan()
        return [torch.where(missing, fill[..., : self.n_gaps], gaps), whole, missing.to(encoded.dtype)]

    def _gather_categories(self, encoding: Tensor, rows: Tensor) -> list[Tensor]:
        """What categories are encoded as, ``(n_members, batch, width)`` for each categorical column."""
        if not self.tables:
            return []
        codes, each = self.codes[rows], encoding.unsqueeze(1)
        columns = enumerate(self.tables)
        return [
            functional.embedding(codes[..., at] + each * table.shape[1], table.flatten(0, 1)) for at, table in columns
        ]


_BLOCK = 1 << 20
"""Bytes read at once where the whole file is."""


@dataclass(frozen=True, eq=False)
class DiskInputs:
    """Rows kept in a file in every encoding, and read when they are gathered: the bits `DenseInputs` would give.

    They are read into memory of their own. Mapped into memory, the file's pages would count as the process's own, and
    a training that reads all of them in every epoch would come to hold the whole file.

    Attributes
    ----------
    file
        Open for reading bytes, unbuffered: float32 ``(n_encodings, n_rows, max(d_in))``, the narrower encodings padded
        with zero columns.
    n_rows
        Rows in each encoding.
    d_in
        The real width of each encoding.
    device
        Where rows are wanted.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryFile(buffering=0) as file:
    ...     _ = file.write(torch.arange(8.0).numpy().tobytes())
    ...     DiskInputs(file, 4, (2,)).gather(torch.tensor([0]), torch.tensor([[3, 1]]))
    tensor([[[6., 7.],
             [2., 3.]]])
    """

    file: FileIO
    n_rows: int
    d_in: tuple[int, ...]
    device: torch.device = field(default_factory=partial(torch.device, "cpu"))

    @property
    def dtype(self) -> torch.dtype:
        """That of the numbers in the file."""
        return torch.float32

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Rows ``(n_members, batch)`` as ``(n_members, batch, max(d_in))``, in encodings ``(n_members,)``."""
        index = (rows.cpu().long() + encoding.cpu().unsqueeze(1) * self.n_rows).flatten()
        found = torch.empty(*rows.shape, max(self.d_in))
        size = found.shape[-1] * found.element_size()
        room = found.view(-1).view(torch.uint8).numpy().data
        # In the file's order: a disk that has to move its head moves it once.
        ordered, places = index.sort()
        for start, place in zip((ordered * size).tolist(), (places * size).tolist(), strict=True):
            read_into(self.file, room[place : place + size], start)
        return found.to(self.device)

    def to(self, device: torch.device) -> "DiskInputs":
        """The same rows, to be had on a device."""
        return replace(self, device=device)

    def tensors(self) -> list[Tensor]:
        """A digest of the file, which stands for all its numbers."""
        digest = hashlib.sha256()
        for block in self._blocks():
            digest.update(block)
        return [torch.tensor(list(digest.digest()), dtype=torch.uint8)]

    def _blocks(self) -> Iterator[memoryview]:
        """The file from its beginning to its end; a block is good until the next is asked for."""
        left = len(self.d_in) * self.n_rows * max(self.d_in) * self.dtype.itemsize
        block, start = memoryview(bytearray(_BLOCK)), 0
        while left:
            size = min(left, _BLOCK)
            read_into(self.file, block[:size], start)
            yield block[:size]
            left, start = left - size, start + size
