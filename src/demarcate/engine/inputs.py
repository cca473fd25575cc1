"""Encoded rows: in memory in every encoding, in memory once and encoded when gathered, or in a file."""

import hashlib
from dataclasses import dataclass, replace
from functools import cached_property
from io import FileIO
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.nn import functional

from demarcate.engine.backend import HOST
from demarcate.io.scratch import read_into


class Inputs(Protocol):
    """Rows in several encodings: every fold has an encoder of its own, fitted on its training rows."""

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of encoded rows."""

    @property
    def d_in(self) -> tuple[int, ...]:
        """The real width of each encoding, ``n_encodings`` numbers."""

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Return members' rows, int64 ``(n_members, batch)``, each in its encoding, int64 ``(n_members,)``.

        The result is ``(n_members, batch, max(d_in))``; narrower encodings are padded with zero columns.
        """

    def to(self, device: torch.device) -> "Inputs":
        """Return the same rows on a device."""

    def tensors(self) -> list[Tensor]:
        """Return everything that encoded rows are made of."""


@dataclass(frozen=True, eq=False)
class DenseInputs:
    """Rows in memory in every encoding."""

    matrices: Tensor  # (n_encodings, n_rows, max(d_in)), narrower encodings padded with zero columns
    d_in: tuple[int, ...]

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the matrices."""
        return self.matrices.dtype

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Return rows ``(n_members, batch)`` as ``(n_members, batch, max(d_in))``, in encodings ``(n_members,)``."""
        n_encodings, n_rows, d_in = self.matrices.shape
        index = rows + encoding.unsqueeze(1) * n_rows
        return self.matrices.view(n_encodings * n_rows, d_in).index_select(0, index.flatten()).view(*rows.shape, d_in)

    def to(self, device: torch.device) -> "DenseInputs":
        """Return the same matrices on a device."""
        return DenseInputs(self.matrices.to(device), self.d_in)

    def tensors(self) -> list[Tensor]:
        """Return the matrices."""
        return [self.matrices]


@dataclass(frozen=True, eq=False)
class SharedInputs:
    """Rows in memory once; the differences between encodings are applied when rows are gathered.

    A gathered row is made in a pool of columns: every number, scaled and clipped by its encoding; a flag for each of
    the first ``n_flags`` numbers, which may be missing; the encoded categories; for each tree a 1 in the column of the
    row's leaf. An encoding picks its columns of it.
    """

    numbers: Tensor  # on a scale common to all encodings, (n_rows, n_numbers); finite, or NaN where missing
    statistics: Tensor
    """Scale, shift, fill and limit of each encoding, ``(n_encodings, 4, n_numbers)``. A number is encoded as ``fill``
    where missing, else as ``number * scale + shift``, clipped to +-limit."""
    n_flags: int
    codes: Tensor  # category indices, int32 (n_rows, n_categorical)
    tables: tuple[Tensor, ...]  # encoded categories of each categorical column, (n_encodings, n_categories, width)
    order: Tensor
    """The pool's columns in the order of each encoding, int64 ``(n_encodings, max(d_in))``. Past an encoding's own
    width it points behind the pool's last column, where there is a zero."""
    d_in: tuple[int, ...]
    leaves: Tensor | None = None  # of each row in each encoding's trees, uint8 (n_encodings, n_rows, n_trees)
    n_leaves: int = 0  # of a tree

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the numbers."""
        return self.numbers.dtype

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Return rows ``(n_members, batch)`` as ``(n_members, batch, max(d_in))``, in encodings ``(n_members,)``."""
        pool = [*self._gather_numbers(encoding, rows), *self._gather_categories(encoding, rows)]
        pool += [] if self.leaves is None else [self._gather_leaves(self.leaves, encoding, rows)]
        if self._is_in_order:
            return torch.cat(pool, -1) if len(pool) > 1 else pool[0]
        padded = torch.cat([*pool, pool[0].new_zeros(*rows.shape, 1)], -1)
        return padded.gather(-1, self.order[encoding].unsqueeze(1).expand(*rows.shape, -1))

    def to(self, device: torch.device) -> "SharedInputs":
        """Return the same rows on a device."""
        moved: dict[str, Any] = {name: value.to(device) for name, value in vars(self).items() if torch.is_tensor(value)}
        return replace(self, tables=tuple(table.to(device) for table in self.tables), **moved)

    def tensors(self) -> list[Tensor]:
        """Return numbers, codes, leaves and what encodings make of them."""
        leaves = [] if self.leaves is None else [self.leaves]
        return [self.numbers, self.statistics, self.codes, *self.tables, self.order, *leaves]

    @cached_property
    def _is_in_order(self) -> bool:
        """Whether the pool has the columns of every encoding in order."""
        width = self.numbers.shape[1] + self.n_flags + sum(table.shape[-1] for table in self.tables)
        width += 0 if self.leaves is None else self.leaves.shape[2] * self.n_leaves
        in_order = torch.arange(width, device=self.order.device).expand(len(self.order), -1)
        return torch.equal(self.order, in_order)

    def _gather_numbers(self, encoding: Tensor, rows: Tensor) -> list[Tensor]:
        """Return encoded numbers ``(n_members, batch, n_numbers)``, and flags ``(n_members, batch, n_flags)``."""
        numbers = self.numbers.index_select(0, rows.flatten()).view(*rows.shape, self.numbers.shape[1])
        scale, shift, fill, limit = self.statistics[encoding].unsqueeze(2).unbind(1)
        encoded = numbers.mul_(scale).add_(shift).clamp_(-limit, limit)
        if not self.n_flags:
            return [encoded]
        flagged, complete = encoded.split([self.n_flags, encoded.shape[-1] - self.n_flags], -1)
        is_missing = flagged.isnan()
        return [torch.where(is_missing, fill[..., : self.n_flags], flagged), complete, is_missing.to(encoded.dtype)]

    def _gather_categories(self, encoding: Tensor, rows: Tensor) -> list[Tensor]:
        """Return encoded categories, ``(n_members, batch, width)`` for each categorical column."""
        if not self.tables:
            return []
        codes, each = self.codes[rows], encoding.unsqueeze(1)
        return [
            functional.embedding(codes[..., column] + each * table.shape[1], table.flatten(0, 1))
            for column, table in enumerate(self.tables)
        ]

    def _gather_leaves(self, leaves: Tensor, encoding: Tensor, rows: Tensor) -> Tensor:
        """Return the leaves of encodings' trees, one-hot, ``(n_members, batch, n_trees * n_leaves)``."""
        _, n_rows, n_trees = leaves.shape
        index = (rows + encoding.unsqueeze(1) * n_rows).flatten()
        own = leaves.flatten(0, 1).index_select(0, index).view(*rows.shape, n_trees).long()
        first = torch.arange(0, n_trees * self.n_leaves, self.n_leaves, device=own.device)
        one_hot = self.numbers.new_zeros(*rows.shape, n_trees * self.n_leaves)
        return one_hot.scatter_(-1, own + first, 1.0)


@dataclass(frozen=True, eq=False)
class DiskInputs:
    """Rows in a file in every encoding, read when they are gathered: the same bits as `DenseInputs`.

    They are read into memory of their own. Mapped into memory, the file's pages would count as the process's own, and
    a training that reads all of them in every epoch would come to hold the whole file.
    """

    file: FileIO  # unbuffered: the numbers of `DenseInputs.matrices`, float32
    n_rows: int
    d_in: tuple[int, ...]
    device: torch.device = HOST  # of gathered rows

    @property
    def dtype(self) -> torch.dtype:
        """The dtype of the numbers in the file."""
        return torch.float32

    def gather(self, encoding: Tensor, rows: Tensor) -> Tensor:
        """Return rows ``(n_members, batch)`` as ``(n_members, batch, max(d_in))``, in encodings ``(n_members,)``."""
        index = (rows.cpu().long() + encoding.cpu().unsqueeze(1) * self.n_rows).flatten()
        gathered = torch.empty(*rows.shape, max(self.d_in), device=HOST)
        size = gathered.shape[-1] * gathered.element_size()
        buffer = gathered.view(-1).view(torch.uint8).numpy().data
        # In the file's order: a disk that has to move its head moves it once.
        ordered, positions = index.sort()
        for start, position in zip((ordered * size).tolist(), (positions * size).tolist(), strict=True):
            read_into(self.file, buffer[position : position + size], start)
        return gathered.to(self.device)

    def to(self, device: torch.device) -> "DiskInputs":
        """Return the same rows, to be gathered on a device."""
        return replace(self, device=device)

    def tensors(self) -> list[Tensor]:
        """Return a digest of the file, which stands for all its numbers."""
        self.file.seek(0)
        digest = hashlib.file_digest(self.file, "sha256").digest()
        return [torch.tensor(list(digest), dtype=torch.uint8, device=HOST)]
