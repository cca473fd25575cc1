import json

import pytest
from prometheus_client.parser import text_string_to_metric_families

from demarcate.serving import shared_numbers
from demarcate.serving.service_metrics import ServiceMetrics


@pytest.fixture
def counted(ask, mixed_model, serve_models):
    """Asks a new service for predictions of several requests, and returns its samples by name and labels."""

    def samples(*requests, **models):
        app = serve_models(**(models or {"mixed": mixed_model[0]}))
        for rows in requests:
            assert ask(app, "POST", "/predict", json.dumps({"rows": rows}).encode())[0] in (200, 422)
        status, headers, body = ask(app, "GET", "/metrics")
        assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
        return samples_of(body)

    return samples


def samples_of(text):
    families = list(text_string_to_metric_families(text.decode()))
    assert all(family.documentation and family.type != "unknown" for family in families)
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in families
        for sample in family.samples
    }


def test_rows_and_labels_are_counted(counted, mixed_model):
    _, rows = mixed_model
    samples = counted(rows[:3], rows[:30])
    assert samples["demarcate_predicted_rows_total", "mixed", "1"] == 33
    labels = {key[1]: n for key, n in samples.items() if key[0] == "demarcate_predictions_total"}
    assert sum(labels.values()) == 33
    assert set(labels) <= {"low", "mid", "high"}
    assert samples["demarcate_request_rows_bucket", "4", "mixed"] == 1
    assert samples["demarcate_request_rows_bucket", "+Inf", "mixed"] == 2
    assert samples["demarcate_request_rows_sum", "mixed"] == 33


def test_drift_is_counted_by_column(counted, mixed_model):
    _, rows = mixed_model
    odd = [{**rows[0], "grade": "z", "age": 1e6}, {**rows[1], "grade": None}, *rows[2:4]]
    samples = counted(odd)
    assert samples["demarcate_outside_cells_total", "grade", "mixed", "1"] == 1
    assert samples["demarcate_outside_share", "age", "mixed", "1"] == 0.25
    assert samples["demarcate_missing_share", "grade", "mixed", "1"] == 0.25
    assert samples["demarcate_warnings_total", "grade", "unseen category", "mixed", "1"] == 1


def test_refused_rows_are_not_counted_and_no_cell_is_a_label(counted, mixed_model):
    _, rows = mixed_model
    samples = counted([{**rows[0], "age": "secret"}], [{**rows[0], "grade": "secret"}])
    assert samples["demarcate_predicted_rows_total", "mixed", "1"] == 1
    assert "secret" not in str(samples)


def test_requests_batches_and_models_are_counted():
    metrics = ServiceMetrics(2)
    metrics.request("/predict", 200, 0.003)
    metrics.use_place(1)
    metrics.request("/predict", 200, 100.0)
    metrics.request("/predict", 422, 0.001)
    metrics.batch(3, 50)
    samples = samples_of(metrics.text())
    assert samples["demarcate_requests_total", "/predict", "200"] == 2
    assert samples["demarcate_requests_total", "/predict", "422"] == 1
    assert samples["demarcate_request_seconds_bucket", "0.001", "/predict"] == 1
    assert samples["demarcate_request_seconds_bucket", "30.0", "/predict"] == 2
    assert samples["demarcate_request_seconds_count", "/predict"] == 3
    assert samples["demarcate_batch_rows_sum",] == 50


def test_odd_names_are_labels_that_can_be_read(counted, mixed_model):
    model, rows = mixed_model
    name = 'new\nline "and" back\\slash é'
    samples = counted(rows[:1], **{name: model})
    assert samples["demarcate_predicted_rows_total", name, "1"] == 1
    assert samples["demarcate_model_info", name, "0" * 64, "1"] == 1


def test_numbers_of_versions_that_are_gone_make_room_and_those_of_the_service_stay(monkeypatch):
    monkeypatch.setattr(shared_numbers, "PLACE_BYTES", 700)
    metrics = ServiceMetrics()
    metrics.request("/predict", 200, 0.01)
    for version in "abcdef":
        metrics._count("predicted_rows", 3, "heart", version)
    metrics.use_place(0, {("heart", "f")})
    text = metrics.text().decode()
    assert 'demarcate_predicted_rows_total{model="heart",version="f"} 3' in text
    assert 'version="a"' not in text
    assert 'demarcate_requests_total{route="/predict",status="200"} 1' in text
