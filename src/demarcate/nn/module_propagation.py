"""The forward and backward pass of a caller's own module in training."""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from demarcate.errors import SettingError
from demarcate.nn.propagation import Masks, outside_inference

if TYPE_CHECKING:
    from demarcate.nn.layout import Layout
    from demarcate.nn.module_family import ModuleFamily


class ModulePropagation:
    """Propagation of one module: its parameters and buffers are views of the buffer that the optimizer updates."""

    def __init__(self, family: "ModuleFamily", module: nn.Module, layout: "Layout", flat: Tensor) -> None:
        self._family, self._module = family, module.to(flat.device)
        self.gradient = torch.zeros_like(flat)
        self._logits = flat
        self._views: list[tuple[nn.Module, str, Tensor]] = []
        self._counts: list[tuple[nn.Module, str, Tensor]] = []
        rows, gradients = layout.layers(flat)[0], layout.layers(self.gradient)[0]
        for slot, row, gradient in zip(family.slots, rows, gradients, strict=True):
            self._bind(slot.name, slot.is_parameter, row.view(slot.shape), gradient.view(slot.shape))
        self._module.train()
        self.refresh()

    def _bind(self, name: str, is_parameter: bool, value: Tensor, gradient: Tensor) -> None:
        """Let a tensor of the module be a view of the buffer."""
        path, _, leaf = name.rpartition(".")
        owner = self._module.get_submodule(path)
        if is_parameter:
            parameter = self._module.get_parameter(name)
            parameter.data = value
            parameter.grad = gradient if parameter.requires_grad else None
        elif self._module.get_buffer(name).is_floating_point():
            # With a count of changes of its own: autograd checks that what it needs was not changed.
            value = value.data
            setattr(owner, leaf, value)
            self._views.append((owner, leaf, value))
        else:
            self._counts.append((owner, leaf, value))

    @property
    def widest(self) -> int:
        """The most numbers a row takes in a layer."""
        return self._family.widest

    def refresh(self) -> None:
        """Take over whole numbers, which are no views; parameters are read where they lie."""
        for owner, leaf, value in self._counts:
            getattr(owner, leaf).copy_(value)

    def forward(self, x: Tensor, out: Tensor, masks: Masks | None = None) -> Tensor:  # noqa: ARG002 - its own
        """Write the logits of a training step to ``out``."""
        with torch.inference_mode(mode=False), torch.enable_grad():
            self._logits = self._call(x, is_training=True)
            self._keep_buffers()
        return out.copy_(self._logits.detach().t().unsqueeze(0))

    def backward(self, logit_gradient: Tensor, masks: Masks | None = None) -> None:  # noqa: ARG002
        """Fill `gradient`, where autograd adds to the parameters' own."""
        self.gradient.zero_()
        with torch.inference_mode(mode=False):
            self._logits.backward(outside_inference(logit_gradient)[0].t())

    def evaluate(self, x: Tensor, out: Tensor) -> Tensor:
        """Write the logits in evaluation mode to ``out``."""
        with torch.inference_mode(mode=False), torch.no_grad():
            logits = self._call(x, is_training=False)
        return out.copy_(logits.t().unsqueeze(0))

    def _call(self, x: Tensor, *, is_training: bool) -> Tensor:
        if self._module.training != is_training:
            self._module.train(is_training)
        inputs = outside_inference(x)[0]
        try:
            return self._family.checked(self._module(inputs), inputs)
        except SettingError:
            raise
        except (RuntimeError, ValueError, TypeError, IndexError, AttributeError) as error:
            mode = "a training step" if is_training else "evaluation mode"
            raise SettingError(
                f"the module must take inputs of shape {tuple(inputs.shape)} in {mode}, got "
                f"{type(error).__name__}: {error}"
            ) from error

    def _keep_buffers(self) -> None:
        """Write buffers that the forward pass replaced, or that are whole numbers, into the views of them."""
        for owner, leaf, value in self._views:
            buffer = getattr(owner, leaf)
            if buffer is not value:
                value.copy_(buffer.detach())
                setattr(owner, leaf, value)
        for owner, leaf, value in self._counts:
            value.copy_(getattr(owner, leaf))
