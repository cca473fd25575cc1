"""What a page has to know of a model besides its graph: columns, how cells are written, classes."""

from typing import Any

from demarcate.export.onnx_decision import exported_labels
from demarcate.export.onnx_quantities import is_read_as_text
from demarcate.inference import FittedModel
from demarcate.inference.decision_rule import decision_rule
from demarcate.inference.example_row import example_row
from demarcate.tabular.date_formats import NUMBER_FORMATS
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRange

_SIGNIFICANT = 3


def web_facts(model: FittedModel) -> dict[str, Any]:
    """Return JSON-ready facts; `facts.js` has their types."""
    ranges = {} if model.trained_on is None else model.trained_on.ranges
    labels, example = exported_labels(model), example_row(model)
    return {
        "target": model.target,
        "classes": [str(label) for label in model.classes.tolist()],
        # As JavaScript compares them: truth is a byte, and whole numbers have more digits than its numbers.
        "labels": [
            int(label) if isinstance(label, bool) else str(label) if isinstance(label, int) else label
            for label in labels
        ],
        "rule": decision_rule(model),
        "columns": [
            _column_facts(column, ranges.get(column.name), example[column.name]) for column in model.schema.used
        ],
    }


def _column_facts(column: Column, trained: TrainedRange | None, example: Any) -> dict[str, Any]:
    count = NUMBER_FORMATS.get(column.date_format)
    return {
        "name": column.name,
        "kind": column.kind,
        "isText": is_read_as_text(column),
        "categories": list(column.categories),
        "low": None if trained is None else trained.least,
        "high": None if trained is None else trained.greatest,
        "missing": list(column.missing),
        "number": column.number_format.to_json(),
        "dateFormat": "" if count else column.date_format,
        "count": None if count is None else {"unit": count[1], "zero": count[2]},
        "example": _written(column, example),
    }


def _written(column: Column, value: Any) -> str:
    """Return a plain value as a cell of the column; empty, which is missing, where there is none."""
    if value is None or isinstance(value, str):
        return (value or "").partition(" ")[0] if column.kind == "date" else value or ""
    if column.number_format.notation == "duration":
        hours, rest = divmod(round(abs(value)), 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    text = str(value) if isinstance(value, int) else f"{value:.{_SIGNIFICANT}g}"
    return text.replace(".", column.number_format.decimal)
