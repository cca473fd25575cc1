import hashlib
import json

import pytest

COMMANDS = {
    "predict": ("predict", "heart"),
    "evaluate": ("evaluate", "heart"),
    "report": ("report", "heart", "--json"),
    "inspect": ("inspect",),
    "plot": ("plot", "--kind", "history"),
}


@pytest.fixture
def run(demarcate, model, tmp_path, monkeypatch):
    """Runs a command on the model, expecting a SHA-256."""
    monkeypatch.chdir(tmp_path)

    def with_expected(command, expected):
        name, *rest = COMMANDS[command]
        return demarcate(name, model, *rest, "--expect-sha256", expected)

    return with_expected


@pytest.mark.parametrize("command", COMMANDS)
def test_the_model_that_is_expected_is_taken_and_another_refused(run, model, command):
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    other = "0" * 64
    assert run(command, digest.upper()).code == 0
    refused = run(command, other)
    assert (refused.code, refused.out) == (1, "")
    assert f"has the SHA-256 {digest}, but {other} is expected" in refused.err


@pytest.mark.parametrize("expected", ["", "abc", "g" * 64, "0" * 63, "0" * 65])
def test_what_is_no_digest_is_a_usage_error(run, expected):
    outcome = run("inspect", expected)
    assert outcome.code == 2
    assert "64 hexadecimal digits" in outcome.err


def test_nothing_in_another_file_is_looked_at(demarcate, tmp_path):
    (tmp_path / "m").write_bytes(b"no model at all")
    assert "is expected" in demarcate("inspect", tmp_path / "m", "--expect-sha256", "0" * 64).err
    assert "header" in demarcate("inspect", tmp_path / "m").err


def test_fit_and_inspect_print_the_digest(demarcate, tmp_path):
    path = tmp_path / "m.safetensors"
    tiny = ("moons", "--epochs", "1", "--folds", "2", "--hidden", "2")
    said = demarcate("fit", *tiny, "--out", path).err
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert f"Saved to {path}, SHA-256 {digest}" in said
    assert digest in demarcate("inspect", path).out
    told = json.loads(demarcate("fit", *tiny, "--out", path, "--json").out)
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
