"""What a JSON body may be, as JSON Schema: whatever the schema allows is predicted."""

import re
from typing import Any

from demarcate.evaluation.costs import MAX_COST
from demarcate.formatting import plain_text, quoted
from demarcate.inference import FittedModel
from demarcate.inference.example_row import example_row, middle_value, plain_quantity
from demarcate.serving.answers import json_labels
from demarcate.serving.request_options import KEYS
from demarcate.serving.served_model import ServedModel
from demarcate.tabular.number_format import PLAIN
from demarcate.tabular.schema_column import Column
from demarcate.tabular.trained_range import TrainedRange

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER_TEXT = r"^ *([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?)? *$"
_LEAP_YEAR = "(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)"
_DAY = (
    "(?:[1-9][0-9]{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)"
    f"|(?:0[13578]|1[02])-31)|{_LEAP_YEAR}-02-29)"
)
_DATE_TEXT = f"^(?:{_DAY}(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\\.[0-9]{{1,6}})?)?Z?)?)?$"
"""A day, with a time or without, of the years 1000 to 9999; or nothing."""
_NAME = r"^(?!\*$)(?!\^[\s\S]*\$$)[^\s](?:[\s\S]*[^\s])?$"
"""A name without surrounding space that is no pattern of polars."""
_PLAIN_LABEL = re.compile(r"[A-Za-z0-9_.-]+")
"""A label that a pattern can hold."""
_MAX_EXAMPLES, _MAX_COST_CLASSES = 20, 10
_PLAIN_TYPES = ["string", "number", "boolean", "null"]


def body_schema(served: ServedModel) -> dict[str, Any]:
    """Return the JSON Schema of a body for a model, with an example.

    The keywords that begin with ``x-`` are for forms: a column's kind, all its categories, and the values that most of
    its training rows had.
    """
    return {
        "$schema": DIALECT,
        "title": f"Rows to predict {quoted(served.model.target)} for",
        "type": "object",
        "properties": {
            "rows": {
                "type": "array",
                "minItems": 1,
                "items": row_schema(served.model),
                "description": "The rows, each an object of cells by column.",
            },
            **_option_schemas(served.model),
        },
        "required": ["rows"],
        "dependentRequired": {"set_per_class": ["set"]},
        "additionalProperties": False,
        "examples": [{"rows": [example_row(served.model)]}],
        "x-target": served.model.target,
        "x-classes": json_labels(served.model.classes),
        "x-model": {"name": served.name, "version": served.version},
    }


def _option_schemas(model: FittedModel) -> dict[str, Any]:
    """Return the schemas of the options that the model can do; more costs are read than a schema can tell."""
    schemas: dict[str, Any] = {key.name: {"description": key.meaning, **key.schema} for key in KEYS}
    labels = json_labels(model.classes)
    if model.conformal is None:
        del schemas["set"], schemas["set_per_class"]
    if len(labels) != 2:
        del schemas["positive"]
    else:
        schemas["positive"] = {"description": schemas["positive"]["description"], "enum": labels}
    schemas["abstain"]["maximum"] = MAX_COST
    texts = [plain_text(label) for label in labels]
    names = [re.escape(text) for text in texts if _PLAIN_LABEL.fullmatch(text)]
    if len(names) < len(texts) or len(names) > _MAX_COST_CLASSES:
        schemas["cost"] |= {"type": "string", "maxLength": 0}
    else:
        pairs = "|".join(f"{true}:{decided}" for true in names for decided in names if true != decided)
        schemas["cost"] |= {"type": "string", "pattern": f"^(?:{pairs})=[1-9][0-9]{{0,5}}$"}
        schemas["cost"]["examples"] = [f"{texts[0]}:{texts[1]}=2"]
    return schemas


def row_schema(model: FittedModel) -> dict[str, Any]:
    """Return the JSON Schema of one row."""
    ranges = {} if model.trained_on is None else model.trained_on.ranges
    used = model.schema.used
    return {
        "type": "object",
        "properties": {column.name: column_schema(column, ranges.get(column.name)) for column in used},
        "required": [column.name for column in used],
        "additionalProperties": {"type": _PLAIN_TYPES, "description": "Other columns are not used."},
        "propertyNames": {"pattern": _NAME},
    }


def column_schema(column: Column, trained: TrainedRange | None = None) -> dict[str, Any]:
    """Return the JSON Schema of a cell; null is a missing one."""
    schema: dict[str, Any] = {"x-kind": column.kind}
    match column.kind:
        case "numerical":
            text = [] if column.is_written_unusually else [{"type": "string", "pattern": _NUMBER_TEXT}]
            schema |= {"anyOf": [{"type": ["number", "null"]}, *text]}
            says = "A number."
            if column.number_format != PLAIN:
                says = "A number; text that is written as in training is read too."
        case "date":
            schema |= {"anyOf": [{"type": "null"}, {"type": "string", "pattern": _DATE_TEXT}]}
            says = "A date as in ISO 8601, such as 2024-12-31; text that is written as in training is read too."
        case "text":
            schema |= {"type": ["string", "null"]}
            says = "Text."
        case _:
            words = list(column.categories)
            schema |= {"type": _PLAIN_TYPES, "x-categories": words, "examples": words[:_MAX_EXAMPLES]}
            says = f"One of {len(words):,} categories; any other one is read as 'other'." if words else "A word."
    if trained is not None:
        least, greatest = (column.written(value) for value in (trained.least, trained.greatest))
        says += f" Trained on {least} to {greatest}."
        schema["x-range"] = [plain_quantity(column, value) for value in (trained.least, trained.greatest)]
        schema["examples"] = [middle_value(column, trained)]
    return {**schema, "description": says}
