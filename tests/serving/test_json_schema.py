"""What the schema allows is predicted, and what it does not allow is answered too."""

import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from demarcate.serving.json_schema import body_schema, column_schema
from demarcate.serving.served_model import ServedModel
from demarcate.tabular import Column
from demarcate.tabular.trained_range import TrainedRange

sys.path.insert(0, str(Path(__file__).parents[1] / "export"))
sys.path.insert(0, str(Path(__file__).parent))
from random_models import random_model
from schema_rules import fits

MODELS = [random_model(seed) for seed in range(6)]
WHOLE = st.characters(exclude_categories=["Cs"])
LONG = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | LONG | st.text(WHOLE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(WHOLE), inner, max_size=3),
    max_leaves=10,
)


def allowed(schema):
    """JSON that a schema of this service allows."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([allowed(each) for each in schema["anyOf"]])
    types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(name, schema) for name in types])


def _of_type(name, schema):
    match name:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "number":
            low, high = schema.get("exclusiveMinimum", schema.get("minimum")), schema.get("exclusiveMaximum", 1e15)
            bounded = st.floats(low, high, exclude_min="exclusiveMinimum" in schema, exclude_max=True)
            return LONG if low is None else bounded
        case "string":
            if "pattern" in schema:
                return st.from_regex(re.compile(schema["pattern"].removesuffix("$") + r"\Z", re.ASCII))
            # Names of categories are the words that matter, and texts may be any.
            return st.text(WHOLE, max_size=schema.get("maxLength")) | st.sampled_from(
                schema.get("x-categories") or [""]
            )
        case "array":
            return st.lists(
                allowed(schema["items"]), min_size=schema.get("minItems", 0), max_size=schema.get("maxItems", 4)
            )
        case "object":
            return _objects(schema)


@st.composite
def _objects(draw, schema):
    names = schema["required"]
    options = [name for name in schema["properties"] if name not in names and schema["properties"][name] != {}]
    chosen = draw(st.lists(st.sampled_from(options), unique=True)) if options else []
    value = {name: draw(allowed(schema["properties"][name])) for name in (*names, *chosen)}
    if isinstance(schema.get("additionalProperties"), dict):
        pattern = re.compile(schema["propertyNames"]["pattern"].removesuffix("$") + r"\Z")
        named = st.text(WHOLE, min_size=1).filter(pattern.match)
        value |= draw(st.dictionaries(named, allowed(schema["additionalProperties"]), max_size=2)) | value
    return value


def bodies_of(model):
    schema = body_schema(ServedModel("m", "1", model))
    return allowed(schema).filter(lambda body: fits(schema, body))


BODIES = [bodies_of(each.model) for each in MODELS]


@pytest.fixture(scope="module")
def apps(serve_models):
    return [serve_models(m=each.model) for each in MODELS]


@pytest.mark.parametrize("seed", range(len(MODELS)))
@settings(max_examples=8, suppress_health_check=list(HealthCheck), phases=(Phase.generate,))
@given(data=st.data())
def test_whatever_the_schema_allows_is_predicted(ask, apps, seed, data):
    body = data.draw(BODIES[seed])
    status, _, answer = ask(apps[seed], "POST", "/predict", json.dumps(body).encode())
    assert status == 200, answer
    assert len(json.loads(answer)["predictions"]) == len(body["rows"])


@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_json_is_answered_or_refused(ask, mixed_app, mixed_model, data):
    _, rows = mixed_model
    cell = data.draw(ANY_JSON)
    name = data.draw(st.sampled_from([*rows[0], "other"]))
    bodies = [
        cell,
        {"rows": cell},
        {"rows": [cell]},
        {"rows": [{**rows[0], name: cell}]},
        {"rows": rows[:1], name: cell},
    ]
    for body in bodies:
        for path in ("/predict", "/v2/models/mixed/infer"):
            assert ask(mixed_app, "POST", path, json.dumps(body).encode())[0] in (200, 400, 422), body


@pytest.mark.parametrize("seed", range(len(MODELS)))
def test_the_example_is_predicted_without_a_warning(ask, apps, seed):
    model = MODELS[seed].model
    (example,) = body_schema(ServedModel("m", "1", model))["examples"]
    status, _, answer = ask(apps[seed], "POST", "/predict", json.dumps(example).encode())
    said = json.loads(answer)
    assert (status, said["warnings"]) == (200, [])


def test_the_schema_says_what_the_training_rows_were():
    trained = TrainedRange(10, 1.0, 2.0, 9.0, 10.0)
    schema = column_schema(Column("age", "numerical"), trained)
    assert (schema["x-range"], schema["examples"]) == ([1, 10], [6])
    assert schema["description"] == "A number; true is read as 1, and false as 0. Trained on 1 to 10."
    words = column_schema(Column("grade", "categorical", categories=("a", "b")))
    assert words["x-categories"] == ["a", "b"]
    assert "2 categories" in words["description"]


@pytest.mark.parametrize("text", ["2024-02-29", "2000-02-29", "2024-12-31T23:59:59.5Z", "2024-01-01 10:30", ""])
def test_dates_that_there_are_fit(text):
    assert re.match(column_schema(Column("seen", "date"))["anyOf"][1]["pattern"], text)


@pytest.mark.parametrize("text", ["2023-02-29", "1900-02-29", "2024-04-31", "2024-13-01", "2024-1-1", "soon"])
def test_dates_that_there_are_not_do_not_fit(text):
    assert not re.match(column_schema(Column("seen", "date"))["anyOf"][1]["pattern"], text)


@pytest.mark.parametrize("seed", range(len(MODELS)))
def test_true_and_false_are_one_and_zero_in_a_column_of_numbers(ask, apps, seed):
    model = MODELS[seed].model
    (example,) = body_schema(ServedModel("m", "1", model))["examples"]
    numbers = [column.name for column in model.schema.used if column.kind == "numerical"]
    rows = [{**example["rows"][0], **dict.fromkeys(numbers, cell)} for cell in (True, 1, False, 0, 0.5, None)]
    answers = [ask(apps[seed], "POST", "/predict", json.dumps({"rows": some}).encode()) for some in (rows, rows[:1])]
    assert [status for status, _, _ in answers] == [200, 200]
    said = json.loads(answers[0][2])["predictions"]
    assert said[0] == said[1]
    assert said[2] == said[3]
