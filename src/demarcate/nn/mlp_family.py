"""The multilayer perceptron as a family of networks: linear layers with one activation between them."""

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from demarcate.errors import SettingError
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.family import Family, Shape
from demarcate.nn.spec import Network

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from demarcate.nn.layout import Layout, MemberState
    from demarcate.nn.propagation import Masks, Propagation


class MlpFamily(Family):
    """Multilayer perceptrons: their backward pass is written by hand, in `demarcate.nn.mlp_backward`."""

    starts_linear = True

    def shapes(self, widths: Sequence[int]) -> list[tuple[Shape, ...]]:
        """Return a weight ``(d_out, d_in)`` and a bias ``(d_out,)`` for each layer."""
        return [((d_out, d_in), (d_out,)) for d_in, d_out in pairwise(widths)]

    def tensor_names(self, network: Network) -> list[tuple[str, ...]]:
        """Return the names of each linear layer's weight and bias in ``torch.nn.Sequential``."""
        return [(f"{name}.weight", f"{name}.bias") for name in linear_names(network)]

    def stack_key(self, network: Network) -> Hashable:
        """Return depth and activation; the widths, too, where padded units would not stay at zero."""
        exact_widths = () if ACTIVATIONS[network.activation].zero_at_zero else network.hidden
        return len(network.hidden), network.activation, exact_widths

    def cost(self, widths: Sequence[int]) -> int:
        """Return the multiplications of one row's forward pass."""
        return sum(d_in * d_out for d_in, d_out in pairwise(widths))

    def forward(self, network: Network, layers: "MemberState", x: "Tensor", masks: "Masks | None" = None) -> "Tensor":
        """Return the logits of a stack."""
        import torch

        for number, (weight, bias) in enumerate(layers):
            x = torch.baddbmm(bias, x, weight)
            if number < len(layers) - 1:
                x = ACTIVATIONS[network.activation].function(x)
                x = x if masks is None else x * masks[number]
        return x

    def propagation(self, network: Network, layout: "Layout", flat: "Tensor", dtype: "torch.dtype") -> "Propagation":
        """Return the passes that are written by hand."""
        from demarcate.nn.mlp_backward import MlpPropagation

        return MlpPropagation(layout, ACTIVATIONS[network.activation], flat, dtype)

    def to_module(self, network: Network, state: "MemberState") -> "nn.Sequential":
        """Return a member as ``torch.nn.Sequential``."""
        from demarcate.nn.torch_modules import to_sequential

        return to_sequential(network, state)

    def from_module(self, network: Network, module: "nn.Module", widths: Sequence[int]) -> "MemberState":  # noqa: ARG002
        """Return the parameters of the linear layers of a ``torch.nn.Sequential``, whatever lies between them."""
        from torch import nn

        from demarcate.nn.torch_modules import from_sequential

        if not isinstance(module, nn.Sequential):
            raise SettingError(f"an initial network is a torch.nn.Sequential: got {type(module).__name__}")
        return from_sequential(module, widths)

    def forward_rest(self, network: Network, layers: "MemberState", x: "Tensor") -> "Tensor":
        """Return one member's logits from the first layer's output, which is overwritten."""
        import torch

        activate = ACTIVATIONS[network.activation].functions.forward_out
        for weight, bias in layers[1:]:
            x = torch.addmm(bias, activate(x, x), weight)
        return x


MLP = MlpFamily()


def linear_names(network: Network) -> list[str]:
    """Return the positions of the linear layers in ``torch.nn.Sequential``, as its state dict names them."""
    stride = 1 + (network.activation != "none") + (network.dropout > 0)
    return [str(layer * stride) for layer in range(len(network.hidden) + 1)]
