"""A model as a program of `torch.export`: one file that PyTorch runs, or compiles, without the code it was made of."""

import io
import json
import os
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from demarcate.errors import ExportError
from demarcate.export.export_formats import ExportCheck
from demarcate.export.pytorch_folder import compared, compared_rows, folder_files, load_folder
from demarcate.inference import NumpyPredictor
from demarcate.io.atomic import check_writable, write_atomically

INPUTS_FILE = "inputs.json"
"""The name, in the file, of what the program's inputs and outputs are."""


def export_torch_program(model: NumpyPredictor, path: str | os.PathLike[str], *, table: Any = None) -> ExportCheck:
    """Write a model as a program of `torch.export`, for any number of rows.

    Its inputs are ``numbers``, float64 ``(n_rows, n_numbers)`` with NaN for a missing cell, and ``codes``, int64
    ``(n_rows, n_words)``; its output are the probabilities, float64 ``(n_rows, n_classes)``. The file says which column
    is which, and the code of each category: ``inputs.json``, one of the ``extra_files`` of `torch.export.load`.

    Parameters
    ----------
    model
        The model.
    path
        The file, usually with the ending ``.pt2``.
    table
        Rows on which to compare both, beside those made from the schema.

    Returns
    -------
    ExportCheck
        On how many rows both were compared, and the largest difference between their probabilities.

    Raises
    ------
    ExportError
        If the model reads text, or the program computes other probabilities.
    OutputError
        If the file cannot be written. An existing file is then unchanged.
    """
    import torch

    texts = [column.name for column in model.schema.used if column.kind == "text"]
    if texts:
        fact = f"A program of torch.export reads numbers, and column {texts[0]!r} is text"
        raise ExportError(f"{fact}. Export to pytorch, whose model reads texts too.")
    check_writable(path)
    rows, expected = compared_rows(model, table)
    with tempfile.TemporaryDirectory(prefix="demarcate-export-") as name:
        folder = Path(name)
        for file, data in folder_files(model, rows[:1], expected[:1]).items():
            (folder / file).write_bytes(data)
        network = load_folder(folder).requires_grad_(requires_grad=False)
    numbers, codes = network.read(rows)
    n_rows = torch.export.Dim("n_rows", min=1)
    with warnings.catch_warnings():
        # Of torch's own parts.
        warnings.simplefilter("ignore", (DeprecationWarning, FutureWarning))
        program = torch.export.export(network, (numbers, codes), dynamic_shapes=({0: n_rows}, {0: n_rows}))
    buffer = io.BytesIO()
    torch.export.save(program, buffer, extra_files={INPUTS_FILE: json.dumps(_inputs(model, network), indent=1)})
    check = ExportCheck(0, 0.0)

    def verify(file: Path) -> None:
        nonlocal check
        loaded = torch.export.load(io.BytesIO(file.read_bytes())).module()
        parts = [loaded(numbers[rows], codes[rows]) for rows in (slice(0, 1), slice(1, None))]
        check = compared(np.concatenate([part.detach().numpy() for part in parts]), expected)

    write_atomically(path, buffer.getvalue(), verify)
    return check


def _inputs(model: NumpyPredictor, network: Any) -> dict[str, Any]:
    """Return which column each input is, and what the output means."""
    readers = {reader.name: reader for reader in network.columns}
    numbers, codes = [], []
    for column in model.schema.used:
        reader = readers[column.name]
        if reader.goes_to == "numbers":
            unit = "seconds since 1970-01-01 UTC" if column.kind == "date" else "number"
            numbers.append({"column": column.name, "unit": unit, "missing": "NaN"})
        else:
            others = len(reader.categories)
            categories = {category: code for code, category in enumerate(reader.categories)}
            codes.append({"column": column.name, "codes": categories, "other": others, "missing": others + 1})
    costs = None if model.costs is None else {"matrix": model.costs.matrix.tolist(), "abstain": model.costs.abstain}
    return {
        "numbers": numbers,
        "codes": codes,
        "target": model.target,
        "classes": [str(label) for label in model.classes.tolist()],
        "decision": {"threshold": model.threshold, "positive": model.positive, "costs": costs},
    }
