"""Forward and backward through a population of residual networks, derived by hand."""

from typing import NamedTuple

from torch import Tensor, baddbmm, bmm, mul

from demarcate.nn.propagation import Masks
from demarcate.nn.stacked_layers import LayerSpace, StackedPropagation


class _Spaces(NamedTuple):
    """Where the features h, before each block and after the last, and the units of each block are computed."""

    features: list[LayerSpace]
    units: list[LayerSpace]


class ResidualPropagation(StackedPropagation[_Spaces]):
    """Propagation of residual networks: the layers are the first, then the inner and the outer one of each block."""

    _first_input: Tensor  # of the last forward pass, transposed

    def _new_workspace(self, batch: int, like: Tensor) -> _Spaces:
        width, *units = ((self._layout.n_members, batch, width) for width in self._layout.hidden)
        features = [LayerSpace(width, self._activation, like, keeps_sums=True) for _ in range(len(units) + 1)]
        return _Spaces(features, [LayerSpace(shape, self._activation, like) for shape in units])

    def _forward_hidden(self, x: Tensor, masks: Masks | None) -> tuple[Tensor, Tensor]:
        first, *layers = self._layers
        self._first_input = x.transpose(1, 2)
        features, *after = self._workspace.features
        first.affine(x, features.sums)
        for number, (units, changed) in enumerate(zip(self._workspace.units, after, strict=True)):
            inner, outer = layers[2 * number : 2 * number + 2]
            x = self._activate(inner.affine(self._activated(features), units.sums), units.out)
            if masks is not None:
                x = mul(x, masks[number + 1], out=units.dropped)
            with outer.threads:
                baddbmm(features.sums, x, outer.weight, out=changed.sums)
            features = changed
        x = self._activated(features)
        if masks is None:
            return x, features.out_transposed
        return mul(x, masks[0], out=features.dropped), features.dropped_transposed

    def _backward_hidden(self, gradient: Tensor, weight: Tensor, masks: Masks | None) -> None:
        first, *layers = self._layers
        *before, last = self._workspace.features
        gradient = bmm(gradient, weight, out=last.gradient)
        if masks is not None:
            gradient.mul_(masks[0])
        self._backward_(gradient, self._saved(last))
        for number in range(len(before) - 1, -1, -1):
            units, features = self._workspace.units[number], before[number]
            inner, outer = layers[2 * number : 2 * number + 2]
            outer.backward(units.out_transposed if masks is None else units.dropped_transposed, gradient)
            of_units = bmm(gradient, outer.transposed, out=units.gradient)
            if masks is not None:
                of_units.mul_(masks[number + 1])
            self._backward_(of_units, self._saved(units))
            inner.backward(features.out_transposed, of_units)
            of_features = bmm(of_units, inner.transposed, out=features.gradient)
            # The change's gradient in h joins the one that passes the block by.
            gradient = self._backward_(of_features, self._saved(features)).add_(gradient)
        first.backward(self._first_input, gradient)

    def _activated(self, features: LayerSpace) -> Tensor:
        """Compute f(h) without writing over h, which the next block is added to."""
        is_apart = self._activation.saves == "input"
        return self._activate(features.sums if is_apart else features.out.copy_(features.sums), features.out)
