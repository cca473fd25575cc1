"""A model as a folder of plain PyTorch: code, weights, a script and a test."""

import json
import os
import struct
import sys
from collections.abc import Mapping, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.errors import ExportError, collected_warnings
from demarcate.export.export_formats import ExportCheck
from demarcate.export.made_rows import made_rows
from demarcate.export.pytorch_columns import PlainColumns
from demarcate.export.pytorch_files import PREDICT, TEST, readme
from demarcate.export.pytorch_source import model_source
from demarcate.inference import NumpyPredictor
from demarcate.io.atomic_folder import check_free, write_folder
from demarcate.nn import family_of
from demarcate.tabular.frame import as_frame

TOLERANCE = 1e-5
"""The largest difference between probabilities, of float32 networks computed in another order."""
N_EXPECTED = 20
"""Rows that the folder's own test compares."""
_DTYPES = {"f8": "F64", "f4": "F32", "i8": "I64"}
_MODULE = "demarcate_exported_model"


def export_pytorch(model: NumpyPredictor, path: str | os.PathLike[str], *, table: Any = None) -> ExportCheck:
    """Write a model as a new folder of plain PyTorch, which needs no demarcate.

    Parameters
    ----------
    model
        The model.
    path
        The folder, which is new or empty.
    table
        Rows on which to compare both, beside those made from the schema.

    Returns
    -------
    ExportCheck
        On how many rows both were compared, and the largest difference between their probabilities.

    Raises
    ------
    ExportError
        If plain PyTorch does not read a column of the model, or computes other probabilities.
    OutputError
        If the folder cannot be written, or has files.
    """
    check_free(path)
    rows, expected = compared_rows(model, table)
    check = ExportCheck(0, 0.0)

    def verify(folder: Path) -> None:
        nonlocal check
        check = compared(load_folder(folder).probabilities(rows), expected)

    write_folder(path, folder_files(model, rows[:N_EXPECTED], expected[:N_EXPECTED]), verify)
    return check


def compared_rows(model: NumpyPredictor, table: Any) -> tuple[list[dict[str, Any]], NDArray[np.float64]]:
    """Return the rows on which both are compared, made from the schema and of a table, and the model's probabilities.

    They are ``(n_rows, n_classes)``.
    """
    parts = [as_frame(part) for part in (made_rows(model), table) if part is not None]
    with collected_warnings():  # of cells that are odd on purpose
        probabilities = [model.predict_proba(part) for part in parts]
    used = [column.name for column in model.schema.used]
    rows = [row for part in parts for row in part.select(used).to_dicts()]
    return rows, np.concatenate(probabilities)


def compared(found: NDArray[np.float64], expected: NDArray[np.float64]) -> ExportCheck:
    """Return how far probabilities ``(n_rows, n_classes)`` are from those expected; raise ExportError if too far."""
    apart = np.abs(found - expected).max(1)
    if not (apart <= TOLERANCE).all():
        row = int(np.nan_to_num(apart, nan=np.inf).argmax())
        fact = f"Probabilities of row {row + 1} made from the schema differ by {apart[row]:.2g}"
        raise ExportError(
            f"{fact}, more than {TOLERANCE:g}. Report it with the model file, and export to another format."
        )
    return ExportCheck(len(found), float(apart.max()))


def folder_files(
    model: NumpyPredictor, rows: Sequence[Mapping[str, Any]], probabilities: NDArray[np.float64]
) -> dict[str, bytes]:
    """Return the files of the folder by name; ``probabilities`` are those of ``rows``, which its test compares."""
    columns = PlainColumns.of(model)
    labels = [None if label is None else str(label) for label in model.decide(probabilities).tolist()]
    cells = [{name: _json_cell(cell) for name, cell in row.items()} for row in rows]
    expected = {"rows": cells, "probabilities": probabilities.tolist(), "labels": labels}
    return {
        "model.py": model_source(model, columns).encode(),
        "weights.safetensors": safetensors(columns.tensors | network_tensors(model)),
        "predict.py": PREDICT.encode(),
        "test_model.py": TEST.encode(),
        "expected.json": json.dumps(expected, ensure_ascii=False, indent=1).encode(),
        "README.md": readme(model),
    }


def network_tensors(model: NumpyPredictor) -> dict[str, NDArray[Any]]:
    """Return the parameters of all networks, by their names in the module."""
    return {
        f"networks.{number}.{name}": tensor
        for number, (network, state) in enumerate(zip(model.networks, model.states, strict=True))
        for names, layer in zip(family_of(network).tensor_names(network), state, strict=True)
        for name, tensor in zip(names, layer, strict=True)
    }


def safetensors(tensors: Mapping[str, NDArray[Any]]) -> bytes:
    """Return the bytes of a safetensors file: wide numbers first, so that all are aligned."""
    header, parts, begin = {}, [], 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])):
        data = np.ascontiguousarray(tensor, dtype=tensor.dtype.newbyteorder("<")).tobytes()
        dtype = _DTYPES[tensor.dtype.str[1:]]
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [begin, begin + len(data)]}
        parts.append(data)
        begin += len(data)
    text = json.dumps(header).encode("ascii")
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *parts])


def load_folder(folder: Path) -> Any:
    """Return the model in a folder that was just written, by its own code."""
    spec = spec_from_file_location(_MODULE, folder / "model.py")
    assert spec is not None, "there is a file of that name"
    assert spec.loader is not None, "Python files have a loader"
    module = module_from_spec(spec)
    # Dataclasses look their module up by its name.
    sys.modules[_MODULE] = module
    try:
        spec.loader.exec_module(module)
        return module.load(folder)
    finally:
        del sys.modules[_MODULE]


def _json_cell(cell: Any) -> Any:
    """Return a cell as JSON can hold it."""
    if isinstance(cell, float) and not np.isfinite(cell):
        return None if np.isnan(cell) else str(cell)
    return cell if cell is None or isinstance(cell, str | int | float | bool) else str(cell)
