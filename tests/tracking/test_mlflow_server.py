import socket

import pytest

from demarcate.errors import OutputError
from demarcate.tracking import mlflow_server
from demarcate.tracking.mlflow_server import check_mlflow_server


def test_a_server_that_takes_connections_and_does_not_answer_is_given_up_soon(monkeypatch):
    monkeypatch.setattr(mlflow_server, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(OutputError, match=rf"^MLflow at {address} took no run: no answer within 0.2 s\. Start"):
            check_mlflow_server(address)


def test_the_reason_of_a_refusal_is_in_words(monkeypatch):
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    with pytest.raises(OutputError, match=r"took no run: connection refused\. Start its server, or name another"):
        check_mlflow_server(None)


@pytest.mark.parametrize("place", ["mlruns", "sqlite:///ml.db", "file:///tmp/runs"])
def test_what_is_no_server_is_not_asked(place):
    check_mlflow_server(place)
