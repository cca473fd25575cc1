"""Encoded rows in a file, for tables whose matrix does not fit in memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from io import FileIO

import torch
from torch import Tensor

from demarcate.scratch import read_into

_BLOCK = 1 << 20
"""Bytes read at once where the whole file is."""


@dataclass(frozen=True, eq=False)
class OnDisk:
    """Rows kept in a file in every encoding, and read when they are gathered: the bits `Dense` would give.

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
    ...     OnDisk(file, 4, (2,)).gather(torch.tensor([0]), torch.tensor([[3, 1]]))
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

    def to(self, device: torch.device) -> "OnDisk":
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
