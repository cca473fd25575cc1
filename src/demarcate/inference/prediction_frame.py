"""Predictions as a frame of the library that the table came in."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.formatting import plain_text


def prediction_frame(
    table: Any, labels: NDArray[Any], probabilities: NDArray[np.float64], classes: NDArray[Any]
) -> Any:
    """Return a column ``prediction`` and one ``probability_CLASS`` for each class, in the order of the rows.

    The frame is of the library of ``table``, and has its index in pandas; of a table that is no frame it is polars'.
    """
    import narwhals as nw

    given = nw.from_native(table, eager_only=True, pass_through=True)
    backend = given.implementation if isinstance(given, nw.DataFrame) else "polars"
    columns = {"prediction": _plain(labels), **class_columns("probability", probabilities, classes)}
    frame = nw.from_dict(columns, backend=backend).to_native()
    if hasattr(table, "index") and hasattr(frame, "set_axis"):
        frame = frame.set_axis(table.index, axis=0)
    return frame


def class_columns(name: str, numbers: NDArray[np.float64], classes: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """Return numbers of each row and class, ``(n_rows, n_classes)``, as columns ``NAME_CLASS``."""
    return {f"{name}_{plain_text(label)}": numbers[:, place] for place, label in enumerate(classes.tolist())}


def _plain(labels: NDArray[Any]) -> list[Any]:
    """Return labels as a column holds them: whole numbers of any size as text, where they are no 64-bit numbers."""
    values: list[Any] = labels.tolist()
    if any(type(value) is int and not -(2**63) <= value < 2**63 for value in values):
        return [None if value is None else str(value) for value in values]
    return values
