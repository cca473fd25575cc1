"""Compressed bytes, unpacked in blocks."""

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import polars as pl

from demarcate.errors import InputError, Problem
from demarcate.io.tables.content import BLOCK, MAX_BYTES, join_blocks, read_blocks

_DAMAGES = (EOFError, OSError, zlib.error, lzma.LZMAError)


def unpack(blocks: Iterable[bytes], name: str) -> tuple[bool, Iterator[bytes]]:
    """Return whether the first bytes are those of compressed data, and the blocks, unpacked if they are."""
    blocks = iter(blocks)
    first = next(blocks, b"")
    blocks = chain([first] if first else [], blocks)
    for magic, unpack_kind in _BY_MAGIC.items():
        if first.startswith(magic):
            return True, unpack_kind(blocks, name)
    return False, blocks


class _BlockStream:
    """Blocks as a file to read from."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._rest = blocks, memoryview(b"")

    def read(self, size: int, /) -> bytes:
        if not self._rest:
            self._rest = memoryview(next(self._blocks, b""))
        data, self._rest = self._rest[:size], self._rest[size:]
        return bytes(data)


def _unpack_gzip(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    try:
        with gzip.GzipFile(fileobj=_BlockStream(blocks)) as stream:  # type: ignore[call-overload]
            yield from read_blocks(stream)
    except _DAMAGES as error:
        raise _damaged(name, "gzip", error) from None


def _unpack_bz2(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    yield from _unpack_streams(blocks, name, "bzip2", bz2.BZ2Decompressor)


def _unpack_xz(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    yield from _unpack_streams(blocks, name, "xz", lzma.LZMADecompressor)


def _unpack_streams(
    blocks: Iterator[bytes],
    name: str,
    kind: str,
    decompressor: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor],
) -> Iterator[bytes]:
    """Unpack streams that follow one another, never more than a block at a time."""
    stream = decompressor()
    try:
        for block in blocks:
            rest = block
            while rest or not (stream.needs_input or stream.eof):
                if stream.eof:
                    stream = decompressor()
                if data := stream.decompress(rest, BLOCK):
                    yield data
                rest = stream.unused_data if stream.eof else b""
        if not stream.eof:
            raise EOFError("it ends too early")
    except _DAMAGES as error:
        raise _damaged(name, kind, error) from None


def _unpack_zstd(blocks: Iterator[bytes], name: str) -> Iterator[bytes]:
    r"""Unpack Zstandard data by polars: Python 3.11 has no decoder of its own.

    polars gives lines of UTF-8 text, without their ends; ``\r\n`` becomes ``\n``.
    """
    data = join_blocks(blocks)
    if data is None:
        fact = f"'{name}' holds more than {MAX_BYTES / 1024**3:g} GiB of zstandard data, which have to be read whole"
        raise InputError([Problem(fact, "Unpack it (zstd -d)")])
    try:
        for lines in pl.scan_lines(io.BytesIO(data)).collect_batches():
            yield "".join(f"{line}\n" for line in lines.to_series()).encode()
    except pl.exceptions.PolarsError as error:
        if "utf" not in str(error).lower():
            raise _damaged(name, "zstandard", error) from None
        fact = f"'{name}' is zstandard data of something else than UTF-8 text"
        raise InputError([Problem(fact, "Unpack it (zstd -d) and give what is in it")]) from None
    except _DAMAGES as error:
        raise _damaged(name, "zstandard", error) from None


def _damaged(name: str, kind: str, error: Exception) -> InputError:
    reason = str(error).split("\n", maxsplit=1)[0].rstrip(".")
    return InputError([Problem(f"'{name}' is damaged {kind} data ({reason})", "Copy or download the file again")])


_BY_MAGIC: dict[bytes, Callable[[Iterator[bytes], str], Iterator[bytes]]] = {
    b"\x1f\x8b": _unpack_gzip,
    **{b"BZh%d1AY&SY" % level: _unpack_bz2 for level in range(1, 10)},
    b"\xfd7zXZ\0": _unpack_xz,
    b"\x28\xb5\x2f\xfd": _unpack_zstd,
}
