"""The bytes of a table and where they came from, and how bytes are read without letting them fill the memory."""

import gzip
import io
import zlib
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Protocol

from demarcate.errors import InputError, Problem

MAX_BYTES = 2 * 1024**3
"""What a download and an unpacked gzip file may hold at most."""

_CHUNK = 1024**2
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


def read_capped(stream: Readable) -> bytes | None:
    """Read to the end, or give None as soon as there is more than ``MAX_BYTES``."""
    chunks: list[bytes] = []
    total = 0
    while chunk := stream.read(_CHUNK):
        total += len(chunk)
        if total > MAX_BYTES:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


def unpacked(content: Content) -> Content:
    """The content itself, or what it unpacks to where its first bytes say gzip.

    Raises
    ------
    InputError
        If the gzip data are damaged, cut off or larger than ``MAX_BYTES`` when unpacked.
    """
    if not content.data.startswith(_GZIP_MAGIC):
        return content
    rule = "A compressed table unpacks whole"
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content.data)) as stream:
            data = read_capped(stream)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        found = f"'{content.name}' is damaged gzip data ({str(error).rstrip('.')})"
        raise InputError([Problem(rule, found, "Copy or download the file again")]) from None
    if data is None:
        found = f"'{content.name}' unpacks to more than {MAX_BYTES / 1024**3:g} GiB"
        raise InputError([Problem(rule, found, "Unpack it and give a smaller file, for example a sample of its rows")])
    return replace(content, data=data)
