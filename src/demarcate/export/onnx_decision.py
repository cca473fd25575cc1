"""From mean probabilities to labels in an ONNX graph: temperature, threshold, costs and abstaining."""

from typing import Any

import numpy as np

from demarcate.evaluation.costs import TIE_TOLERANCE, Costs
from demarcate.export.onnx_nodes import OnnxNodes
from demarcate.inference import FittedModel
from demarcate.tabular.positive_class import positive_or_second

NO_LABEL = ""
"""The label of a row that the model does not decide."""


def at_temperature(graph: OnnxNodes, probabilities: str, temperature: float | None) -> str:
    """Add the scaling of probabilities ``(n_rows, n_classes)``."""
    if temperature is None:
        return probabilities
    largest = graph.op("ReduceMax", probabilities, graph.integers([1]))
    powers = graph.op("Pow", graph.op("Div", probabilities, largest), graph.doubles(1 / temperature))
    return graph.op("Div", powers, graph.op("ReduceSum", powers, graph.integers([1])))


def decided_labels(graph: OnnxNodes, model: FittedModel, probabilities: str, output: str) -> None:
    """Add the decisions; the labels ``(n_rows,)`` are the output."""
    labels = exported_labels(model)
    is_text = label_type(model) is str
    names = graph.texts(labels) if is_text else graph.numbers(labels, np.asarray(labels).dtype)
    graph.op("Gather", names, _decisions(graph, model, probabilities), axis=0, output=output)


def label_type(model: FittedModel) -> type[str | bool | int | float]:
    """Return the type of the labels in a graph: that of the classes, or else text."""
    return type(exported_labels(model)[0])


def exported_labels(model: FittedModel) -> list[Any]:
    """Return the labels that a graph gives, by the code of the decision; the last is that of no decision, if any.

    Dates and decimals are text, and all labels where the model may leave a row undecided.
    """
    classes: list[Any] = model.classes.tolist()
    may_abstain = model.costs is not None and model.costs.abstain is not None
    if not may_abstain and all(map(_is_plain, classes)):
        return classes
    return [*map(str, classes), *([NO_LABEL] if may_abstain else [])]


def _is_plain(label: Any) -> bool:
    return abs(label) < 2**63 if type(label) is int else type(label) in (str, bool, float)


def _decisions(graph: OnnxNodes, model: FittedModel, probabilities: str) -> str:
    """Add the code of each row's label, the number of classes where there is none, int64 ``(n_rows,)``."""
    if model.costs is not None:
        return _least_cost(graph, model.costs, probabilities)
    if model.threshold is None:
        return graph.op("ArgMax", probabilities, axis=1, keepdims=0)
    positive = positive_or_second(model.positive)
    is_positive = graph.op("GreaterOrEqual", graph.pick(probabilities, positive, 1), graph.doubles(model.threshold))
    return graph.op("Where", is_positive, graph.integers(positive), graph.integers(1 - positive))


def _least_cost(graph: OnnxNodes, costs: Costs, probabilities: str) -> str:
    """Add the decisions of `Costs.decide`."""
    expected = graph.op("MatMul", probabilities, graph.doubles(costs.matrix))
    least = graph.op("ReduceMin", expected, graph.integers([1]))
    is_least = graph.op("LessOrEqual", expected, graph.op("Mul", least, graph.doubles(1 + TIE_TOLERANCE)))
    candidates = graph.op("Where", is_least, probabilities, graph.doubles(-1.0))
    decision = graph.op("ArgMax", candidates, axis=1, keepdims=0)
    if costs.abstain is None:
        return decision
    least = graph.op("Reshape", least, graph.integers([-1]))
    bound = graph.op("Mul", least, graph.doubles(1 - TIE_TOLERANCE))
    abstains = graph.op("Less", graph.doubles(costs.abstain), bound)
    return graph.op("Where", abstains, graph.integers(len(costs.matrix)), decision)
