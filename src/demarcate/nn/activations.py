"""The nonlinearities between layers, and which of them leave zero at zero."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional

_aten = torch.ops.aten


@dataclass(frozen=True)
class Activation:
    """An elementwise nonlinearity f: as a function on a stack, as a plain module, and with its derivative.

    Attributes
    ----------
    function
        Maps a tensor of any shape to one of the same shape.
    module
        Makes the ``torch.nn`` module that computes the same, or is None when there is nothing to compute.
    into
        ``into(x, out)`` writes f(x) to ``out`` and returns it; where ``keeps`` is ``"output"``, ``out`` is ``x`` itself.
    pull
        ``pull(slope, kept)`` multiplies ``slope`` in place by f'(x); ``kept`` is x or f(x), as ``keeps`` says.
    keeps
        What the derivative is computed from.
    zero_at_zero
        Whether f(0) = 0. Only then does a unit that is padded with zero weights stay silent, so only then can members
        of different widths share a stack.

    Examples
    --------
    >>> tanh = ACTIVATIONS["tanh"]
    >>> x, slope = torch.tensor([0.5]), torch.ones(1)
    >>> out = tanh.into(x, x)
    >>> tanh.pull(slope, out) == 1 - torch.tanh(torch.tensor([0.5])) ** 2
    tensor([True])
    """

    function: Callable[[Tensor], Tensor]
    module: Callable[[], nn.Module] | None
    into: Callable[[Tensor, Tensor], Tensor]
    pull: Callable[[Tensor, Tensor], Tensor]
    keeps: Literal["input", "output"] = "output"
    zero_at_zero: bool = True


def _identity(x: Tensor) -> Tensor:
    return x


def _relu_pull(slope: Tensor, kept: Tensor) -> Tensor:
    return _aten.threshold_backward.grad_input(slope, kept, 0.0, grad_input=slope)


def _tanh_pull(slope: Tensor, kept: Tensor) -> Tensor:
    return _aten.tanh_backward.grad_input(slope, kept, grad_input=slope)


def _silu_pull(slope: Tensor, kept: Tensor) -> Tensor:
    return _aten.silu_backward.grad_input(slope, kept, grad_input=slope)


def _gelu_pull(slope: Tensor, kept: Tensor) -> Tensor:
    return _aten.gelu_backward.grad_input(slope, kept, approximate="none", grad_input=slope)


def _elu_pull(slope: Tensor, kept: Tensor) -> Tensor:
    return _aten.elu_backward.grad_input(slope, 1.0, 1.0, 1.0, True, kept, grad_input=slope)


def _leaky_relu_pull(slope: Tensor, kept: Tensor) -> Tensor:
    return _aten.leaky_relu_backward.grad_input(slope, kept, 0.01, True, grad_input=slope)


def _sigmoid_pull(slope: Tensor, kept: Tensor) -> Tensor:
    return _aten.sigmoid_backward.grad_input(slope, kept, grad_input=slope)


def _into(overload: Callable[..., Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda x, out: overload(x, out=out)


ACTIVATIONS = MappingProxyType(
    {
        "relu": Activation(torch.relu, nn.ReLU, lambda x, _: torch.relu_(x), _relu_pull),
        "tanh": Activation(torch.tanh, nn.Tanh, lambda x, _: torch.tanh_(x), _tanh_pull),
        "silu": Activation(functional.silu, nn.SiLU, _into(_aten.silu.out), _silu_pull, "input"),
        "gelu": Activation(functional.gelu, nn.GELU, _into(_aten.gelu.out), _gelu_pull, "input"),
        "elu": Activation(functional.elu, nn.ELU, lambda x, _: functional.elu_(x), _elu_pull),
        "leaky_relu": Activation(functional.leaky_relu, nn.LeakyReLU, lambda x, _: functional.leaky_relu_(x), _leaky_relu_pull),
        "sigmoid": Activation(
            torch.sigmoid, nn.Sigmoid, lambda x, _: torch.sigmoid_(x), _sigmoid_pull, zero_at_zero=False
        ),
        "none": Activation(_identity, None, lambda x, _: x, lambda slope, _: slope),
    }
)
"""Every activation by the name a `Network` knows it by; ``"none"`` leaves the network linear."""
