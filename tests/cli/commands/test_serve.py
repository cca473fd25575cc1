import socket
from importlib import util

import pytest

from demarcate.cli import process
from demarcate.cli.commands import serve as command
from demarcate.serving import run_service
from demarcate.serving.model_store import ModelSource

TOKEN = "a-token-of-enough-characters"


@pytest.fixture
def served(monkeypatch):
    """What the command asks to be served, without serving it."""
    asked = {}
    monkeypatch.setattr(
        run_service, "run_service", lambda sources, settings, **words: asked.update(sources=sources, settings=settings)
    )
    monkeypatch.setattr(process, "end_without_cleanup", lambda code: asked.update(code=code))
    monkeypatch.setattr(command.os, "environ", {})
    return asked


def test_options_are_the_services_settings(demarcate, served):
    outcome = demarcate(
        "serve", "heart.safetensors", "risk@2=other.safetensors", "--port", "9000", "--workers", "3", "--max-body", "2",
        "--max-rows", "10", "--timeout", "5", "--max-concurrent", "7", "--log-format", "text", "--no-log-requests",
        "--expect-sha256", "AB", "--expect-sha256", "cd",
    )  # fmt: skip
    assert (outcome.code, outcome.err) == (0, "")
    assert served["sources"] == [
        ModelSource("heart.safetensors", "heart"),
        ModelSource("other.safetensors", "risk", "2"),
    ]
    settings = served["settings"]
    assert (settings.port, settings.n_workers, settings.max_body, settings.max_rows) == (9000, 3, 2_000_000, 10)
    assert (settings.timeout, settings.max_concurrent) == (5.0, 7)
    assert (settings.log_format, settings.logs_requests) == ("text", False)
    assert settings.sha256 == {"ab", "cd"}


def test_it_serves_this_machine_with_a_process_for_each_processor(demarcate, served):
    assert demarcate("serve", "heart.safetensors").code == 0
    assert served["settings"].host == "127.0.0.1"
    assert served["settings"].n_workers >= 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--port", "70000"), "--port is 70000"),
        (("--workers", "0"), "--workers is 0"),
        (("--timeout", "0.5"), "--timeout is 0.5"),
        (("--max-body", "0"), "--max-body is 0"),
        (("--host", "0.0.0.0"), "--host is 0.0.0.0, and whoever reaches it could ask. Add --token-file"),
        (("--tls-cert", "cert.pem"), "A certificate needs its key"),
    ],
)
def test_options_that_cannot_be_are_wrong_usage(demarcate, served, arguments, message):
    outcome = demarcate("serve", "heart.safetensors", *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert not served


def test_a_missing_package_is_one_sentence(demarcate, monkeypatch):
    monkeypatch.setattr(command, "find_spec", lambda name: None if name == "orjson" else util.find_spec(name))
    outcome = demarcate("serve", "heart.safetensors")
    assert outcome.code == 2
    assert outcome.err == "Usage: The service needs packages that are not installed. pip install 'demarcate[serve]'.\n"


def test_a_bad_model_a_missing_token_and_a_taken_port_are_refused(demarcate, tmp_path, monkeypatch):
    monkeypatch.setattr(command.os, "environ", {})
    bad = tmp_path / "bad.safetensors"
    bad.write_bytes(b"no model")
    outcome = demarcate("serve", bad)
    assert outcome.code == 1
    assert "bad.safetensors' is not a model that demarcate can use" in outcome.err
    outcome = demarcate("serve", tmp_path / "none.safetensors")
    assert (outcome.code, "could not be read (No such file or directory)" in outcome.err) == (1, True)


def test_a_taken_port_and_a_token_that_cannot_be_read_are_refused(demarcate, tmp_path, monkeypatch, small_model):
    monkeypatch.setattr(command.os, "environ", {})
    outcome = demarcate("serve", small_model, "--token-file", tmp_path)
    assert (outcome.code, "could not be read (Is a directory)" in outcome.err) == (1, True)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        outcome = demarcate("serve", small_model, "--port", port)
    assert (outcome.code, outcome.err.startswith(f"Error: Port {port} is taken.")) == (1, True)


@pytest.fixture
def small_model(tmp_path):
    from demarcate import DemarcateClassifier, datasets

    path = tmp_path / "moons.safetensors"
    DemarcateClassifier(hidden=(4,), epochs=2, n_folds=2).fit(*datasets.moons(n_samples=40)).save(path)
    return path
