"""The multilayer perceptron as a family of networks: linear layers with one activation between them."""

from collections.abc import Hashable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from demarcate.errors import SettingError
from demarcate.nn.activations import ACTIVATIONS
from demarcate.nn.family import Family, Shape
from demarcate.nn.spec import Network

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from demarcate.nn.layout import Layout, MemberState
    from demarcate.nn.propagation import Masks, Propagation


class MlpFamily(Family):
    """Multilayer perceptrons: their backward pass is written by hand, in `demarcate.nn.mlp_backward`."""

    starts_linear = True
    computes_arrays = True

    def shapes(self, widths: Sequence[int]) -> list[tuple[Shape, ...]]:
        """Return a weight ``(d_out, d_in)`` and a bias ``(d_out,)`` for each layer."""
        return [((d_out, d_in), (d_out,)) for d_in, d_out in pairwise(widths)]

    def tensor_names(self, network: Network) -> list[tuple[str, ...]]:
        """Return the names of each linear layer's weight and bias in ``torch.nn.Sequential``."""
        stride = 1 + (network.activation != "none") + (network.dropout > 0)
        places = range(0, stride * len(network.hidden) + 1, stride)
        return [(f"{place}.weight", f"{place}.bias") for place in places]

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

    def array_logits_of_first(
        self, network: Network, layers: "Sequence[tuple[NDArray[Any], ...]]", x: "NDArray[Any]"
    ) -> "NDArray[Any]":
        """Return logits from the first layer's output by numpy."""
        activate = ACTIVATIONS[network.activation].on_arrays
        for weight, bias in layers[1:]:
            x = weight @ activate(x)
            x += bias
        return x

    def to_module(self, network: Network, state: "MemberState") -> "nn.Sequential":
        """Return a member as ``torch.nn.Sequential`` in evaluation mode, with a copy of its parameters."""
        import torch
        from torch import nn

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

    def from_module(self, network: Network, module: "nn.Module", widths: Sequence[int]) -> "MemberState":  # noqa: ARG002
        """Return the parameters of the linear layers of a ``torch.nn.Sequential``, whatever lies between them."""
        from torch import nn

        if not isinstance(module, nn.Sequential):
            raise SettingError(f"an initial network must be a torch.nn.Sequential, got {type(module).__name__}")
        linears = [layer for layer in module if isinstance(layer, nn.Linear)]
        state: MemberState = [(layer.weight.detach().clone(), _bias(layer)) for layer in linears]
        self.check_shapes(state, widths)
        return state

    def forward_rest(self, network: Network, layers: "MemberState", x: "Tensor") -> "Tensor":
        """Return one member's logits from the first layer's output, which is overwritten."""
        import torch

        activate = ACTIVATIONS[network.activation].functions.forward_out
        for weight, bias in layers[1:]:
            x = torch.addmm(bias, activate(x, x), weight)
        return x


MLP = MlpFamily()


def _bias(layer: "nn.Linear") -> "Tensor":
    bias = dict(layer.named_parameters()).get("bias")
    return layer.weight.new_zeros(layer.out_features) if bias is None else bias.detach().clone()
