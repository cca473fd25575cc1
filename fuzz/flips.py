"""Every byte of one small model file with every other value, and every truncation: all are refused."""

import random
from collections.abc import Callable

from fuzz.bundles import GOLDEN, Case, Reading
from fuzz.campaign import Target

FILE = GOLDEN / "format_1.safetensors"
_BITS = tuple(1 << bit for bit in range(8))
TURNS = (*_BITS, *(turn for turn in range(1, 256) if turn not in _BITS))
"""What a byte is combined with by exclusive or: single bits first, then all else."""


def drawing(data: bytes) -> tuple[Callable[[random.Random, int], Case], int]:
    """The cases of a file by number, and how many there are: truncations, then flips, one turn after the other."""

    def draw(_random: random.Random, number: int) -> Case:
        if number < len(data):
            return Case(data[:number])
        turn, place = divmod(number - len(data), len(data))
        damaged = bytearray(data)
        damaged[place] ^= TURNS[turn]
        return Case(bytes(damaged))

    return draw, len(data) * (1 + len(TURNS))


def target() -> Target[Case]:
    """None of the damaged files is read."""
    draw, n_cases = drawing(FILE.read_bytes())
    return Target("flips", ".safetensors", draw, Reading().holds, lambda case: case.data, n_cases=n_cases)
