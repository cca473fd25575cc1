"""The OpenAPI document of a service, for programs and for the page that shows it to people."""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from demarcate.formatting import listed, plain_text, quoted
from demarcate.inference import FittedModel
from demarcate.serving.answers import WARNINGS_HEADER, json_labels
from demarcate.serving.bodies import JSON, KINDS
from demarcate.serving.inference_protocol import infer_schema, model_metadata
from demarcate.serving.json_schema import address_schemas, body_schema
from demarcate.serving.problems import PROBLEM_TYPE, TITLES
from demarcate.serving.request_options import KEYS
from demarcate.serving.served_model import ServedModel
from demarcate.serving.service_metrics import METRICS_TYPE

VERSION = "3.1.0"
_AS_A_WHOLE = "A request is refused as a whole, with every problem in it, or answered as a whole."
_REFUSALS = (400, 401, 406, 413, 415, 422, 503, 504)


def openapi_document(models: Sequence[ServedModel], *, needs_token: bool = False) -> dict[str, Any]:
    """Return the OpenAPI document of a service; requests that name no model are for the first one."""
    first = models[0]
    document: dict[str, Any] = {
        "openapi": VERSION,
        "info": {
            "title": "demarcate serve",
            "version": version("demarcate"),
            "description": f"{_predicted(models)}. {_AS_A_WHOLE}",
        },
        "paths": _paths(first, models),
        "components": {
            "schemas": {"Problem": _PROBLEM, **_schemas(models)},
            "responses": {str(status): _refusal(status) for status in _REFUSALS},
        },
    }
    if needs_token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
    return document


def _predicted(models: Sequence[ServedModel]) -> str:
    """Return what the models predict, in words."""
    if len(models) == 1:
        return f"Predictions of {quoted(models[0].model.target)}"
    predicted = [f"{served.name} of {quoted(served.model.target)}" for served in models]
    return f"Predictions of {len(models)} models: {listed(predicted)}"


def _schemas(models: Sequence[ServedModel]) -> dict[str, Any]:
    """Return the schemas of bodies and answers of each model, by its place: its name may be no name of a component."""
    schemas: dict[str, Any] = {}
    for number, served in enumerate(models, 1):
        schemas[f"Body{number}"] = body_schema(served)
        schemas[f"Answer{number}"] = answer_schema(served.model)
    return schemas


def _paths(first: ServedModel, models: Sequence[ServedModel]) -> dict[str, Any]:
    paths: dict[str, Any] = {"/predict": {"post": _prediction(1, first, f"Predict rows with {quoted(first.name)}")}}
    for number, served in enumerate(models, 1):
        at = f"/models/{served.name}"
        paths[f"{at}/predict"] = {"post": _prediction(number, served, f"Predict rows with {quoted(served.name)}")}
        paths[f"{at}/schema"] = {"get": _document(f"The JSON Schema of a body for {quoted(served.name)}")}
        paths[f"/v2{at}"] = {"get": _document("Inputs and outputs", model_metadata(served, [served.version]))}
        paths[f"/v2{at}/infer"] = {"post": _inference(served)}
        paths[f"/v2{at}/ready"] = {"get": _document("Whether the model is ready", {"ready": True})}
    return paths | {
        "/models/{name}/versions/{version}/predict": {
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": example}
                for name, example in (("name", first.name), ("version", first.version))
            ],
            "post": _prediction(1, first, "Predict rows with one version of a model"),
        },
        "/models": {"get": _document("The models, and their versions that are loaded")},
        "/schema": {"get": _document(f"The JSON Schema of a body for {quoted(first.name)}, with an example")},
        "/health/live": {"get": _document("Whether the process answers", {"status": "live"})},
        "/health/ready": {"get": _document("Whether the process takes requests", {"status": "ready"})},
        "/metrics": {
            "get": {
                "summary": "Counts of requests, rows, times and differences from the training rows, for Prometheus",
                "responses": {"200": {"description": "Metrics", "content": {METRICS_TYPE: {}}}},
            }
        },
        "/v2": {"get": _document("The server, by the Open Inference Protocol")},
        "/v2/health/live": {"get": _document("Whether the process answers", {"live": True})},
        "/v2/health/ready": {"get": _document("Whether the process takes requests", {"ready": True})},
    }


def _prediction(number: int, served: ServedModel, summary: str) -> dict[str, Any]:
    options = address_schemas(served.model)
    content: dict[str, Any] = {kind.media_type: {} for kind in KINDS if kind.media_type != JSON}
    body = {"schema": _reference(f"schemas/Body{number}")}
    answer: dict[str, Any] = {
        "description": "A prediction for each row",
        "headers": {WARNINGS_HEADER: {"schema": {"type": "string"}, "description": "Warnings, where it is a table"}},
        "content": {JSON: {"schema": _reference(f"schemas/Answer{number}")}, **content},
    }
    return {
        "summary": summary,
        "parameters": [
            {"name": key.name, "in": "query", "description": key.meaning, "schema": options[key.name]}
            for key in KEYS
            if key.name in options
        ],
        "requestBody": {"required": True, "content": {JSON: body, **content}},
        "responses": {"200": answer, **_refusals()},
    }


def _inference(served: ServedModel) -> dict[str, Any]:
    return {
        "summary": f"Predict rows with {quoted(served.name)}, by the Open Inference Protocol",
        "requestBody": {"required": True, "content": {JSON: {"schema": infer_schema(served)}}},
        "responses": {"200": {"description": "Outputs by name", "content": {JSON: {}}}, **_refusals()},
    }


def _document(summary: str, example: Any = None) -> dict[str, Any]:
    content = {} if example is None else {"example": example}
    return {"summary": summary, "responses": {"200": {"description": summary, "content": {JSON: content}}}}


def answer_schema(model: FittedModel) -> dict[str, Any]:
    """Return the JSON Schema of the answer to a body of rows."""
    labels = json_labels(model.classes)
    names = [plain_text(label) for label in labels]
    numbers = {
        "type": "object",
        "properties": {name: {"type": "number", "minimum": 0, "maximum": 1} for name in names},
        "required": names,
        "additionalProperties": False,
    }
    warning = {
        "type": "object",
        "properties": {name: {"type": "string"} for name in ("column", "kind", "text")},
        "required": ["column", "kind", "text"],
    }
    prediction = {
        "type": "object",
        "properties": {
            "label": {"enum": [*labels, None], "description": "null where the model abstains"},
            "probabilities": numbers,
            "set": {"type": "array", "items": {"enum": labels}},
            "spread": {**numbers, "description": "The standard deviation of each probability between the networks"},
            "warnings": {"type": "array", "items": warning},
        },
        "required": ["label", "probabilities"],
        "additionalProperties": False,
    }
    name_and_version = {name: {"type": "string"} for name in ("name", "version")}
    return {
        "type": "object",
        "properties": {
            "predictions": {"type": "array", "items": prediction},
            "warnings": {"type": "array", "items": {"type": "string"}},
            "model": {"type": "object", "properties": name_and_version, "required": ["name", "version"]},
        },
        "required": ["predictions", "warnings", "model"],
        "additionalProperties": False,
    }


def _refusals() -> dict[str, Any]:
    return {str(status): _reference(f"responses/{status}") for status in _REFUSALS}


def _reference(component: str) -> dict[str, str]:
    return {"$ref": f"#/components/{component}"}


def _refusal(status: int) -> dict[str, Any]:
    content = {PROBLEM_TYPE: {"schema": _reference("schemas/Problem")}}
    return {"description": TITLES[status], "content": content}


_PROBLEM = {
    "type": "object",
    "description": "Why a request is refused (RFC 9457), with every problem in it.",
    "properties": {
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "problems": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "row": {"type": "integer", "minimum": 1},
                    "column": {"type": "string"},
                    "value": {"type": "string"},
                    "key": {"type": "string"},
                    "fact": {"type": "string"},
                    "remedy": {"type": "string"},
                },
                "required": ["fact", "remedy"],
            },
        },
        "n_problems": {"type": "integer", "minimum": 1, "description": "Also of those that are not listed"},
    },
    "required": ["title", "status", "detail", "problems", "n_problems"],
}
