"""Initial weights."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from demarcate.nn.family import Shape
from demarcate.nn.layout import MemberState

OUTPUT_SCALE = 0.1
"""The factor of the output layer's weights in `draw_he`."""


def draw_uniform(shapes: Sequence[tuple[Shape, ...]], generator: torch.Generator, dtype: torch.dtype) -> MemberState:
    """Draw each layer as ``torch.nn.Linear`` does, uniform in +-1/sqrt(d_in); vectors without a weight are 0.

    With a generator seeded alike they are, bit for bit, those of ``nn.Sequential`` built after ``torch.manual_seed``.
    """
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
    """Draw weights with which every row begins with about the same logits, ``output_bias`` ``(n_outputs,)``.

    Weights are normal with variance 2 / d_in, so that signals keep their size from layer to layer (He et al. 2015,
    "Delving deep into rectifiers"); those of the output layer are a tenth of that, and hidden biases are 0.
    """
    state: MemberState = [tuple(_he(shape, generator, dtype) for shape in layer) for layer in shapes]
    state[-1] = tuple(
        parameter * OUTPUT_SCALE if parameter.ndim > 1 else output_bias.to(dtype) for parameter in state[-1]
    )
    return state


def _he(shape: Shape, generator: torch.Generator, dtype: torch.dtype) -> Tensor:
    zeros = torch.zeros(shape, dtype=dtype, device=generator.device)
    return zeros if len(shape) == 1 else zeros.normal_(0, math.sqrt(2 / shape[-1]), generator=generator)
