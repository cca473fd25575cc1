"""Recordings: what a session sent, with the time of each message, as one compressed file that a page plays.

The file is a gzip stream of records. A record is the length of a message (uint32, little-endian), its time in
milliseconds (uint32) and the message; the first message, `recording`, says what is in the file. Maps are smooth: their
numbers are stored as differences to neighbours, which compress to a fraction, and a message names these arrays.
"""

import gzip
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import InputError, Problem
from demarcate.io.atomic import write_atomically
from demarcate.presentation import brief_repr
from demarcate.studio.messages import Message

FORMAT = 1
LOST_BITS = {"int16": 5, "int8": 2}
"""Bits that the numbers of a map lose: their steps show on no screen, and rounding noise does not compress."""
BEGINNING = 64
"""Bytes in which a recording says that it is one."""
MAX_BYTES = 512 * 2**20
"""What a recording may take uncompressed."""


@brief_repr
@dataclass(frozen=True)
class Recording:
    """Messages of a session in the order of their times.

    Attributes
    ----------
    title
        What is seen, in words.
    messages
        The time of each message in seconds from the beginning, and the message.

    Examples
    --------
    >>> recording = Recording("moons", ((0.0, Message("notice", {"text": "begins"})),))
    >>> Recording.from_bytes(recording.to_bytes()).title
    'moons'
    """

    title: str
    messages: tuple[tuple[float, Message], ...]

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.messages[-1][0] if self.messages else 0.0

    def to_bytes(self) -> bytes:
        """Return the recording as a file's bytes, always the same."""
        facts = {"format": FORMAT, "title": self.title, "seconds": self.seconds, "n_messages": len(self.messages)}
        records = [(0.0, Message("recording", facts)), *((time, compressible(each)) for time, each in self.messages)]
        content = b"".join(_record(time, each.to_bytes()) for time, each in records)
        return gzip.compress(content, compresslevel=9, mtime=0)

    @classmethod
    def from_bytes(cls, data: bytes, name: str = "The recording") -> "Recording":
        """Return the recording that a file's bytes hold.

        Raises
        ------
        InputError
            If they are no recording of a format that is known.
        """
        try:
            (_, first), *rest = _records(_unpacked(data))
            known = first.kind == "recording" and first.facts["format"] == FORMAT
            messages = tuple((time, restored(each)) for time, each in rest)
            if known and len(messages) == first.facts["n_messages"]:
                return cls(str(first.facts["title"]), messages)
        except (EOFError, KeyError, LookupError, TypeError, ValueError, zlib.error, OSError) as error:
            raise InputError([_refusal(name)]) from error
        raise InputError([_refusal(name)])

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "Recording":
        """Return the recording of a file."""
        return cls.from_bytes(Path(path).read_bytes(), f"'{path}'")

    def to_html(self) -> str:
        """Return a page that plays the recording, as one document that needs no server."""
        from demarcate.studio.recorded_page import recorded_page

        return recorded_page(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the recording; a name that ends in ``.html`` makes a page that plays it, without a server.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        write_atomically(path, self.to_html().encode() if is_page(path) else self.to_bytes())


def is_recording(path: str | os.PathLike[str]) -> bool:
    """Whether a file begins as a recording does; one that cannot be read does not.

    Examples
    --------
    >>> is_recording("no such file")
    False
    """
    try:
        with gzip.open(path) as file:
            return file.read(BEGINNING).find(b'"kind":"recording"') >= 0
    except (EOFError, OSError, ValueError, zlib.error):
        return False


def is_page(path: str | os.PathLike[str]) -> bool:
    """Whether a file of this name is a page that plays a recording, rather than the recording alone."""
    return Path(path).suffix.lower() in (".html", ".htm")


def compressible(message: Message) -> Message:
    """Return a message whose maps, (..., height, width), are differences; `stored` in its facts names them."""
    bits = {name: LOST_BITS.get(array.dtype.name, 0) for name, array in message.arrays.items() if array.ndim >= 3}
    arrays = {
        name: differences(array >> bits[name]) if name in bits else array for name, array in message.arrays.items()
    }
    return replace(message, facts={**message.facts, "stored": bits}, arrays=arrays) if bits else message


def restored(message: Message) -> Message:
    """Return a message with the maps that `compressible` stored."""
    facts = dict(message.facts)
    bits = facts.pop("stored", {})
    arrays = {name: sums(array) << bits[name] if name in bits else array for name, array in message.arrays.items()}
    return replace(message, facts=facts, arrays=arrays)


def differences(maps: NDArray[Any]) -> NDArray[Any]:
    """Return the differences of (..., height, width) to the value before, along both axes; they wrap around."""
    along = np.diff(maps, axis=-1, prepend=maps.dtype.type(0))
    return np.diff(along, axis=-2, prepend=maps.dtype.type(0))


def sums(maps: NDArray[Any]) -> NDArray[Any]:
    """Return the maps (..., height, width) of which these are the differences."""
    return maps.cumsum(axis=-2, dtype=maps.dtype).cumsum(axis=-1, dtype=maps.dtype)


def _record(seconds: float, message: bytes) -> bytes:
    return len(message).to_bytes(4, "little") + round(1000 * seconds).to_bytes(4, "little") + message


def _records(content: bytes) -> Iterator[tuple[float, Message]]:
    """Give the time and the message of each record."""
    start = 0
    while start < len(content):
        length = int.from_bytes(content[start : start + 4], "little")
        end = start + 8 + length
        if end > len(content):
            raise EOFError
        time = int.from_bytes(content[start + 4 : start + 8], "little") / 1000
        yield time, Message.from_bytes(content[start + 8 : end])
        start = end


def _unpacked(data: bytes) -> bytes:
    """Return what a gzip stream holds, at most `MAX_BYTES`."""
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    content = unpacker.decompress(data, MAX_BYTES)
    if not unpacker.eof:
        raise EOFError
    return content


def _refusal(name: str) -> Problem:
    return Problem(f"{name} is no recording of a studio", "Make one with 'demarcate studio --record FILE'")
