"""Members of one specification as one stack, which numpy computes together; rows are along the last axis."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from demarcate.nn import Network, family_of

if TYPE_CHECKING:
    from demarcate.inference.numpy_predictor import NumpyPredictor

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class StackedMembers:
    """The members of one specification, behind any encoders."""

    network: Network
    members: Indices  # their numbers, (n_members,)
    inputs: Indices  # the rows of the pool that each reads, the bias's last, (n_members, d_in)
    weight: Floats  # of the first layer, its bias behind the weights, (n_members, d_hidden, d_in)
    layers: Sequence[tuple[Floats, ...]]  # nothing, and those behind the first; vectors (n_members, d, 1)

    @classmethod
    def of_model(cls, model: "NumpyPredictor", inputs: Sequence[Indices]) -> Iterator["StackedMembers"]:
        """Yield the stacks of a model; ``inputs`` are the rows of the pool that each encoder's matrix is made of."""
        alike: dict[Network, list[int]] = {}
        for member, network in enumerate(model.networks):
            alike.setdefault(network, []).append(member)
        for network, members in alike.items():
            states = [model.states[member] for member in members]
            own_inputs = [inputs[model.encoding[member]] for member in members]
            d_in = max(map(len, own_inputs)) + 1
            places = np.zeros((len(members), d_in), dtype=np.int64)
            weight = np.zeros((len(members), len(states[0][0][1]), d_in), dtype=np.float32)
            for at, (own, (first, *_)) in enumerate(zip(own_inputs, states, strict=True)):
                places[at, : len(own)] = own
                weight[at, :, : len(own)], weight[at, :, -1] = first
            behind = zip(*(state[1:] for state in states), strict=True)
            layers = [tuple(map(_stacked, zip(*layer, strict=True))) for layer in behind]
            yield cls(network, np.array(members), places, weight, [(), *layers])

    @property
    def weights(self) -> list[Floats]:
        """Return all weights, ``(n_members, d_out, d_in)`` each."""
        behind = [tensor for layer in self.layers for tensor in layer]
        # What else there is are biases, and weights of a single number, whose sums have no order.
        return [self.weight, *(tensor for tensor in behind if tensor.shape[-1] > 1)]

    def logits(self, pool: Floats) -> Floats:
        """Return logits ``(n_members, n_outputs, n_rows)`` from the pool ``(n_pooled, n_rows)``."""
        first = self.weight @ pool[self.inputs]
        return family_of(self.network).array_logits_of_first(self.network, self.layers, first)


def _stacked(tensors: Sequence[Floats]) -> Floats:
    stack = np.stack(tensors)
    return stack[..., np.newaxis] if stack.ndim == 2 else stack
