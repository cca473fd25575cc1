"""A row to begin with, much as the training rows were, for forms and documents."""

from typing import Any

from demarcate.inference.fitted_model import FittedModel
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRange

_WHOLE = 2**53


def example_row(model: FittedModel) -> dict[str, Any]:
    """Return a row much as those that the model was trained on, as plain values by column; None is missing."""
    ranges = {} if model.trained_on is None else model.trained_on.ranges
    return {column.name: _example_cell(column, ranges.get(column.name)) for column in model.schema.used}


def middle_value(column: Column, trained: TrainedRange) -> Any:
    """Return a plain value between the deciles of the training rows, whole where both are."""
    low, high = trained.lower_decile, trained.upper_decile
    middle = low / 2 + high / 2
    if low.is_integer() and high.is_integer() and abs(middle) < _WHOLE:
        middle = float(round(middle))
    return plain_quantity(column, middle)


def plain_quantity(column: Column, value: float) -> Any:
    """Return a quantity as a plain value: a date as text."""
    if column.kind == "date":
        return column.written(value)
    return int(value) if value.is_integer() and abs(value) < _WHOLE else value


def _example_cell(column: Column, trained: TrainedRange | None) -> Any:
    if column.is_quantity:
        return None if trained is None else middle_value(column, trained)
    if column.kind == "text":
        return "some words"
    return column.categories[0] if column.categories else None
