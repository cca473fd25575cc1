"""Dropout for a population: every member at its own rate, from its own generator."""

from collections.abc import Sequence

import torch
from torch import Tensor

from demarcate.nn import Layout

_STEPS = 1 << 16


class Dropout:
    """Silences hidden units at random and scales up the rest, each member at its own rate (Srivastava et al. 2014).

    A unit is kept when a 16-bit random word is above a threshold, which costs a quarter of drawing floats; a rate is
    therefore rounded to the nearest 1/65536, and units are scaled by the rounded rate, so the expectation is exact.

    Parameters
    ----------
    rates
        Each member's rate, at least 0 and below 1.
    layout
        Gives each member's own widths: what a member draws does not depend on its neighbours'.
    seeds
        Each member's seed.
    device
        Where the activations live.

    Examples
    --------
    >>> drop = Dropout([0.0, 0.5], Layout(((2, 4, 1), (2, 4, 1))), [0, 1], torch.device("cpu"))
    >>> kept = drop(0, torch.ones(2, 100, 4))
    >>> kept[0].mean().item(), sorted(set(kept[1].flatten().tolist()))
    (1.0, [0.0, 2.0])
    """

    def __init__(self, rates: Sequence[float], layout: Layout, seeds: Sequence[int], device: torch.device) -> None:
        self.thresholds = [min(round(rate * _STEPS), _STEPS - 1) for rate in rates]
        self.hidden = [widths[1:-1] for widths in layout.widths]
        self.generators = [torch.Generator(device).manual_seed(_stream(seed)) for seed in seeds]

    def __call__(self, layer: int, x: Tensor, n_rows: Sequence[int] | None = None) -> Tensor:
        """Some units silenced.

        Parameters
        ----------
        layer
            The number of the hidden layer, from 0.
        x
            Its activations, ``(n_members, batch, d_hidden)``.
        n_rows
            Each member's own rows in the batch, ahead of those that only fill up the stack; None means all. A member
            draws for its own rows alone, so neighbours with more rows change nothing either.
        """
        mask = torch.ones_like(x)
        for member, threshold in enumerate(self.thresholds):
            if threshold:
                width, rows = self.hidden[member][layer], x.shape[1] if n_rows is None else n_rows[member]
                words = _words(rows * width, self.generators[member], x.device)
                kept = (words >= threshold - _STEPS // 2).view(rows, width)
                torch.mul(kept, _STEPS / (_STEPS - threshold), out=mask[member, :rows, :width])
        return x * mask

    def keep(self, members: Sequence[int]) -> None:
        """Go on with some of the members."""
        self.thresholds = [self.thresholds[member] for member in members]
        self.hidden = [self.hidden[member] for member in members]
        self.generators = [self.generators[member] for member in members]


def _stream(seed: int) -> int:
    """A seed for dropout, apart from the one that orders rows."""
    return (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % (1 << 63)


def _words(n_words: int, generator: torch.Generator, device: torch.device) -> Tensor:
    """Uniform 16-bit integers ``(n_words,)``."""
    drawn = torch.empty(-(-n_words // 4), dtype=torch.int64, device=device)
    return drawn.random_(-(1 << 63), None, generator=generator).view(torch.int16)[:n_words]
