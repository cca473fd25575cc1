"""Random bytes computed from seed, step and position: for devices where a generator for each member would be slow."""

from collections.abc import Sequence

import torch
from torch import Tensor

_INCREMENT = 0x9E3779B97F4A7C15 - (1 << 64)
_MULTIPLIERS = (0xBF58476D1CE4E5B9 - (1 << 64), 0x94D049BB133111EB - (1 << 64))
BYTES_PER_WORD = 8


def random_bytes(
    seeds: Sequence[int], layer: int, steps: range, n_rows: int, width: int, device: torch.device
) -> Tensor:
    """Return uniform bytes, int8 ``(n_steps, n_members, n_rows, width)``, for members with these seeds.

    A byte depends on its own seed, layer, step, row and column alone: neither other members, nor padding, nor the steps
    drawn at once change it. The numbers are SplitMix64's (Steele, Lea and Flood 2014), one level for each index.
    """
    n_words = -(-width // BYTES_PER_WORD)
    keys = _mixed(torch.tensor(seeds, dtype=torch.int64, device=device)[:, None, None])
    keys = _mixed(keys + _offsets(range(layer, layer + 1), device))
    keys = _mixed(keys + _offsets(steps, device)[:, None, None, None])
    keys = _mixed(keys + _offsets(range(n_rows), device)[:, None])
    return _mixed(keys + _offsets(range(n_words), device)).view(torch.int8)[..., :width]


def _offsets(indices: range, device: torch.device) -> Tensor:
    return _INCREMENT * torch.arange(indices.start + 1, indices.stop + 1, device=device)


def _mixed(state: Tensor) -> Tensor:
    """Return SplitMix64's output for int64 states; products wrap around."""
    state = (state ^ _shifted(state, 30)) * _MULTIPLIERS[0]
    state = (state ^ _shifted(state, 27)) * _MULTIPLIERS[1]
    return state ^ _shifted(state, 31)


def _shifted(state: Tensor, n_bits: int) -> Tensor:
    """Return the bits shifted right, zeros coming in."""
    return (state >> n_bits) & ((1 << (64 - n_bits)) - 1)
