"""Every single-byte change and every truncation of a small model file: all are refused."""

import random
from collections.abc import Callable

from fuzz.bundles import GOLDEN, Case, ModelFileCheck
from fuzz.campaign import Target

FILE = GOLDEN / "format_1.safetensors"
_BITS = tuple(1 << bit for bit in range(8))
FLIPS = (*_BITS, *(flip for flip in range(1, 256) if flip not in _BITS))
"""Values for exclusive or with a byte: single bits first, then all others."""


def drawing(data: bytes) -> tuple[Callable[[random.Random, int], Case], int]:
    """Return a function from number to case, and the number of cases: truncations, then flips by value."""

    def draw(_random: random.Random, number: int) -> Case:
        if number < len(data):
            return Case(data[:number])
        flip, place = divmod(number - len(data), len(data))
        damaged = bytearray(data)
        damaged[place] ^= FLIPS[flip]
        return Case(bytes(damaged))

    return draw, len(data) * (1 + len(FLIPS))


def target() -> Target[Case]:
    """Return the target: every damaged file is refused."""
    draw, n_cases = drawing(FILE.read_bytes())
    return Target("flips", ".safetensors", draw, ModelFileCheck().check, lambda case: case.data, n_cases=n_cases)
