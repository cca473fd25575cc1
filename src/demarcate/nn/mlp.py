"""A population: networks of equal depth computed as one stack of batched matrix products."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

import torch
from torch import Tensor, nn

from demarcate.nn.activations import ACTIVATIONS, Activation
from demarcate.nn.heads import Head
from demarcate.nn.layout import Layout, MemberState, cheap_runs
from demarcate.nn.spec import Network
from demarcate.nn.torch_modules import to_sequential

Drop = Callable[[int, Tensor], Tensor]


def forward(layers: MemberState, x: Tensor, activation: Activation, drop: Drop | None = None) -> Tensor:
    """Logits of every member for its own batch.

    Parameters
    ----------
    layers
        Stacked weights ``(n_members, d_in, d_out)`` and biases ``(n_members, 1, d_out)``, as `Layout.layers` gives.
    x
        ``(n_members, batch, d_in)``.
    activation
        What follows each hidden layer.
    drop
        Called with the number of each hidden layer and its output ``(n_members, batch, d_out)``; returns what goes on.
        None when predicting.

    Returns
    -------
    Tensor
        Logits ``(n_members, batch, n_outputs)``.

    Examples
    --------
    >>> layers = [(torch.ones(2, 3, 1), torch.zeros(2, 1, 1))]
    >>> forward(layers, torch.ones(2, 5, 3), ACTIVATIONS["relu"]).shape
    torch.Size([2, 5, 1])
    """
    last = len(layers) - 1
    for number, (weight, bias) in enumerate(layers):
        x = torch.baddbmm(bias, x, weight)
        if number < last:
            x = activation.function(x)
            x = drop(number, x) if drop else x
    return x


@dataclass(frozen=True, eq=False)
class Population:
    """Trained networks that share depth, activation and head, with their parameters in one buffer.

    Attributes
    ----------
    networks
        Each member's specification.
    head
        What the logits mean.
    layout
        Where each member's parameters lie.
    flat
        The parameters, ``(n_members, n_parameters)``.
    """

    networks: tuple[Network, ...]
    head: Head
    layout: Layout
    flat: Tensor

    @property
    def n_members(self) -> int:
        """Networks in the stack."""
        return len(self.networks)

    def logits(self, x: Tensor) -> Tensor:
        """Raw outputs ``(n_members, batch, n_outputs)`` for inputs ``(n_members, batch, d_in)``, dropout off.

        Inputs narrower than the stack are padded with zero columns.
        """
        missing = self.layout.padded[0] - x.shape[-1]
        x = nn.functional.pad(x, (0, missing)) if missing else x
        with torch.inference_mode():
            return forward(self.layout.layers(self.flat), x, ACTIVATIONS[self.networks[0].activation])

    def select(self, members: Sequence[int]) -> "Population":
        """Some of the members, as a population of their own."""
        if list(members) == list(range(self.n_members)):
            return self
        networks = tuple(self.networks[member] for member in members)
        return Population(networks, self.head, self.layout.select(members), self.flat[list(members)])

    def states(self) -> list[MemberState]:
        """Each member's own parameters, as torch.nn.Linear keeps them."""
        return self.layout.unpack(self.flat)

    def member(self, index: int) -> nn.Sequential:
        """One member as a plain ``torch.nn.Sequential``, equal to the stacked one within float error."""
        return to_sequential(self.networks[index], self.states()[index])


def stack(networks: Sequence[Network], states: Sequence[MemberState], head: Head) -> list[Population]:
    """Put trained members into as few populations as neighbours of one kind allow, keeping their order.

    Examples
    --------
    >>> from demarcate.nn.heads import SoftmaxHead
    >>> state = [(torch.ones(2, 3), torch.zeros(2))]
    >>> [population.n_members for population in stack([Network(hidden=())] * 4, [state] * 4, SoftmaxHead())]
    [4]
    """
    populations = []
    for _, group in groupby(zip(networks, states, strict=True), key=lambda pair: _kind(*pair)):
        members = list(group)
        for length in cheap_runs([_widths(state) for _, state in members]):
            alike, members = members[:length], members[length:]
            layout = Layout(tuple(_widths(state) for _, state in alike))
            specs = tuple(network for network, _ in alike)
            populations.append(Population(specs, head, layout, layout.pack([state for _, state in alike])))
    return populations


def _kind(network: Network, state: MemberState) -> tuple[object, ...]:
    exact = None if ACTIVATIONS[network.activation].zero_at_zero else network.hidden
    return (len(state), network.activation, exact)


def _widths(state: MemberState) -> tuple[int, ...]:
    return (state[0][0].shape[1], *(weight.shape[0] for weight, _ in state))
