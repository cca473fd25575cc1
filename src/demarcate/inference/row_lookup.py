"""One row by numpy: what its cells add to the first layers of all members is looked up, and nothing is encoded.

`FirstLayerLookup` does the same for the rows of a table with torch. Here the units of all members' first layers lie
side by side, so a cell costs a few additions whatever the number of members, and members of one specification are
computed at once behind them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from demarcate.encoding import NumericEncoder
from demarcate.inference.row_terms import Floats, Terms, Units, column_terms, leaf_terms, line_terms
from demarcate.nn import Network, family_of

if TYPE_CHECKING:
    from demarcate.inference.numpy_predictor import NumpyPredictor


@dataclass(frozen=True, eq=False)
class _AlikeMembers:
    """Members of one specification, which are computed at once."""

    network: Network
    members: NDArray[np.int64]  # their numbers, (n_members,)
    units: slice  # their first layers' units among those of all members
    layers: list[tuple[Floats, ...]]  # stacked; vectors (n_members, 1, d)

    def logits(self, first: Floats) -> Floats:
        """Return logits ``(n_members, 1, n_outputs)`` from the first layers of all members."""
        own = first[self.units].reshape(len(self.members), 1, -1)
        return family_of(self.network).array_logits_of_first(self.network, self.layers, own)


@dataclass(frozen=True, eq=False)
class RowLookup:
    """The members of a model, prepared for rows that come one at a time."""

    bias: Floats  # of the first layers of all members, (n_units,)
    terms: tuple[Terms, ...]
    groups: tuple[_AlikeMembers, ...]
    order: NDArray[np.int64]  # the place of each member in the groups, (n_members,)

    @classmethod
    def of(cls, model: "NumpyPredictor") -> Self:
        """Prepare the members of a model."""
        groups = tuple(_groups(model))
        members = np.concatenate([group.members for group in groups])
        firsts = [model.states[member][0] for member in members.tolist()]
        units = Units(
            tuple(model.encoding[member] for member in members.tolist()),
            tuple(np.ascontiguousarray(weight.T) for weight, _ in firsts),
        )
        terms, lines = [], {}
        for name in model.encoders[0].columns:
            encoders = {at: table.encoders[table.columns.index(name)] for at, table in enumerate(model.encoders)}
            lines[name] = {at: encoder for at, encoder in encoders.items() if type(encoder) is NumericEncoder}
            others = {at: encoder for at, encoder in encoders.items() if at not in lines[name]}
            if others:
                inputs = {at: model.encoders[at].columns_of(name) for at in others}
                terms.append(column_terms(name, others, inputs, units))
        if any(lines.values()):
            terms.append(line_terms({name: own for name, own in lines.items() if own}, model.encoders, units))
        if any(encoder.leaves is not None for encoder in model.encoders):
            terms.append(leaf_terms(model.encoders, units))
        return cls(np.concatenate([bias for _, bias in firsts]), tuple(terms), groups, np.argsort(members))

    def logits(self, parsed: Mapping[str, Any]) -> Floats:
        """Return the members' logits ``(n_members, 1, n_outputs)`` of one row of parsed columns."""
        first = self.bias.copy()
        for terms in self.terms:
            terms.add_to(first, parsed)
        return np.concatenate([group.logits(first) for group in self.groups])[self.order]


def _groups(model: "NumpyPredictor") -> list[_AlikeMembers]:
    """Group the members of one specification."""
    members: dict[Network, list[int]] = {}
    for member, network in enumerate(model.networks):
        members.setdefault(network, []).append(member)
    groups, start = [], 0
    for network, own in members.items():
        stop = start + sum(len(model.states[member][0][1]) for member in own)
        # The first layer is in the terms.
        layers: list[tuple[Floats, ...]] = [()]
        for of_members in zip(*(model.states[member][1:] for member in own), strict=True):
            stacks = (np.stack(tensors) for tensors in zip(*of_members, strict=True))
            layers.append(tuple(stack[:, np.newaxis] if stack.ndim == 2 else stack for stack in stacks))
        groups.append(_AlikeMembers(network, np.array(own), slice(start, stop), layers))
        start = stop
    return groups
