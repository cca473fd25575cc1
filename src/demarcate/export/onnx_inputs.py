"""A table as the inputs of a model's ONNX graph."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from demarcate.export.onnx_quantities import is_read_as_text
from demarcate.inference import FittedModel
from demarcate.tabular.date_formats import NUMBER_FORMATS
from demarcate.tabular.frame import as_frame
from demarcate.tabular.frame_libraries import polars as pl
from demarcate.tabular.schema import ParsedColumns
from demarcate.tabular.schema_column import Column


def inputs_for_onnx(model: Any, table: Any) -> dict[str, NDArray[Any]]:
    """Return a table as the inputs of a model's ONNX graph, each ``(n_rows, 1)``.

    Parameters
    ----------
    model
        A fitted `DemarcateClassifier`, or a model that `demarcate.load` returned.
    table
        Anything that `as_frame` takes, with the columns of the model in any order and as tables write their cells:
        ``1.234,50 €`` becomes a number, ``31.12.2024`` text in ISO 8601.

    Raises
    ------
    InputError
        If columns are missing or a cell does not fit its column.

    Examples
    --------
    >>> from demarcate import DemarcateClassifier, datasets
    >>> classifier = DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(*datasets.moons(n_samples=40))
    >>> inputs_for_onnx(classifier, {"x1": ["0.5"], "x2": [None]})
    {'x1': array([[0.5]]), 'x2': array([[nan]])}
    """
    fitted: FittedModel = getattr(model, "predictor_", model)
    frame = as_frame(table)
    return onnx_inputs(fitted, frame, fitted.parse(frame))


def onnx_inputs(model: FittedModel, frame: pl.DataFrame, parsed: ParsedColumns) -> dict[str, NDArray[Any]]:
    """Return the cells of a frame, which the model has parsed, as its graph takes them, each column ``(n_rows, 1)``.

    Numbers and dates are as the model read them, such as ``1.234,50 €``; words are as they are written.
    """
    return {
        column.name: _input(column, frame[column.name], parsed[column.name])[:, np.newaxis]
        for column in model.schema.used
    }


def _input(column: Column, cells: pl.Series, values: Any) -> NDArray[Any]:
    if not is_read_as_text(column):
        return np.asarray(values if column.kind == "numerical" else _counted(column, values))
    text = [_iso(seconds) for seconds in values] if column.is_quantity else _written(cells)
    return np.array(text, dtype=object)


def _written(cells: pl.Series) -> list[str]:
    known = cells.fill_nan(None) if cells.dtype == pl.Float64 else cells
    return known.cast(pl.String).fill_null("").to_list()


def _counted(column: Column, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    _, unit, zero = NUMBER_FORMATS[column.date_format]
    return (seconds - zero) / unit


def _iso(seconds: float) -> str:
    return "" if np.isnan(seconds) else str(np.datetime64(round(seconds * 1e6), "us"))
