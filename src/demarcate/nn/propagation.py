"""The forward and backward pass of a stack in training, and the one that autograd gives to every family."""

from collections.abc import Sequence
from typing import Protocol

import torch
from torch import Tensor

from demarcate.nn.layout import Layout, MemberState
from demarcate.nn.spec import Network

Masks = Sequence[Tensor]
"""The factor of each hidden layer's output under dropout, ``(n_members, batch, d_hidden)`` each."""


class Propagation(Protocol):
    """Computes the logits of all members of a stack, and the gradient of their losses in all parameters.

    The parameters are read where they lie: after an update in place, call `refresh`.
    """

    gradient: Tensor
    """``(n_members, n_parameters)``, filled by `backward`."""

    @property
    def widest(self) -> int:
        """The most numbers a row of one member takes in a layer."""

    def refresh(self) -> None:
        """Take over the parameters as they are now."""

    def forward(self, x: Tensor, out: Tensor, masks: Masks | None = None) -> Tensor:
        """Write the logits ``(n_members, n_outputs, batch)`` for inputs ``(n_members, batch, d_in)`` to ``out``."""

    def backward(self, logit_gradient: Tensor, masks: Masks | None = None) -> None:
        """Fill `gradient` from the loss's gradient ``(n_members, n_outputs, batch)`` in the last logits."""

    def evaluate(self, x: Tensor, out: Tensor) -> Tensor:
        """Write the logits of finished networks, without dropout, to ``out``; shapes are those of `forward`."""


class AutogradPropagation:
    """Propagation by autograd, for families without a backward pass of their own; weights are cast to ``dtype``."""

    def __init__(self, network: Network, layout: Layout, flat: Tensor, dtype: torch.dtype) -> None:
        self._network, self._layout, self._flat, self._dtype = network, layout, flat, dtype
        self.gradient = torch.zeros_like(flat)
        self._leaf = self._logits = flat

    @property
    def widest(self) -> int:
        """The most numbers a row of one member takes in a layer."""
        return max(self._layout.padded)

    def refresh(self) -> None:
        """Do nothing: every forward pass reads the parameters anew."""

    def forward(self, x: Tensor, out: Tensor, masks: Masks | None = None) -> Tensor:
        """Write the logits to ``out``."""
        with torch.inference_mode(mode=False), torch.enable_grad():
            self._leaf = self._flat.clone().requires_grad_()
            layers: MemberState = [
                tuple(tensor.to(self._dtype) for tensor in layer) for layer in self._layout.layers(self._leaf)
            ]
            masks = masks and [outside_inference(mask) for mask in masks]
            self._logits = self._layout.family.forward(self._network, layers, outside_inference(x), masks)
        return out.copy_(self._logits.detach().transpose(1, 2))

    def backward(self, logit_gradient: Tensor, masks: Masks | None = None) -> None:  # noqa: ARG002 - in the graph
        """Fill `gradient`."""
        with torch.inference_mode(mode=False):
            rows_first = outside_inference(logit_gradient).transpose(1, 2).to(self._logits.dtype)
            (gradient,) = torch.autograd.grad(self._logits, self._leaf, rows_first)
        self.gradient.copy_(gradient)

    def evaluate(self, x: Tensor, out: Tensor) -> Tensor:
        """Write the logits without dropout to ``out``."""
        return self.forward(x, out)


def outside_inference(tensor: Tensor) -> Tensor:
    """Return a tensor that autograd may save: a copy of one made in inference mode."""
    return tensor.clone() if tensor.is_inference() else tensor
