"""Forward and backward through a population, derived by hand and computed in work space that is allocated once.

For a stack of small networks autograd costs more than the arithmetic. What it would do for a feed-forward network fits
in one function, `Propagation.backward`; the tests hold it to autograd, in float64.
"""

import operator
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.nn import Activation, Layout

_SMALL = 4096
"""Parameters of a network, or a layer, whose products are not worth sharing out among threads."""

_AS_IS: AbstractContextManager[None] = nullcontext()

Masks = Sequence[Tensor]
"""What each hidden layer's output is multiplied by, a ``(n_members, batch, d_hidden)`` each: dropout."""


@dataclass(frozen=True, eq=False)
class _Layer:
    """A hidden layer's parameters, the places of their gradients, and what the products need turned.

    Attributes
    ----------
    weight, bias
        ``(n_members, d_in, d_out)`` and ``(n_members, 1, d_out)``.
    turned
        The weight, ``(n_members, d_out, d_in)``.
    weight_slope, bias_slope
        As the parameters.
    narrow
        Whether its products take longer on several threads than on one.
    """

    weight: Tensor
    bias: Tensor
    turned: Tensor
    weight_slope: Tensor
    bias_slope: Tensor
    narrow: bool

    @classmethod
    def of(cls, weight: Tensor, bias: Tensor, weight_place: Tensor, bias_place: Tensor) -> "_Layer":
        """The layer with these parameters, whose gradients have these places."""
        slopes = _room(weight_place, weight.dtype), _room(bias_place, weight.dtype)
        return cls(weight, bias, weight.transpose(1, 2), *slopes, len(weight) == 1 and weight.numel() <= _SMALL)


class _Top:
    """The output layer, kept turned: ``(n_members, n_outputs, d_in)``, as torch.nn.Linear keeps it.

    Narrow products take several times as long the other way. With a single output the turned weight is the same memory.
    """

    def __init__(self, weight: Tensor, bias: Tensor, weight_place: Tensor, bias_place: Tensor) -> None:
        self._source = _turned(weight)
        self.weight = self._source if weight.shape[2] == 1 else self._source.contiguous()
        self.bias = bias.transpose(1, 2)
        self.places = (_turned(weight_place), bias_place.squeeze(1))
        self.weight_slope, self.bias_slope = (_room(place, weight.dtype) for place in self.places)

    def refresh(self) -> None:
        if self.weight is not self._source:
            self.weight.copy_(self._source)


@dataclass(frozen=True, eq=False)
class _Space:
    """Where one hidden layer computes, for batches of one length; each ``(n_members, batch, d_hidden)``.

    Attributes
    ----------
    sums
        Before the activation.
    out
        After it; the same tensor where the derivative does not need the input.
    dropped
        After dropout; the same tensor where the derivative needs only the sign.
    slope
        The loss's slope in the output, then in the sums.
    out_turned, dropped_turned
        ``(n_members, d_hidden, batch)``.
    """

    sums: Tensor
    out: Tensor
    dropped: Tensor
    slope: Tensor
    out_turned: Tensor
    dropped_turned: Tensor


class Propagation:
    """Computes the logits of all members, and the gradient of their losses in all parameters.

    Parameters
    ----------
    layout
        Where the parameters lie.
    activation
        Follows every hidden layer.
    flat
        The parameters, ``(n_members, n_parameters)``. They are read where they lie: an optimizer that updates them in
        place need only call `refresh`.
    dtype
        That of the hidden layers' products and activations. The output layer is computed in the parameters' own.

    Attributes
    ----------
    gradient
        ``(n_members, n_parameters)``, filled by `backward`.

    Examples
    --------
    >>> from demarcate.nn import ACTIVATIONS
    >>> layout = Layout(((2, 3, 1),))
    >>> both = Propagation(layout, ACTIVATIONS["tanh"], torch.ones(1, layout.n_parameters), torch.float32)
    >>> both.forward(torch.zeros(1, 5, 2), torch.empty(1, 1, 5)).shape
    torch.Size([1, 1, 5])
    >>> both.backward(torch.ones(1, 1, 5))
    >>> both.gradient[0, 12]  # that of the output's bias
    tensor(5.)
    """

    def __init__(self, layout: Layout, activation: Activation, flat: Tensor, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.gradient = torch.zeros_like(flat)
        self._layout, self._activation, self._flat = layout, activation, flat
        self._kept = operator.attrgetter("sums" if activation.keeps == "input" else "out")
        # Products of bf16 matrices that lie apart take three times as long: each copy is a tensor of its own.
        sources = [parameter for layer in layout.layers(flat)[:-1] for parameter in layer]
        copies = sources if dtype == flat.dtype else [source.to(dtype) for source in sources]
        self._copies, self._sources = (copies, sources) if dtype != flat.dtype else ([], [])
        weights = list(zip(copies[::2], copies[1::2], strict=True))
        *hidden, top = layout.layers(self.gradient)
        self._layers = [_Layer.of(*own, *places) for own, places in zip(weights, hidden, strict=True)]
        self._top = _Top(*layout.layers(flat)[-1], *top)
        # A product written to a strided view is computed elsewhere and copied. What is not contiguous, as with several
        # members, is therefore computed in a place of its own, and copied once.
        pairs = [*zip(self._top.places, (self._top.weight_slope, self._top.bias_slope), strict=True)]
        for layer, places in zip(self._layers, hidden, strict=True):
            pairs += zip(places, (layer.weight_slope, layer.bias_slope), strict=True)
        moved = [pair for pair in pairs if pair[0] is not pair[1]]
        self._strided, self._computed = [place for place, _ in moved], [slope for _, slope in moved]
        # Stacks are shared out by member, a single network's products by rows: only those depend on threads.
        self._narrow: AbstractContextManager[None] = (
            _OneThread() if layout.n_members == 1 and flat.numel() > _SMALL else _AS_IS
        )
        self._rooms: dict[int, list[_Space]] = {}
        self._exact: dict[int, Tensor] = {}
        self._inputs: list[Tensor] = []
        self._last = flat
        self._spaces: list[_Space] = []

    @property
    def widest(self) -> int:
        """The most numbers a row of one member takes in a layer."""
        return max(self._layout.padded)

    def refresh(self) -> None:
        """Take over the parameters as they now are."""
        if self._copies:
            torch._foreach_copy_(self._copies, self._sources)
        self._top.refresh()

    def forward(self, x: Tensor, out: Tensor, masks: Masks | None = None) -> Tensor:
        """The logits of every member for its own batch.

        Parameters
        ----------
        x
            ``(n_members, batch, d_in)``, in the products' dtype.
        out
            Takes the logits, turned: ``(n_members, n_outputs, batch)``.
        masks
            Dropout's, or None.
        """
        self._spaces = self._rooms.get(x.shape[1]) or self._make_room(x.shape[1])
        turned = x.transpose(1, 2)
        self._inputs = [turned]
        for number, space in enumerate(self._spaces):
            layer = self._layers[number]
            with self._narrow if layer.narrow else _AS_IS:
                torch.baddbmm(layer.bias, x, layer.weight, out=space.sums)
            x, turned = self._activation.into(space.sums, space.out), space.out_turned
            if masks is not None:
                x, turned = torch.mul(x, masks[number], out=space.dropped), space.dropped_turned
            self._inputs.append(turned)
        if x.dtype != out.dtype:
            x = self._exact[x.shape[1]].copy_(x)
            turned = x.transpose(1, 2)
        self._last = x
        with self._narrow:
            return torch.baddbmm(self._top.bias, self._top.weight, turned, out=out)

    def backward(self, residual: Tensor, masks: Masks | None = None) -> None:
        """Fill `gradient` from the loss's slope in the logits of the last forward pass.

        Parameters
        ----------
        residual
            ``(n_members, n_outputs, batch)``.
        masks
            As in the forward pass.
        """
        with self._narrow:
            torch.bmm(residual, self._last, out=self._top.weight_slope)
        torch.sum(residual, 2, out=self._top.bias_slope)
        slope, turned = residual.transpose(1, 2), self._top.weight
        if slope.dtype != self.dtype:
            slope, turned = slope.to(self.dtype), turned.to(self.dtype)
        for number in range(len(self._spaces) - 1, -1, -1):
            space, layer = self._spaces[number], self._layers[number]
            slope = torch.bmm(slope, turned, out=space.slope)
            if masks is not None:
                slope.mul_(masks[number])
            self._activation.pull(slope, self._kept(space))
            with self._narrow if layer.narrow else _AS_IS:
                torch.bmm(self._inputs[number], slope, out=layer.weight_slope)
            torch.sum(slope, 1, keepdim=True, out=layer.bias_slope)
            turned = layer.turned
        if self._strided:
            torch._foreach_copy_(self._strided, self._computed)

    def _make_room(self, batch: int) -> list[_Space]:
        """Work space for batches of this length."""
        spaces = []
        for d_hidden in self._layout.padded[1:-1]:
            shape = (self._layout.n_members, batch, d_hidden)
            sums, out, dropped, slope = (
                torch.empty(shape, dtype=self.dtype, device=self._flat.device) for _ in range(4)
            )
            out = out if self._activation.keeps == "input" else sums
            dropped = out if self._activation.keeps == "sign" else dropped
            spaces.append(_Space(sums, out, dropped, slope, out.transpose(1, 2), dropped.transpose(1, 2)))
        self._rooms[batch] = spaces
        if self.dtype != self._flat.dtype:
            shape = (self._layout.n_members, batch, self._layout.padded[-2])
            self._exact[batch] = torch.empty(shape, dtype=self._flat.dtype, device=self._flat.device)
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


def _turned(weight: Tensor) -> Tensor:
    """``(n_members, d_out, d_in)``; a single column as the row it is in memory, which products are told by strides."""
    return weight.squeeze(2).unsqueeze(1) if weight.shape[2] == 1 else weight.transpose(1, 2)


def _room(place: Tensor, dtype: torch.dtype) -> Tensor:
    """Where a product with this place in the gradient is written: there, if it can be."""
    if place.is_contiguous() and place.dtype == dtype:
        return place
    return torch.empty(place.shape, dtype=dtype, device=place.device)
