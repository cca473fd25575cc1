import json

import pytest


def tensors(rows, **others):
    kinds = {int: "INT64", float: "FP64", str: "BYTES"}
    inputs = [
        {"name": name, "shape": [len(rows), 1], "datatype": kinds[type(cell)], "data": [row[name] for row in rows]}
        for name, cell in rows[0].items()
    ]
    return {"inputs": inputs, **others}


@pytest.fixture
def infer(ask, mixed_app):
    def inferred(request, path="/v2/models/mixed/infer", **headers):
        status, _, body = ask(mixed_app, "POST", path, json.dumps(request).encode(), **headers)
        return status, json.loads(body)

    return inferred


def test_tensors_get_what_rows_get(infer, predict, mixed_model):
    _, rows = mixed_model
    expected = predict(rows[:5], "?set=0.8&spread=true")[1]["predictions"]
    status, said = infer(tensors(rows[:5], id="42", parameters={"set": 0.8, "spread": True}))
    assert status == 200
    assert (said["model_name"], said["model_version"], said["id"]) == ("mixed", "1", "42")
    outputs = {each["name"]: each for each in said["outputs"]}
    classes = said["parameters"]["classes"]
    assert (outputs["label"]["shape"], outputs["probabilities"]["shape"]) == ([5, 1], [5, 3])
    assert outputs["label"]["data"] == [each["label"] for each in expected]
    for name in ("probabilities", "spread"):
        flat = [each[name][label] for each in expected for label in classes]
        assert outputs[name]["data"] == pytest.approx(flat, abs=1e-12)
    assert outputs["set"]["data"] == [label in each["set"] for each in expected for label in classes]


def test_some_outputs_are_asked_for_by_name(infer, mixed_model):
    _, rows = mixed_model
    said = infer(tensors(rows[:2], outputs=[{"name": "label"}]))[1]
    assert [each["name"] for each in said["outputs"]] == ["label"]
    status, said = infer(tensors(rows[:2], outputs=[{"name": "logits"}], id=7))
    assert status == 422
    assert [each["fact"] for each in said["problems"]] == ["There is no output 'logits'", "The id is 7"]


def test_missing_cells_are_null_and_no_decision_is_empty_text(infer, mixed_model):
    _, rows = mixed_model
    request = tensors(rows[:30], parameters={"abstain": 0.01})
    request["inputs"][0]["data"][0] = None
    status, said = infer(request)
    assert status == 200
    assert "" in said["outputs"][0]["data"]


def test_nested_data_and_one_dimension_are_read(infer, mixed_model):
    _, rows = mixed_model
    plain, other = tensors(rows[:3]), tensors(rows[:3])
    for tensor in other["inputs"]:
        tensor["shape"], tensor["data"] = [3], [[cell] for cell in tensor["data"]]
    assert infer(other)[1] == infer(plain)[1]


def test_a_warning_is_a_parameter(infer, mixed_model):
    _, rows = mixed_model
    said = infer(tensors([{**rows[0], "grade": "z"}]))[1]
    assert any("'z'" in text for text in said["parameters"]["warnings"])


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"name": 3}, "Input 1: it is no object with a name"),
        ({"datatype": "FP128"}, "Input 1: 'age' has the datatype 'FP128'"),
        ({"datatype": ["FP64"]}, "Input 1: 'age' has the datatype ['FP64']"),
        ({"datatype": "BYTES"}, "Input 1: 'age' has a cell in row 1 that is no BYTES"),
        ({"data": "AAA"}, "Input 1: 'age' has no list of data"),
        ({"shape": [2]}, "Input 1: 'age' has the shape [2] and 1 cell"),
        ({"shape": [1, 2]}, "Input 1: 'age' has the shape [1, 2] and 1 cell"),
        ({"shape": 1}, "Input 1: 'age' has the shape 1 and 1 cell"),
        ({"name": "grade", "datatype": "INT64"}, "Input 2: Input 'grade' is given twice"),
        ({"shape": [2, 1], "data": [30, 40]}, "Inputs have different numbers of rows: 'age' has 2"),
    ],
)
def test_other_tensors_are_refused_in_the_protocols_way(infer, mixed_model, change, fact):
    _, rows = mixed_model
    request = tensors(rows[:1])
    request["inputs"][0] |= change
    status, said = infer(request)
    assert (status, said["status"]) == (422, 422)
    assert said["problems"][0]["fact"].startswith(fact)
    assert said["error"] == said["detail"]


@pytest.mark.parametrize("request_", [3, {}, {"inputs": []}, {"inputs": {}}, {"inputs": [3], "parameters": 4}])
def test_what_is_no_request_of_the_protocol_is_refused(infer, request_):
    assert infer(request_)[0] == 422


def test_binary_data_are_not_read(infer, mixed_model):
    _, rows = mixed_model
    status, said = infer(tensors(rows[:1]), inference_header_content_length="10")
    assert (status, said["problems"][0]["fact"]) == (400, "The request has binary data")


def test_a_model_describes_its_inputs(ask, mixed_app, mixed_model):
    said = json.loads(ask(mixed_app, "GET", "/v2/models/mixed/versions/1")[2])
    assert said["versions"] == ["1"]
    assert [each["name"] for each in said["inputs"]] == list(mixed_model[1][0])
    assert {each["datatype"] for each in said["inputs"]} == {"FP64", "BYTES"}
    status, _, body = ask(mixed_app, "GET", "/v2/models/other")
    assert (status, json.loads(body)["error"][:28]) == (404, "There is no model 'other'. N")
