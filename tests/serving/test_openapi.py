import json

from demarcate.serving.openapi import answer_schema, openapi_document
from demarcate.serving.served_model import ServedModel
from demarcate.serving.service_app import ROUTES
from demarcate.serving.service_settings import ServiceSettings

FOR_PEOPLE = {
    "/",
    "/docs",
    "/web/{file}",
    "/openapi.json",
    "/models/{name}/form",
    "/models/{name}/versions/{version}/form",
}


def document(ask, app):
    status, headers, body = ask(app, "GET", "/openapi.json")
    assert (status, headers["content-type"]) == (200, "application/json")
    return json.loads(body)


def shape(path):
    return tuple("{}" if part in ("mixed", "{name}", "{version}") else part for part in path.split("/"))


def test_every_address_for_programs_is_described(ask, mixed_app):
    paths = document(ask, mixed_app)["paths"]
    described = {
        (shape(path), method) for path, methods in paths.items() for method in methods if method != "parameters"
    }
    served = {
        (shape(route.pattern), method.lower())
        for route in ROUTES.routes
        for method in route.methods
        if route.pattern not in FOR_PEOPLE
    }
    of_versions = {(path, method) for path, method in served if "versions" in path}
    assert described <= served
    # Of one version the address is that of the model with a longer name.
    assert served - described <= of_versions


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_all_references_lead_somewhere(ask, mixed_app):
    whole = document(ask, mixed_app)
    found = list(references(whole))
    assert found
    for reference in found:
        assert referred(whole, reference)


def referred(whole, reference):
    place = whole
    for name in reference.removeprefix("#/").split("/"):
        place = place[name]
    return place


def test_examples_are_answered_as_described(ask, mixed_app, mixed_model):
    whole = document(ask, mixed_app)
    for path, methods in whole["paths"].items():
        if "{" in path or "post" not in methods:
            continue
        schema = methods["post"]["requestBody"]["content"]["application/json"]["schema"]
        schema = referred(whole, schema["$ref"]) if "$ref" in schema else schema
        status, headers, body = ask(mixed_app, "POST", path, json.dumps(schema["examples"][0]).encode())
        assert (status, headers["content-type"]) == (200, "application/json")
        if path.endswith("predict"):
            fits(answer_schema(mixed_model[0]), json.loads(body))


def fits(schema, value):
    """Fail unless a value is as a schema of the answer has it."""
    if "enum" in schema:
        assert value in schema["enum"]
        return
    kinds = {"object": dict, "array": list, "string": str, "number": float}
    assert isinstance(value, kinds[schema["type"]])
    if schema["type"] == "array":
        for each in value:
            fits(schema["items"], each)
    elif schema["type"] == "object":
        assert {*schema["required"]} <= {*value} <= {*schema["properties"]}
        for name, each in value.items():
            fits(schema["properties"][name], each)


def test_answers_with_everything_are_as_described(predict, mixed_model):
    _, rows = mixed_model
    odd = [{**rows[0], "grade": "z"}, *rows[1:20]]
    said = predict(odd, "?set=0.8&spread=true&abstain=0.3")[1]
    assert "warnings" in said["predictions"][0]
    fits(answer_schema(mixed_model[0]), said)


def test_a_token_is_asked_for_where_there_is_one(ask, serve_models, mixed_model):
    served = ServedModel("mixed", "1", mixed_model[0])
    assert "security" not in openapi_document([served])
    app = serve_models(ServiceSettings(token_file="tokens"), mixed=mixed_model[0])
    assert document(ask, app)["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_several_models_are_told_apart_by_name(mixed_model):
    one, two = (ServedModel(name, "1", mixed_model[0]) for name in ("one", "two"))
    says = openapi_document([one, two])["info"]["description"]
    assert says.startswith("Predictions of 2 models: one of 'target', two of 'target'. ")
    assert openapi_document([one])["info"]["description"].startswith("Predictions of 'target'. ")
