"""Initial weights."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from demarcate.nn.family import Shape
from demarcate.nn.layout import MemberState
from demarcate.nn.mlp_family import MLP

OUTPUT_SCALE = 0.1
"""The factor of the output layer's weights in `he_state`."""


def initial_state(widths: Sequence[int], generator: torch.Generator, dtype: torch.dtype = torch.float32) -> MemberState:
    """Draw the initial parameters of a multilayer perceptron in the order and from the ranges of ``torch.nn.Linear``.

    With a generator seeded alike they are, bit for bit, those of an ``nn.Sequential`` built after
    ``torch.manual_seed``: uniform in +-1/sqrt(d_in).

    Parameters
    ----------
    widths
        ``(d_in, *hidden, n_outputs)``.
    generator
        A generator on the CPU; it is advanced.

    Examples
    --------
    >>> state = initial_state((2, 3), torch.Generator().manual_seed(0))
    >>> _ = torch.manual_seed(0)
    >>> torch.equal(state[0][0], torch.nn.Linear(2, 3).weight)
    True
    """
    return draw_uniform(MLP.shapes(widths), generator, dtype)


def he_state(
    widths: Sequence[int], output_bias: Tensor, generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> MemberState:
    """Draw initial parameters of a multilayer perceptron with which every row begins with about the same logits.

    Weights are normal with variance 2 / d_in, so that signals keep their size from layer to layer (He et al. 2015,
    "Delving deep into rectifiers"); those of the output layer are a tenth of that, and hidden biases are 0.

    Parameters are those of `initial_state`, and ``output_bias`` ``(n_outputs,)``.

    Examples
    --------
    >>> state = he_state((200, 100, 2), torch.tensor([0.5, -0.5]), torch.Generator().manual_seed(0))
    >>> [round(float(weight.std()), 2) for weight, _ in state], state[1][1]
    ([0.1, 0.01], tensor([ 0.5000, -0.5000]))
    """
    return draw_he(MLP.shapes(widths), output_bias, generator, dtype)


def draw_uniform(shapes: Sequence[tuple[Shape, ...]], generator: torch.Generator, dtype: torch.dtype) -> MemberState:
    """Draw each layer as ``torch.nn.Linear`` does, uniform in +-1/sqrt(d_in); vectors without a weight are 0."""
    state: MemberState = []
    for layer in shapes:
        d_in = max((shape[-1] for shape in layer if len(shape) > 1), default=math.inf)
        bound = 1 / math.sqrt(d_in)
        # torch reaches the same bound for weights through kaiming_uniform_, with one rounding more.
        weight_bound = math.sqrt(3.0) * (math.sqrt(2.0 / (1 + math.sqrt(5) ** 2)) / math.sqrt(d_in))
        bounds = [weight_bound if len(shape) > 1 else bound for shape in layer]
        state.append(
            tuple(
                torch.empty(shape, dtype=dtype, device=generator.device).uniform_(-limit, limit, generator=generator)
                for shape, limit in zip(layer, bounds, strict=True)
            )
        )
    return state


def draw_he(
    shapes: Sequence[tuple[Shape, ...]], output_bias: Tensor, generator: torch.Generator, dtype: torch.dtype
) -> MemberState:
    """Draw weights after He et al., with biases of 0; the last layer's are scaled down, and its bias is this one."""
    state: MemberState = [tuple(_he(shape, generator, dtype) for shape in layer) for layer in shapes]
    state[-1] = tuple(
        parameter * OUTPUT_SCALE if parameter.ndim > 1 else output_bias.to(dtype) for parameter in state[-1]
    )
    return state


def _he(shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    zeros = torch.zeros(shape, dtype=dtype, device=generator.device)
    return zeros if len(shape) == 1 else zeros.normal_(0, math.sqrt(2 / shape[-1]), generator=generator)
