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


def onnx_inputs(model: FittedModel, table: Any) -> dict[str, NDArray[Any]]:
    """Return the columns of a table as the graph of a model takes them, each ``(n_rows, 1)``.

    Numbers and dates are read as the model reads them, such as ``1.234,50 €``; words stay as they are written.

    Parameters
    ----------
    model
        The model.
    table
        Anything `as_frame` takes, with the columns of the schema.

    Raises
    ------
    InputError
        If the model does not take the table.
    """
    frame = as_frame(table)
    return inputs_of(model, frame, model.parse(frame))


def inputs_of(model: FittedModel, frame: pl.DataFrame, parsed: ParsedColumns) -> dict[str, NDArray[Any]]:
    """Return `onnx_inputs` of a frame that the model has parsed."""
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
