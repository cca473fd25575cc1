"""Predictions as people and programs read them."""

import json
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

if TYPE_CHECKING:
    from demarcate.predictor import Predictor


def as_table(classes: NDArray[Any], labels: NDArray[Any], probabilities: NDArray[np.float64]) -> pl.DataFrame:
    """A column ``prediction`` and a column ``probability_CLASS`` for each class, in the order of the rows.

    Examples
    --------
    >>> as_table(np.array(["a", "b"]), np.array(["b"]), np.array([[0.2, 0.8]])).columns
    ['prediction', 'probability_a', 'probability_b']
    """
    columns = {f"probability_{label}": probabilities[:, index] for index, label in enumerate(classes.tolist())}
    return pl.DataFrame({"prediction": labels.tolist(), **columns})


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
