"""The activation functions with their derivatives.

torch is imported when the first of them is computed on tensors, and numpy when one is computed on arrays.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor, nn

    Floats = NDArray[Any]


class ActivationFunctions(NamedTuple):
    """An activation f and its derivative in torch."""

    function: "Callable[[Tensor], Tensor]"
    module: "Callable[[], nn.Module] | None"  # makes the torch.nn module that computes f; None for the identity
    forward_out: "Callable[[Tensor, Tensor], Tensor]"
    """``(x, out)``: writes f(x) to ``out``, x itself unless the derivative needs the input, and returns it."""
    backward_: "Callable[[Tensor, Tensor], Tensor]"
    """``(gradient, saved)``: multiplies the gradient in place by f'(x) and returns it; ``saved`` is x or f(x)."""


@dataclass(frozen=True)
class Activation:
    """An elementwise nonlinearity f: as a function on a stack, as a plain module, and with its derivative.

    Parameters
    ----------
    name
        The name a `Network` knows it by.
    help
        Its formula.
    load
        Returns the functions, which need torch.
    on_arrays
        f on numpy arrays of any shape, in their dtype, for networks that are computed without torch; the array may be
        overwritten.
    saves
        From which tensor the derivative is computed: x, f(x), or only the sign of f(x), which scaling up does not
        change.
    zero_at_zero
        Whether f(0) = 0. Only then do units that are padded with zero weights stay at zero, so only then may members
        of different widths share a stack.

    Examples
    --------
    >>> import torch
    >>> tanh = ACTIVATIONS["tanh"].functions
    >>> x, gradient = torch.tensor([0.5]), torch.ones(1)
    >>> out = tanh.forward_out(x, x)
    >>> tanh.backward_(gradient, out) == 1 - torch.tanh(torch.tensor([0.5])) ** 2
    tensor([True])
    """

    name: str
    help: str
    load: Callable[[], ActivationFunctions] = field(repr=False)
    on_arrays: "Callable[[Floats], Floats]" = field(repr=False)
    saves: Literal["input", "output", "sign"] = "output"
    zero_at_zero: bool = True

    @cached_property
    def functions(self) -> ActivationFunctions:
        """The function, its module and its derivative."""
        return self.load()

    @property
    def function(self) -> "Callable[[Tensor], Tensor]":
        """The function on tensors of any shape."""
        return self.functions.function

    @property
    def module(self) -> "Callable[[], nn.Module] | None":
        """The class of the ``torch.nn`` module, or None for the identity."""
        return self.functions.module


def _relu() -> ActivationFunctions:
    import torch

    def relu_(x: "Tensor", _: "Tensor") -> "Tensor":
        # A bfloat16 has its sign where an int16 has it, and is clamped as one five times as fast. NaN then comes out as
        # 0, but still shows in the float32 losses and weights.
        if x.dtype == torch.bfloat16:
            x.view(torch.int16).clamp_(min=0)
            return x
        return torch.relu_(x)

    backward = _backward(torch.ops.aten.threshold_backward, after=(0.0,))

    def backward_(gradient: "Tensor", saved: "Tensor") -> "Tensor":
        # As integers bfloat16 numbers are in the same order, and compared three times as fast.
        if gradient.dtype == torch.bfloat16:
            backward(gradient.view(torch.int16), saved.view(torch.int16))
        else:
            backward(gradient, saved)
        return gradient

    return ActivationFunctions(torch.relu, torch.nn.ReLU, relu_, backward_)


def _tanh() -> ActivationFunctions:
    from torch import nn, ops, tanh, tanh_

    return ActivationFunctions(tanh, nn.Tanh, _in_place(tanh_), _backward(ops.aten.tanh_backward))


def _silu() -> ActivationFunctions:
    from torch import nn, ops

    return ActivationFunctions(nn.functional.silu, nn.SiLU, _out(ops.aten.silu), _backward(ops.aten.silu_backward))


def _gelu() -> ActivationFunctions:
    from torch import nn, ops

    return ActivationFunctions(nn.functional.gelu, nn.GELU, _out(ops.aten.gelu), _backward(ops.aten.gelu_backward))


def _elu() -> ActivationFunctions:
    from torch import nn, ops

    backward = _backward(ops.aten.elu_backward, 1.0, 1.0, 1.0, True)
    return ActivationFunctions(nn.functional.elu, nn.ELU, _in_place(nn.functional.elu_), backward)


def _leaky_relu() -> ActivationFunctions:
    from torch import nn, ops

    backward = _backward(ops.aten.leaky_relu_backward, after=(0.01, True))
    return ActivationFunctions(nn.functional.leaky_relu, nn.LeakyReLU, _in_place(nn.functional.leaky_relu_), backward)


def _sigmoid() -> ActivationFunctions:
    from torch import nn, ops, sigmoid, sigmoid_

    return ActivationFunctions(sigmoid, nn.Sigmoid, _in_place(sigmoid_), _backward(ops.aten.sigmoid_backward))


def _none() -> ActivationFunctions:
    return ActivationFunctions(lambda x: x, None, lambda x, _: x, lambda gradient, _: gradient)


def _backward(operator: Any, *before: Any, after: tuple[Any, ...] = ()) -> Callable[..., Any]:
    """Return one of torch's own derivatives, written over the gradient it receives."""
    overload = operator.grad_input
    return lambda gradient, saved: overload(gradient, *before, saved, *after, grad_input=gradient)


def _out(operator: Any) -> Callable[..., Any]:
    overload = operator.out
    return lambda x, out: overload(x, out=out)


def _in_place(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x, _: function(x)


def _relu_array(x: "Floats") -> "Floats":
    import numpy as np

    return np.maximum(x, 0, out=x)


def _tanh_array(x: "Floats") -> "Floats":
    import numpy as np

    return np.tanh(x, out=x)


def _sigmoid_array(x: "Floats") -> "Floats":
    import numpy as np

    # (1 + tanh(x / 2)) / 2 neither overflows nor tells apart what float32 does not.
    x *= 0.5
    np.tanh(x, out=x)
    x += 1
    x *= 0.5
    return x


def _silu_array(x: "Floats") -> "Floats":
    import numpy as np

    # x (1 + tanh(x / 2)) / 2, which is 0 far below 0: numbers next to 0 are slow to multiply.
    x *= 0.5
    waves = np.tanh(x)
    waves *= x
    x += waves
    return x


def _gelu_array(x: "Floats") -> "Floats":
    # numpy has no error function. Networks with this activation alone wait for SciPy.
    from scipy.special import erf

    shares = erf(x / math.sqrt(2))
    shares += 1
    shares *= 0.5
    x *= shares
    return x


def _elu_array(x: "Floats") -> "Floats":
    import numpy as np

    below = np.expm1(np.minimum(x, 0))
    np.maximum(x, 0, out=x)
    x += below
    return x


def _leaky_relu_array(x: "Floats") -> "Floats":
    import numpy as np

    return np.asarray(np.maximum(x, x * x.dtype.type(0.01), out=x))


def _none_array(x: "Floats") -> "Floats":
    return x


_RECORDS = {
    record.name: record
    for record in (
        Activation("relu", "max(0, x)", _relu, _relu_array, saves="sign"),
        Activation("tanh", "tanh(x)", _tanh, _tanh_array),
        Activation("silu", "x * sigmoid(x)", _silu, _silu_array, saves="input"),
        Activation("gelu", "x * P(Z < x), Z standard normal", _gelu, _gelu_array, saves="input"),
        Activation("elu", "x above 0, exp(x) - 1 below", _elu, _elu_array),
        Activation("leaky_relu", "x above 0, 0.01 * x below", _leaky_relu, _leaky_relu_array, saves="sign"),
        Activation("sigmoid", "1 / (1 + exp(-x))", _sigmoid, _sigmoid_array, zero_at_zero=False),
        Activation("none", "x, which keeps the network linear", _none, _none_array),
    )
}

ACTIVATIONS: Mapping[str, Activation] = MappingProxyType(_RECORDS)
"""Every activation by name; ``"none"`` leaves the network linear."""
