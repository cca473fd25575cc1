"""What a JSON body may be, as JSON Schema: whatever the schema allows is predicted."""

from typing import Any

from demarcate.evaluation.costs import MAX_COST
from demarcate.formatting import plain_text, quoted
from demarcate.inference import FittedModel
from demarcate.inference.example_row import example_row, middle_value, plain_quantity
from demarcate.serving.answers import json_labels
from demarcate.serving.cost_schema import cost_examples, cost_schema, default_positive
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
_MAX_EXAMPLES = 20
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
            **option_schemas(served.model),
        },
        "required": ["rows"],
        "allOf": option_rules(served.model),
        "additionalProperties": False,
        "examples": [{"rows": [example_row(served.model)]}],
        "x-target": served.model.target,
        "x-classes": json_labels(served.model.classes),
        "x-model": {"name": served.name, "version": served.version},
    }


def option_schemas(model: FittedModel) -> dict[str, Any]:
    """Return the schemas of the options that the model can do; null is the same as leaving one out."""
    schemas: dict[str, Any] = {key.name: {"description": key.meaning, **key.schema} for key in KEYS}
    if model.conformal is None:
        del schemas["set"], schemas["set_per_class"]
    schemas["abstain"]["maximum"] = MAX_COST
    for schema in schemas.values():
        schema["type"] = [*_listed(schema["type"]), "null"]
    labels, positive = json_labels(model.classes), default_positive(model)
    if len(labels) == 2:
        names = [name for label in labels for name in _names(label)]
        schemas["positive"] = {"description": schemas["positive"]["description"], "enum": [*names, None]}
        costs = [cost_schema(model, code) for code in (0, 1)]
    else:
        del schemas["positive"]
        costs = [cost_schema(model, None)]
    schemas["cost"] = {
        "description": schemas["cost"]["description"],
        "anyOf": [{"type": "null"}, *costs],
        "examples": cost_examples(model, positive),
    }
    return schemas


def option_rules(model: FittedModel) -> list[dict[str, Any]]:
    """Return what options have to do with each other."""
    rules: list[dict[str, Any]] = []
    if model.conformal is not None:
        asked = {"properties": {"set_per_class": {"const": True}}, "required": ["set_per_class"]}
        rules.append({"if": asked, "then": {"properties": {"set": {"type": "number"}}, "required": ["set"]}})
    if len(model.classes) == 2:
        named = [{"enum": _names(label)} for label in json_labels(model.classes)]
        is_named = {"properties": {"positive": {"not": {"type": "null"}}}, "required": ["positive"]}
        cases: list[tuple[dict[str, Any], int | None]] = [({"not": is_named}, default_positive(model))]
        cases += [
            ({"properties": {"positive": each}, "required": ["positive"]}, code) for code, each in enumerate(named)
        ]
        for condition, positive in cases:
            costs = {"anyOf": [{"type": "null"}, cost_schema(model, positive)]}
            rules.append({"if": condition, "then": {"properties": {"cost": costs}}})
    return rules


def address_schemas(model: FittedModel) -> dict[str, Any]:
    """Return the schemas of the options in an address, where several costs are several keys."""
    schemas = option_schemas(model)
    for schema in schemas.values():
        if "type" in schema:
            schema["type"] = schema["type"][0]
    if "positive" in schemas:
        labels = json_labels(model.classes)
        schemas["positive"] = {"type": "string", "enum": [plain_text(label) for label in labels]}
    costs = cost_schema(model, default_positive(model))
    schemas["cost"] = costs["anyOf"][1] if "anyOf" in costs else costs
    return {
        name: {key: each for key, each in schema.items() if key != "description"} for name, schema in schemas.items()
    }


def _names(label: Any) -> list[Any]:
    """Return a label, and the text that stands for it."""
    text = plain_text(label)
    return [label] if label == text else [label, text]


def _listed(types: Any) -> list[str]:
    return types if isinstance(types, list) else [types]


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
            schema |= {"anyOf": [{"type": ["number", "boolean", "null"]}, *text]}
            says = "A number; true is read as 1, and false as 0."
            if column.number_format != PLAIN:
                says = "A number, true (1) or false (0); text that is written as in training is read too."
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
