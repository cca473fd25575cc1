"""Between the parameters of a multilayer perceptron and a plain ``torch.nn.Sequential``."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.layout import MemberState
from demarcate.nn.mlp_family import MLP
from demarcate.nn.spec import Network


def to_sequential(network: Network, state: MemberState) -> nn.Sequential:
    """Return a member as a plain ``torch.nn.Sequential`` in evaluation mode, with a copy of its parameters.

    Examples
    --------
    >>> from demarcate.nn import initial_state
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
    """Return a copy of the parameters of a plain network's linear layers, to begin a member from.

    Parameters
    ----------
    module
        The network; whatever lies between its linear layers is left out.
    widths
        ``(d_in, *hidden, n_outputs)``.

    Raises
    ------
    SettingError
        If its linear layers are not of these widths.
    """
    linears = [layer for layer in module if isinstance(layer, nn.Linear)]
    state: MemberState = [(layer.weight.detach().clone(), _bias(layer)) for layer in linears]
    MLP.check_shapes(state, widths)
    return state


def _bias(layer: nn.Linear) -> Tensor:
    bias = dict(layer.named_parameters()).get("bias")
    return layer.weight.new_zeros(layer.out_features) if bias is None else bias.detach().clone()
