"""The bytes of a table, read in blocks so that they never fill the memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

MAX_BYTES = 2 * 1024**3
"""Limit of tables that are read whole."""

BLOCK = 4 * 1024**2
"""Bytes read at once."""

PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zst")
"""Extensions of compressed data, behind which another may stand."""


class Readable(Protocol):
    """Any object to read up to ``size`` bytes from at a time; no bytes are its end."""

    def read(self, size: int, /) -> bytes:
        """Read the next bytes."""


@dataclass(frozen=True)
class Content:
    """Bytes of a format that is still to be found, with the name and the extension of their source."""

    name: str  # in messages: the path or address as the user gave it
    suffix: str  # lower-case with its dot, without that of compressed data, or empty
    data: bytes


def table_suffix(path: str) -> str:
    """Return the extension that tells the format: lower-case with its dot, without ``.gz`` and the like."""
    name = PurePath(path).name.lower()
    packed = next((suffix for suffix in PACKED_SUFFIXES if name.endswith(suffix)), "")
    return PurePath(name.removesuffix(packed)).suffix


def read_blocks(stream: Readable) -> Iterator[bytes]:
    """Read the rest of a stream in blocks of `BLOCK` bytes, the last one shorter."""
    is_full = True
    while is_full:
        # A pipe gives the bytes it has, which may be fewer than asked for.
        parts: list[bytes] = []
        n_wanted = BLOCK
        while n_wanted > 0 and (part := stream.read(n_wanted)):
            parts.append(part)
            n_wanted -= len(part)
        is_full = n_wanted <= 0
        if parts:
            yield b"".join(parts)


def join_blocks(blocks: Iterable[bytes]) -> bytes | None:
    """Join blocks; return None as soon as there are more than `MAX_BYTES`."""
    parts: list[bytes] = []
    n_bytes = 0
    for block in blocks:
        n_bytes += len(block)
        if n_bytes > MAX_BYTES:
            return None
        parts.append(block)
    return b"".join(parts)
