"""Residual networks as a family: a linear layer, blocks that are added to its output, and a linear layer."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

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


@dataclass(frozen=True)
class ResidualNetwork(Network):
    """A residual network, as a specification.

    A linear layer makes ``hidden[0]`` features of the inputs, h. Every further width is a block with so many units,
    which changes the features: h + V f(U f(h) + b), f the activation. The logits are a linear layer of f(h). Gradients
    pass a block unhindered, so deeper networks than without blocks still train.

    Blocks are those of He et al. 2016, "Identity mappings in deep residual networks", with linear layers; Gorishniy et
    al. 2021, "Revisiting deep learning models for tabular data", compare such networks on tables.

    Parameters
    ----------
    hidden
        The number of features, then the units of each block, first to last; at least one width.
    activation, dropout, input_dropout, head
        As for `Network`; dropout acts on the units of every block, and on the features that the logits are made of.

    Raises
    ------
    SettingError
        If a value is out of its range; the message names the field.

    Examples
    --------
    >>> ResidualNetwork(hidden=(64, 128, 128)).family
    'residual'
    """

    family: ClassVar[str] = "residual"

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.hidden:
            raise SettingError("hidden widths of a residual network must be at least one, got none")


class ResidualFamily(Family):
    """Residual networks: their backward pass is written by hand, in `demarcate.nn.residual_backward`.

    A block is two layers of parameters, U with b and V.
    """

    network_type = ResidualNetwork
    starts_linear = True
    computes_arrays = True

    def shapes(self, widths: Sequence[int]) -> list[tuple[Shape, ...]]:
        """Return those of the first layer, of U, b and V of each block, and of the last layer."""
        d_in, features, *units, n_outputs = widths
        blocks: list[tuple[Shape, ...]] = []
        for width in units:
            blocks += [((width, features), (width,)), ((features, width),)]
        return [((features, d_in), (features,)), *blocks, ((n_outputs, features), (n_outputs,))]

    def tensor_names(self, network: Network) -> list[tuple[str, ...]]:
        """Return the names of the parameters in `demarcate.nn.residual_module.ResidualModule`."""
        names: list[tuple[str, ...]] = [("first.weight", "first.bias")]
        for block in range(len(network.hidden) - 1):
            names += [(f"blocks.{block}.inner.weight", f"blocks.{block}.inner.bias"), (f"blocks.{block}.outer.weight",)]
        return [*names, ("last.weight", "last.bias")]

    def stack_key(self, network: Network) -> Hashable:
        """Return depth and activation; the widths, too, where padded units would not stay at zero."""
        exact_widths = () if ACTIVATIONS[network.activation].zero_at_zero else network.hidden
        return len(network.hidden), network.activation, exact_widths

    def forward(self, network: Network, layers: "MemberState", x: "Tensor", masks: "Masks | None" = None) -> "Tensor":
        """Return the logits of a stack."""
        import torch

        function = ACTIVATIONS[network.activation].function
        (weight, bias), *blocks, (last_weight, last_bias) = layers
        x = torch.baddbmm(bias, x, weight)
        for number, ((inner, inner_bias), (outer,)) in enumerate(zip(blocks[::2], blocks[1::2], strict=True), 1):
            units = function(torch.baddbmm(inner_bias, function(x), inner))
            x = torch.baddbmm(x, units if masks is None else units * masks[number], outer)
        x = function(x)
        return torch.baddbmm(last_bias, x if masks is None else x * masks[0], last_weight)

    def propagation(self, network: Network, layout: "Layout", flat: "Tensor", dtype: "torch.dtype") -> "Propagation":
        """Return the passes that are written by hand."""
        from demarcate.nn.residual_backward import ResidualPropagation

        return ResidualPropagation(layout, ACTIVATIONS[network.activation], flat, dtype)

    def forward_rest(self, network: Network, layers: "MemberState", x: "Tensor") -> "Tensor":
        """Return one member's logits from the first layer's output, which is overwritten."""
        import torch

        functions = ACTIVATIONS[network.activation].functions
        _, *blocks, (last_weight, last_bias) = layers
        activated = torch.empty_like(x)
        for (inner, inner_bias), (outer,) in zip(blocks[::2], blocks[1::2], strict=True):
            units = torch.addmm(inner_bias, functions.forward_out(activated.copy_(x), activated), inner)
            x.addmm_(functions.forward_out(units, units), outer)
        return torch.addmm(last_bias, functions.forward_out(x, x), last_weight)

    def array_logits_of_first(
        self, network: Network, layers: "Sequence[tuple[NDArray[Any], ...]]", x: "NDArray[Any]"
    ) -> "NDArray[Any]":
        """Return logits from the first layer's output by numpy."""
        activate = ACTIVATIONS[network.activation].on_arrays
        _, *blocks, (last_weight, last_bias) = layers
        for (inner, inner_bias), (outer,) in zip(blocks[::2], blocks[1::2], strict=True):
            units = inner @ activate(x.copy())
            units += inner_bias
            x += outer @ activate(units)
        logits: NDArray[Any] = last_weight @ activate(x)
        logits += last_bias
        return logits

    def to_module(self, network: Network, state: "MemberState") -> "nn.Module":
        """Return a member as a `ResidualModule` in evaluation mode, with a copy of its parameters."""
        from demarcate.nn.residual_module import ResidualModule

        widths = self.widths_of(network, state)
        module = ResidualModule(widths, ACTIVATIONS[network.activation].module, network.dropout, like=state[0][0])
        module.load_state_dict(self.state_dict(network, state))
        return module.eval()


RESIDUAL = ResidualFamily()
