"""Between members and plain torch: initial weights as torch draws them, and a member as ``torch.nn.Sequential``."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from demarcate.errors import SettingError
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.layout import MemberState
from demarcate.nn.spec import Network


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
