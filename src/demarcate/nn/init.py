"""Initial weights."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from demarcate.nn.layout import MemberState

TOP_SCALE = 0.1
"""What `he_state` scales the output layer's weights by."""


def initial_state(widths: Sequence[int], generator: torch.Generator, dtype: torch.dtype = torch.float32) -> MemberState:
    """Initial parameters, drawn in the order and from the ranges of ``torch.nn.Linear``.

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
    >>> torch.equal(state[0][0], nn.Linear(2, 3).weight)
    True
    """
    state = []
    for d_in, d_out in pairwise(widths):
        bound = 1 / math.sqrt(d_in)
        # torch reaches the same bound for weights through kaiming_uniform_, with one rounding more.
        weight_bound = math.sqrt(3.0) * (math.sqrt(2.0 / (1 + math.sqrt(5) ** 2)) / math.sqrt(d_in))
        weight = torch.empty(d_out, d_in, dtype=dtype).uniform_(-weight_bound, weight_bound, generator=generator)
        bias = torch.empty(d_out, dtype=dtype).uniform_(-bound, bound, generator=generator)
        state.append((weight, bias))
    return state


def he_state(
    widths: Sequence[int], top: Tensor, generator: torch.Generator, dtype: torch.dtype = torch.float32
) -> MemberState:
    """Initial parameters with which every row begins with about the same logits.

    Weights are normal with variance 2 / d_in, so that signals keep their size from layer to layer (He et al. 2015,
    "Delving deep into rectifiers"); those of the output layer are a tenth of that, and hidden biases are 0.

    Parameters
    ----------
    widths
        ``(d_in, *hidden, n_outputs)``.
    top
        The biases of the output layer, ``(n_outputs,)``.
    generator
        A generator on the CPU; it is advanced.

    Examples
    --------
    >>> state = he_state((200, 100, 2), torch.tensor([0.5, -0.5]), torch.Generator().manual_seed(0))
    >>> [round(float(weight.std()), 2) for weight, _ in state], state[1][1]
    ([0.1, 0.01], tensor([ 0.5000, -0.5000]))
    """
    state = []
    for d_in, d_out in pairwise(widths):
        weight = torch.empty(d_out, d_in, dtype=dtype).normal_(0, math.sqrt(2 / d_in), generator=generator)
        state.append((weight, torch.zeros(d_out, dtype=dtype)))
    weight, _ = state[-1]
    state[-1] = weight * TOP_SCALE, top.to(dtype)
    return state
