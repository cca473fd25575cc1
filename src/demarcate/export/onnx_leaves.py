"""The leaves of a model's trees in an ONNX graph, those of all encoders that have trees as one stack."""

from collections.abc import Sequence

import numpy as np

from demarcate.encoding import TableEncoder
from demarcate.encoding.tree_leaves import OrderedColumn
from demarcate.export.onnx_encoding import ReadColumns, StackedColumns, sample_words
from demarcate.export.onnx_nodes import OnnxNodes


def leaf_columns(graph: OnnxNodes, encoders: Sequence[TableEncoder], cells: ReadColumns) -> StackedColumns:
    """Add a column for each leaf, 1 where the row is in it; every encoder has trees."""
    leaves = [encoder.leaves for encoder in encoders if encoder.leaves is not None]
    numbers, places = _tested_numbers(graph, [each.inputs for each in leaves], cells)
    n_trees = max(each.n_trees for each in leaves)
    depth = max(each.trees.columns.shape[1] for each in leaves)
    # What is left of trees fewer or less deep than others: tests that nothing passes.
    columns = np.zeros((len(leaves), n_trees, depth), dtype=np.int64)
    thresholds = np.full(columns.shape, np.inf)
    sources = np.full((len(leaves), n_trees, 1 << depth), -1)
    for index, (each, encoder) in enumerate(zip(leaves, encoders, strict=True)):
        own = np.array([places[index][column.name] for column in each.inputs])
        columns[index, : each.n_trees, depth - each.trees.columns.shape[1] :] = own[each.trees.columns]
        thresholds[index, : each.n_trees, depth - each.trees.columns.shape[1] :] = each.trees.thresholds
        encoded = encoder.first_leaf + np.arange(each.width).reshape(each.n_trees, each.n_leaves)
        sources[index, : each.n_trees, : each.n_leaves] = encoded
    tested = graph.pick(numbers, columns.ravel(), 1)
    passed = graph.cast(graph.op("Greater", tested, graph.doubles(thresholds.ravel())), np.float32)
    by_level = graph.op("Reshape", passed, graph.integers([0, len(leaves), n_trees, depth]))
    leaf = graph.op("MatMul", by_level, graph.floats(2.0 ** np.arange(depth)[::-1, np.newaxis]))
    is_in = graph.op("Equal", leaf, graph.floats(np.arange(1 << depth)))
    flat = graph.op("Reshape", graph.cast(is_in, np.float32), graph.integers([0, len(leaves), n_trees << depth]))
    return StackedColumns(graph.op("Transpose", flat, perm=[1, 0, 2]), sources.reshape(len(leaves), -1))


def _tested_numbers(
    graph: OnnxNodes, inputs: Sequence[Sequence[OrderedColumn]], cells: ReadColumns
) -> tuple[str, list[dict[str, int]]]:
    """Add the numbers that trees test, ``(n_rows, n_numbers)``; return them and each encoder's places by column.

    Numbers and dates are the same for all encoders; each has put categories in an order of its own.
    """
    parts = [cells.values] if cells.places else []
    places = [dict(cells.places) for _ in inputs]
    n_numbers = len(cells.places)
    for name, vocabulary in cells.vocabularies.items():
        testing = {at: column for at, own in enumerate(inputs) for column in own if column.name == name}
        if testing:
            every = sample_words(vocabulary)
            table = np.stack([column.numbers(every) for column in testing.values()], 1)
            parts.append(graph.op("Gather", graph.doubles(table), cells.codes_of(graph, name), axis=0))
        for at in testing:
            places[at][name] = n_numbers
            n_numbers += 1
    return graph.concat(parts, 1), places
