"""Forward and backward through a population, derived by hand and computed in work space that is allocated once.

For a stack of small networks autograd costs more than the arithmetic. Its work for a feed-forward network fits in one
function, `MlpPropagation.backward`; the tests compare it with autograd in float64.
"""

import operator
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor

from demarcate.nn.activations import Activation
from demarcate.nn.layout import Layout
from demarcate.nn.propagation import Masks

_SMALL = 4096
"""Parameters of a network, or a layer, whose products are not worth sharing out among threads."""

_AS_IS: AbstractContextManager[None] = nullcontext()


class _HiddenLayer:
    """A hidden layer's parameters, and the tensors that its gradients are computed in, which belong in the views.

    Weights are ``(n_members, d_in, d_out)``, the transposed one ``(n_members, d_out, d_in)``, biases
    ``(n_members, 1, d_out)``. A layer is narrow if its products take longer on several threads than on one.
    """

    def __init__(self, weight: Tensor, bias: Tensor, weight_view: Tensor, bias_view: Tensor) -> None:
        self.weight, self.bias, self.transposed = weight, bias, weight.transpose(1, 2)
        self.weight_gradient = _destination(weight_view, weight.dtype)
        self.bias_gradient = _destination(bias_view, weight.dtype)
        self.narrow = len(weight) == 1 and weight.numel() <= _SMALL


class _OutputLayer:
    """The output layer, kept transposed: ``(n_members, n_outputs, d_in)``, as torch.nn.Linear keeps it.

    Narrow products take several times as long the other way. With one output the transposed weight is the same memory.
    """

    def __init__(self, weight: Tensor, bias: Tensor, weight_view: Tensor, bias_view: Tensor) -> None:
        self._source = _transposed(weight)
        self.weight = self._source if weight.shape[2] == 1 else self._source.contiguous()
        self.bias = bias.transpose(1, 2)
        self.gradient_views = (_transposed(weight_view), bias_view.squeeze(1))
        self.weight_gradient, self.bias_gradient = (_destination(view, weight.dtype) for view in self.gradient_views)

    def refresh(self) -> None:
        if self.weight is not self._source:
            self.weight.copy_(self._source)


class _Workspace:
    """Where one hidden layer computes, for batches of one length; each tensor is ``(n_members, batch, d_hidden)``.

    ``out`` is the same tensor as ``sums`` where the derivative of the activation does not need its input, ``dropped``
    (after dropout) the same as ``out`` where it needs only the sign.
    """

    def __init__(self, shape: tuple[int, int, int], activation: Activation, like: Tensor) -> None:
        self.sums, out, dropped, self.gradient = (like.new_empty(shape) for _ in range(4))
        self.out = out if activation.saves == "input" else self.sums
        self.dropped = self.out if activation.saves == "sign" else dropped
        self.out_transposed, self.dropped_transposed = self.out.transpose(1, 2), self.dropped.transpose(1, 2)


class MlpPropagation:
    """Propagation of multilayer perceptrons whose parameters lie in ``flat``, ``(n_members, n_parameters)``.

    Products and activations of the hidden layers are computed in ``dtype``, the output layer in the parameters' own.
    """

    def __init__(self, layout: Layout, activation: Activation, flat: Tensor, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.gradient = torch.zeros_like(flat)
        self._layout, self._activation, self._flat = layout, activation, flat
        self._activate, self._backward_ = activation.functions[-2:]
        self._saved = operator.attrgetter("sums" if activation.saves == "input" else "out")
        # Products of bf16 matrices that lie apart take three times as long: each copy is a tensor of its own.
        sources = [parameter for layer in layout.layers(flat)[:-1] for parameter in layer]
        copies = sources if dtype == flat.dtype else [source.to(dtype) for source in sources]
        self._copies, self._sources = (copies, sources) if dtype != flat.dtype else ([], [])
        parameters = list(zip(copies[::2], copies[1::2], strict=True))
        *hidden_views, output_views = layout.layers(self.gradient)
        self._layers = [_HiddenLayer(*own, *views) for own, views in zip(parameters, hidden_views, strict=True)]
        self._output = _OutputLayer(*layout.layers(flat)[-1], *output_views)
        # A product written to a strided view is computed elsewhere and copied. A gradient whose view is not contiguous,
        # as with several members, is therefore computed in a tensor of its own, and copied once.
        layers: list[_HiddenLayer | _OutputLayer] = [self._output, *self._layers]
        pairs: list[tuple[Tensor, Tensor]] = []
        for layer, views in zip(layers, [self._output.gradient_views, *hidden_views], strict=True):
            pairs += zip(views, (layer.weight_gradient, layer.bias_gradient), strict=True)
        apart = [pair for pair in pairs if pair[0] is not pair[1]]
        self._strided, self._computed = [view for view, _ in apart], [gradient for _, gradient in apart]
        # Stacks are shared out by member, a single network's products by rows: only those depend on threads.
        self._narrow: AbstractContextManager[None] = (
            _OneThread() if layout.n_members == 1 and flat.numel() > _SMALL else _AS_IS
        )
        self._by_batch: dict[int, list[_Workspace]] = {}
        self._exact: dict[int, Tensor] = {}
        self._inputs: list[Tensor] = []
        self._last = flat
        self._workspaces: list[_Workspace] = []

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
        self._workspaces = self._by_batch.get(x.shape[1]) or self._allocate(x.shape[1])
        transposed = x.transpose(1, 2)
        self._inputs = [transposed]
        for number, space in enumerate(self._workspaces):
            layer = self._layers[number]
            with self._narrow if layer.narrow else _AS_IS:
                torch.baddbmm(layer.bias, x, layer.weight, out=space.sums)
            x, transposed = self._activate(space.sums, space.out), space.out_transposed
            if masks is not None:
                x, transposed = torch.mul(x, masks[number], out=space.dropped), space.dropped_transposed
            self._inputs.append(transposed)
        if x.dtype != out.dtype:
            x = self._exact[x.shape[1]].copy_(x)
            transposed = x.transpose(1, 2)
        self._last = x
        with self._narrow:
            return torch.baddbmm(self._output.bias, self._output.weight, transposed, out=out)

    def backward(self, logit_gradient: Tensor, masks: Masks | None = None) -> None:
        """Fill `gradient` from the loss's gradient ``(n_members, n_outputs, batch)`` in the last logits."""
        with self._narrow:
            torch.bmm(logit_gradient, self._last, out=self._output.weight_gradient)
        torch.sum(logit_gradient, 2, out=self._output.bias_gradient)
        gradient, transposed = logit_gradient.transpose(1, 2), self._output.weight
        if gradient.dtype != self.dtype:
            gradient, transposed = gradient.to(self.dtype), transposed.to(self.dtype)
        for number in range(len(self._workspaces) - 1, -1, -1):
            space, layer = self._workspaces[number], self._layers[number]
            gradient = torch.bmm(gradient, transposed, out=space.gradient)
            if masks is not None:
                gradient.mul_(masks[number])
            self._backward_(gradient, self._saved(space))
            with self._narrow if layer.narrow else _AS_IS:
                torch.bmm(self._inputs[number], gradient, out=layer.weight_gradient)
            torch.sum(gradient, 1, keepdim=True, out=layer.bias_gradient)
            transposed = layer.transposed
        if self._strided:
            torch._foreach_copy_(self._strided, self._computed)

    def _allocate(self, batch: int) -> list[_Workspace]:
        """Allocate the work space for batches of this length."""
        n_members, like = self._layout.n_members, torch.empty(0, dtype=self.dtype, device=self._flat.device)
        spaces = [_Workspace((n_members, batch, width), self._activation, like) for width in self._layout.hidden]
        self._by_batch[batch] = spaces
        if self.dtype != self._flat.dtype:
            self._exact[batch] = self._flat.new_empty(n_members, batch, self._layout.padded[-2])
        return spaces


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
