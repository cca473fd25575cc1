"""Where each member's parameters lie in a population's one buffer.

The buffer is ``(n_members, n_parameters)``: an optimizer step is a handful of elementwise calls on it, a snapshot is a
copy of it, and a shard of the population is some of its rows. Layer weights are views.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import torch
from torch import Tensor

from demarcate.errors import SettingError
from demarcate.nn.family import Family, Shape
from demarcate.nn.mlp_family import MLP

ALIGNMENT = 16
"""Every member's row is a multiple of this many numbers: vector instructions then treat it alike wherever it lies."""

MemberState = list[tuple[Tensor, ...]]
"""One member's parameters: for each layer a weight ``(d_out, d_in)`` and a bias ``(d_out,)``, as torch.nn.Linear
keeps them, or the tensors that another family's layer has."""


@dataclass(frozen=True)
class Layout:
    """The shape of a population: every member's widths, padded to the widest.

    A member narrower than the stack has zeros where it has no units. With an activation that leaves zero at zero those
    units have no output and no gradient, so padding changes nothing but the time it takes.
    """

    widths: tuple[tuple[int, ...], ...]  # (d_in, *hidden, n_outputs) of each member: equally deep, with equal outputs
    padded: tuple[int, ...] = ()  # the width of each layer of the stack; by default the widest member's
    family: Family = field(default=MLP, repr=False)

    def __post_init__(self) -> None:
        if not self.widths:
            raise SettingError("a population has at least one member, got none")
        if len({len(widths) for widths in self.widths}) > 1:
            raise SettingError(f"members of a population must be equally deep, got widths {self.widths}")
        if len({widths[-1] for widths in self.widths}) > 1:
            raise SettingError(f"members of a population must have equally many outputs, got widths {self.widths}")
        widest = tuple(max(layer) for layer in zip(*self.widths, strict=True))
        object.__setattr__(self, "padded", self.padded or widest)
        if any(narrow > wide for narrow, wide in zip(widest, self.padded, strict=True)):
            raise SettingError(f"no member is wider than the stack, {self.padded}, got widths {self.widths}")

    @property
    def n_members(self) -> int:
        """The number of networks in the stack."""
        return len(self.widths)

    @property
    def hidden(self) -> tuple[int, ...]:
        """The widths of the stack's hidden layers."""
        return self.padded[1:-1]

    @cached_property
    def n_parameters(self) -> int:
        """The length of a member's row in the buffer, padding included; the rest at its end is always 0."""
        return -(-sum(self._sizes) // ALIGNMENT) * ALIGNMENT

    @cached_property
    def cost(self) -> int:
        """The multiplications of one row's forward pass through one member of the stack."""
        return self.family.cost(self.padded)

    @cached_property
    def _shapes(self) -> list[list[Shape]]:
        return [[_stored_shape(shape) for shape in layer] for layer in self.family.shapes(self.padded)]

    @cached_property
    def _sizes(self) -> list[int]:
        return [math.prod(shape) for layer in self._shapes for shape in layer]

    def layers(self, flat: Tensor) -> MemberState:
        """Return views of the buffer ``(n_members, n_parameters)`` as stacked layers, first to last.

        Weights are ``(n_members, d_in, d_out)``, biases ``(n_members, 1, d_out)``.
        """
        parts = iter(flat[:, : sum(self._sizes)].split(self._sizes, dim=1))
        return [tuple(next(parts).view(len(flat), *shape) for shape in layer) for layer in self._shapes]

    def member_layers(self, flat: Tensor, member: int) -> MemberState:
        """Return views of one member's own layers, padding included: weights ``(d_in, d_out)``, vectors ``(d,)``."""
        return [
            tuple(
                tensor[member, 0] if len(shape) == 1 else tensor[member]
                for tensor, shape in zip(layer, shapes, strict=True)
            )
            for layer, shapes in zip(self.layers(flat), self.family.shapes(self.padded), strict=True)
        ]

    def decay_mask(self, like: Tensor, *, biases: bool) -> Tensor | None:
        """Return 1 for the numbers of a row that weight decay acts on, 0 for others, ``(n_parameters,)``; None for all.

        It has the dtype and device of ``like``; ``biases`` says whether weight decay acts on biases.
        """
        decays = self.family.decays(self.padded, biases=biases)
        if all(map(all, decays)):
            return None
        mask = torch.zeros(1, self.n_parameters, dtype=like.dtype, device=like.device)
        for layer, flags in zip(self.layers(mask), decays, strict=True):
            for tensor, decay in zip(layer, flags, strict=True):
                tensor.fill_(decay)
        return mask[0]

    def pack(self, states: Sequence[MemberState]) -> Tensor:
        """Return one buffer ``(n_members, n_parameters)`` with the members' own parameters."""
        first = states[0][0][0]
        flat = torch.zeros(self.n_members, self.n_parameters, dtype=first.dtype, device=first.device)
        for stacked, *layers in zip(self.layers(flat), *states, strict=True):
            for member, layer in enumerate(layers):
                for tensors, parameter in zip(stacked, layer, strict=True):
                    stored = _transposed(parameter.detach())
                    tensors[member][_corner(stored.shape)] = stored
        return flat

    def unpack(self, flat: Tensor) -> list[MemberState]:
        """Return each member's own parameters, without padding: the inverse of `pack`."""
        stacked = self.layers(flat.detach())
        return [
            [
                tuple(_own(tensors[member], shape) for tensors, shape in zip(layer, shapes, strict=True))
                for layer, shapes in zip(stacked, self.family.shapes(self.widths[member]), strict=True)
            ]
            for member in range(self.n_members)
        ]

    def select(self, members: Sequence[int]) -> "Layout":
        """Return the layout of some of the members, padded as before, so that rows of the old buffer fit it."""
        return Layout(tuple(self.widths[member] for member in members), self.padded, self.family)


def _stored_shape(shape: Shape) -> Shape:
    """Return the shape of a parameter in the buffer: weights lie transposed, vectors as rows, for batched products."""
    return {1: (1, *shape), 2: shape[::-1]}.get(len(shape), shape)


def _transposed(parameter: Tensor) -> Tensor:
    """Return a parameter as it lies in the buffer."""
    return parameter.unsqueeze(0) if parameter.ndim == 1 else parameter.T if parameter.ndim == 2 else parameter


def _corner(shape: Sequence[int]) -> tuple[slice, ...]:
    return tuple(slice(0, size) for size in shape)


def _own(stored: Tensor, shape: Shape) -> Tensor:
    """Return a copy of one member's parameter of this shape, from its place in the padded stack."""
    corner = stored[_corner(_stored_shape(shape))]
    own = corner[0] if len(shape) == 1 else corner.T if len(shape) == 2 else corner
    return own.clone(memory_format=torch.contiguous_format)
