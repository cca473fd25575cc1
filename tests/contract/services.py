"""Tables of the corpus as bodies of requests to the service."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from demarcate.bundle.array_model import build_numpy_predictor
from demarcate.bundle.document import to_document
from demarcate.bundle.format import encode
from demarcate.bundle.read_model import parse_model_file
from demarcate.inference import NumpyPredictor, Predictor
from demarcate.serving.bodies import ARROW, CSV, JSON, PARQUET

KINDS = {"csv": CSV, "jsonl": JSON, "parquet": PARQUET, "arrow": ARROW}
"""The kind of body for each form that is a file; the service unpacks and guesses nothing."""


def numpy_model(predictor: Predictor) -> NumpyPredictor:
    """Return a model as the service reads it from a file."""
    file = parse_model_file(encode(*to_document(predictor)))
    return build_numpy_predictor(file.spec, file.tensors)


def bodies_of(forms: Iterable[str], folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the bodies, with their kinds, of the files that these forms have written."""
    for form in forms:
        if form in KINDS:
            content = (folder / f"table.{form}").read_bytes()
            if form == "jsonl":
                lines = [line for line in content.split(b"\n") if line.strip()]
                content = b'{"rows": [' + b", ".join(lines) + b"]}"
            yield KINDS[form], content


def service_answer(ask: Any, app: Any, kind: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """Return the status and the document of an answer."""
    status, _, answer = ask(app, "POST", "/predict", body, content_type=kind, accept=JSON)
    return status, json.loads(answer)


def service_probabilities(ask: Any, app: Any, kind: str, body: bytes) -> np.ndarray:
    """Return the probabilities that the service answers, ``(n_rows, n_classes)``."""
    status, said = service_answer(ask, app, kind, body)
    assert status == 200, (kind, said)
    return np.array([list(row["probabilities"].values()) for row in said["predictions"]])
