"""The bytes of a table and where they came from, and how bytes are read without letting them fill the memory."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePath
from typing import Protocol

from demarcate.errors import InputError, Problem

MAX_BYTES = 2 * 1024**3
"""What is read whole may hold at most."""

BLOCK = 1024**2
"""Bytes that are read at once."""

_GZIP_MAGIC = b"\x1f\x8b"


class Readable(Protocol):
    """Anything that gives up to ``size`` bytes at a time, and none at its end."""

    def read(self, size: int, /) -> bytes:
        """Give the next bytes."""


@dataclass(frozen=True)
class Content:
    """What was read, before anyone knows what it means.

    Parameters
    ----------
    name
        How messages call it: the path or address as the user gave it.
    suffix
        The lower-case extension with its dot (``.csv``), or an empty string; ``.gz`` does not count.
    data
        The bytes.
    """

    name: str
    suffix: str
    data: bytes


def suffix_of(path: str) -> str:
    """The extension that tells the format: lower-case, with its dot, ``.gz`` looked through.

    Examples
    --------
    >>> suffix_of("data/Heart.CSV"), suffix_of("heart.tsv.gz"), suffix_of("heart")
    ('.csv', '.tsv', '')
    """
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def blocks_of(stream: Readable) -> Iterator[bytes]:
    """What is left of a stream, in blocks of `BLOCK` bytes, the last one shorter.

    Examples
    --------
    >>> import io
    >>> [len(block) for block in blocks_of(io.BytesIO(bytes(BLOCK + 1)))]
    [1048576, 1]
    """
    whole = True
    while whole:
        # A pipe gives what is there, which may be less than asked for.
        parts: list[bytes] = []
        missing = BLOCK
        while missing > 0 and (part := stream.read(missing)):
            parts.append(part)
            missing -= len(part)
        whole = missing <= 0
        if parts:
            yield b"".join(parts)


def joined(blocks: Iterable[bytes]) -> bytes | None:
    """All blocks as one, or None as soon as there is more than ``MAX_BYTES``."""
    found: list[bytes] = []
    total = 0
    for block in blocks:
        total += len(block)
        if total > MAX_BYTES:
            return None
        found.append(block)
    return b"".join(found)


def unpacked(blocks: Iterable[bytes], name: str) -> tuple[bool, Iterator[bytes]]:
    """Whether the first bytes say gzip, and the blocks, unpacked if they do.

    Raises
    ------
    InputError
        While the blocks are read, if the gzip data are damaged or cut off.

    Examples
    --------
    >>> is_packed, blocks = unpacked([gzip.compress(b"age,sex")], "heart.csv.gz")
    >>> is_packed, list(blocks)
    (True, [b'age,sex'])
    """
    blocks = iter(blocks)
    first = next(blocks, b"")
    every = chain([first] if first else [], blocks)
    return (True, _unpacked(every, name)) if first.startswith(_GZIP_MAGIC) else (False, every)


class _Stream:
    """Blocks as a file to read from."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._held = blocks, memoryview(b"")

    def read(self, size: int, /) -> bytes:
        if not self._held:
            self._held = memoryview(next(self._blocks, b""))
        taken, self._held = self._held[:size], self._held[size:]
        return bytes(taken)


def _unpacked(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=_Stream(blocks)) as stream:  # type: ignore[call-overload]
            yield from blocks_of(stream)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        found = f"'{name}' is damaged gzip data ({str(error).rstrip('.')})"
        rule, remedy = "A compressed table unpacks whole", "Copy or download the file again"
        raise InputError([Problem(rule, found, remedy)]) from None
