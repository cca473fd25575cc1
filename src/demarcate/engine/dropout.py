"""Dropout for a population: every member at its own rate, from its own generator."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor

from demarcate.nn import Layout

_STEPS = 1 << 16
_PER_WORD = 4


@dataclass(frozen=True)
class _Alike:
    """Neighbours that draw equally much: their place among the members, their widths, and their thresholds."""

    first: int
    count: int
    hidden: tuple[int, ...]
    rows: int

    def covers(self, layout: Layout, batch: int) -> bool:
        """Whether they fill a whole stack."""
        return self.count == layout.n_members and self.hidden == layout.padded[1:-1] and self.rows >= batch


class Dropout:
    """Silences hidden units at random and scales up the rest, each member at its own rate (Srivastava et al. 2014).

    A unit is kept when a 16-bit random word is above a threshold, which costs a quarter of drawing floats; a rate is
    therefore rounded to the nearest 1/65536, and units are scaled by the rounded rate, so the expectation is exact.

    A member draws for its own rows and units alone, and its draws for several steps at once are those it would make one
    after the other: on the CPU neither its neighbours nor the number of steps drawn ahead change them.

    Parameters
    ----------
    rates
        Each member's rate, at least 0 and below 1.
    layout
        Gives each member's own widths.
    seeds
        Each member's seed.
    like
        Gives the masks' dtype and device.

    Examples
    --------
    >>> drop = Dropout([0.0, 0.5], Layout(((2, 4, 1), (2, 4, 1))), [0, 1], torch.empty(0))
    >>> (masks,) = drop.masks(n_steps=1, batch=100, n_rows=[100, 100])
    >>> masks[0].shape, sorted(masks[0][0].unique().tolist()), sorted(masks[0][1].unique().tolist())
    (torch.Size([2, 100, 4]), [1.0], [0.0, 2.0])
    """

    def __init__(self, rates: Sequence[float], layout: Layout, seeds: Sequence[int], like: Tensor) -> None:
        self.thresholds = [min(round(rate * _STEPS), _STEPS - 1) for rate in rates]
        self.layout = layout
        self.dtype, self.device = like.dtype, like.device
        self.generators = [torch.Generator(like.device).manual_seed(_stream(seed)) for seed in seeds]
        self._set_scales()

    @property
    def n_units(self) -> int:
        """Numbers in the masks of one row of every member."""
        return self.layout.n_members * sum(self.layout.padded[1:-1])

    def masks(self, n_steps: int, batch: int, n_rows: Sequence[int]) -> list[list[Tensor]]:
        """Draw the masks of the next steps.

        Parameters
        ----------
        n_steps
            How many steps.
        batch
            Rows of the stack in each.
        n_rows
            The rows each member draws for, whatever the stack's length: its masks are the first ``batch`` of these.

        Returns
        -------
        list of list of Tensor
            For each step and hidden layer what to multiply by, ``(n_members, batch, d_hidden)``; 1 for rows and units
            that only fill up the stack.
        """
        shape = (n_steps, self.layout.n_members, batch)
        runs = self._runs(n_rows)
        covered = len(runs) == 1 and runs[0].covers(self.layout, batch)
        make = torch.empty if covered else torch.ones
        layers = [make((*shape, width), dtype=self.dtype, device=self.device) for width in self.layout.padded[1:-1]]
        for alike in runs:
            self._fill(layers, alike)
        return [list(step) for step in zip(*(layer.unbind(0) for layer in layers), strict=True)]

    def keep(self, members: Sequence[int]) -> None:
        """Go on with some of the members."""
        self.thresholds = [self.thresholds[member] for member in members]
        self.generators = [self.generators[member] for member in members]
        self.layout = self.layout.select(members)
        self._set_scales()

    def _set_scales(self) -> None:
        column = torch.tensor(self.thresholds, device=self.device).view(-1, 1, 1)
        self._lowest = (column - _STEPS // 2).to(torch.int16)
        self._scales = (_STEPS / (_STEPS - column)).to(self.dtype)

    def _runs(self, n_rows: Sequence[int]) -> list[_Alike]:
        """Members that draw, in runs of neighbours that draw alike."""
        kinds = [
            (threshold > 0, widths[1:-1], rows)
            for threshold, widths, rows in zip(self.thresholds, self.layout.widths, n_rows, strict=True)
        ]
        runs, first = [], 0
        for (draws, hidden, rows), members in groupby(kinds):
            count = len(list(members))
            runs += [_Alike(first, count, hidden, rows)] if draws and rows else []
            first += count
        return runs

    def _fill(self, layers: Sequence[Tensor], alike: _Alike) -> None:
        """Write the masks of a run of members."""
        n_steps = layers[0].shape[0]
        n_words = -(-alike.rows * sum(alike.hidden) // _PER_WORD)
        drawn = torch.empty(alike.count, n_steps * n_words, dtype=torch.int64, device=self.device)
        run = slice(alike.first, alike.first + alike.count)
        for words, generator in zip(drawn, self.generators[run], strict=True):
            words.random_(-(1 << 63), None, generator=generator)
        shorts = drawn.view(alike.count, n_steps, n_words).transpose(0, 1).view(torch.int16)
        start = 0
        for layer, width in zip(layers, alike.hidden, strict=True):
            own = shorts[:, :, start : start + alike.rows * width].unflatten(2, (alike.rows, width))
            mask = layer[:, run, : alike.rows, :width]
            torch.ge(own[:, :, : mask.shape[2]], self._lowest[run], out=mask)
            mask.mul_(self._scales[run])
            start += alike.rows * width


def _stream(seed: int) -> int:
    """A seed for dropout, apart from the one that orders rows."""
    return (seed * 0x9E3779B97F4A7C15 + 0xD1B54A32D192ED03) % (1 << 63)
