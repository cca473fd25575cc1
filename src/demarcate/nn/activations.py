"""The nonlinearities between layers, and which of them leave zero at zero."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True)
class Activation:
    """An elementwise nonlinearity, as a function on a stack and as a plain module.

    Attributes
    ----------
    function
        Maps a tensor of any shape to one of the same shape.
    module
        Makes the ``torch.nn`` module that computes the same, or is None when there is nothing to compute.
    zero_at_zero
        Whether f(0) = 0. Only then does a unit that is padded with zero weights stay silent, so only then can members
        of different widths share a stack.
    """

    function: Callable[[Tensor], Tensor]
    module: Callable[[], nn.Module] | None
    zero_at_zero: bool = True


def _identity(x: Tensor) -> Tensor:
    return x


ACTIVATIONS = MappingProxyType(
    {
        "relu": Activation(torch.relu, nn.ReLU),
        "tanh": Activation(torch.tanh, nn.Tanh),
        "silu": Activation(functional.silu, nn.SiLU),
        "gelu": Activation(functional.gelu, nn.GELU),
        "elu": Activation(functional.elu, nn.ELU),
        "leaky_relu": Activation(functional.leaky_relu, nn.LeakyReLU),
        "sigmoid": Activation(torch.sigmoid, nn.Sigmoid, zero_at_zero=False),
        "none": Activation(_identity, None),
    }
)
"""Every activation by the name a `Network` knows it by; ``"none"`` leaves the network linear."""
