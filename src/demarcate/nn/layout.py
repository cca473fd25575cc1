"""Where each member's parameters lie in a population's one buffer.

The buffer is ``(n_members, n_parameters)``: an optimizer step is a handful of elementwise calls on it, a snapshot is a
copy of it, and a shard of the population is some of its rows. Layer weights are views.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import torch
from torch import Tensor

from demarcate.errors import SettingError

ALIGNMENT = 16
"""Every member's row is a multiple of so many numbers: vector instructions then treat it alike wherever it lies."""
MAX_PADDING = 1.5
"""A stack may cost at most this many times what its members would cost without padding."""

MemberState = list[tuple[Tensor, Tensor]]
"""One member's parameters: for each layer a weight ``(d_out, d_in)`` and a bias ``(d_out,)``, as torch.nn.Linear
keeps them."""


@dataclass(frozen=True)
class Layout:
    """The shape of a population: every member's widths, padded to the widest.

    A member narrower than the stack has zeros where it has no units. With an activation that leaves zero at zero those
    units have no output and no gradient, so padding changes nothing but the time it takes.

    Parameters
    ----------
    widths
        For each member ``(d_in, *hidden, n_outputs)``; all of the same depth and with the same number of outputs.
    padded
        The width of each layer of the stack; by default the widest member's.

    Raises
    ------
    SettingError
        If there are no members, they differ in depth or outputs, or one is wider than the stack.

    Examples
    --------
    >>> layout = Layout(((2, 8, 1), (2, 4, 1)))
    >>> layout.n_members, layout.padded, layout.n_parameters
    (2, (2, 8, 1), 48)
    """

    widths: tuple[tuple[int, ...], ...]
    padded: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.widths:
            raise SettingError("a population has at least one member: got none")
        if len({len(widths) for widths in self.widths}) > 1:
            raise SettingError(f"members of a population are equally deep: got widths {self.widths}")
        if len({widths[-1] for widths in self.widths}) > 1:
            raise SettingError(f"members of a population have as many outputs: got widths {self.widths}")
        widest = tuple(max(layer) for layer in zip(*self.widths, strict=True))
        object.__setattr__(self, "padded", self.padded or widest)
        if any(narrow > wide for narrow, wide in zip(widest, self.padded, strict=True)):
            raise SettingError(f"no member is wider than the stack, {self.padded}: got widths {self.widths}")

    @property
    def n_members(self) -> int:
        """Networks in the stack."""
        return len(self.widths)

    @cached_property
    def n_parameters(self) -> int:
        """Length of a member's row in the buffer, padding included; what is left over at its end is always 0."""
        return -(-sum(self._sizes) // ALIGNMENT) * ALIGNMENT

    @cached_property
    def _sizes(self) -> list[int]:
        return [size for d_in, d_out in pairwise(self.padded) for size in (d_in * d_out, d_out)]

    def layers(self, flat: Tensor) -> MemberState:
        """Views of the buffer as stacked layers, first to last.

        Parameters
        ----------
        flat
            ``(n_members, n_parameters)``.

        Returns
        -------
        list of (weight, bias)
            Weights ``(n_members, d_in, d_out)``, biases ``(n_members, 1, d_out)``.
        """
        n_members = flat.shape[0]
        parts = flat[:, : sum(self._sizes)].split(self._sizes, dim=1)
        return [
            (parts[2 * layer].view(n_members, d_in, d_out), parts[2 * layer + 1].view(n_members, 1, d_out))
            for layer, (d_in, d_out) in enumerate(pairwise(self.padded))
        ]

    def weight_marks(self, like: Tensor) -> Tensor:
        """Which numbers of a row are weights: 1 there, 0 for biases and what is left over, ``(n_parameters,)``.

        Parameters
        ----------
        like
            Gives the marks' dtype and device.

        Examples
        --------
        >>> Layout(((2, 1),)).weight_marks(torch.empty(0))[:3]
        tensor([1., 1., 0.])
        """
        marks = torch.zeros(1, self.n_parameters, dtype=like.dtype, device=like.device)
        for weight, _ in self.layers(marks):
            weight.fill_(1)
        return marks[0]

    def pack(self, states: Sequence[MemberState]) -> Tensor:
        """One buffer ``(n_members, n_parameters)`` from the members' own parameters."""
        first = states[0][0][0]
        flat = torch.zeros(self.n_members, self.n_parameters, dtype=first.dtype, device=first.device)
        for layer, (weights, biases) in enumerate(self.layers(flat)):
            for member, state in enumerate(states):
                weight, bias = state[layer]
                d_out, d_in = weight.shape
                weights[member, :d_in, :d_out] = weight.detach().T
                biases[member, 0, :d_out] = bias.detach()
        return flat

    def unpack(self, flat: Tensor) -> list[MemberState]:
        """Each member's own parameters, without padding: the inverse of `pack`."""
        stacked = self.layers(flat.detach())
        return [
            [
                (weights[member, :d_in, :d_out].T.contiguous().clone(), biases[member, 0, :d_out].clone())
                for (weights, biases), (d_in, d_out) in zip(stacked, pairwise(self.widths[member]), strict=True)
            ]
            for member in range(self.n_members)
        ]

    def select(self, members: Sequence[int]) -> "Layout":
        """The layout of some of the members, padded as before, so that rows of the old buffer fit it."""
        return Layout(tuple(self.widths[member] for member in members), self.padded)


def cost(widths: Sequence[int]) -> int:
    """Multiplications a row costs, ``widths`` being ``(d_in, *hidden, n_outputs)``.

    Examples
    --------
    >>> cost((2, 16, 1))
    48
    """
    return sum(d_in * d_out for d_in, d_out in pairwise(widths))


def cheap_runs(widths: Sequence[Sequence[int]]) -> list[int]:
    """How many neighbours at a time may share a stack before padding costs more than `MAX_PADDING` allows.

    Parameters
    ----------
    widths
        Each member's ``(d_in, *hidden, n_outputs)``, all of one depth.

    Returns
    -------
    list of int
        Lengths of runs that together make up the sequence, each as long as it can be.

    Examples
    --------
    >>> cheap_runs([(2, 16, 1), (2, 15, 1), (2, 256, 1)])
    [2, 1]
    """
    runs: list[int] = []
    own, padded = 0, tuple(widths[0])
    for member in widths:
        wider = tuple(max(pair) for pair in zip(padded, member, strict=True))
        if runs and cost(wider) * (runs[-1] + 1) <= MAX_PADDING * (own + cost(member)):
            runs[-1], own, padded = runs[-1] + 1, own + cost(member), wider
        else:
            runs.append(1)
            own, padded = cost(member), tuple(member)
    return runs
