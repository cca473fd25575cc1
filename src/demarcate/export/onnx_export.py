"""Write a model as an ONNX file, after onnxruntime gave its probabilities."""

import os
import warnings
from collections.abc import Mapping
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
from demarcate.tabular.frame_libraries import polars as pl

TOLERANCE = 1e-5
"""The largest difference between a probability of the graph and of the model."""
_MAX_BYTES = 2**31 - 1
_FATAL_ONLY = 4
_BLOCK_ROWS = 2048


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
    tables = [as_frame(rows) for rows in (made_rows(model), table) if rows is not None]
    return ExportCheck(sum(map(len, tables)), max(_difference(model, data, rows) for rows in tables))


def _difference(model: NumpyPredictor, data: bytes, frame: pl.DataFrame) -> float:
    """Return the largest difference of the graph's probabilities from the model's."""
    with warnings.catch_warnings():
        # Rows outside of what was trained on are meant to be.
        warnings.simplefilter("ignore")
        parsed = model.parse(frame)
    expected = model.probabilities(parsed)
    labels, found = _outputs(data, onnx_inputs(model, frame, parsed))
    away = np.abs(found - expected).max(1, initial=0.0)
    if not np.all(away <= TOLERANCE):
        worst = int(np.nan_to_num(away, nan=np.inf).argmax())
        fact = f"The ONNX graph gives other probabilities than the model, by up to {away[worst]:.2g}"
        raise _fault(f"{fact} (row {worst + 1})")
    names = exported_labels(model)
    # Where probabilities tie, or nearly so, both decisions are right.
    codes = zip(model.decisions(found).tolist(), model.decisions(expected).tolist(), strict=True)
    is_same = [label in (names[one], names[other]) for label, (one, other) in zip(labels.tolist(), codes, strict=True)]
    if not all(is_same):
        raise _fault(f"The ONNX graph gives another label than the model (row {is_same.index(False) + 1})")
    return float(away.max(initial=0.0))


def _outputs(data: bytes, inputs: Mapping[str, NDArray[Any]]) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return the labels and the probabilities that onnxruntime computes."""
    import onnxruntime

    options, n_rows = onnxruntime.SessionOptions(), len(next(iter(inputs.values())))
    options.log_severity_level = _FATAL_ONLY
    blocks = [slice(start, start + _BLOCK_ROWS) for start in range(0, n_rows, _BLOCK_ROWS)]
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        parts = [session.run(None, {name: cells[rows] for name, cells in inputs.items()}) for rows in blocks]
    except Exception as error:  # its errors have no class in common
        raise _fault(f"onnxruntime does not run the ONNX graph ({error})") from error
    labels, probabilities = map(np.concatenate, zip(*parts, strict=True))
    return labels, probabilities


def _fault(fact: str) -> ExportError:
    return ExportError(str(Problem(fact, "Nothing was written. Please report it, with the model file if you can")))
