import gzip
import json

import numpy as np
import pytest

from demarcate.errors import SettingError
from demarcate.serving.service_app import ROUTES
from demarcate.serving.service_settings import ServiceSettings


def as_json(answer):
    status, headers, body = answer
    assert headers["content-type"] in ("application/json", "application/problem+json")
    return status, json.loads(body)


def test_rows_get_the_models_own_labels_and_probabilities(predict, mixed_model):
    model, rows = mixed_model
    status, said = predict(rows[:7])
    assert status == 200
    assert said["model"] == {"name": "mixed", "version": "1"}
    for row, prediction in zip(rows[:7], said["predictions"], strict=True):
        own = model.predict_row(row, coverage=0.8, spread=True)
        assert prediction["label"] == own.label
        assert prediction["probabilities"] == pytest.approx(own.probabilities, abs=1e-6)


def test_sets_spreads_and_costs_are_the_models_own(predict, mixed_model):
    model, rows = mixed_model
    status, said = predict(rows[:20], "?set=0.8&spread=true", abstain=0.3)
    assert status == 200
    labels = []
    for row, prediction in zip(rows[:20], said["predictions"], strict=True):
        own = model.predict_row(row, coverage=0.8, spread=True)
        assert prediction["set"] == own.labels_in_set
        assert prediction["spread"] == pytest.approx(own.spread, abs=1e-6)
        labels.append(prediction["label"])
        assert (prediction["label"] is None) == (1 - max(own.probabilities.values()) > 0.3)
    assert None in labels
    dear = predict(rows[:20], cost=["low:mid=50", "low:high=50"])[1]["predictions"]
    assert {prediction["label"] for prediction in dear} == {"low"}
    assert predict(rows[:20], "?cost=low:mid=50&cost=low:high=50")[1]["predictions"] == dear


def test_all_problems_of_a_request_are_reported_with_their_places(predict, mixed_model):
    _, rows = mixed_model
    bad = [{**rows[0], "age": "old"}, {**rows[1], "seen": "soon"}, {**rows[2], "age": "young"}]
    status, said = predict(bad, "?sett=0.9", abstain=-1)
    assert (status, said["status"], said["n_problems"]) == (422, 422, 5)
    assert [(each.get("row"), each.get("column"), each.get("value")) for each in said["problems"][:3]] == [
        (1, "age", "old"),
        (3, "age", "young"),
        (2, "seen", "soon"),
    ]
    assert [each["key"] for each in said["problems"][3:]] == ["sett", "abstain"]
    assert said["problems"][3]["remedy"] == "Did you mean 'set'?"
    assert all(each["fact"] and each["remedy"] for each in said["problems"])


def test_missing_columns_are_named_one_by_one(predict, mixed_model):
    _, rows = mixed_model
    few = [{name: cell for name, cell in row.items() if name in ("grade", "smokes")} | {"Age": 3} for row in rows[:2]]
    status, said = predict(few)
    assert status == 422
    assert {each["column"] for each in said["problems"]} == {"age", "seen", "remark"}
    assert "Did you mean 'Age'? Rename it as in training." in [each["remedy"] for each in said["problems"]]


def test_rows_unlike_the_training_rows_are_warned_of_where_they_are(predict, mixed_model):
    _, rows = mixed_model
    odd = [rows[0], {**rows[1], "grade": "z"}, {**rows[2], "age": 1e6}, {**rows[3], "weight": 3}]
    status, said = predict(odd)
    assert status == 200
    places = [[each["column"] for each in row.get("warnings", [])] for row in said["predictions"]]
    assert places[:3] == [[], ["grade"], ["age"]]
    assert any("'weight'" in text for text in said["warnings"])
    assert predict(rows[:3])[1]["warnings"] == []


def test_too_many_rows_or_too_large_a_body_is_413(ask, mixed_model, serve_models):
    model, rows = mixed_model
    app = serve_models(ServiceSettings(max_rows=2, max_body=2_000), mixed=model)
    assert as_json(ask(app, "POST", "/predict", json.dumps({"rows": rows[:2]}).encode()))[0] == 200
    status, said = as_json(ask(app, "POST", "/predict", json.dumps({"rows": rows[:3]}).encode()))
    assert (status, said["problems"][0]["fact"]) == (413, "The request has 3 rows, more than 2")
    large = json.dumps({"rows": rows[:1], "pad": "x" * 2_000}).encode()
    assert as_json(ask(app, "POST", "/predict", large, parts=3))[0] == 413
    assert as_json(ask(app, "POST", "/predict", gzip.compress(large, mtime=0), content_encoding="gzip"))[0] == 413


def test_models_have_addresses_by_name_and_version(ask, mixed_model, serve_models, tmp_path):
    model, rows = mixed_model
    app = serve_models(one=model, two=model)
    body = json.dumps({"rows": rows[:1]}).encode()
    for path, name in (
        ("/predict", "one"),
        ("/models/two/predict", "two"),
        ("/models/two/versions/1/predict", "two"),
    ):
        assert as_json(ask(app, "POST", path, body))[1]["model"] == {"name": name, "version": "1"}
    assert as_json(ask(app, "GET", "/models"))[1]["models"][1] == {"name": "two", "version": "1", "versions": ["1"]}
    for path, fact in (
        ("/models/three/predict", "There is no model 'three'"),
        ("/models/two/versions/9/predict", "There is no version '9' of 'two'"),
    ):
        status, said = as_json(ask(app, "POST", path, body))
        assert (status, said["problems"][0]["fact"]) == (404, fact)


def test_other_addresses_and_methods_are_refused(ask, mixed_app):
    for path in ("/nothing", "/predict/", "//predict", "/models//predict", "/web/../x", "/models/a/b/c"):
        assert as_json(ask(mixed_app, "GET", path))[0] == 404, path
    status, headers, _ = ask(mixed_app, "GET", "/predict")
    assert (status, headers["allow"]) == (405, "POST")
    assert ask(mixed_app, "PUT", "/schema")[1]["allow"] == "GET, HEAD"


def test_head_has_the_headers_of_get(ask, mixed_app):
    status, headers, body = ask(mixed_app, "HEAD", "/schema")
    assert (status, body) == (200, b"")
    assert headers == ask(mixed_app, "GET", "/schema")[1]


@pytest.mark.parametrize(
    ("method", "path"),
    [(method, route.pattern) for route in ROUTES.routes for method in route.methods],
)
def test_every_address_answers(ask, mixed_app, mixed_model, method, path):
    _, rows = mixed_model
    path = path.replace("{name}", "mixed").replace("{version}", "1").replace("{file}", "form.js")
    body = json.dumps({"rows": rows[:1]}).encode() if method == "POST" else b""
    status, headers, _ = ask(mixed_app, method, path, body)
    # Tensors have another form than rows.
    assert status == (422 if path.endswith("infer") else 200)
    assert headers["content-type"]


def test_a_draining_process_is_live_and_not_ready(ask, mixed_model, serve_models):
    app = serve_models(mixed=mixed_model[0])
    app._status.is_draining = True
    for path, status in (
        ("/health/live", 200),
        ("/health/ready", 503),
        ("/v2/health/live", 200),
        ("/v2/health/ready", 503),
        ("/v2/models/mixed/ready", 503),
    ):
        assert ask(app, "GET", path)[0] == status, path
    assert ask(app, "GET", "/health/ready")[1]["retry-after"] == "1"


def test_a_client_that_leaves_gets_no_answer(mixed_app):
    import asyncio

    async def leave():
        sent = []

        async def receive():
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": []}
        await mixed_app(scope, receive, send)
        return sent

    assert asyncio.run(leave()) == []


def test_an_error_of_settings_is_a_refusal(ask, mixed_app, mixed_model, monkeypatch):
    from demarcate.serving import service_app

    def broken(*_):
        raise SettingError("lr must be above 0, got -1. Try 0.001.")

    monkeypatch.setattr(service_app, "server_metadata", broken)
    status, said = as_json(ask(mixed_app, "GET", "/v2"))
    assert (status, said["error"]) == (422, "lr must be above 0, got -1. Try 0.001.")


def test_probabilities_have_the_same_bits_in_any_company(predict, mixed_model):
    _, rows = mixed_model
    together = predict(rows[:40])[1]["predictions"]
    alone = [predict([row])[1]["predictions"][0] for row in rows[:40]]
    assert [each["probabilities"] for each in alone] == [each["probabilities"] for each in together]
    assert np.isfinite([list(each["probabilities"].values()) for each in together]).all()
