"""A fitted model as one ONNX graph: raw columns in, labels and probabilities out."""

import json
from typing import TYPE_CHECKING

from demarcate.encoding import ColumnEncoder
from demarcate.errors import ExportError, Problem
from demarcate.export.encoder_parts import ENCODERS_OF_QUANTITIES
from demarcate.export.onnx_decision import at_temperature, decided_labels, label_type
from demarcate.export.onnx_encoding import ReadColumns
from demarcate.export.onnx_networks import mean_probabilities, not_in_graphs
from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.export.onnx_quantities import is_read_as_text, quantities
from demarcate.export.onnx_words import word_codes
from demarcate.formatting import counted, listed, quoted
from demarcate.inference.decision_rule import decision_rule
from demarcate.inference.numpy_predictor import NumpyPredictor

if TYPE_CHECKING:
    from onnx import ModelProto

_ROWS = "rows"


def onnx_graph(model: NumpyPredictor) -> "ModelProto":
    """Return the graph of a model.

    It has an input ``(rows, 1)`` for each column, named as the column is: float64 for numbers, NaN where missing; text
    for all others, empty where missing. Its outputs are ``label`` ``(rows,)`` and ``probabilities``, float64
    ``(rows, n_classes)``; one that a column is named after has ``_`` at its end.

    Raises
    ------
    ExportError
        If the model reads a column of text, which a graph cannot take apart, or has a part that no graph computes yet.
    """
    from onnx import TensorProto, helper

    _check(model)
    names = [column.name for column in model.schema.used]
    graph = OnnxNodes(names)
    label, probabilities = graph.free_name("label"), graph.free_name("probabilities")
    scaled = at_temperature(graph, mean_probabilities(graph, model, _read(graph, model)), model.temperature)
    graph.op("Identity", scaled, output=probabilities)
    decided_labels(graph, model, scaled, label)
    inputs = [
        helper.make_tensor_value_info(
            column.name, TensorProto.STRING if is_read_as_text(column) else TensorProto.DOUBLE, [_ROWS, 1]
        )
        for column in model.schema.used
    ]
    outputs = [
        helper.make_tensor_value_info(label, _label_tensor(model), [_ROWS]),
        helper.make_tensor_value_info(probabilities, TensorProto.DOUBLE, [_ROWS, len(model.classes)]),
    ]
    document = graph.document("demarcate", inputs, outputs)
    document.doc_string = _description(model)
    helper.set_model_props(document, _facts(model))
    return document


def vocabulary_of(model: NumpyPredictor, name: str) -> tuple[str, ...]:
    """Return all text of a column that encoders or trees of a model tell apart, sorted."""
    words: set[str] = set()
    for table in model.encoders:
        words.update(table.encoders[table.columns.index(name)].vocabulary or ())
        if table.leaves is not None:
            words.update(*(own.categories or () for own in table.leaves.inputs if own.name == name))
    return tuple(sorted(words))


def _check(model: NumpyPredictor) -> None:
    """Refuse what a graph does not compute, by name."""
    texts = [column.name for column in model.schema.used if column.kind == "text"]
    if texts:
        columns = f"{'columns' if len(texts) > 1 else 'column'} {listed(texts, write=quoted)}"
        fact = f"An ONNX graph cannot read the text of the {columns}"
        remedy = f"Train without {'them' if len(texts) > 1 else 'it'}: --drop (drop in Python), or serve the model file"
        raise ExportError(str(Problem(fact, remedy)))
    encoders = [encoder for table in model.encoders for encoder in table.encoders]
    unknown = {encoder.kind for encoder in encoders if not (_has_parts(encoder) or encoder.vocabulary is not None)}
    if missing := [*sorted(unknown), *not_in_graphs(model)]:
        fact = f"An ONNX graph does not compute {listed(missing, write=quoted)}"
        raise ExportError(str(Problem(fact, "Choose another encoder, network or activation, or serve the model file")))


def _has_parts(encoder: ColumnEncoder) -> bool:
    return isinstance(encoder, ENCODERS_OF_QUANTITIES)


def _read(graph: OnnxNodes, model: NumpyPredictor) -> ReadColumns:
    values, places = quantities(graph, model.schema.used)
    words = [column for column in model.schema.used if not column.is_quantity]
    vocabularies = {column.name: vocabulary_of(model, column.name) for column in words}
    return ReadColumns(values, places, *word_codes(graph, words, vocabularies), vocabularies)


def _label_tensor(model: NumpyPredictor) -> int:
    from onnx import TensorProto

    types = {str: TensorProto.STRING, bool: TensorProto.BOOL, int: TensorProto.INT64, float: TensorProto.DOUBLE}
    return int(types[label_type(model)])


def _description(model: NumpyPredictor) -> str:
    networks = counted(model.n_members, "network")
    return f"Predicts {quoted(model.target)} by {networks}: raw columns in, label and probabilities out"


def _facts(model: NumpyPredictor) -> dict[str, str]:
    """Return what a program may ask the file: the target, the classes in order, the rule and the kinds of columns."""
    return {
        "target": model.target,
        "classes": json.dumps([str(label) for label in model.classes.tolist()]),
        "decision": decision_rule(model),
        "columns": json.dumps({column.name: column.kind for column in model.schema.used}),
    }
