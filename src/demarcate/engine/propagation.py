"""Forward and backward through a population, derived by hand and computed in work space that is allocated once.

For a stack of small networks autograd costs more than the arithmetic. What it would do for a feed-forward network fits
in one function, `Propagation.backward`; the tests hold it to autograd, in float64.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from demarcate.nn import Activation, Layout

Masks = Sequence[Tensor]
"""What each hidden layer's output is multiplied by, a ``(n_members, batch, d_hidden)`` each: dropout."""


@dataclass(frozen=True, eq=False)
class _Space:
    """Where one hidden layer computes, for batches of one length; each ``(n_members, batch, d_hidden)``.

    Attributes
    ----------
    sums
        Before the activation.
    out
        After it; the same tensor where the derivative needs only the output.
    dropped
        After dropout.
    slope
        The loss's slope in the output, then in the sums.
    """

    sums: Tensor
    out: Tensor
    dropped: Tensor
    slope: Tensor


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
    >>> both.gradient[0, -1]  # that of the output's bias
    tensor(5.)
    """

    def __init__(self, layout: Layout, activation: Activation, flat: Tensor, dtype: torch.dtype) -> None:
        self.dtype = dtype
        self.gradient = torch.zeros_like(flat)
        self._layout, self._activation, self._flat = layout, activation, flat
        self._shadow = flat if dtype == flat.dtype else flat.to(dtype)
        self._weights = [*layout.layers(self._shadow)[:-1], layout.layers(flat)[-1]]
        places = layout.layers(self.gradient)
        # A product written to a strided view is computed elsewhere and copied: what is not contiguous gets its own room.
        self._slopes = [
            (_room(place, weight.dtype), _room(bias_place, weight.dtype))
            for (place, bias_place), (weight, _) in zip(places, self._weights, strict=True)
        ]
        pairs = zip((p for both in places for p in both), (s for both in self._slopes for s in both), strict=True)
        self._moved = [(place, slope) for place, slope in pairs if place is not slope]
        self._rooms: dict[int, list[_Space]] = {}
        self._inputs: list[Tensor] = []
        self._spaces: list[_Space] = []

    def refresh(self) -> None:
        """Take over the parameters as they now are."""
        if self._shadow is not self._flat:
            self._shadow.copy_(self._flat)

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
        self._inputs = [x]
        for number, space in enumerate(self._spaces):
            weight, bias = self._weights[number]
            torch.baddbmm(bias, x, weight, out=space.sums)
            x = self._activation.into(space.sums, space.out)
            if masks is not None:
                x = torch.mul(x, masks[number], out=space.dropped)
            self._inputs.append(x)
        weight, bias = self._weights[-1]
        self._inputs[-1] = x = x.to(weight.dtype)
        return torch.baddbmm(bias.transpose(1, 2), weight.transpose(1, 2), x.transpose(1, 2), out=out)

    def backward(self, residual: Tensor, masks: Masks | None = None) -> None:
        """Fill `gradient` from the loss's slope in the logits of the last forward pass.

        Parameters
        ----------
        residual
            ``(n_members, n_outputs, batch)``.
        masks
            As in the forward pass.
        """
        weight_slope, bias_slope = self._slopes[-1]
        _product(self._inputs[-1].transpose(1, 2), residual.transpose(1, 2), weight_slope)
        torch.sum(residual, 2, out=bias_slope.squeeze(1))
        slope, weight = residual.transpose(1, 2), self._weights[-1][0]
        for number in range(len(self._spaces) - 1, -1, -1):
            space = self._spaces[number]
            if weight.dtype == space.slope.dtype:
                slope = torch.bmm(slope, weight.transpose(1, 2), out=space.slope)
            else:
                slope = space.slope.copy_(torch.bmm(slope, weight.transpose(1, 2)))
            if masks is not None:
                slope.mul_(masks[number])
            self._activation.pull(slope, space.out if self._activation.keeps == "output" else space.sums)
            weight_slope, bias_slope = self._slopes[number]
            _product(self._inputs[number].transpose(1, 2), slope, weight_slope)
            torch.sum(slope, 1, keepdim=True, out=bias_slope)
            weight = self._weights[number][0]
        for place, own in self._moved:
            place.copy_(own)

    def _make_room(self, batch: int) -> list[_Space]:
        """Work space for batches of this length."""
        spaces = []
        for d_hidden in self._layout.padded[1:-1]:
            shape = (self._layout.n_members, batch, d_hidden)
            sums, out, dropped, slope = (
                torch.empty(shape, dtype=self.dtype, device=self._flat.device) for _ in range(4)
            )
            spaces.append(_Space(sums, sums if self._activation.keeps == "output" else out, dropped, slope))
        self._rooms[batch] = spaces
        return spaces


def _room(place: Tensor, dtype: torch.dtype) -> Tensor:
    """Where a product with this place in the gradient is written: there, if it can be."""
    if place.is_contiguous() and place.dtype == dtype:
        return place
    return torch.empty(place.shape, dtype=dtype, device=place.device)


def _product(left: Tensor, right: Tensor, out: Tensor) -> None:
    """``left @ right``; a single column is computed as the row it also is in memory, which takes a third of the time."""
    if out.shape[2] == 1:
        torch.bmm(right.transpose(1, 2), left.transpose(1, 2), out=out.transpose(1, 2))
    else:
        torch.bmm(left, right, out=out)
