"""Forward and backward through a population of multilayer perceptrons, derived by hand."""

from torch import Tensor, bmm, mul

from demarcate.nn.propagation import Masks
from demarcate.nn.stacked_layers import LayerSpace, StackedPropagation


class MlpPropagation(StackedPropagation[list[LayerSpace]]):
    """Propagation of multilayer perceptrons: linear layers with an activation between them."""

    _inputs: list[Tensor]  # of each layer in the last forward pass, transposed

    def _new_workspace(self, batch: int, like: Tensor) -> list[LayerSpace]:
        shapes = [(self._layout.n_members, batch, width) for width in self._layout.hidden]
        return [LayerSpace(shape, self._activation, like) for shape in shapes]

    def _forward_hidden(self, x: Tensor, masks: Masks | None) -> tuple[Tensor, Tensor]:
        transposed = x.transpose(1, 2)
        self._inputs = [transposed]
        for number, (layer, space) in enumerate(zip(self._layers, self._workspace, strict=True)):
            x, transposed = self._activate(layer.affine(x, space.sums), space.out), space.out_transposed
            if masks is not None:
                x, transposed = mul(x, masks[number], out=space.dropped), space.dropped_transposed
            self._inputs.append(transposed)
        return x, transposed

    def _backward_hidden(self, gradient: Tensor, weight: Tensor, masks: Masks | None) -> None:
        for number in range(len(self._layers) - 1, -1, -1):
            space, layer = self._workspace[number], self._layers[number]
            gradient = bmm(gradient, weight, out=space.gradient)
            if masks is not None:
                gradient.mul_(masks[number])
            self._backward_(gradient, self._saved(space))
            layer.backward(self._inputs[number], gradient)
            weight = layer.transposed
