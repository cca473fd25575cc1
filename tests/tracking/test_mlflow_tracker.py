"""Against MLflow's own server on a port of this machine, in a thread of the tests."""

import logging
import threading

import pandas as pd
import pytest

from demarcate import datasets, track
from demarcate.errors import OutputError

mlflow = pytest.importorskip("mlflow")
pytest.importorskip("flask_cors")
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The address of a server with a store of its own."""
    from mlflow.server import app
    from mlflow.server.handlers import initialize_backend_stores
    from werkzeug.serving import make_server

    folder = tmp_path_factory.mktemp("mlflow")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME"):
            patch.delenv(name, raising=False)
        for name, value in {
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
            "_MLFLOW_SERVER_ARTIFACT_DESTINATION": str(folder / "artifacts"),
            "_MLFLOW_SERVER_SERVE_ARTIFACTS": "true",
        }.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        for name in ("werkzeug", "mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        store = f"sqlite:///{folder / 'store.db'}"
        initialize_backend_stores(store, store, "mlflow-artifacts:/")
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def run_id(address, fitted, tmp_path_factory):
    classifier, baselines = fitted
    page = tmp_path_factory.mktemp("page") / "report.html"
    page.write_text("<!doctype html>")
    return track(classifier, to="mlflow", at=address, name="moons", baselines=baselines, report=page)


@pytest.fixture
def client(address):
    return mlflow.MlflowClient(tracking_uri=address)


def test_a_run_has_parameters_scores_with_intervals_and_where_it_comes_from(client, run_id, fitted):
    run = client.get_run(run_id)
    accuracy = fitted[0].scores_["accuracy"]
    assert run.info.run_name == "moons"
    assert run.info.status == "FINISHED"
    assert run.data.params["lr"] == "0.02"
    assert run.data.metrics["accuracy_low"] == accuracy.low
    assert run.data.metrics["majority.accuracy"] == fitted[1]["majority"]["accuracy"].value
    assert run.data.tags["demarcate.n_samples"] == "80"


def test_curves_are_metrics_by_epoch(client, run_id):
    assert [point.step for point in client.get_metric_history(run_id, "validation_loss")] == [1, 2, 3]


def test_the_report_is_an_artifact(client, run_id):
    assert [file.path for file in client.list_artifacts(run_id)] == ["report.html"]


def test_the_model_predicts_frames_and_holds_no_pickle(address, run_id, fitted, tmp_path):
    X = pd.DataFrame(datasets.moons(n_samples=80, noise=0.2).X[:3].to_dict(as_series=False))
    former = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(address)
    try:
        folder = mlflow.artifacts.download_artifacts(f"runs:/{run_id}/model", dst_path=str(tmp_path))
    finally:
        mlflow.set_tracking_uri(former)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix == ".pkl"]
    predicted = mlflow.pyfunc.load_model(folder).predict(X)
    pd.testing.assert_frame_equal(predicted, fitted[0].predict_frame(X))


def test_a_run_that_is_active_goes_on(address, fitted):
    former = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(address)
    try:
        with mlflow.start_run() as active:
            mlflow.log_param("mine", 1)
            assert track(fitted[0], to="mlflow") == active.info.run_id
    finally:
        mlflow.set_tracking_uri(former)
    assert mlflow.MlflowClient(tracking_uri=address).get_run(active.info.run_id).data.params["mine"] == "1"


def test_a_server_that_is_not_there_is_an_error_with_its_remedy(fitted, address):
    former = mlflow.get_tracking_uri()
    with pytest.raises(OutputError, match=r"^MLflow at http://127\.0\.0\.1:1 took no run: .*Start its server, or name"):
        track(fitted[0], to="mlflow", at="http://127.0.0.1:1")
    assert mlflow.get_tracking_uri() == former
