"""Random changes of bytes, independent of their meaning."""

import random
from collections.abc import Sequence


def flip(data: bytearray, draw: random.Random) -> None:
    """Flip one bit."""
    if data:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def put(data: bytearray, draw: random.Random) -> None:
    """Replace one byte by a random one, or by one with a special meaning in files."""
    if data:
        data[draw.randrange(len(data))] = (
            draw.choice(b'\x00\xff\x7f\x80 09"\\,{}[]\r\n') if draw.random() < 0.5 else draw.randrange(256)
        )


def cut(data: bytearray, draw: random.Random) -> None:
    """Remove a few bytes, or everything after a position."""
    begin = draw.randrange(len(data) + 1)
    del data[begin : begin + draw.randint(1, 16) if draw.random() < 0.7 else len(data)]


def repeat(data: bytearray, draw: random.Random) -> None:
    """Insert a copy of a few bytes at a random position."""
    begin = draw.randrange(len(data) + 1)
    place = draw.randrange(len(data) + 1)
    data[place:place] = data[begin : begin + draw.randint(1, 64)]


def insert(data: bytearray, draw: random.Random) -> None:
    """Insert random bytes."""
    place = draw.randrange(len(data) + 1)
    data[place:place] = draw.randbytes(draw.randint(1, 8))


def swap(data: bytearray, draw: random.Random) -> None:
    """Swap two ranges of equal length."""
    length = draw.randint(1, max(1, min(64, len(data) // 2)))
    if len(data) >= 2 * length:
        one = draw.randrange(len(data) - 2 * length + 1)
        other = draw.randrange(one + length, len(data) - length + 1)
        data[one : one + length], data[other : other + length] = data[other : other + length], data[one : one + length]


def splice(one: bytes, other: bytes, draw: random.Random) -> bytearray:
    """Return the beginning of one and the end of the other."""
    at = draw.randrange(len(one) + 1)
    # Often at the same position, so that lengths still match.
    return bytearray(one[:at] + other[at if draw.random() < 0.5 else draw.randrange(len(other) + 1) :])


EDITS = (flip, put, cut, repeat, insert, swap)


def edited(seeds: Sequence[bytes], draw: random.Random) -> bytes:
    """Return one of the seeds, or two spliced, with a few changes."""
    if draw.random() < 0.15:
        data = splice(draw.choice(seeds), draw.choice(seeds), draw)
    else:
        data = bytearray(draw.choice(seeds))
        draw.choice(EDITS)(data, draw)
    while draw.random() < 0.4:
        draw.choice(EDITS)(data, draw)
    return bytes(data)
