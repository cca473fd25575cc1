"""Write a model as an ONNX file, after onnxruntime gave its probabilities."""

import os
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import ExportError, Problem
from demarcate.export.export_formats import ExportCheck
from demarcate.export.made_rows import made_rows
from demarcate.export.onnx_decision import exported_labels
from demarcate.export.onnx_graph import onnx_graph
from demarcate.export.onnx_inputs import onnx_inputs
from demarcate.inference.numpy_predictor import NumpyPredictor
from demarcate.io.atomic import write_atomically
from demarcate.tabular.frame import as_frame

TOLERANCE = 1e-5
"""The largest difference between a probability of the graph and of the model."""
_MAX_BYTES = 2**31 - 1
_ERRORS_ONLY = 3


def export_onnx(model: NumpyPredictor, path: str | os.PathLike[str], *, table: Any = None) -> ExportCheck:
    """Write a model as an ONNX file.

    It is compared with the model by onnxruntime on rows made from the schema, and on those of a table, before it takes
    its name.

    Parameters
    ----------
    model
        The model.
    path
        The file.
    table
        Rows to compare on, too: anything that `as_frame` takes.

    Raises
    ------
    ExportError
        If a graph cannot compute the model, or computes other probabilities than it does.
    OutputError
        If the file cannot be written.
    """
    data = onnx_bytes(model)
    check = check_onnx(model, data, table)
    write_atomically(path, data)
    return check


def onnx_bytes(model: NumpyPredictor) -> bytes:
    """Return the ONNX file of a model; raise `ExportError` for one that a graph cannot compute or a file not hold."""
    graph = onnx_graph(model)
    size = graph.ByteSize()
    if size > _MAX_BYTES:
        fact = f"The ONNX file would have {size / 1e9:.1f} GB, and such a file cannot have more than 2"
        raise ExportError(str(Problem(fact, "Fit a smaller model: fewer or narrower networks")))
    data: bytes = graph.SerializeToString()
    return data


def check_onnx(model: NumpyPredictor, data: bytes, table: Any = None) -> ExportCheck:
    """Compare an ONNX file with its model, and return on how many rows it was; raise `ExportError` if they differ."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    n_rows, largest = 0, 0.0
    for rows in (made_rows(model), table):
        if rows is not None:
            probabilities, difference = _difference(model, session, rows)
            n_rows, largest = n_rows + len(probabilities), max(largest, difference)
    return ExportCheck(n_rows, largest)


def _difference(model: NumpyPredictor, session: Any, table: Any) -> tuple[NDArray[np.float64], float]:
    """Return the graph's probabilities, and the largest difference from the model's."""
    frame = as_frame(table)
    with warnings.catch_warnings():
        # Rows outside of what was trained on are meant to be.
        warnings.simplefilter("ignore")
        parsed = model.parse(frame)
    expected = model.probabilities(parsed)
    label, probabilities = (output.name for output in session.get_outputs())
    labels, found = session.run([label, probabilities], onnx_inputs(model, frame, parsed))
    away = np.abs(found - expected).max(1, initial=0.0)
    worst = int(away.argmax()) if len(away) else 0
    if not np.all(away <= TOLERANCE):
        fact = f"The ONNX graph gives other probabilities than the model, by up to {away[worst]:.2g} (row {worst + 1})"
        raise ExportError(str(Problem(fact, "Please report it with the model file; nothing was written")))
    names = exported_labels(model)
    is_same = [
        label in (names[by_graph], names[by_model])
        for label, by_graph, by_model in zip(
            labels.tolist(), model.decisions(found), model.decisions(expected), strict=True
        )
    ]
    if not all(is_same):
        fact = f"The ONNX graph gives another label than the model (row {is_same.index(False) + 1})"
        raise ExportError(str(Problem(fact, "Please report it with the model file; nothing was written")))
    return found, float(away.max(initial=0.0))
