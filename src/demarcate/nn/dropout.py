"""Dropout for a population: every member at its own rate, from its own generator."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from demarcate.nn.counter_random import BYTES_PER_WORD, random_bytes
from demarcate.nn.layout import Layout

_BITS = 8
_LEVELS = 1 << _BITS
_RATE_STEPS = 1 << 16

Of = Literal["hidden", "inputs"]
_LAYERS: dict[Of, slice] = {"hidden": slice(1, -1), "inputs": slice(0, 1)}
"""Which of the widths ``(d_in, *hidden, n_outputs)`` dropout acts on."""
_STREAMS: dict[Of, int] = {"hidden": 0xD1B54A32D192ED03, "inputs": 0x8CB92BA72F3D8DD7}
"""Keeps a seed's random numbers for hidden units, for inputs and for the order of rows apart."""


@dataclass(frozen=True)
class _Run:
    """Neighbours that draw equally many numbers: the first of them, their count, their widths, and their rows."""

    first: int
    count: int
    widths: tuple[int, ...]
    rows: int


class Dropout:
    """Sets units to zero at random and scales up the rest, each member at its own rate (Srivastava et al. 2014).

    A unit is a hidden one or an input. It survives when a random byte is above a threshold, which costs an eighth of
    drawing floats. So in one step the rate is a multiple of 1/256, and surviving units are scaled by just that rate,
    which keeps the expectation. From step to step it moves between the two multiples around the specified rate, so that
    over steps the rate is met to 1/65536. Rates above 255/256 are taken as that.

    A member draws for its own rows and units alone, and its draws for several steps at once are those it would make one
    after the other: neither its neighbours nor the number of steps drawn ahead change them. On the CPU they come from a
    generator of its own; elsewhere those of all members are computed at once (`random_bytes`). Masks have the dtype and
    device of ``like``.
    """

    def __init__(
        self, rates: Sequence[float], layout: Layout, seeds: Sequence[int], like: Tensor, of: Of = "hidden"
    ) -> None:
        self.change(rates)
        self.n_drawn = 0
        self.layout, self._layers = layout, _LAYERS[of]
        self.dtype, self.device = like.dtype, like.device
        self._seeds = [(seed * 0x9E3779B97F4A7C15 + _STREAMS[of]) % (1 << 63) for seed in seeds]
        self.generators = [torch.Generator("cpu").manual_seed(seed) for seed in self._seeds]
        self._has_generators = like.device.type == "cpu"

    @property
    def n_units(self) -> int:
        """The numbers in the masks of one row of every member."""
        return self.layout.n_members * sum(self._padded)

    @property
    def _padded(self) -> tuple[int, ...]:
        return self.layout.padded[self._layers]

    def masks(self, n_steps: int, batch: int, n_rows: Sequence[int]) -> list[list[Tensor]]:
        """Draw the masks of the next steps.

        Returns for each step and hidden layer the factors ``(n_members, batch, d_hidden)``, or for each step those of
        the inputs ``(n_members, batch, d_in)``; 1 for rows and units that only fill up the stack. ``n_rows`` are the
        rows each member draws for, whatever the batch: its masks are the first ``batch`` of these.
        """
        layers = (layer.unbind(0) for layer in self._draw(n_steps, batch, n_rows))
        return [list(step) for step in zip(*layers, strict=True)]

    def apply_(self, x: Tensor, n_rows: Sequence[int]) -> None:
        """Multiply the inputs ``(n_steps, n_members, batch, d_in)`` of the next steps by their masks, in place."""
        (masks,) = self._draw(len(x), x.shape[2], n_rows)
        x.mul_(masks)

    def change(self, rates: Sequence[float]) -> None:
        """Draw from now on at these rates, one a member."""
        self.rates = [min(round(rate * _RATE_STEPS), _RATE_STEPS - _RATE_STEPS // _LEVELS) for rate in rates]

    def keep(self, members: Sequence[int]) -> None:
        """Continue with some of the members."""
        self._seeds = [self._seeds[member] for member in members]
        self.rates = [self.rates[member] for member in members]
        self.generators = [self.generators[member] for member in members]
        self.layout = self.layout.select(members)

    def _draw(self, n_steps: int, batch: int, n_rows: Sequence[int]) -> list[Tensor]:
        """Return the masks of each layer, ``(n_steps, n_members, batch, width)``."""
        if not self._has_generators:
            return self._draw_at_once(n_steps, batch)
        shape = (n_steps, self.layout.n_members, batch)
        runs = self._runs(n_rows)
        covering = [run for run in runs if (run.count, run.widths) == (shape[1], self._padded) and run.rows >= batch]
        allocate = torch.empty if covering else torch.ones
        layers = [allocate((*shape, width), dtype=self.dtype, device=self.device) for width in self._padded]
        lowest, scales = self._next_thresholds(n_steps)
        for run in runs:
            self._fill(layers, run, lowest, scales)
        return layers

    def _draw_at_once(self, n_steps: int, batch: int) -> list[Tensor]:
        """Return the masks of each layer, ``(n_steps, n_members, batch, width)``, without a loop over members."""
        steps = range(self.n_drawn, self.n_drawn + n_steps)
        lowest, scales = self._next_thresholds(n_steps)
        return [
            random_bytes(self._seeds, layer, steps, batch, width, self.device).ge(lowest).to(self.dtype).mul_(scales)
            for layer, width in enumerate(self._padded)
        ]

    def _next_thresholds(self, n_steps: int) -> tuple[Tensor, Tensor]:
        """Return the lowest byte with which a unit survives, and its scale, ``(n_steps, n_members, 1, 1)`` each."""
        steps = torch.arange(self.n_drawn, self.n_drawn + n_steps + 1, device="cpu").unsqueeze(1)
        rates = torch.tensor(self.rates, device="cpu")
        n_dropping = ((steps * rates) >> _BITS).diff(dim=0)[..., None, None].to(self.device)
        self.n_drawn += n_steps
        return (n_dropping - _LEVELS // 2).to(torch.int8), (_LEVELS / (_LEVELS - n_dropping)).to(self.dtype)

    def _runs(self, n_rows: Sequence[int]) -> list[_Run]:
        """Return the members that draw, in runs of neighbours that draw equally many numbers."""
        kinds = [
            (rate > 0, widths[self._layers], rows)
            for rate, widths, rows in zip(self.rates, self.layout.widths, n_rows, strict=True)
        ]
        runs, first = [], 0
        for (draws, widths, rows), members in groupby(kinds):
            count = len(list(members))
            runs += [_Run(first, count, widths, rows)] if draws and rows else []
            first += count
        return runs

    def _fill(self, layers: Sequence[Tensor], run: _Run, lowest: Tensor, scales: Tensor) -> None:
        """Write the masks of a run of members."""
        n_steps = layers[0].shape[0]
        n_words = -(-run.rows * sum(run.widths) // BYTES_PER_WORD)
        drawn = torch.empty(run.count, n_steps * n_words, dtype=torch.int64, device=self.device)
        members = slice(run.first, run.first + run.count)
        for words, generator in zip(drawn, self.generators[members], strict=True):
            words.random_(-(1 << 63), None, generator=generator)
        drawn_bytes = drawn.view(run.count, n_steps, n_words).transpose(0, 1).view(torch.int8)
        start = 0
        for layer, width in zip(layers, run.widths, strict=True):
            own = drawn_bytes[:, :, start : start + run.rows * width].unflatten(2, (run.rows, width))
            mask = layer[:, members, : run.rows, :width]
            torch.ge(own[:, :, : mask.shape[2]], lowest[:, members], out=mask)
            mask.mul_(scales[:, members])
            start += run.rows * width


class Dropouts(NamedTuple):
    """A population's dropout of hidden units and of inputs; None where no member has any."""

    hidden: Dropout | None
    inputs: Dropout | None

    @property
    def n_units(self) -> int:
        """The numbers in all masks of one row of every member."""
        return sum(dropout.n_units for dropout in self if dropout)
