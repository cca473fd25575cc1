"""The bytes of a table, read in blocks so that they never fill the memory."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath
from typing import Protocol

from demarcate.errors import InputError, Problem

MAX_BYTES = 2 * 1024**3
"""Limit of tables that are read whole."""

BLOCK = 1024**2
"""Bytes read at once."""

_GZIP_MAGIC = b"\x1f\x8b"


class Readable(Protocol):
    """Any object to read up to ``size`` bytes from at a time; no bytes are its end."""

    def read(self, size: int, /) -> bytes:
        """Read the next bytes."""


@dataclass(frozen=True)
class Content:
    """Bytes of a format that is still to be found, with the name and the extension of their source."""

    name: str  # in messages: the path or address as the user gave it
    suffix: str  # lower-case with its dot, without .gz, or empty
    data: bytes


def table_suffix(path: str) -> str:
    """Return the extension that tells the format: lower-case with its dot, without ``.gz``."""
    return PurePath(PurePath(path).name.lower().removesuffix(".gz")).suffix


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


def unpack_gzip(blocks: Iterable[bytes], name: str) -> tuple[bool, Iterator[bytes]]:
    """Return whether the first bytes are gzip's, and the blocks, unpacked if they are."""
    blocks = iter(blocks)
    first = next(blocks, b"")
    blocks = chain([first] if first else [], blocks)
    return (True, _unpack(blocks, name)) if first.startswith(_GZIP_MAGIC) else (False, blocks)


class _BlockStream:
    """Blocks as a file to read from."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, memoryview(b"")

    def read(self, size: int, /) -> bytes:
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)


def _unpack(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=_BlockStream(blocks)) as stream:  # type: ignore[call-overload]
            yield from read_blocks(stream)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        fact = f"'{name}' is damaged gzip data ({str(error).rstrip('.')})"
        raise InputError([Problem(fact, "Copy or download the file again")]) from None
