"""Families of networks: what the engine, the predictor and the model file need to know of an architecture."""

import math
from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from demarcate.errors import SettingError
from demarcate.nn.spec import Network

if TYPE_CHECKING:
    import torch
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from demarcate.nn.layout import Layout, MemberState
    from demarcate.nn.propagation import Masks, Propagation

Shape = tuple[int, ...]


class Family(ABC):
    """One architecture: the shapes of its parameters, how a stack of members computes, and its plain torch module.

    A member is one network. Its shapes follow from its widths, ``network.widths(d_in, n_outputs)``: the number of
    inputs, the width of every layer that dropout may act on, and the number of logits. Members whose `stack_key` agrees
    are computed as one stack, each layer padded with zeros to the widest member's.

    A new family is a module with a subclass of this class and, where it has settings of its own, a subclass of
    `Network`; it is listed in `demarcate.nn.FAMILIES`. Nothing here may import torch before it is called: model files
    are inspected without it.

    Attributes
    ----------
    network_type
        The class of its specifications; their ``family`` is the name in model files.
    starts_linear
        Whether the first layer is a weight ``(d_hidden, d_in)`` and a bias ``(d_hidden,)`` applied to the inputs and
        `forward_rest` computes what follows: then many rows are predicted by looking up what each cell adds to it.
    is_stackable
        Whether several members may be computed as one stack.
    is_by_row
        Whether a row's logits depend on that row alone in training too, so that rows that fill up a batch do no harm.
    computes_arrays
        Whether numpy computes a member by `array_logits_of_first`: then a row is predicted without importing torch.
    draws_globally
        Whether training draws random numbers from torch's global generators.
    """

    network_type: ClassVar[type[Network]] = Network
    starts_linear: ClassVar[bool] = False
    is_stackable: ClassVar[bool] = True
    is_by_row: ClassVar[bool] = True
    draws_globally: ClassVar[bool] = False
    computes_arrays: ClassVar[bool] = False

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def name(self) -> str:
        """The name of the family."""
        return self.network_type.family

    @abstractmethod
    def shapes(self, widths: Sequence[int]) -> list[tuple[Shape, ...]]:
        """Return the shapes of a member's parameters, layer by layer; a tensor of two axes is a weight ``(out, in)``.

        The padded widths of a stack are widths, too: a member's tensors lie in the leading corners of the stack's.
        """

    @abstractmethod
    def tensor_names(self, network: Network) -> list[tuple[str, ...]]:
        """Return the names of the parameters, arranged as the shapes: the keys of the module's state dict."""

    @abstractmethod
    def forward(self, network: Network, layers: "MemberState", x: "Tensor", masks: "Masks | None" = None) -> "Tensor":
        """Return the logits ``(n_members, batch, n_outputs)`` of a stack; differentiable.

        Parameters
        ----------
        network
            The specification of any member: all agree in the stack key.
        layers
            The stacked parameters as `Layout.layers` gives them: weights ``(n_members, d_in, d_out)``, vectors
            ``(n_members, 1, d)``, other tensors ``(n_members, *shape)``.
        x
            Inputs ``(n_members, batch, d_in)``.
        masks
            For each hidden width the dropout mask ``(n_members, batch, width)``; None when predicting.
        """

    @abstractmethod
    def to_module(self, network: Network, state: "MemberState") -> "nn.Module":
        """Return a member as a plain torch module in evaluation mode, with a copy of its parameters."""

    def stack_key(self, network: Network) -> Hashable:
        """Return what the members of a stack have in common: here everything but dropout."""
        return replace(network, dropout=0.0, input_dropout=0.0)

    def cost(self, widths: Sequence[int]) -> int:
        """Return the multiplications of one row's forward pass: here one for each number in a weight."""
        return sum(math.prod(shape) for layer in self.shapes(widths) for shape in layer if len(shape) > 1)

    def decays(self, widths: Sequence[int], *, biases: bool) -> list[tuple[bool, ...]]:
        """Return for each of the `shapes` whether weight decay acts on it; ``biases`` whether it does on biases."""
        return [tuple(biases or len(shape) > 1 for shape in layer) for layer in self.shapes(widths)]

    def initial_state(self, widths: Sequence[int], generator: "torch.Generator", dtype: "torch.dtype") -> "MemberState":
        """Draw initial parameters: here those of ``torch.nn.Linear`` for every layer, bit for bit.

        ``widths`` are ``(d_in, *hidden, n_outputs)``; ``generator`` is on the CPU, and is advanced.
        """
        from demarcate.nn.init import draw_uniform

        return draw_uniform(self.shapes(widths), generator, dtype)

    def he_state(
        self, widths: Sequence[int], output_bias: "Tensor", generator: "torch.Generator", dtype: "torch.dtype"
    ) -> "MemberState":
        """Draw initial parameters after He et al., the last layer's small and with this bias ``(n_outputs,)``."""
        from demarcate.nn.init import draw_he

        return draw_he(self.shapes(widths), output_bias, generator, dtype)

    def propagation(self, network: Network, layout: "Layout", flat: "Tensor", dtype: "torch.dtype") -> "Propagation":
        """Return the forward and backward pass of a stack in training: here by autograd through `forward`."""
        from demarcate.nn.propagation import AutogradPropagation

        return AutogradPropagation(network, layout, flat, dtype)

    def from_module(self, network: Network, module: "nn.Module", widths: Sequence[int]) -> "MemberState":
        """Return a copy of a plain module's parameters; raise `SettingError` if they are not those of the network."""
        tensors = dict(module.state_dict())
        names = [name for layer in self.tensor_names(network) for name in layer]
        if list(tensors) != names:
            raise SettingError(f"initial networks have the parameters {', '.join(names)}, got {', '.join(tensors)}")
        return self.from_tensors(network, tensors, widths)

    def from_tensors(self, network: Network, tensors: "Mapping[str, Tensor]", widths: Sequence[int]) -> "MemberState":
        """Return a copy of the parameters in a state dict, whose names are in the order of the network's own."""
        names = [name for layer in self.tensor_names(network) for name in layer]
        if len(tensors) != len(names):
            raise SettingError(
                f"an initial state must have {len(names)} parameters, got {', '.join(tensors) or 'none'}"
            )
        renamed = dict(zip(names, (tensor.detach().clone() for tensor in tensors.values()), strict=True))
        state = self.state_of(network, renamed)
        self.check_shapes(state, widths)
        return state

    def forward_rest(self, network: Network, layers: "MemberState", x: "Tensor") -> "Tensor":
        """Return one member's logits ``(n_rows, n_outputs)`` from its first layer's output ``(n_rows, d_hidden)``.

        ``layers`` are the member's own, weights ``(d_in, d_out)`` and vectors ``(d,)``; ``x`` may be overwritten.
        """
        raise NotImplementedError(f"the {self.name} family has no linear first layer")

    def array_logits_of_first(
        self, network: Network, layers: "Sequence[tuple[NDArray[Any], ...]]", x: "NDArray[Any]"
    ) -> "NDArray[Any]":
        """Return logits ``(..., n_outputs, n_rows)``, by numpy, of first layers ``(..., d_hidden, n_rows)``.

        Rows are last: there each of them is summed in the same order wherever it stands. ``layers`` are the parameters
        as the member's module keeps them, weights ``(..., d_out, d_in)``, with vectors ``(..., d, 1)``; members of one
        specification may have an axis in front. ``x`` may be overwritten.
        """
        raise NotImplementedError(f"the {self.name} family is not computed by numpy")

    def widths_of(self, network: Network, state: "MemberState") -> tuple[int, ...]:
        """Return the widths of a member with these parameters: here as its first weight and its last bias tell."""
        tensors = [tensor for layer in state for tensor in layer]
        d_in = next(tensor.shape[-1] for tensor in tensors if tensor.ndim > 1)
        return network.widths(d_in, tensors[-1].shape[0])

    def named_shapes(self, network: Network, d_in: int, n_outputs: int) -> dict[str, Shape]:
        """Return the shape of every parameter of a member, by its name in the state dict."""
        pairs = zip(self.tensor_names(network), self.shapes(network.widths(d_in, n_outputs)), strict=True)
        return {name: shape for names, shapes in pairs for name, shape in zip(names, shapes, strict=True)}

    def state_dict(self, network: Network, state: "MemberState") -> "dict[str, Tensor]":
        """Return the parameters of a member by their names."""
        pairs = zip(self.tensor_names(network), state, strict=True)
        return {name: tensor for names, layer in pairs for name, tensor in zip(names, layer, strict=True)}

    def state_of(self, network: Network, tensors: "Mapping[str, Tensor]") -> "MemberState":
        """Return the parameters of a member from tensors by name: the inverse of `state_dict`."""
        return [tuple(tensors[name] for name in names) for names in self.tensor_names(network)]

    def check_shapes(self, state: "MemberState", widths: Sequence[int]) -> None:
        """Raise `SettingError` for parameters that do not have the shapes of a member of these widths."""
        expected = self.shapes(widths)
        actual = [tuple(tuple(tensor.shape) for tensor in layer) for layer in state]
        if actual != expected:
            raise SettingError(
                f"initial weights have the network's own shapes, {_listed(expected)}, got {_listed(actual)}"
            )


def _listed(shapes: Sequence[tuple[Shape, ...]]) -> str:
    return " ".join(str(shape) for layer in shapes for shape in layer)
