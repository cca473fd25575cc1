"""Layers of a population with the tensors that their gradients are computed in, for backward passes derived by hand.

For a stack of small networks autograd costs more than the arithmetic. A family whose networks are linear layers and
activations writes its forward and backward pass through the hidden layers, in work space that is allocated once; what
such passes share is here. The tests compare them with autograd in float64.
"""

import operator
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Generic, TypeVar

import torch
from torch import Tensor

from demarcate.nn.activations import Activation
from demarcate.nn.layout import Layout
from demarcate.nn.propagation import Masks

_SMALL = 4096
"""Parameters of a network, or a layer, whose products are not worth sharing out among threads."""

_AS_IS: AbstractContextManager[None] = nullcontext()


class HiddenLayer:
    """A hidden layer's parameters, and the tensors that its gradients are computed in, which belong in the views.

    Weights are ``(n_members, d_in, d_out)``, the transposed one ``(n_members, d_out, d_in)``, biases
    ``(n_members, 1, d_out)``; a layer may have none. ``threads`` is the block that its products are computed in.
    """

    def __init__(
        self, parameters: Sequence[Tensor], views: Sequence[Tensor], one_thread: AbstractContextManager[None]
    ) -> None:
        self.weight, *self.biases = parameters
        self.transposed = self.weight.transpose(1, 2)
        self.gradients = [_destination(view, self.weight.dtype) for view in views]
        self.threads = one_thread if self.weight.numel() <= _SMALL else _AS_IS

    def affine(self, x: Tensor, out: Tensor) -> Tensor:
        """Write the weighted sums of inputs ``(n_members, batch, d_in)``, with the bias, to ``out``."""
        with self.threads:
            return torch.baddbmm(self.biases[0], x, self.weight, out=out)

    def backward(self, inputs_transposed: Tensor, gradient: Tensor) -> None:
        """Fill the gradients from that in the layer's sums, ``(n_members, batch, d_out)``."""
        with self.threads:
            torch.bmm(inputs_transposed, gradient, out=self.gradients[0])
        if self.biases:
            torch.sum(gradient, 1, keepdim=True, out=self.gradients[1])


class OutputLayer:
    """The output layer, kept transposed: ``(n_members, n_outputs, d_in)``, as torch.nn.Linear keeps it.

    Narrow products take several times as long the other way. With one output the transposed weight is the same memory.
    """

    def __init__(self, weight: Tensor, bias: Tensor, weight_view: Tensor, bias_view: Tensor) -> None:
        self._source = _transposed(weight)
        self.weight = self._source if weight.shape[2] == 1 else self._source.contiguous()
        self.bias = bias.transpose(1, 2)
        self.gradient_views = (_transposed(weight_view), bias_view.squeeze(1))
        self.gradients = [_destination(view, weight.dtype) for view in self.gradient_views]

    def refresh(self) -> None:
        """Take over the weights as they are now."""
        if self.weight is not self._source:
            self.weight.copy_(self._source)


class LayerSpace:
    """Where one hidden layer computes, for batches of one length; each tensor is ``(n_members, batch, d_hidden)``.

    ``out`` is the same tensor as ``sums`` where neither the derivative of the activation nor another layer needs its
    input, ``dropped`` (after dropout) the same as ``out`` where the derivative needs only the sign.
    """

    def __init__(
        self, shape: tuple[int, int, int], activation: Activation, like: Tensor, *, keeps_sums: bool = False
    ) -> None:
        self.sums, out, dropped, self.gradient = (like.new_empty(shape) for _ in range(4))
        self.out = out if keeps_sums or activation.saves == "input" else self.sums
        self.dropped = self.out if activation.saves == "sign" else dropped
        self.out_transposed, self.dropped_transposed = self.out.transpose(1, 2), self.dropped.transpose(1, 2)


Workspace = TypeVar("Workspace")


class StackedPropagation(ABC, Generic[Workspace]):
    """Propagation of networks whose parameters lie in ``flat``, ``(n_members, n_parameters)``.

    Products and activations of the hidden layers are computed in ``dtype``, the output layer in the parameters' own. A
    subclass computes the hidden layers, in work space of its own.
    """

    def __init__(self, layout: Layout, activation: Activation, flat: Tensor, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.gradient = torch.zeros_like(flat)
        self._layout, self._activation, self._flat = layout, activation, flat
        self._activate, self._backward_ = activation.functions[-2:]
        self._saved = operator.attrgetter("sums" if activation.saves == "input" else "out")
        # Stacks are shared out by member, a single network's products by rows: only those depend on threads.
        self._threads: AbstractContextManager[None] = (
            _OneThread() if layout.n_members == 1 and flat.numel() > _SMALL else _AS_IS
        )
        *hidden, output = layout.layers(flat)
        *hidden_views, output_views = layout.layers(self.gradient)
        # Products of bf16 matrices that lie apart take three times as long: each copy is a tensor of its own.
        sources = [parameter for layer in hidden for parameter in layer]
        copies = sources if dtype == flat.dtype else [source.to(dtype) for source in sources]
        self._copies, self._sources = (copies, sources) if dtype != flat.dtype else ([], [])
        parameters = iter(copies)
        self._layers = [HiddenLayer([next(parameters) for _ in views], views, self._threads) for views in hidden_views]
        self._output = OutputLayer(*output, *output_views)
        # A product written to a strided view is computed elsewhere and copied. A gradient whose view is not contiguous,
        # as with several members, is therefore computed in a tensor of its own, and copied once.
        pairs = list(zip(self._output.gradient_views, self._output.gradients, strict=True))
        for layer, views in zip(self._layers, hidden_views, strict=True):
            pairs += zip(views, layer.gradients, strict=True)
        apart = [pair for pair in pairs if pair[0] is not pair[1]]
        self._strided, self._computed = [view for view, _ in apart], [gradient for _, gradient in apart]
        self._by_batch: dict[int, Workspace] = {}
        self._exact: dict[int, Tensor] = {}
        self._last = flat

    @property
    def widest(self) -> int:
        """The most numbers a row of one member takes in a layer."""
        return max(self._layout.padded)

    def refresh(self) -> None:
        """Take over the parameters as they are now."""
        if self._copies:
            torch._foreach_copy_(self._copies, self._sources)
        self._output.refresh()

    def forward(self, x: Tensor, out: Tensor, masks: Masks | None = None) -> Tensor:
        """Write the logits ``(n_members, n_outputs, batch)`` for inputs ``(n_members, batch, d_in)`` to ``out``."""
        batch = x.shape[1]
        if batch not in self._by_batch:
            self._allocate(batch)
        self._workspace = self._by_batch[batch]
        x, transposed = self._forward_hidden(x, masks)
        if x.dtype != out.dtype:
            x = self._exact[batch].copy_(x)
            transposed = x.transpose(1, 2)
        self._last = x
        with self._threads:
            return torch.baddbmm(self._output.bias, self._output.weight, transposed, out=out)

    def evaluate(self, x: Tensor, out: Tensor) -> Tensor:
        """Write the logits without dropout to ``out``."""
        return self.forward(x, out)

    def backward(self, logit_gradient: Tensor, masks: Masks | None = None) -> None:
        """Fill `gradient` from the loss's gradient ``(n_members, n_outputs, batch)`` in the last logits."""
        weight_gradient, bias_gradient = self._output.gradients
        with self._threads:
            torch.bmm(logit_gradient, self._last, out=weight_gradient)
        torch.sum(logit_gradient, 2, out=bias_gradient)
        gradient, weight = logit_gradient.transpose(1, 2), self._output.weight
        if gradient.dtype != self.dtype:
            gradient, weight = gradient.to(self.dtype), weight.to(self.dtype)
        self._backward_hidden(gradient, weight, masks)
        if self._strided:
            torch._foreach_copy_(self._strided, self._computed)

    @abstractmethod
    def _new_workspace(self, batch: int, like: Tensor) -> Workspace:
        """Return work space for batches of this length."""

    @abstractmethod
    def _forward_hidden(self, x: Tensor, masks: Masks | None) -> tuple[Tensor, Tensor]:
        """Return what the output layer reads, ``(n_members, batch, d_hidden)``, and the same transposed."""

    @abstractmethod
    def _backward_hidden(self, gradient: Tensor, weight: Tensor, masks: Masks | None) -> None:
        """Fill the hidden layers' gradients from that in the logits, ``(n_members, batch, n_outputs)``.

        ``weight`` is the output layer's, ``(n_members, n_outputs, d_hidden)``.
        """

    def _allocate(self, batch: int) -> None:
        like = torch.empty(0, dtype=self.dtype, device=self._flat.device)
        self._by_batch[batch] = self._new_workspace(batch, like)
        if self.dtype != self._flat.dtype:
            width = self._output.weight.shape[2]
            self._exact[batch] = self._flat.new_empty(self._layout.n_members, batch, width)


class _OneThread:
    """A block on one thread, for products so narrow that several threads would only round them differently."""

    def __enter__(self) -> None:
        self._before = torch.get_num_threads()
        if self._before > 1:
            torch.set_num_threads(1)

    def __exit__(self, *_: object) -> None:
        if self._before > 1:
            torch.set_num_threads(self._before)


def _transposed(weight: Tensor) -> Tensor:
    """Return ``(n_members, d_out, d_in)``; a single column keeps the strides of the row it is in memory."""
    return weight.squeeze(2).unsqueeze(1) if weight.shape[2] == 1 else weight.transpose(1, 2)


def _destination(view: Tensor, dtype: torch.dtype) -> Tensor:
    """Return the tensor that a gradient with this view is computed in: the view itself, if it can be written to."""
    if view.is_contiguous() and view.dtype == dtype:
        return view
    return torch.empty(view.shape, dtype=dtype, device=view.device)
