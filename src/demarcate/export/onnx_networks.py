"""The networks of a model in an ONNX graph: members of one specification as one stack, and their mean."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from demarcate.export.onnx_encoding import ReadColumns, StackedColumns, side_by_side, word_columns
from demarcate.export.onnx_leaves import leaf_columns
from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.export.onnx_quantity_encoding import quantity_columns
from demarcate.inference.numpy_predictor import NumpyPredictor
from demarcate.nn import Network
from demarcate.nn.mlp_family import MLP
from demarcate.nn.residual_family import RESIDUAL

_LARGEST = 1e300
"""Stands for an infinite logit, as in all predictors."""

Layers = list[tuple[str, ...]]
"""Constants of stacked members behind the first layer: weights ``(n_members, d_in, d_out)``, vectors
``(n_members, 1, d)``."""


def mean_probabilities(graph: OnnxNodes, model: NumpyPredictor, cells: ReadColumns) -> str:
    """Add all networks; return the weighted mean of their probabilities, float64 ``(n_rows, n_classes)``."""
    parts = [*quantity_columns(graph, model.encoders, cells), *word_columns(graph, model.encoders, cells)]
    columns = side_by_side(graph, parts)
    with_trees = [at for at, encoder in enumerate(model.encoders) if encoder.leaves is not None]
    leaves = leaf_columns(graph, [model.encoders[at] for at in with_trees], cells) if with_trees else None
    weights = np.ones(model.n_members) if model.weights is None else np.array(model.weights)
    sums = []
    for members in _alike(model):
        logits = _logits(graph, model, members, _stacked_inputs(graph, model, members, columns, leaves, with_trees))
        own = graph.op("Mul", _probabilities(graph, model.head, logits), graph.doubles(weights[members, None, None]))
        sums.append(graph.op("ReduceSum", own, graph.integers([0]), keepdims=0))
    total = sums[0] if len(sums) == 1 else graph.op("Sum", *sums)
    return graph.op("Div", total, graph.doubles(weights.sum()))


def not_in_graphs(model: NumpyPredictor) -> list[str]:
    """Return the families of networks and the activations of a model that no graph computes."""
    families = {network.family for network in model.networks} - _FAMILIES.keys()
    return sorted(families | {network.activation for network in model.networks} - _ACTIVATIONS.keys())


def _alike(model: NumpyPredictor) -> list[list[int]]:
    """Return the members of each specification, apart where some read leaves of trees."""
    groups: dict[tuple[Network, bool], list[int]] = {}
    for member, network in enumerate(model.networks):
        has_trees = model.encoders[model.encoding[member]].leaves is not None
        groups.setdefault((network, has_trees), []).append(member)
    return list(groups.values())


def _stacked_inputs(
    graph: OnnxNodes,
    model: NumpyPredictor,
    members: Sequence[int],
    columns: StackedColumns,
    leaves: StackedColumns | None,
    with_trees: Sequence[int],
) -> StackedColumns:
    """Add what members read, as if each had an encoder of its own."""
    encoders = [model.encoding[member] for member in members]
    parts = [_selected(graph, columns, encoders)]
    if leaves is not None and encoders[0] in with_trees:
        parts.append(_selected(graph, leaves, [with_trees.index(encoder) for encoder in encoders]))
    return side_by_side(graph, parts)


def _selected(graph: OnnxNodes, columns: StackedColumns, encoders: Sequence[int]) -> StackedColumns:
    """Return the columns of some encoders, one for each member."""
    if list(encoders) == list(range(len(columns.sources))):
        return columns
    return StackedColumns(graph.pick(columns.value, encoders, 0), columns.sources[list(encoders)])


def _logits(graph: OnnxNodes, model: NumpyPredictor, members: Sequence[int], inputs: StackedColumns) -> str:
    """Add members of one specification; return logits ``(n_members, n_rows, n_outputs)``."""
    network = model.networks[members[0]]
    states = [model.states[member] for member in members]
    weights = [_rearranged(state[0][0], own) for state, own in zip(states, inputs.sources, strict=True)]
    bias = graph.floats(np.stack([state[0][1] for state in states])[:, np.newaxis])
    first = graph.op("Add", graph.op("MatMul", inputs.value, graph.floats(np.stack(weights))), bias)
    layers: Layers = [()]
    for of_members in zip(*(state[1:] for state in states), strict=True):
        stacks = [np.stack(tensors) for tensors in zip(*of_members, strict=True)]
        turned = [stack[:, np.newaxis] if stack.ndim == 2 else stack.swapaxes(-1, -2) for stack in stacks]
        layers.append(tuple(graph.floats(stack) for stack in turned))
    return _FAMILIES[network.family](graph, network, layers, first)


def _rearranged(weight: NDArray[np.float32], sources: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return a first layer's weight ``(d_out, d_in)`` for columns from these places, as ``(n_columns, d_out)``."""
    padded = np.concatenate([weight.T, np.zeros((1, len(weight)), dtype=np.float32)])
    rearranged: NDArray[np.float32] = padded[sources]  # -1 is the last row
    return rearranged


def _perceptron(graph: OnnxNodes, network: Network, layers: Layers, x: str) -> str:
    for weight, bias in layers[1:]:
        x = graph.op("Add", graph.op("MatMul", _activated(graph, network, x), weight), bias)
    return x


def _residual(graph: OnnxNodes, network: Network, layers: Layers, x: str) -> str:
    _, *blocks, (last_weight, last_bias) = layers
    for (inner, inner_bias), (outer,) in zip(blocks[::2], blocks[1::2], strict=True):
        units = graph.op("Add", graph.op("MatMul", _activated(graph, network, x), inner), inner_bias)
        x = graph.op("Add", x, graph.op("MatMul", _activated(graph, network, units), outer))
    return graph.op("Add", graph.op("MatMul", _activated(graph, network, x), last_weight), last_bias)


def _activated(graph: OnnxNodes, network: Network, x: str) -> str:
    return _ACTIVATIONS[network.activation](graph, x)


def _probabilities(graph: OnnxNodes, head: str, logits: str) -> str:
    """Add what the logits mean, float64 ``(n_members, n_rows, n_classes)``; no NaN."""
    known = graph.op("Where", graph.op("IsNaN", logits), graph.floats(0.0), logits)
    finite = graph.op("Clip", graph.cast(known, np.float64), graph.doubles(-_LARGEST), graph.doubles(_LARGEST))
    if head == "softmax":
        return graph.op("Softmax", finite, axis=-1)
    # Each of the two without cancellation, which the operator Sigmoid has: a temperature raises small ones.
    power = graph.op("Exp", graph.op("Neg", graph.op("Abs", finite)))
    large = graph.op("Div", graph.doubles(1.0), graph.op("Add", power, graph.doubles(1.0)))
    small = graph.op("Mul", power, large)
    is_second = graph.op("GreaterOrEqual", finite, graph.doubles(0.0))
    pair = [graph.op("Where", is_second, small, large), graph.op("Where", is_second, large, small)]
    return graph.concat(pair, 2)


_FAMILIES: Mapping[str, Callable[[OnnxNodes, Network, Layers, str], str]] = MappingProxyType(
    {MLP.name: _perceptron, RESIDUAL.name: _residual}
)
_ACTIVATIONS: Mapping[str, Callable[[OnnxNodes, str], str]] = MappingProxyType(
    {
        "relu": lambda graph, x: graph.op("Relu", x),
        "tanh": lambda graph, x: graph.op("Tanh", x),
        "silu": lambda graph, x: graph.op("Mul", x, graph.op("Sigmoid", x)),
        "gelu": lambda graph, x: graph.op("Gelu", x),
        "elu": lambda graph, x: graph.op("Elu", x),
        "leaky_relu": lambda graph, x: graph.op("LeakyRelu", x, alpha=0.01),
        "sigmoid": lambda graph, x: graph.op("Sigmoid", x),
        "none": lambda _, x: x,
    }
)
