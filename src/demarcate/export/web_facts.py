"""What a page has to know of a model besides its graph: columns, how cells are written, classes."""

from typing import Any

from demarcate.export.onnx_decision import exported_labels
from demarcate.export.onnx_quantities import is_read_as_text
from demarcate.inference import FittedModel
from demarcate.inference.decision_rule import decision_rule
from demarcate.tabular.date_formats import NUMBER_FORMATS
from demarcate.tabular.schema_column import Column
from demarcate.tabular.timestamps import format_timestamp
from demarcate.tabular.trained_range import TrainedRange

_SIGNIFICANT = 3


def web_facts(model: FittedModel) -> dict[str, Any]:
    """Return JSON-ready facts; `facts.js` has their types."""
    ranges = {} if model.trained_on is None else model.trained_on.ranges
    labels = exported_labels(model)
    return {
        "target": model.target,
        "classes": [str(label) for label in model.classes.tolist()],
        # As JavaScript compares them: truth is a byte, and whole numbers have more digits than its numbers.
        "labels": [
            int(label) if isinstance(label, bool) else str(label) if isinstance(label, int) else label
            for label in labels
        ],
        "rule": decision_rule(model),
        "columns": [_column_facts(column, ranges.get(column.name)) for column in model.schema.used],
    }


def _column_facts(column: Column, trained: TrainedRange | None) -> dict[str, Any]:
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
        "example": _example(column, trained),
    }


def _example(column: Column, trained: TrainedRange | None) -> str:
    """Return a usual cell, as the column writes it; empty, which is missing, where none is known."""
    if column.kind == "boolean":
        return "true"
    if not column.is_quantity:
        return column.categories[0] if column.categories else ""
    if trained is None:
        return ""
    middle = trained.lower_decile / 2 + trained.upper_decile / 2
    if column.kind == "date":
        return format_timestamp(middle)[:10]
    if column.number_format.notation == "duration":
        hours, rest = divmod(round(middle), 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if middle >= 0 else ""
    is_whole = trained.least == round(trained.least) and trained.greatest == round(trained.greatest)
    text = f"{round(middle)}" if is_whole and abs(middle) < 1 / 1e-15 else f"{middle:.{_SIGNIFICANT}g}"
    return text.replace(".", column.number_format.decimal)
