"""Between members and plain torch: initial weights as torch draws them, and a member as ``torch.nn.Sequential``."""

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from demarcate.errors import SettingError
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.layout import MemberState
from demarcate.nn.network import Network

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


def to_sequential(network: Network, state: MemberState) -> nn.Sequential:
    """A member as a plain ``torch.nn.Sequential`` in evaluation mode, with a copy of its parameters.

    Examples
    --------
    >>> to_sequential(Network(hidden=(3,)), initial_state((2, 3, 1), torch.Generator().manual_seed(0)))
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=True)
      (1): ReLU()
      (2): Linear(in_features=3, out_features=1, bias=True)
    )
    """
    modules: list[nn.Module] = []
    activation = ACTIVATIONS[network.activation].module
    for layer, (weight, bias) in enumerate(state):
        d_out, d_in = weight.shape
        linear = nn.utils.skip_init(nn.Linear, d_in, d_out, dtype=weight.dtype, device=weight.device)
        with torch.no_grad():
            linear.weight.copy_(weight)
            linear.bias.copy_(bias)
        modules.append(linear)
        if layer < len(state) - 1:
            modules += [activation()] if activation else []
            modules += [nn.Dropout(network.dropout)] if network.dropout else []
    return nn.Sequential(*modules).eval()


def from_sequential(module: nn.Sequential, widths: Sequence[int]) -> MemberState:
    """The parameters of a plain network, to begin a member from.

    Raises
    ------
    SettingError
        If its linear layers are not of the given widths.
    """
    linears = [layer for layer in module if isinstance(layer, nn.Linear)]
    found = tuple((layer.in_features, layer.out_features) for layer in linears)
    if found != tuple(pairwise(widths)):
        raise SettingError(f"initial weights have the network's own widths, {tuple(pairwise(widths))}: got {found}")
    return [(layer.weight.detach().clone(), _bias(layer)) for layer in linears]


def _bias(layer: nn.Linear) -> Tensor:
    bias = dict(layer.named_parameters()).get("bias")
    return layer.weight.new_zeros(layer.out_features) if bias is None else bias.detach().clone()
