"""Predictions as people and programs read them."""

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from demarcate.bundle import check_writable, write_atomically
from demarcate.cli.guard import UsageError

if TYPE_CHECKING:
    from demarcate.predictor import Predictor

_WRITERS = {
    ".csv": lambda frame, file: frame.write_csv(file),
    ".tsv": lambda frame, file: frame.write_csv(file, separator="\t"),
    ".parquet": lambda frame, file: frame.write_parquet(file),
    ".jsonl": lambda frame, file: frame.write_ndjson(file),
}


def check_writable_as_table(out: str) -> None:
    """Refuse an output file before the work, not after it."""
    if Path(out).suffix.lower() not in _WRITERS:
        raise UsageError(f"--out takes a file that ends in {', '.join(_WRITERS)}: got {out!r}")
    check_writable(out)


def as_table(classes: NDArray[Any], labels: NDArray[Any], probabilities: NDArray[np.float64]) -> pl.DataFrame:
    """A column ``prediction`` and a column ``probability_CLASS`` for each class, in the order of the rows.

    Examples
    --------
    >>> as_table(np.array(["a", "b"]), np.array(["b"]), np.array([[0.2, 0.8]])).columns
    ['prediction', 'probability_a', 'probability_b']
    """
    columns = {f"probability_{label}": probabilities[:, index] for index, label in enumerate(classes.tolist())}
    return pl.DataFrame({"prediction": labels.tolist(), **columns})


def write(out: Path, classes: NDArray[Any], labels: NDArray[Any], probabilities: NDArray[np.float64]) -> None:
    """Write predictions to a file of the format its name ends in, whole or not at all."""
    buffer = io.BytesIO()
    _WRITERS[out.suffix.lower()](as_table(classes, labels, probabilities), buffer)
    write_atomically(out, buffer.getvalue())


def print_csv(classes: NDArray[Any], labels: NDArray[Any], probabilities: NDArray[np.float64]) -> None:
    """Predictions as CSV on standard output."""
    sys.stdout.write(as_table(classes, labels, probabilities).write_csv())


def print_json(predictor: "Predictor", labels: NDArray[Any], probabilities: NDArray[np.float64]) -> None:
    """Predictions as one JSON object on standard output."""
    names = [str(label) for label in predictor.classes.tolist()]
    rows = [
        {"prediction": label, "probabilities": dict(zip(names, row, strict=True))}
        for label, row in zip(labels.tolist(), probabilities.tolist(), strict=True)
    ]
    print(json.dumps({"target": predictor.target, "predictions": rows}, allow_nan=False))


def in_words(predictor: "Predictor", label: Any, probabilities: NDArray[np.float64]) -> str:
    """One row's probabilities in words, the predicted class first: a probability, not a verdict."""
    order = np.argsort(-probabilities, kind="stable")
    lines = [f"P({predictor.target} = {predictor.classes[index]}) = {probabilities[index]:.3f}" for index in order]
    return "\n".join([*lines, f"prediction: {label}"])
