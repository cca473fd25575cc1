"""The family of a caller's own modules: one network at a time, computed by the module itself."""

import math
from collections.abc import Hashable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from demarcate.errors import SettingError
from demarcate.nn.family import Family, Shape
from demarcate.nn.module_network import ModuleNetwork
from demarcate.nn.spec import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import torch
    from torch import Tensor, nn

    from demarcate.nn.layout import Layout, MemberState
    from demarcate.nn.propagation import Masks, Propagation

    _DropoutLayer = nn.Dropout | nn.Dropout1d | nn.Dropout2d | nn.Dropout3d | nn.AlphaDropout | nn.FeatureAlphaDropout

MAX_EXACT = 1 << 24
"""The largest whole number below which float32 has all of them: so large counts are kept beside the weights."""


@dataclass(frozen=True)
class Slot:
    """A tensor of the module that a network keeps: its name, its shape, and whether the optimizer changes it."""

    name: str
    shape: Shape
    is_parameter: bool
    is_trained: bool


class ModuleFamily(Family):
    """Networks with a caller's own module, of which each is a stack of its own.

    A member's state is one layer: its parameters, then its buffers (such as the running means of batch norm), each as a
    row of numbers. Buffers change as the module computes, and by neither gradient nor weight decay.
    """

    network_type: ClassVar[type[Network]] = ModuleNetwork
    is_stackable = False
    is_by_row = False
    draws_globally = True

    def __init__(self, network: ModuleNetwork) -> None:
        self._network = network
        self.slots = list(_slots(network.module))

    def shapes(self, widths: Sequence[int]) -> list[tuple[Shape, ...]]:  # noqa: ARG002 - they are the module's own
        """Return a row of numbers for each tensor; one with two axes and more is a weight, ``(1, n)``."""
        return [tuple((1,) * (len(slot.shape) > 1) + (math.prod(slot.shape),) for slot in self.slots)]

    def tensor_names(self, network: Network) -> list[tuple[str, ...]]:  # noqa: ARG002
        """Return the names of parameters and buffers in the module."""
        return [tuple(slot.name for slot in self.slots)]

    def decays(self, widths: Sequence[int], *, biases: bool) -> list[tuple[bool, ...]]:  # noqa: ARG002
        """Return for each tensor whether weight decay acts on it: on parameters that are trained."""
        return [tuple(slot.is_trained and (biases or len(slot.shape) > 1) for slot in self.slots)]

    def stack_key(self, network: Network) -> Hashable:
        """Return the module's specification."""
        return network

    def cost(self, widths: Sequence[int]) -> int:
        """Return the multiplications of one row's forward pass, as if each parameter took part in one."""
        return max(math.prod(widths), sum(math.prod(slot.shape) for slot in self.slots if slot.is_parameter))

    @property
    def widest(self) -> int:
        """The most numbers a row takes in a layer, as the shapes of the parameters tell."""
        return max([self._network.d_in, self._network.d_out, *(max(slot.shape, default=1) for slot in self.slots)])

    def forward(self, network: Network, layers: "MemberState", x: "Tensor", masks: "Masks | None" = None) -> "Tensor":  # noqa: ARG002
        """Return the logits ``(n_members, batch, n_outputs)`` in evaluation mode."""
        import torch
        from torch.func import functional_call

        from demarcate.nn.module_randomness import GLOBAL_GENERATOR

        module = self._module()
        logits = []
        for member, inputs in enumerate(x.unbind(0)):
            tensors = {slot.name: value for slot, value in self._tensors(module, [part[member] for part in layers[0]])}
            # Parameters are replaced in the module while it computes, which one thread at a time can do.
            with GLOBAL_GENERATOR:
                logits.append(self.checked(functional_call(module, tensors, (inputs,)), inputs))
        return torch.stack(logits)

    def checked(self, logits: object, inputs: "Tensor") -> "Tensor":
        """Return a module's output as logits ``(batch, n_outputs)``; `SettingError` for another shape."""
        from torch import Tensor

        d_out, n_rows = self._network.d_out, len(inputs)
        if isinstance(logits, Tensor) and logits.shape == (n_rows,) and d_out == 1:
            return logits.unsqueeze(1)
        if not isinstance(logits, Tensor) or logits.shape != (n_rows, d_out):
            got = f"shape {tuple(logits.shape)}" if isinstance(logits, Tensor) else f"a {type(logits).__name__}"
            raise SettingError(
                f"the module must return logits of shape ({n_rows}, {d_out}) for inputs of shape "
                f"{tuple(inputs.shape)}, got {got}"
            )
        return logits

    def to_module(self, network: Network, state: "MemberState") -> "nn.Module":  # noqa: ARG002
        """Return the member as the caller's own module, in evaluation mode, with a copy of its parameters."""
        import torch

        module = deepcopy(self._module()).to(state[0][0].device)
        own = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        with torch.no_grad():
            for slot, value in self._tensors(module, state[0]):
                own[slot.name].copy_(value)
        return module.eval()

    def initial_state(self, widths: Sequence[int], generator: "torch.Generator", dtype: "torch.dtype") -> "MemberState":  # noqa: ARG002
        """Build or redraw the module with random numbers of the generator, which is advanced."""
        from demarcate.nn.module_randomness import drawing_from

        with drawing_from(generator):
            module = redrawn(self._network.module) if self._network.build is None else self._network.build()
        return self.state_from(module, dtype)

    def he_state(
        self,
        widths: Sequence[int],  # noqa: ARG002
        output_bias: "Tensor",  # noqa: ARG002
        generator: "torch.Generator",  # noqa: ARG002
        dtype: "torch.dtype",  # noqa: ARG002
    ) -> "MemberState":
        """Refuse: a module draws its own weights."""
        raise SettingError("init must be 'torch' for a module of your own, which draws its own weights, got 'he'")

    def state_from(self, module: "nn.Module", dtype: "torch.dtype") -> "MemberState":
        """Return a copy of a module's parameters and buffers; `SettingError` if they are others than expected."""
        own = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        for slot in self.slots:
            if slot.name not in own or tuple(own[slot.name].shape) != slot.shape:
                got = "none" if slot.name not in own else str(tuple(own[slot.name].shape))
                raise SettingError(f"{slot.name} of the module must have the shape {slot.shape}, got {got}")
        (shapes,) = self.shapes(())
        pairs = zip(self.slots, shapes, strict=True)
        return [tuple(own[slot.name].detach().cpu().to(dtype).reshape(shape).clone() for slot, shape in pairs)]

    def from_module(self, network: Network, module: "nn.Module", widths: Sequence[int]) -> "MemberState":  # noqa: ARG002
        """Return a copy of a module's parameters and buffers."""
        import torch

        return self.state_from(module, torch.float32)

    def from_tensors(self, network: Network, tensors: "Mapping[str, Tensor]", widths: Sequence[int]) -> "MemberState":
        """Return the parameters in a state dict of the module."""
        module = deepcopy(self._module())
        try:
            module.load_state_dict(dict(tensors))
        except RuntimeError as error:
            raise SettingError(f"the initial state must be a state dict of the module: {error}") from error
        return self.from_module(network, module, widths)

    def propagation(self, network: Network, layout: "Layout", flat: "Tensor", dtype: "torch.dtype") -> "Propagation":  # noqa: ARG002
        """Return the module's own forward pass, and autograd's backward pass."""
        from demarcate.nn.module_propagation import ModulePropagation

        return ModulePropagation(self, deepcopy(self._module()), layout, flat)

    def widths_of(self, network: Network, state: "MemberState") -> tuple[int, ...]:  # noqa: ARG002
        """Return the numbers that it reads and returns."""
        return self._network.d_in, self._network.d_out

    def _module(self) -> "nn.Module":
        module: nn.Module = self._network.module
        return module

    def _tensors(self, module: "nn.Module", rows: "Sequence[Tensor]") -> "Iterator[tuple[Slot, Tensor]]":
        """Yield each slot with its tensor, of the type that the module has, from rows of numbers."""
        own = {**dict(module.named_parameters()), **dict(module.named_buffers())}
        for slot, row in zip(self.slots, rows, strict=True):
            yield slot, row.reshape(slot.shape).to(own[slot.name].dtype)


def redrawn(module: "nn.Module") -> "nn.Module":
    """Return a copy of a module whose layers have drawn new weights; `SettingError` for parameters of no layer."""
    copy = deepcopy(module)
    for name, layer in copy.named_modules():
        reset = getattr(layer, "reset_parameters", None) or getattr(layer, "_reset_parameters", None)
        if reset is not None:
            reset()
        elif list(layer.parameters(recurse=False)):
            where = f"layer {name!r}" if name else "the module itself"
            raise SettingError(
                f"the weights of other seeds must be drawn anew, and {where} ({type(layer).__name__}) has parameters "
                "without a reset_parameters method. Pass the class, or a function that builds the module, in its place"
            )
    return copy


@dataclass(frozen=True)
class SilencedBuild:
    """Builds a module whose dropout layers are off."""

    build: "Callable[[], nn.Module]"

    def __call__(self) -> "nn.Module":
        """Return the module."""
        return silenced(self.build())


def silenced(module: "nn.Module") -> "nn.Module":
    """Return a copy of a module whose dropout layers are off."""
    copy = deepcopy(module)
    for layer in _dropout_layers(copy):
        layer.p = 0.0
    return copy


def has_dropout(module: "nn.Module") -> bool:
    """Return whether a module has a dropout layer that is on."""
    return any(layer.p for layer in _dropout_layers(module))


def _dropout_layers(module: "nn.Module") -> "list[_DropoutLayer]":
    from torch import nn

    kinds = nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout, nn.FeatureAlphaDropout
    return [layer for layer in module.modules() if isinstance(layer, kinds)]


def _slots(module: "nn.Module") -> Iterator[Slot]:
    """Yield the tensors that a network keeps."""
    for name, parameter in module.named_parameters():
        yield Slot(name, tuple(parameter.shape), is_parameter=True, is_trained=parameter.requires_grad)
    for name, buffer in module.named_buffers():
        # Larger whole numbers and infinities are no running means or counts but constants, which stay in the module.
        if not buffer.numel() or (buffer.isfinite().all() and _is_exact(buffer)):
            yield Slot(name, tuple(buffer.shape), is_parameter=False, is_trained=False)


def _is_exact(buffer: "Tensor") -> bool:
    return buffer.is_floating_point() or bool(buffer.long().abs().max() < MAX_EXACT)
