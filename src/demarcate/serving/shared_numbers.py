"""Numbers that the processes of a service share: each adds to its own, and whoever is asked sums those of all.

The memory is made before the processes are, and needs no file: a container may have nothing to write to. Each process
writes to a place of its own, so that none waits for another, and the process that replaces a dead one goes on with its
numbers.
"""

import mmap
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress

from demarcate.serving.shared_memory import NO_DESCRIPTOR, mapped

_HEAD = struct.Struct("<Q")
_VALUE = struct.Struct("<d")
_LENGTH = struct.Struct("<I")
PLACE_BYTES = 2 << 20
"""Bytes of a process: about 15,000 numbers. What is not used takes no memory."""


class SharedNumbers:
    """Sums of floats by name, in memory that processes share from before they are copied.

    Parameters
    ----------
    n_places
        How many processes write at the same time.
    descriptor
        That of memory of so many times `PLACE_BYTES`, for processes that are no copies.

    Examples
    --------
    >>> numbers = SharedNumbers(2)
    >>> numbers.add("requests", 2.0)
    >>> numbers.use_place(1)
    >>> numbers.add("requests", 3.0)
    >>> numbers.sums()
    {'requests': 5.0}
    """

    def __init__(self, n_places: int = 1, descriptor: int = NO_DESCRIPTOR) -> None:
        self._memory = mapped(descriptor, n_places * PLACE_BYTES)
        self._n_places = n_places
        self.use_place(0)

    def use_place(self, place: int, is_current: Callable[[str], bool] = lambda _: True) -> None:
        """Write to another place from now on, going on with the numbers that are there.

        Places that are not there are for processes beyond the number expected: what they count, they alone know. Where
        more than half of a place is taken, numbers that are not current make room.
        """
        if place >= self._n_places:
            self._memory, self._n_places, place = mmap.mmap(-1, PLACE_BYTES), 1, 0
        self._start = place * PLACE_BYTES
        self._offsets: dict[str, int] = {name: offset for name, offset, _ in self._entries(place)}
        self._used: int = _HEAD.unpack_from(self._memory, self._start)[0]
        if self._used > PLACE_BYTES // 2:
            self._keep(place, is_current)

    def _keep(self, place: int, is_current: Callable[[str], bool]) -> None:
        """Write a place anew with those of its numbers that are current."""
        kept = {name: value for name, _, value in self._entries(place) if is_current(name)}
        self._offsets, self._used = {}, 0
        _HEAD.pack_into(self._memory, self._start, 0)
        for name, value in kept.items():
            self.add(name, value)

    def add(self, name: str, amount: float = 1.0) -> None:
        """Add to a number; one for which there is no room is left out."""
        offset = self._offsets.get(name)
        if offset is None:
            offset = self._append(name)
            if offset is None:
                return
        memory = self._memory
        _VALUE.pack_into(memory, offset, _VALUE.unpack_from(memory, offset)[0] + amount)

    def sums(self) -> dict[str, float]:
        """Return the sum over all processes of each number."""
        sums: dict[str, float] = {}
        for place in range(self._n_places):
            # A place that is written anew meanwhile has nothing more to say this time.
            with suppress(UnicodeDecodeError, struct.error):
                for name, _, value in self._entries(place):
                    sums[name] = sums.get(name, 0.0) + value
        return sums

    def _append(self, name: str) -> int | None:
        """Make room for a number, and return where; None if there is no room."""
        encoded = name.encode()
        size = _LENGTH.size + len(encoded) + _VALUE.size
        if _HEAD.size + self._used + size > PLACE_BYTES:
            return None
        at = self._start + _HEAD.size + self._used
        _LENGTH.pack_into(self._memory, at, len(encoded))
        self._memory[at + _LENGTH.size : at + size - _VALUE.size] = encoded
        offset: int = at + size - _VALUE.size
        _VALUE.pack_into(self._memory, offset, 0.0)
        # Last, because other processes read as far as it says.
        self._used += size
        _HEAD.pack_into(self._memory, self._start, self._used)
        self._offsets[name] = offset
        return offset

    def _entries(self, place: int) -> Iterator[tuple[str, int, float]]:
        """Yield the name, the offset of the value and the value of each number of a place."""
        start = place * PLACE_BYTES
        at = start + _HEAD.size
        end = at + _HEAD.unpack_from(self._memory, start)[0]
        while at < end:
            (length,) = _LENGTH.unpack_from(self._memory, at)
            at += _LENGTH.size
            offset = at + length
            yield self._memory[at:offset].decode(), offset, _VALUE.unpack_from(self._memory, offset)[0]
            at = offset + _VALUE.size
