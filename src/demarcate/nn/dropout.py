"""Dropout for a population: every member at its own rate, from its own generator."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from demarcate.nn.layout import Layout

_BITS = 8
_LEVELS = 1 << _BITS
_FINE = 1 << 16
_PER_WORD = 8

Of = Literal["hidden", "inputs"]
_LAYERS: dict[Of, slice] = {"hidden": slice(1, -1), "inputs": slice(0, 1)}
"""Which of the widths ``(d_in, *hidden, n_outputs)`` are silenced."""
_STREAMS: dict[Of, int] = {"hidden": 0xD1B54A32D192ED03, "inputs": 0x8CB92BA72F3D8DD7}
"""What tells the streams of random numbers of one seed apart."""


@dataclass(frozen=True)
class _Alike:
    """Neighbours that draw equally much: their place among the members, their widths, and their rows."""

    first: int
    count: int
    widths: tuple[int, ...]
    rows: int

    def covers(self, n_members: int, padded: tuple[int, ...], batch: int) -> bool:
        """Whether they fill a whole stack."""
        return self.count == n_members and self.widths == padded and self.rows >= batch


class Dropout:
    """Silences units at random and scales up the rest, each member at its own rate (Srivastava et al. 2014).

    A unit is a hidden one or, apart from those, an input. It is kept when a random byte is above a threshold, which
    costs an eighth of drawing floats. So in one step the rate is a multiple of 1/256, and kept units are scaled by just
    that rate, which leaves the expectation as it was. From step to step it moves between the two multiples around the
    rate that was asked for, so that over steps it is met to 1/65536. Rates above 255/256 are taken as that.

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
    of
        What is silenced: ``hidden`` units or ``inputs``, from streams of random numbers of their own.

    Examples
    --------
    >>> drop = Dropout([0.0, 0.5], Layout(((2, 4, 1), (2, 4, 1))), [0, 1], torch.empty(0))
    >>> (masks,) = drop.masks(n_steps=1, batch=100, n_rows=[100, 100])
    >>> masks[0].shape, sorted(masks[0][0].unique().tolist()), sorted(masks[0][1].unique().tolist())
    (torch.Size([2, 100, 4]), [1.0], [0.0, 2.0])
    """

    def __init__(
        self, rates: Sequence[float], layout: Layout, seeds: Sequence[int], like: Tensor, of: Of = "hidden"
    ) -> None:
        self.rates = [min(round(rate * _FINE), _FINE - _FINE // _LEVELS) for rate in rates]
        self.n_drawn = 0
        self.layout, self._layers = layout, _LAYERS[of]
        self.dtype, self.device = like.dtype, like.device
        self.generators = [torch.Generator(like.device).manual_seed(_stream(seed, _STREAMS[of])) for seed in seeds]

    @property
    def n_units(self) -> int:
        """Numbers in the masks of one row of every member."""
        return self.layout.n_members * sum(self._padded)

    @property
    def _padded(self) -> tuple[int, ...]:
        """Widths of the stack's layers that are silenced."""
        return self.layout.padded[self._layers]

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
            For each step and hidden layer what to multiply by, ``(n_members, batch, d_hidden)``, or for each step the
            one for its inputs, ``(n_members, batch, d_in)``; 1 for rows and units that only fill up the stack.
        """
        return [
            list(step) for step in zip(*(layer.unbind(0) for layer in self._draw(n_steps, batch, n_rows)), strict=True)
        ]

    def silence(self, x: Tensor, n_rows: Sequence[int]) -> None:
        """Silence the inputs ``(n_steps, n_members, batch, d_in)`` of the next steps in place; ``n_rows`` as above."""
        (masks,) = self._draw(len(x), x.shape[2], n_rows)
        x.mul_(masks)

    def _draw(self, n_steps: int, batch: int, n_rows: Sequence[int]) -> list[Tensor]:
        """The masks of each layer, ``(n_steps, n_members, batch, width)``."""
        shape = (n_steps, self.layout.n_members, batch)
        runs = self._runs(n_rows)
        covered = len(runs) == 1 and runs[0].covers(self.layout.n_members, self._padded, batch)
        make = torch.empty if covered else torch.ones
        layers = [make((*shape, width), dtype=self.dtype, device=self.device) for width in self._padded]
        thresholds = self._thresholds(n_steps)
        self.n_drawn += n_steps
        for alike in runs:
            self._fill(layers, alike, thresholds)
        return layers

    def keep(self, members: Sequence[int]) -> None:
        """Go on with some of the members."""
        self.rates = [self.rates[member] for member in members]
        self.generators = [self.generators[member] for member in members]
        self.layout = self.layout.select(members)

    def _thresholds(self, n_steps: int) -> Tensor:
        """How many of a byte's values silence a unit, for each step and member, ``(n_steps, n_members, 1, 1)``."""
        steps = torch.arange(self.n_drawn, self.n_drawn + n_steps + 1).unsqueeze(1)
        return ((steps * torch.tensor(self.rates)) >> _BITS).diff(dim=0)[..., None, None].to(self.device)

    def _runs(self, n_rows: Sequence[int]) -> list[_Alike]:
        """Members that draw, in runs of neighbours that draw alike."""
        kinds = [
            (rate > 0, widths[self._layers], rows)
            for rate, widths, rows in zip(self.rates, self.layout.widths, n_rows, strict=True)
        ]
        runs, first = [], 0
        for (draws, widths, rows), members in groupby(kinds):
            count = len(list(members))
            runs += [_Alike(first, count, widths, rows)] if draws and rows else []
            first += count
        return runs

    def _fill(self, layers: Sequence[Tensor], alike: _Alike, thresholds: Tensor) -> None:
        """Write the masks of a run of members."""
        n_steps = layers[0].shape[0]
        n_words = -(-alike.rows * sum(alike.widths) // _PER_WORD)
        drawn = torch.empty(alike.count, n_steps * n_words, dtype=torch.int64, device=self.device)
        run = slice(alike.first, alike.first + alike.count)
        for words, generator in zip(drawn, self.generators[run], strict=True):
            words.random_(-(1 << 63), None, generator=generator)
        drawn_bytes = drawn.view(alike.count, n_steps, n_words).transpose(0, 1).view(torch.int8)
        lowest = (thresholds[:, run] - _LEVELS // 2).to(torch.int8)
        scales = (_LEVELS / (_LEVELS - thresholds[:, run])).to(self.dtype)
        start = 0
        for layer, width in zip(layers, alike.widths, strict=True):
            own = drawn_bytes[:, :, start : start + alike.rows * width].unflatten(2, (alike.rows, width))
            mask = layer[:, run, : alike.rows, :width]
            torch.ge(own[:, :, : mask.shape[2]], lowest, out=mask)
            mask.mul_(scales)
            start += alike.rows * width


class Drops(NamedTuple):
    """What a population silences in training.

    Attributes
    ----------
    hidden, inputs
        Dropout of hidden units and of inputs, or None where no member has any.
    """

    hidden: Dropout | None
    inputs: Dropout | None

    @property
    def n_units(self) -> int:
        """Numbers in all masks of one row of every member."""
        return sum(drop.n_units for drop in self if drop)


def _stream(seed: int, stream: int) -> int:
    """A seed for dropout, apart from the one that orders rows."""
    return (seed * 0x9E3779B97F4A7C15 + stream) % (1 << 63)
