"""The nonlinearities between layers, and which of them leave zero at zero."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

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
        ``into(x, out)`` writes f(x) to ``out`` and returns it; ``out`` is ``x`` itself unless ``keeps`` is ``"input"``.
    pull
        ``pull(slope, kept)`` multiplies ``slope`` in place by f'(x); ``kept`` is x or f(x), as ``keeps`` says.
    keeps
        What the derivative is computed from: x, f(x), or only the sign of f(x), which scaling up does not change.
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
    keeps: Literal["input", "output", "sign"] = "output"
    zero_at_zero: bool = True


def _identity(x: Tensor) -> Tensor:
    return x


def _pull(overload: Callable[..., Tensor], *before: Any, after: tuple[Any, ...] = ()) -> Callable[..., Tensor]:
    """One of torch's own derivatives, written over the slope it is given."""

    def pull(slope: Tensor, kept: Tensor) -> Tensor:
        return overload(slope, *before, kept, *after, grad_input=slope)

    return pull


def _into(overload: Callable[..., Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda x, out: overload(x, out=out)


def _in_place(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda x, _: function(x)


def _relu_(x: Tensor, _: Tensor) -> Tensor:
    """ReLU in place; a bfloat16 has its sign where an int16 has it, and is clamped as one five times as fast.

    What is not a number then comes out as 0: it shows in the float32 losses and weights all the same.
    """
    if x.dtype == torch.bfloat16:
        x.view(torch.int16).clamp_(min=0)
        return x
    return torch.relu_(x)


_RELU = Activation(torch.relu, nn.ReLU, _relu_, _pull(_aten.threshold_backward.grad_input, after=(0.0,)), "sign")
_TANH = Activation(torch.tanh, nn.Tanh, _in_place(torch.tanh_), _pull(_aten.tanh_backward.grad_input))
_SILU = Activation(
    functional.silu, nn.SiLU, _into(_aten.silu.out), _pull(_aten.silu_backward.grad_input), keeps="input"
)
_GELU = Activation(
    functional.gelu, nn.GELU, _into(_aten.gelu.out), _pull(_aten.gelu_backward.grad_input), keeps="input"
)
_ELU = Activation(
    functional.elu, nn.ELU, _in_place(functional.elu_), _pull(_aten.elu_backward.grad_input, 1.0, 1.0, 1.0, True)
)
_LEAKY_RELU = Activation(
    functional.leaky_relu,
    nn.LeakyReLU,
    _in_place(functional.leaky_relu_),
    _pull(_aten.leaky_relu_backward.grad_input, after=(0.01, True)),
    keeps="sign",
)
_SIGMOID = Activation(
    torch.sigmoid,
    nn.Sigmoid,
    _in_place(torch.sigmoid_),
    _pull(_aten.sigmoid_backward.grad_input),
    zero_at_zero=False,
)
_NONE = Activation(_identity, None, _in_place(_identity), lambda slope, _: slope)

ACTIVATIONS = MappingProxyType(
    {
        "relu": _RELU,
        "tanh": _TANH,
        "silu": _SILU,
        "gelu": _GELU,
        "elu": _ELU,
        "leaky_relu": _LEAKY_RELU,
        "sigmoid": _SIGMOID,
        "none": _NONE,
    }
)
"""Every activation by the name a `Network` knows it by; ``"none"`` leaves the network linear."""
