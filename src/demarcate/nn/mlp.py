"""The forward pass of a stack of multilayer perceptrons."""

from collections.abc import Callable

import torch
from torch import Tensor

from demarcate.nn.activations import Activation
from demarcate.nn.layout import MemberState


def forward(
    layers: MemberState,
    x: Tensor,
    activation: Activation,
    drop: Callable[[int, Tensor], Tensor] | None = None,
) -> Tensor:
    """Return the logits of every member for its own batch.

    Parameters
    ----------
    layers
        Stacked weights ``(n_members, d_in, d_out)`` and biases ``(n_members, 1, d_out)``, as `Layout.layers` gives.
    x
        ``(n_members, batch, d_in)``.
    activation
        Follows each hidden layer.
    drop
        Called with the number of each hidden layer and its output ``(n_members, batch, d_out)``; returns what goes on.
        None when predicting.

    Returns
    -------
    Tensor
        Logits ``(n_members, batch, n_outputs)``.

    Examples
    --------
    >>> from demarcate.nn import ACTIVATIONS
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
