"""A population: trained networks of one family computed as one stack."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import torch
from torch import Tensor, nn

from demarcate.nn.families import family_of
from demarcate.nn.family import Family
from demarcate.nn.heads import Head
from demarcate.nn.layout import Layout, MemberState
from demarcate.nn.spec import Network
from demarcate.presentation import brief_repr

MAX_PADDING = 1.5
"""A stack may cost at most this many times what its members would cost without padding."""


@brief_repr
@dataclass(frozen=True, eq=False)
class Population:
    """Trained networks that share a stack key and a head, with their parameters in one buffer.

    Attributes
    ----------
    head
        The meaning of the logits.
    layout, flat
        The parameters, ``(n_members, n_parameters)``, and where each member's lie in them.
    """

    networks: tuple[Network, ...]
    head: Head
    layout: Layout
    flat: Tensor

    @property
    def n_members(self) -> int:
        """The number of networks in the stack."""
        return len(self.networks)

    @property
    def device(self) -> torch.device:
        """The device of the parameters, on which the population computes."""
        return self.flat.device

    def logits(self, x: Tensor) -> Tensor:
        """Return the logits ``(n_members, batch, n_outputs)`` for inputs ``(n_members, batch, d_in)``, dropout off.

        Inputs narrower than the stack are padded with zero columns.
        """
        missing = self.layout.padded[0] - x.shape[-1]
        x = nn.functional.pad(x, (0, missing)) if missing else x
        with torch.inference_mode():
            return self.layout.family.forward(self.networks[0], self.layout.layers(self.flat), x)

    def select(self, members: Sequence[int]) -> "Population":
        """Return some of the members as a population of their own."""
        if list(members) == list(range(self.n_members)):
            return self
        networks = tuple(self.networks[member] for member in members)
        return Population(networks, self.head, self.layout.select(members), self.flat[list(members)])

    def states(self) -> list[MemberState]:
        """Return each member's own parameters, as its plain module keeps them."""
        return self.layout.unpack(self.flat)

    def member(self, index: int) -> nn.Module:
        """Return one member as a plain torch module, equal to the stacked one within float error."""
        (state,) = self.layout.select([index]).unpack(self.flat[[index]])
        return self.layout.family.to_module(self.networks[index], state)

    def to(self, device: str | torch.device) -> "Population":
        """Return the same population with its parameters on a device."""
        return replace(self, flat=self.flat.to(device))


def stack(networks: Sequence[Network], states: Sequence[MemberState], head: Head) -> list[Population]:
    """Put trained members into as few populations as neighbours of one kind allow, keeping their order."""
    populations = []
    for (family, _), group in groupby(zip(networks, states, strict=True), key=lambda pair: _kind(pair[0])):
        members = list(group)
        widths = [family.widths_of(network, state) for network, state in members]
        start = 0
        for length in cheap_runs(widths, family):
            own = members[start : start + length]
            layout = Layout(tuple(widths[start : start + length]), family=family)
            specs = tuple(network for network, _ in own)
            populations.append(Population(specs, head, layout, layout.pack([state for _, state in own])))
            start += length
    return populations


def cheap_runs(widths: Sequence[Sequence[int]], family: Family) -> list[int]:
    """Return how many neighbours at a time may share a stack before padding costs more than `MAX_PADDING` allows."""
    if not family.is_stackable:
        return [1] * len(widths)
    runs: list[int] = []
    own, padded = 0, tuple(widths[0])
    for member in widths:
        wider = tuple(map(max, padded, member))
        if runs and family.cost(wider) * (runs[-1] + 1) <= MAX_PADDING * (own + family.cost(member)):
            runs[-1], own, padded = runs[-1] + 1, own + family.cost(member), wider
        else:
            runs.append(1)
            own, padded = family.cost(member), tuple(member)
    return runs


def _kind(network: Network) -> tuple[Family, Hashable]:
    family = family_of(network)
    return family, family.stack_key(network)
